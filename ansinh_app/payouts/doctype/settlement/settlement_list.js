// A bench lets no standard DocType name its paper; the desk shall offer this one first.
frappe.get_meta("Settlement").default_print_format = "Settlement Sheet";
