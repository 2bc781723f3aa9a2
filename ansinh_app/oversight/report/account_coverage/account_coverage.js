// The desk of a bench reads a standard report's filters here; they are those of account_coverage.json.
frappe.query_reports["Account Coverage"] = {
    filters: [
        { fieldname: "as_of", label: __("Counted On"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Benefit Programme" },
        { fieldname: "target", label: __("Target (%)"), fieldtype: "Int" },
        { fieldname: "months", label: __("Months of Trend"), fieldtype: "Int" },
        { fieldname: "chart_of", label: __("Chart Of"), fieldtype: "Select", options: "Communes\nMonths", default: "Communes" },
        { fieldname: "units", label: __("Communes As They Are"), fieldtype: "Select", options: "\nOn the Day Counted\nToday" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
