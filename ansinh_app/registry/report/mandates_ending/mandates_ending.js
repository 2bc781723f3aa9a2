// The desk of a bench reads a standard report's filters here; they are those of mandates_ending.json.
frappe.query_reports["Mandates Ending"] = {
    filters: [
        { fieldname: "as_of", label: __("Counted On"), fieldtype: "Date" },
        { fieldname: "days", label: __("Days Ahead"), fieldtype: "Int" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "administrative_unit", label: __("Commune"), fieldtype: "Link", options: "Administrative Unit" },
        { fieldname: "why", label: __("Reason"), fieldtype: "Select", options: "\nTerm\nAge\nRevoked\nEnded Already" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
