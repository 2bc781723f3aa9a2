"""Messages, words, and values as text: frappe.bold … frappe.utils.validate_url."""

import datetime

import frappe
from frappe import utils
from frappe.tests.utils import change_settings
from model_doctypes import CLERK, ORDER, order
from test_model_documents import ModelCase


class TestMessages(ModelCase):
    def setUp(self):
        super().setUp()
        frappe.clear_messages()
        self.addCleanup(frappe.clear_messages)

    def test_log_of_messages(self):
        frappe.msgprint("first")
        frappe.msgprint("second")
        self.assertEqual([m["message"] for m in frappe.get_message_log()], ["first", "second"])
        frappe.clear_last_message()
        self.assertEqual([m["message"] for m in frappe.get_message_log()], ["first"])
        frappe.clear_messages()
        self.assertEqual(frappe.get_message_log(), [])

    def test_throw_leaves_its_message(self):
        with self.assertRaises(frappe.DataError):
            frappe.throw("no", frappe.DataError, title="Title")
        message = frappe.get_message_log()[-1]
        self.assertEqual((message["message"], message["title"]), ("no", "Title"))
        self.assertTrue(message["raise_exception"])

    def test_bold(self):
        self.assertEqual(frappe.bold("x"), "<strong>x</strong>")

    def test_errors_are_kept(self):
        try:
            raise ValueError("ctr trouble")
        except ValueError:
            trace = frappe.get_traceback()
            log = frappe.log_error("ctr title")
        self.assertIn("ValueError: ctr trouble", trace)
        self.assertEqual(log.method, "ctr title")
        self.assertIn("ctr trouble", log.error)
        self.assertIsNone(frappe.errprint("to the log"))

    def test_error_kinds(self):
        codes = {
            frappe.ValidationError: 417, frappe.PermissionError: 403, frappe.AuthenticationError: 401,
            frappe.DoesNotExistError: 404, frappe.DuplicateEntryError: 409, frappe.CSRFTokenError: 400,
            frappe.SecurityException: 417, frappe.TimestampMismatchError: 417, frappe.SessionStopped: 503,
        }  # fmt: skip
        self.assertEqual({e: e.http_status_code for e in codes if hasattr(e, "http_status_code")}.items() - codes.items(),
                         set())  # fmt: skip
        for error in (frappe.MandatoryError, frappe.LinkExistsError, frappe.UpdateAfterSubmitError, frappe.DataError):
            self.assertTrue(issubclass(error, frappe.ValidationError))
        self.assertTrue(issubclass(frappe.QueryTimeoutError, Exception))
        self.assertTrue(issubclass(frappe.QueryDeadlockError, Exception))
        self.assertFalse(issubclass(frappe.QueryDeadlockError, frappe.ValidationError))


class TestWords(ModelCase):
    def test_print_language(self):
        before = frappe.local.lang
        with utils_language("vi"):
            self.assertEqual(frappe.local.lang, "vi")
        self.assertEqual(frappe.local.lang, before)

    def test_translations_of_a_language(self):
        from frappe.translate import get_all_translations

        words = get_all_translations("vi")
        self.assertIsInstance(words, dict)
        self.assertTrue(words.get("Name"))

    def test_language_of_the_site(self):
        from frappe.translate import set_default_language

        before = frappe.db.get_default("lang") or "en"
        set_default_language("vi")
        self.assertEqual(frappe.db.get_default("lang"), "vi")
        set_default_language(before)

    def test_text_of_bytes(self):
        self.assertEqual(frappe.as_unicode("tiếng".encode()), "tiếng")
        self.assertEqual(frappe.as_unicode("tiếng"), "tiếng")


def utils_language(lang):
    from frappe.translate import print_language

    return print_language(lang)


class TestNumbersAndCasts(ModelCase):
    def test_rounding_methods(self):
        self.assertEqual(utils.rounded(2.5, 0, rounding_method="Banker's Rounding"), 2)
        self.assertEqual(utils.rounded(2.5, 0, rounding_method="Commercial Rounding"), 3)
        self.assertEqual(utils.rounded(-2.5, 0, rounding_method="Commercial Rounding"), -3)
        self.assertEqual(utils.rounded(1.005, 2, rounding_method="Commercial Rounding"), 1.01)
        self.assertEqual(utils.flt("1,234.567", 1), 1234.6)

    def test_cast(self):
        self.assertEqual(utils.cast("Int", "7"), 7)
        self.assertEqual(utils.cast("Check", "1"), 1)
        self.assertEqual(utils.cast("Currency", None), 0.0)
        self.assertEqual(utils.cast("Data", None), "")
        self.assertEqual(utils.cast("Date", "2024-02-29"), datetime.date(2024, 2, 29))
        self.assertEqual(utils.cast("Datetime", "2024-02-29 01:02:03"), datetime.datetime(2024, 2, 29, 1, 2, 3))
        self.assertEqual(utils.cast("Time", "01:02:03"), datetime.timedelta(hours=1, minutes=2, seconds=3))
        self.assertEqual(utils.cast(None, "as it is"), "as it is")

    def test_format_value(self):
        self.assertEqual(frappe.format_value("2024-02-29", {"fieldtype": "Date"}), utils.formatdate("2024-02-29"))
        self.assertEqual(frappe.format_value(None, {"fieldtype": "Date"}), "")


