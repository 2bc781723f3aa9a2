// The desk of a bench reads a standard report's filters here; they are those of budget_settlement.json.
frappe.query_reports["Budget Settlement"] = {
    filters: [
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", reqd: 1 },
        { fieldname: "year", label: __("Budget Year"), fieldtype: "Int", reqd: 1 },
    ],
};
