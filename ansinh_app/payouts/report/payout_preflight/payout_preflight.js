// The desk of a bench reads a standard report's filters here; they are those of payout_preflight.json.
frappe.query_reports["Payout Preflight"] = {
    filters: [
        { fieldname: "period", label: __("Period"), fieldtype: "Link", options: "Payout Period" },
    ],
};
