"""Every test here runs with a site connected."""

import pytest
from desk_browser import clerk, desk, manager  # noqa: F401 (fixtures of the desk's tests)
from desk_page import open_page, server  # noqa: F401 (fixtures of the browser tests)


@pytest.fixture(scope="session", autouse=True)
def connected(sites):
    """The site of tests/conftest.py, also for unittest classes that name no fixture."""
