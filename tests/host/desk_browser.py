"""A browser for the desk's tests: Django's test client in a thread of its own, as a visitor of the running server.

Also the fixtures of whoever sits at it.
"""

import html
import re
from concurrent.futures import ThreadPoolExecutor

import frappe
import pytest
from desk_world import CLERK, MANAGER, PASSWORD, make_world


class Browser:
    """Requests run in another thread than the test, so the test keeps its own connection to the site."""

    def __init__(self, check_csrf: bool = False):
        from django.test import Client

        self.client = Client(HTTP_HOST="localhost", enforce_csrf_checks=check_csrf, raise_request_exception=True)
        self.pool = ThreadPoolExecutor(max_workers=1)

    def get(self, path: str, **kwargs):
        return self.pool.submit(self.client.get, path, **kwargs).result()

    def post(self, path: str, data=None, **kwargs):
        return self.pool.submit(self.client.post, path, data or {}, **kwargs).result()

    def sign_in(self, user: str, password: str = PASSWORD):
        response = self.post("/login", {"usr": user, "pwd": password})
        assert response.status_code == 302, text_of(response)
        return self


def text_of(response) -> str:
    """The page's words, without tags."""
    page = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def modified_of(response) -> str:
    return html.unescape(re.search(r'name="modified" value="([^"]*)"', response.content.decode()).group(1))


@pytest.fixture
def desk(site):
    """The desk's world; what a test leaves open is undone."""
    make_world()
    yield
    frappe.db.rollback()


@pytest.fixture
def clerk():
    return Browser().sign_in(CLERK)


@pytest.fixture
def manager():
    return Browser().sign_in(MANAGER)
