// The desk of a bench reads a standard report's filters here; they are those of increase_and_decrease_list.json.
frappe.query_reports["Increase and Decrease List"] = {
    filters: [
        { fieldname: "month", label: __("Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Benefit Programme" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
