// The desk of a bench reads a standard report's filters here; they are those of failed_and_carried_over.json.
frappe.query_reports["Failed and Carried Over"] = {
    filters: [
        { fieldname: "month", label: __("Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "provider", label: __("Provider"), fieldtype: "Link", options: "Payment Service Provider" },
        { fieldname: "kind", label: __("Kind of Reason"), fieldtype: "Select", options: "\nAccount Closed\nWrong Account\nWrong Name\nNot Collected\nOther Reason of the Provider" },
        { fieldname: "times", label: __("Times in a Row at Least"), fieldtype: "Int" },
        { fieldname: "by", label: __("One Row For Each"), fieldtype: "Select", options: "Line\nReason\nProvider\nCommune", default: "Line" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
