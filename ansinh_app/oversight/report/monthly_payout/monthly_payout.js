// The desk of a bench reads a standard report's filters here; they are those of monthly_payout.json.
frappe.query_reports["Monthly Payout"] = {
    filters: [
        { fieldname: "month", label: __("Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Benefit Programme" },
        { fieldname: "by", label: __("One Row For Each"), fieldtype: "Select", options: "Commune\nGroup\nCommune and Group", default: "Commune" },
        { fieldname: "units", label: __("Communes As They Are"), fieldtype: "Select", options: "\nOn the Day Counted\nToday" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
