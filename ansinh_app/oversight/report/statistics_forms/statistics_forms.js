// The desk of a bench reads a standard report's filters here; they are those of statistics_forms.json.
frappe.query_reports["Statistics Forms"] = {
    filters: [
        { fieldname: "form", label: __("Form"), fieldtype: "Select", options: "10a\n10b\n10c\n10d", default: "10a" },
        { fieldname: "from_month", label: __("From Month"), fieldtype: "Date" },
        { fieldname: "to_month", label: __("To Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "administrative_unit", label: __("Commune"), fieldtype: "Link", options: "Administrative Unit" },
        { fieldname: "detailed", label: __("Every Category by Itself"), fieldtype: "Check" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
