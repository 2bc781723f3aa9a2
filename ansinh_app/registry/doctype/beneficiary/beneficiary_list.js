// On a bench the people ticked in the list go into one list of changes; the same list can be filled by hand.
frappe.listview_settings["Beneficiary"] = {
    onload(list) {
        list.page.add_action_item(__("Propose Changes"), () => {
            const people = list.get_checked_items();
            frappe.new_doc("Registry Change List", {}, (doc) => {
                for (const person of people) {
                    const row = frappe.model.add_child(doc, "Registry Change Person", "people");
                    row.beneficiary = person.name;
                    row.full_name = person.full_name;
                }
            });
        });
    },
};
