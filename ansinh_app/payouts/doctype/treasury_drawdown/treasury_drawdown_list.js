// A bench lets no standard DocType name its paper; the desk shall offer this one first.
frappe.get_meta("Treasury Drawdown").default_print_format = "Treasury Drawdown C2-02a";
