// A bench lets no standard DocType name its paper; the desk shall offer this one first.
frappe.get_meta("Payout Batch").default_print_format = "Payment List";
