// The desk of a bench reads a standard report's filters here; they are those of campaign_day_list.json.
frappe.query_reports["Campaign Day List"] = {
    filters: [
        { fieldname: "campaign", label: __("Campaign"), fieldtype: "Link", options: "Account Campaign", reqd: 1 },
        { fieldname: "held_on", label: __("Day"), fieldtype: "Date", default: frappe.datetime.get_today() },
        { fieldname: "pay_point", label: __("Pay Point"), fieldtype: "Link", options: "Pay Point" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
