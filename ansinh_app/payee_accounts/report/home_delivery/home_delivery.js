// The desk of a bench reads a standard report's filters here; they are those of home_delivery.json.
frappe.query_reports["Home Delivery"] = {
    filters: [
        { fieldname: "month", label: __("Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "provider", label: __("Provider"), fieldtype: "Link", options: "Payment Service Provider" },
        { fieldname: "administrative_unit", label: __("Commune"), fieldtype: "Link", options: "Administrative Unit" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
