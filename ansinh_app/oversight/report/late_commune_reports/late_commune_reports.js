// The desk of a bench reads a standard report's filters here; they are those of late_commune_reports.json.
frappe.query_reports["Late Commune Reports"] = {
    filters: [
        { fieldname: "month", label: __("Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
