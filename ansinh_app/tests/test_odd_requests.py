"""What pages and programs send to the app's methods: taken, or refused in words; nothing of it is written by halves."""

import frappe

from ansinh_app import api
from ansinh_app.payee_accounts import counter
from ansinh_app.payouts import signed_lists
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.test_bad_input import _VIETNAMESE
from ansinh_app.tests.test_campaign_counter import CampaignCase
from ansinh_app.tests.test_cash_lists import CLERK, CashCase
from ansinh_app.utils import actions
from ansinh_app.www import seal_check

ODD = (
    "", "{", "null", "[]", "1", '"x"', "{}" * 3, "[" * 100_000, '{"a":' * 50_000, "nan", "é\x00", "9" * 5000, "1e999999999",
    "٣-٣", "2024-13", "0000-00", "-1", "1.5", "<script>", "' or 1=1 --", "../../x", "a" * 5000,
)  # fmt: skip
KEY = "c1b2c3d4e5f60718293a4b5c6d7e8f9"


def refused(test, action, *arguments, taken=False, **more):
    """The refusal's words; `taken`: it may also be taken."""
    before, frappe.local.lang = frappe.local.lang, "vi"
    try:
        answer = action(*arguments, **more)
    except (frappe.ValidationError, frappe.PermissionError) as error:
        said = frappe.utils.strip_html(str(error))
        test.assertTrue(_VIETNAMESE & set(said.lower()), (arguments, more, said))
        test.assertLess(len(said), 1000)
        return said
    finally:
        frappe.local.lang = before
        frappe.clear_messages()
    test.assertTrue(taken, (arguments, more, answer))
    return None


class TestSheetsOfTheList(CashCase):
    office = "ODD-T"

    def test_ticks_sums_and_codes(self):
        lines = world.lines_of(self.period)
        good = {line.name: ["Paid", ""] for line in lines}
        total = sum(int(line.total) for line in lines)
        with world.as_user(CLERK):
            for number, odd in enumerate(ODD):
                key = f"{KEY}{number % 10}"
                refused(self, signed_lists.take, self.batch, "1-5", key, odd)
                refused(self, signed_lists.take, self.batch, odd, key, good, stated_total=total)
                refused(self, signed_lists.take, self.batch, "1-5", odd, good, stated_total=total)
                if odd not in ("", "0"):
                    refused(self, signed_lists.take, self.batch, "1-5", key, good, stated_total=odd)
                refused(self, signed_lists.sheet, self.batch, odd, taken=odd in ("1", "1.5"))
                refused(self, signed_lists.sheet, odd, "1-5")
                if odd:
                    refused(self, signed_lists.take, self.batch, "1-5", key, good, total, photo=odd)
            for ticks in (5, None, "Paid", {"a": 1}, [], [None], [["Paid"]], ["Paid\x00"], ["Sent", "x"]):
                values = good | {lines[0].name: ticks}
                refused(self, signed_lists.take, self.batch, "1-5", f"{KEY}0", values, stated_total=total)
        self.assertEqual({line.status for line in world.lines_of(self.period)}, {"Planned"})
        self.assertEqual(frappe.db.count("Signed Cash List", {"batch": self.batch}), 0)

    def test_months_and_documents(self):
        person = next(iter(self.people.values())).name
        for odd in ODD:
            refused(self, api.explain, person, odd)
            refused(self, api.forecast, odd, "2026-11")
            if odd:
                refused(self, api.prepare_period, self.period, odd)
            refused(self, api.forecast, "2026-11", "2026-12", odd, taken=odd in ("", "null", "[]"))
            if odd:
                refused(self, actions.stored, odd, "Payout Batch")
            found = seal_check.check(dict.fromkeys("bntsp", odd[:140]) | {"b": self.batch})
            self.assertIn(found["kind"], ("bad", "good" if not odd else "bad"))
        for odd in (5, [], None, [{}]):
            refused(self, actions.stored, odd, "Payout Batch")


class TestSheetsOfTheCounter(CampaignCase):
    def test_what_a_phone_kept_offline(self):
        request = self.request_of(self.an)
        for number, odd in enumerate(ODD):
            key = f"{KEY}{number % 10}"
            refused(self, counter.take, request.name, key, "papers", odd)
            refused(self, counter.take, request.name, odd, "papers", {})
            refused(self, counter.take, request.name, key, odd, {})
            refused(self, counter.take, request.name, key, "missing", {"note": ""}, taken_at=odd)
            refused(self, counter.take, request.name, key, "opened", {"account_no": odd})
        for papers in (5, "x", None, [1, {}, []], {"a": 1}):
            refused(self, counter.take, request.name, f"{KEY}0", "papers", {"holder_type": "Self", "papers": papers})
        refused(self, counter.take, request.name, f"{KEY}0", "papers", {"holder_type": "Nobody", "papers": ["x"]})
        refused(self, counter.take, request.name, f"{KEY}0", "papers", {"holder_type": {"a": 1}})
        self.assertEqual(request.reload().status, "Draft")
        self.assertFalse(frappe.db.exists("Campaign Visit", {"account_request": request.name}))
