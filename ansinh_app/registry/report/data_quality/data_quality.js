// The desk of a bench reads a standard report's filters here; they are those of data_quality.json.
frappe.query_reports["Data Quality"] = {
    filters: [
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "administrative_unit", label: __("Commune"), fieldtype: "Link", options: "Administrative Unit" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
