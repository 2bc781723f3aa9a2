// The desk of a bench reads a standard report's filters here; they are those of pay_point_network.json.
frappe.query_reports["Pay Point Network"] = {
    filters: [
        { fieldname: "as_of", label: __("Counted On"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "provider", label: __("Provider"), fieldtype: "Link", options: "Payment Service Provider" },
        { fieldname: "kind", label: __("Kind"), fieldtype: "Select", options: "\nPost Counter\nBank Branch\nATM\nAgent\nMobile Team" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
