// The desk of a bench reads a standard report's filters here; they are those of cost_forecast.json.
frappe.query_reports["Cost Forecast"] = {
    filters: [
        { fieldname: "from_month", label: __("From Month"), fieldtype: "Date" },
        { fieldname: "to_month", label: __("To Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Benefit Programme" },
        { fieldname: "scenario_from", label: __("Scenario Counts From"), fieldtype: "Date" },
        { fieldname: "base_programme", label: __("Other Base For"), fieldtype: "Link", options: "Benefit Programme" },
        { fieldname: "base_amount", label: __("Other Base (đồng)"), fieldtype: "Int" },
        { fieldname: "age_category", label: __("Other Age Limit For"), fieldtype: "Link", options: "Benefit Category" },
        { fieldname: "age_from", label: __("From Age"), fieldtype: "Int" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
