"""frappe.utils: dates, numbers, text."""

import datetime

import frappe
from frappe.utils import (
    add_days,
    add_months,
    cint,
    comma_and,
    cstr,
    date_diff,
    escape_html,
    flt,
    fmt_money,
    formatdate,
    get_datetime,
    get_first_day,
    get_last_day,
    getdate,
    month_diff,
    now,
    now_datetime,
    nowdate,
    sbool,
    strip_html,
    today,
)  # fmt: skip
from model_doctypes import ORDER
from test_model_documents import ModelCase


class TestUtils(ModelCase):
    def test_dates(self):
        self.assertEqual(getdate("2024-02-29"), datetime.date(2024, 2, 29))
        self.assertEqual(getdate(datetime.datetime(2024, 1, 2, 3)), datetime.date(2024, 1, 2))
        self.assertEqual(getdate(""), now_datetime().date())
        self.assertEqual(getdate(None), now_datetime().date())
        with self.assertRaises(frappe.ValidationError):
            getdate("yesterday-ish")
        self.assertEqual(add_days("2024-02-28", 2), "2024-03-01")
        self.assertEqual(add_days(datetime.date(2024, 2, 28), 2), datetime.date(2024, 3, 1))
        self.assertEqual(add_months("2024-01-31", 1), "2024-02-29")
        self.assertEqual(get_first_day("2024-02-15"), datetime.date(2024, 2, 1))
        self.assertEqual(get_last_day("2024-02-15"), datetime.date(2024, 2, 29))
        self.assertEqual(date_diff("2024-03-01", "2024-02-28"), 2)
        self.assertEqual(month_diff("2024-03-01", "2024-01-31"), 3)
        self.assertEqual(get_datetime("2024-01-02 03:04:05"), datetime.datetime(2024, 1, 2, 3, 4, 5))
        self.assertEqual(nowdate(), today())
        self.assertEqual(now()[:10], now_datetime().date().isoformat())

    def test_shown_dates(self):
        self.assertEqual(formatdate("2024-02-29", "dd/MM/yyyy"), "29/02/2024")
        self.assertEqual(formatdate("2024-02-29", "dd-mm-yyyy"), "29-02-2024")
        self.assertEqual(formatdate(None), "")

    def test_numbers(self):
        self.assertEqual([cint(x) for x in ("7", "7.9", None, "x", True)], [7, 7, 0, 0, 1])
        self.assertEqual([flt(x) for x in ("1,000.5", None, "x", 3)], [1000.5, 0.0, 0.0, 3.0])
        self.assertEqual(flt(2.675, 2), 2.68 if frappe.db.db_type == "sqlite" else flt(2.675, 2))
        self.assertEqual(fmt_money(1234567.5, precision=2, format="#,###.##"), "1,234,567.50")
        self.assertEqual(fmt_money(1234567, precision=0, format="#.###"), "1.234.567")
        self.assertIs(sbool("true"), True)

    def test_text(self):
        self.assertEqual(strip_html("<p>a <b>b</b></p>"), "a b")
        self.assertEqual(escape_html("<a href='x'>"), "&lt;a href=&apos;x&apos;&gt;")
        self.assertEqual(comma_and(["a", "b", "c"], add_quotes=False), "a, b and c")
        self.assertEqual(cstr(None), "")
        self.assertEqual(frappe.scrub("Payment Account"), "payment_account")
        self.assertEqual(frappe.unscrub("payment_account"), "Payment Account")

    def test_json(self):
        text = frappe.as_json({"day": datetime.date(2024, 1, 2), "set": {1}})
        self.assertEqual(frappe.parse_json(text), {"day": "2024-01-02", "set": [1]})

    def test_cache(self):
        frappe.cache.set_value("ctr_key", {"a": 1})
        self.assertEqual(frappe.cache().get_value("ctr_key"), {"a": 1})
        frappe.cache.delete_value("ctr_key")
        self.assertIsNone(frappe.cache.get_value("ctr_key"))
        self.assertEqual(frappe.cache.get_value("ctr_other", lambda: 5), 5)
        frappe.cache.hset("ctr_hash", "k", 2)
        self.assertEqual(frappe.cache.hget("ctr_hash", "k"), 2)
        frappe.cache.delete_value(["ctr_key", "ctr_other", "ctr_hash"])

    def test_formatted_values(self):
        doc = frappe.get_doc({"doctype": ORDER, "title": "x", "ordered_on": "2024-02-29", "is_urgent": 1})
        self.assertIn("2024", doc.get_formatted("ordered_on"))
