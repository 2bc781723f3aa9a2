// The desk of a bench reads a standard report's filters here; they are those of treasury_tie_out.json.
frappe.query_reports["Treasury Tie-out"] = {
    filters: [
        { fieldname: "year", label: __("Budget Year"), fieldtype: "Int" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Benefit Programme" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
