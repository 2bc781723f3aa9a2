// The desk of a bench shows a document's full_name for every user it links to; here that is the person concerned.
frappe.ui.form.on("Registry Change", {
    setup(frm) {
        for (const field of ["proposed_by", "approved_by"]) {
            frm.set_df_property(field, "formatter", (user) =>
                frappe.utils.escape_html(user ? frappe.user_info(user).fullname : "")
            );
        }
    },
});
