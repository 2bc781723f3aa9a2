// The desk of a bench reads a standard report's filters here; they are those of account_funnel.json.
frappe.query_reports["Account Funnel"] = {
    filters: [
        { fieldname: "as_of", label: __("Counted On"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "provider", label: __("Provider"), fieldtype: "Link", options: "Payment Service Provider" },
        { fieldname: "campaign", label: __("Campaign"), fieldtype: "Link", options: "Account Campaign" },
        { fieldname: "by", label: __("One Row For Each"), fieldtype: "Select", options: "Commune\nProvider", default: "Commune" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
