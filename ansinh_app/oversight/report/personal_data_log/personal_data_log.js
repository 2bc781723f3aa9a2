// The desk of a bench reads a standard report's filters here; they are those of personal_data_log.json.
frappe.query_reports["Personal Data Log"] = {
    filters: [
        { fieldname: "from_date", label: __("From"), fieldtype: "Date", default: frappe.datetime.get_today() },
        { fieldname: "to_date", label: __("To"), fieldtype: "Date", default: frappe.datetime.get_today() },
        { fieldname: "looked_by", label: __("User"), fieldtype: "Data" },
        { fieldname: "action", label: __("Action"), fieldtype: "Select", options: "\nView\nReveal\nExport\nPrint\nFile\nReport\nSent List\nErasure" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "by", label: __("One Row For Each"), fieldtype: "Select", options: "Row of the Log\nUser", default: "Row of the Log" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
