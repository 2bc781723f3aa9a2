"""The app's own tests (ansinh_app/tests) get a site with the app installed, on the embedded host."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import benchless

os.environ.setdefault("BENCHLESS_FAST_COMMIT", "1")  # no test cuts the power
benchless.activate()

# Machines are noisy: no test fails because one was slow. The same examples in every run; `make fuzz` tries others.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile(
    "fuzz", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=2000, print_blob=True
)
settings.load_profile("fuzz" if os.environ.get("FUZZ") else "noisy")

APP_TESTS = Path(__file__).parent / "ansinh_app"


@pytest.fixture(scope="session")
def app_site(tmp_path_factory):
    """A fresh site with the app, made as the command line makes one; its folder and name."""
    folder = str(tmp_path_factory.mktemp("app_sites"))
    _leave_site()
    os.environ["BENCHLESS_SITES"] = folder
    from benchless import installer, testing

    installer.new_site("app.local", "admin", **testing.database_options())
    installer.install_app("ansinh_app")
    installer.prepare_tests("ansinh_app")
    return folder, "app.local"


@pytest.fixture(scope="class", autouse=True)
def _connected_to_the_app(request):
    """Before each class of the app's tests: connected to the app's site, whatever was tested before."""
    if APP_TESTS not in Path(str(request.node.path)).parents:
        yield
        return
    folder, name = request.getfixturevalue("app_site")
    import frappe

    os.environ["BENCHLESS_SITES"] = folder
    if getattr(frappe.local, "site", None) != name or not getattr(frappe.local, "db", None):
        _leave_site()
        frappe.init(name)
        frappe.connect()
    frappe.set_test_mode(True)
    yield


def _leave_site() -> None:
    import frappe

    if getattr(frappe.local, "initialised", None):
        frappe.destroy()
