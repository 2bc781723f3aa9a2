"""Sites installed before one-off grants: lương cơ sở, the grants themselves, and their levels in the decrees."""

from ansinh_app.setup import load_reference_data
from ansinh_app.setup.law import add_missing_lines


def execute():
    """Reference data first, for the levels name categories and a programme the site may not have yet."""
    load_reference_data()
    add_missing_lines()
