"""What happens when the app is installed, migrated and tested: the law, units and banks come from data."""

import frappe

from ansinh_app.payouts import seal_book
from ansinh_app.setup import load_reference_data


def after_install():
    """Load the reference data, so that a fresh site can work. The host brings the fixtures itself."""
    load_reference_data()
    seal_book.begin(fresh=True)


def after_migrate():
    """Bring reference data of a newer release; what an office has entered or changed stays as it is."""
    load_reference_data()
    seal_book.catch_up()


def before_tests():
    """Tests run on the reference data alone."""
    load_reference_data()
    frappe.db.commit()
