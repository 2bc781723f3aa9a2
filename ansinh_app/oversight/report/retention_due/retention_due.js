// The desk of a bench reads a standard report's filters here; they are those of retention_due.json.
frappe.query_reports["Retention Due"] = {
    filters: [
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", reqd: 1 },
        { fieldname: "as_of", label: __("Counted On"), fieldtype: "Date" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
