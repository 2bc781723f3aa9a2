// The desk of a bench reads a standard report's filters here; they are those of outreach_done.json.
frappe.query_reports["Outreach Done"] = {
    filters: [
        { fieldname: "month", label: __("Month"), fieldtype: "Date" },
        { fieldname: "to_month", label: __("To Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "by", label: __("One Row For Each"), fieldtype: "Select", options: "Commune\nChannel of Outreach\nAgency in Charge", default: "Commune" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
