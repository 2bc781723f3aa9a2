"""FrappeTestCase: each test class in a transaction of its own, each test on a clean message log."""

import unittest
from contextlib import contextmanager
from unittest.mock import patch

import frappe


class FrappeTestCase(unittest.TestCase):
    """Connect (if nobody has), run as Administrator, and roll back when the class is done."""

    maxDiff = 10_000

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        frappe.set_test_mode(True)
        cls.TEST_SITE = frappe.local.site
        cls._user_before = frappe.session.user
        frappe.db.commit()  # what is written before belongs to nobody's test
        cls.addClassCleanup(cls._undo)

    @classmethod
    def _undo(cls) -> None:
        frappe.db.rollback()
        frappe.set_user("Administrator")
        frappe.clear_messages()

    def assertDocumentEqual(self, expected, actual) -> None:
        """Every value of `expected` (a dict or document) is in `actual`, rows too."""
        expected = expected.as_dict() if hasattr(expected, "as_dict") else expected
        for field, value in expected.items():
            if isinstance(value, list):
                self.assertEqual(len(value), len(actual.get(field)), field)
                for wanted, row in zip(value, actual.get(field), strict=True):
                    self.assertDocumentEqual(wanted, row)
            elif isinstance(value, float):
                self.assertAlmostEqual(value, actual.get(field), msg=field)
            else:
                self.assertEqual(str(value), str(actual.get(field)), field)

    @contextmanager
    def set_user(self, user: str):
        """Act as another user for a while."""
        before = frappe.session.user
        frappe.set_user(user)
        try:
            yield
        finally:
            frappe.set_user(before)


@contextmanager
def change_settings(doctype: str, settings_dict=None, /, commit=False, **settings):
    """Other values in a Single, for a while; as a decorator or with `with`."""
    values = {**(settings_dict or {}), **settings}
    doc = frappe.get_doc(doctype)
    before = {key: doc.get(key) for key in values}
    _write(doctype, values, commit)
    try:
        yield
    finally:
        _write(doctype, before, commit)


def _write(doctype, values, commit) -> None:
    doc = frappe.get_doc(doctype)
    doc.update(values)
    doc.save(ignore_permissions=True)
    frappe.db.value_cache.pop(doctype, None)
    if commit:
        frappe.db.commit()


@contextmanager
def patch_hooks(overridden: dict):
    """Other hooks for a while: what `frappe.get_hooks` answers for those names."""
    get_hooks = frappe.get_hooks

    def patched(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
        return overridden[hook] if hook in overridden else get_hooks(hook, default, app_name)

    with patch.object(frappe, "get_hooks", patched):
        yield


def timeout(seconds=30, error_message="Test timed out."):
    """Kept for tests that carry the decorator; tests here are not interrupted."""

    def decorate(function):
        return function

    return decorate(seconds) if callable(seconds) else decorate
