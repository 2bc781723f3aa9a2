// The desk of a bench reads a standard report's filters here; they are those of duplicates.json.
frappe.query_reports["Duplicates"] = {
    filters: [
        { fieldname: "office", label: __("Paying Office"), fieldtype: "Link", options: "Paying Office", default: frappe.defaults.get_user_default("Paying Office") },
        { fieldname: "kind", label: __("Kind"), fieldtype: "Select", options: "\nName and Birth\nOld and New ID\nSame ID\nSame Account\nTwo Schemes\nReported" },
    ],
    // Sums stand out.
    formatter(value, row, column, data, show) {
        const shown = show(value, row, column, data);
        return data && data.bold ? `<b>${shown ?? ""}</b>` : shown;
    },
};
