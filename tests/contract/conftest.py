"""Every test here runs with a site connected; those of the HTTP interface with clients that are signed in."""

import frappe
import pytest
import rest_world
from rest_client import Http


@pytest.fixture(scope="session", autouse=True)
def connected(sites):
    """The site of tests/conftest.py, also for unittest classes that name no fixture."""


@pytest.fixture(scope="session")
def rest_site(sites):
    """The DocTypes and people of rest_world."""
    if not getattr(frappe.local, "db", None):
        frappe.init(sites)
        frappe.connect()
    rest_world.make_world()
    return sites


@pytest.fixture
def notes(rest_site, site):
    """Three notes, no orders, whatever the test before did."""
    rest_world.empty()


@pytest.fixture
def guest(rest_site):
    return Http(rest_site)


@pytest.fixture(scope="session")
def owner(rest_site):
    """Signed in with the role of the notes. A test that signs out takes a client of its own."""
    return Http(rest_site).sign_in(rest_world.OWNER, rest_world.PASSWORD)


@pytest.fixture(scope="session")
def outsider(rest_site):
    return Http(rest_site).sign_in(rest_world.OUTSIDER, rest_world.PASSWORD)


@pytest.fixture(scope="session")
def admin(rest_site):
    return Http(rest_site).sign_in("Administrator", "admin")
