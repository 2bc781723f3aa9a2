"""What happens when the app is installed, migrated and tested: the law, units and banks come from data."""

import frappe

from ansinh_app.setup import load_reference_data


def after_install():
    """Load the reference data, so that a fresh site can work. Fixtures (roles, workflows) come from the host."""
    load_reference_data()


def after_migrate():
    """Bring reference data that a newer release added; what an office has entered or changed stays as it is."""
    load_reference_data()


def before_tests():
    """Tests run on the reference data alone."""
    load_reference_data()
    frappe.db.commit()
