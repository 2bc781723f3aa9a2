"""Every test here runs with a site connected."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def connected(sites):
    """The site of tests/conftest.py, also for unittest classes that name no fixture."""
