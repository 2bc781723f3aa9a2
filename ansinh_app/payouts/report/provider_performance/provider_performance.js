// The desk of a bench reads a standard report's filters here; they are those of provider_performance.json.
frappe.query_reports["Provider Performance"] = {
    filters: [
        { fieldname: "from_month", label: __("From Month"), fieldtype: "Date" },
        { fieldname: "to_month", label: __("To Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "provider", label: __("Provider"), fieldtype: "Link", options: "Payment Service Provider" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