class TestTimes(ModelCase):
    def test_times_of_day(self):
        self.assertEqual(utils.get_timedelta("10:20:30"), datetime.timedelta(hours=10, minutes=20, seconds=30))
        self.assertIsNone(utils.get_timedelta("") or None)
        self.assertEqual(utils.get_time("10:20:30"), datetime.time(10, 20, 30))
        self.assertRegex(utils.nowtime(), r"^\d{2}:\d{2}:\d{2}")

    def test_moved_times(self):
        self.assertEqual(utils.add_to_date("2024-01-31", months=1), "2024-02-29")
        self.assertEqual(utils.add_to_date("2024-02-29", years=1), "2025-02-28")
        self.assertEqual(utils.add_to_date("2024-01-01 10:00:00", hours=15), "2024-01-02 01:00:00.000000")
        self.assertEqual(utils.add_to_date(datetime.date(2024, 1, 1), days=-1), datetime.date(2023, 12, 31))
        day = datetime.datetime(2024, 1, 1)
        self.assertEqual(utils.add_to_date(day, days=1, as_string=True), "2024-01-02")
        self.assertEqual(utils.add_to_date(day, days=1, as_string=True, as_datetime=True), "2024-01-02 00:00:00.000000")

    def test_spans(self):
        today = utils.getdate()
        month = (utils.get_first_day(today), utils.get_last_day(today))
        self.assertEqual(utils.get_timespan_date_range("today"), (today, today))
        self.assertEqual(utils.get_timespan_date_range("this month"), month)
        last = utils.get_timespan_date_range("last month")
        self.assertEqual(last, (utils.get_first_day(utils.add_months(today, -1)),
                                utils.get_last_day(utils.add_months(today, -1))))  # fmt: skip
        self.assertEqual(utils.get_timespan_date_range("tomorrow"), (utils.add_days(today, 1),) * 2)

    def test_shown(self):
        with change_settings("System Settings", date_format="dd/mm/yyyy", time_format="HH:mm"):
            frappe.local.user_date_format = frappe.local.user_time_format = None
            self.addCleanup(setattr, frappe.local, "user_date_format", None)
            self.addCleanup(setattr, frappe.local, "user_time_format", None)
            self.assertEqual(utils.formatdate("2024-02-29"), "29/02/2024")
            self.assertEqual(utils.format_time("10:20:30"), "10:20")
            self.assertEqual(utils.format_datetime("2024-02-29 10:20:30"), "29/02/2024 10:20")
        self.assertEqual(utils.format_datetime("2024-02-29 10:20:30", "yyyy HH"), "2024 10")
        self.assertEqual(utils.format_duration(3 * 86400 + 3661), "3d 1h 1m 1s")
        self.assertEqual(utils.format_duration(86400 + 3600, hide_days=True), "25h")


class TestAddresses(ModelCase):
    def test_addresses_of_documents(self):
        doc = order().insert()
        base = utils.get_url()
        self.assertRegex(base, r"^https?://[^/]+$")
        self.assertEqual(utils.get_url("/x"), f"{base}/x")
        self.assertEqual(utils.get_url_to_form(ORDER, doc.name), f"{base}/app/ctr-order/{doc.name}")
        link = utils.get_link_to_form(ORDER, doc.name, "<here>")
        self.assertIn(f'href="{base}/app/ctr-order/{doc.name}"', link)
        self.assertIn("here", link)

    def test_people(self):
        self.assertEqual(utils.get_fullname(CLERK), "ctr-clerk")
        self.assertEqual(utils.get_fullname("nobody@example.com"), "nobody@example.com")

    def test_checks(self):
        self.assertEqual(utils.validate_email_address("a@example.com"), "a@example.com")
        self.assertEqual(utils.validate_email_address("A B <a@example.com>, bad, b@example.com"),
                         "a@example.com, b@example.com")  # fmt: skip
        self.assertEqual(utils.validate_email_address("bad"), "")
        with self.assertRaises(frappe.InvalidEmailAddressError):
            utils.validate_email_address("bad", throw=True)
        self.assertTrue(utils.validate_phone_number("+84 255 3822 222"))
        self.assertFalse(utils.validate_phone_number("call me"))
        with self.assertRaises(frappe.InvalidPhoneNumberError):
            utils.validate_phone_number("call me", throw=True)
        self.assertTrue(utils.validate_url("https://example.com/a?b=c"))
        self.assertFalse(utils.validate_url("example"))
        self.assertFalse(utils.validate_url("ftp://example.com", valid_schemes=["https"]))
        with self.assertRaises(frappe.ValidationError):
            utils.validate_url("example", throw=True)
