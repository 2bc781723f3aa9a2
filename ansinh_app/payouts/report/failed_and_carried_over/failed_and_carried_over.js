// The desk of a bench reads a standard report's filters here; they are those of failed_and_carried_over.json.
frappe.query_reports["Failed and Carried Over"] = {
    filters: [
        { fieldname: "month", label: __("Month"), fieldtype: "Date" },
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office" },
        { fieldname: "provider", label: __("Provider"), fieldtype: "Link", options: "Payment Service Provider" },
    ],
};
