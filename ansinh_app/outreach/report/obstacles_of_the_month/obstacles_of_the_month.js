// The desk of a bench reads a standard report's filters here; they are those of obstacles_of_the_month.json.
frappe.query_reports["Obstacles of the Month"] = {
    filters: [
        { fieldname: "month", label: __("Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "by", label: __("One Row For Each"), fieldtype: "Select", options: "Commune\nKind", default: "Commune" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
