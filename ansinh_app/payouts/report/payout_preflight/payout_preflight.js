// The desk of a bench reads a standard report's filters here; they are those of payout_preflight.json.
frappe.query_reports["Payout Preflight"] = {
    filters: [
        { fieldname: "period", label: __("Period"), fieldtype: "Link", options: "Payout Period" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
