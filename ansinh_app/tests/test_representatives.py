"""Mandates: who receives for whom, until when, and that nothing is paid on one that has ended."""

from unittest.mock import patch

import frappe
from frappe.utils import add_days, nowdate

from ansinh_app.exceptions import DuplicatePersonError, InvalidDateError, PayeeError
from ansinh_app.payouts.preflight import preflight
from ansinh_app.registry import mandates
from ansinh_app.registry.report.mandates_ending.mandates_ending import execute
from ansinh_app.tests import factories
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.office_case import OfficeCase


def make_representative(full_name: str = "Lý Văn Giám Hộ", **values):
    return frappe.get_doc({"doctype": "Representative", "full_name": full_name, **values}).insert()


class MandateCase(OfficeCase):
    def setUp(self):
        super().setUp()
        self.unit = frappe.db.get_value("Paying Office", self.office, "administrative_unit")
        self.other = make_representative(administrative_unit=self.unit)
        self.account = factories.make_account(
            representative=self.other, account_no=f"0702{frappe.db.count('Payment Account'):08d}"
        )

    def ward(self, full_name: str = "Nông Thị Phường", **values):
        """A person paid into the representative's account."""
        person = frappe.get_doc(
            {
                "doctype": "Beneficiary",
                "full_name": full_name,
                "sex": "Female",
                "date_of_birth": values.pop("born", "1950-02-03"),
                "administrative_unit": self.unit,
                "office": self.office,
                "representatives": [
                    {"representative": self.other.name, "capacity": values.pop("capacity", "Authorised"), **values}
                ],
            }
        ).insert()
        capacity = person.representatives[0].capacity
        world.make_entitlement(
            person,
            payee_type=capacity,
            representative=self.other.name,
            payment_method="Bank Account",
            payment_account=self.account.name,
        )
        return person

    def paid_to(self, month: str, as_of: str) -> set[str]:
        """Who has a line in the month; what was prepared before is taken away."""
        for doctype in ("Payout Line", "Payout Batch", "Payout Period"):
            frappe.db.delete(doctype, {"office": self.office})
        period, self.summary = self.prepare(month, as_of)
        return {line.beneficiary for line in world.lines_of(period)}


class TestPaying(MandateCase):
    def test_nothing_goes_into_these_hands_after_the_last_day_and_the_block_is_the_communes(self):
        person = self.ward(valid_from="2024-01-01", valid_to="2024-06-30")
        self.assertEqual(self.paid_to("2024-06", "2024-05-24"), {person.name})
        self.assertEqual(self.paid_to("2024-07", "2024-06-24"), set())
        self.assertEqual(self.held(self.summary), {"mandate_expired"})
        period = frappe.db.get_value("Payout Period", {"office": self.office})
        [block] = [row for row in preflight(period)["blocks"] if row["code"] == "mandate_expired"]
        self.assertEqual(block["owner"], "Commune Officer")
        self.assertIn("30/06/2024", block["items"][0]["detail"])

    def test_cash_into_the_hands_is_held_as_well(self):
        person = self.ward(valid_to="2024-06-30")
        held = frappe.get_doc("Entitlement", {"beneficiary": person.name})
        held.update({"payment_method": "Cash", "payment_account": None, "cash_reason": "Refused an account"}).save()
        self.assertEqual(self.paid_to("2024-07", "2024-06-24"), set())
        self.assertEqual(self.held(self.summary), {"mandate_expired"})

    def test_the_representatives_account_as_the_persons_default_needs_the_mandate_too(self):
        person = self.ward(valid_to="2024-06-30")
        held = frappe.get_doc("Entitlement", {"beneficiary": person.name})
        frappe.db.set_value("Entitlement", held.name, {"payee_type": "Self", "representative": None})
        self.assertEqual(self.paid_to("2024-06", "2024-05-24"), {person.name})
        self.assertEqual(self.paid_to("2024-07", "2024-06-24"), set())

    def test_a_revocation_stops_runs_made_after_it_and_no_replay_before_it(self):
        person = self.ward()
        row = person.representatives[0]
        row.update({"revoked_on": "2024-07-10", "revocation_reason": "Bà đã tự nhận được tiền"})
        person.save()
        self.assertEqual(self.paid_to("2024-08", "2024-07-09"), {person.name})
        self.assertEqual(self.paid_to("2024-08", "2024-07-24"), set())

    def test_who_represents_nobody_any_more_receives_for_nobody(self):
        people = {self.ward(name).name for name in ("Nông Thị Một", "Nông Thị Hai")}
        with self.assertRaises(PayeeError):
            self.other.update({"ended_on": "2024-07-01"}).save()
        self.other.reload().update({"ended_on": "2024-07-01", "ended_reason": "Đã chết"}).save()
        self.assertEqual(self.paid_to("2024-07", "2024-06-24"), people)
        self.assertEqual(self.paid_to("2024-08", "2024-07-24"), set())

    def test_a_wards_eighteenth_birthday_ends_the_guardianship(self):
        child = dict(born="2006-07-15", capacity="Guardian", valid_from="2015-01-01")
        person, lost = self.ward(**child), self.ward("Nông Thị Mất", **child)
        lost.update({"legal_capacity": "Lost"}).save()
        self.assertEqual(self.paid_to("2024-06", "2024-05-24"), {person.name, lost.name})
        self.assertEqual(self.paid_to("2024-07", "2024-06-24"), {lost.name})

    def test_a_mandate_that_ends_soon_is_said_before_the_run(self):
        person = self.ward(valid_to="2024-08-01")
        period = world.make_period(self.office, "2024-06", "2024-05-24").name
        [found] = [row for row in preflight(period)["warnings"] if row["code"] == "mandate_ending"]
        self.assertEqual([item["beneficiary"] for item in found["items"]], [person.name])

    def test_a_mandate_for_another_programme_or_for_holding_only_receives_nothing(self):
        self.ward("Nông Thị Khác", programme="NCC")
        self.ward("Nông Thị Giữ", acts="Hold Account")
        own = self.ward("Nông Thị Đúng", programme="BTXH", acts="Receive Money")
        self.assertEqual(self.paid_to("2024-06", "2024-05-24"), {own.name})


class TestMandates(MandateCase):
    def add(self, person, **values):
        person.append(
            "representatives", {"representative": self.other.name, "capacity": "Authorised", **values}
        )
        return person.save()

    def test_one_mandate_after_another_but_not_two_at_once(self):
        person = self.ward(valid_from="2024-01-01", valid_to="2024-06-30")
        self.add(person, valid_from="2024-07-01", valid_to="2024-12-31")
        with self.assertRaises(DuplicatePersonError):
            self.add(person, valid_from="2024-12-01", valid_to="2025-12-31")

    def test_a_mandate_without_a_term_holds_one_year(self):
        person = self.ward(valid_from="2024-03-01")
        self.assertEqual(str(person.representatives[0].valid_to), "2025-02-28")
        self.assertIsNone(self.ward("Nông Thị Vô", capacity="Guardian", valid_from="2024-03-01").representatives[0].valid_to)

    def test_a_revocation_has_a_reason_is_not_of_the_future_and_stays(self):
        person = self.ward()
        for values, error in (
            ({"revoked_on": nowdate()}, PayeeError),
            ({"revocation_reason": "Không rõ"}, PayeeError),
            ({"revoked_on": add_days(nowdate(), 1), "revocation_reason": "Sau này"}, InvalidDateError),
        ):
            with self.subTest(values), self.assertRaises(error):
                person.reload().representatives[0].update(values)
                person.save()
        person.reload()
        self.assertEqual(mandates.revoke(person.name, self.other.name, "Bà yêu cầu"), 1)
        person.reload()
        self.assertEqual(str(person.representatives[0].revoked_on), nowdate())
        with self.assertRaises(PayeeError):
            mandates.revoke(person.name, self.other.name, "Lần nữa")
        person.representatives[0].revoked_on = None
        self.assertRaises(PayeeError, person.save)

    def test_renewal_copies_and_waits_for_the_paper(self):
        end = add_days(nowdate(), 20)
        person = self.ward(valid_from=add_days(end, -364), valid_to=end, relation="Con")
        mandates.renew_ending(frappe.as_json({"name": person.name}))
        person.reload()
        copy = person.representatives[1]
        self.assertEqual(
            (str(copy.valid_from), str(copy.valid_to), copy.relation, copy.awaits_paper, copy.certification_no),
            (add_days(end, 1), add_days(end, 365), "Con", 1, None),
        )
        self.assertFalse(mandates.is_in_force(copy, person, add_days(end, 2)))
        copy.update({"certified_on": nowdate(), "certification_no": "15/CT"})
        person.save()
        self.assertTrue(mandates.is_in_force(copy, person, add_days(end, 2)))
        mandates.renew_ending(frappe.as_json({"name": person.name}))
        self.assertEqual(len(person.reload().representatives), 2)

    def test_warned_sixty_and_thirty_days_ahead_once_each_and_without_names(self):
        person = self.ward(valid_from="2024-01-01", valid_to=add_days(nowdate(), 70))
        clerk = factories.make_user("canhbao@test.example", "Commune Officer", units=[self.unit])
        row = person.representatives[0].name
        with patch("ansinh_app.utils.terms.frappe.sendmail") as sent:
            self.assertNotIn(row, mandates.watch(nowdate()))
            for days in (10, 40):
                day = add_days(nowdate(), days)
                self.assertIn(row, mandates.watch(day))
                self.assertNotIn(row, mandates.watch(day))
        mails = [call.kwargs for call in sent.call_args_list if clerk in call.kwargs["recipients"]]
        self.assertEqual(len(mails), 2)
        self.assertNotIn(person.full_name, str(mails))

    def test_one_representative_of_many_shows_them_each_as_the_reader_may_see_them(self):
        mine = self.ward("Nông Thị Gần")
        far = factories.make_person("Vi Thị Xa", representatives=[
            {"representative": self.other.name, "capacity": "Authorised"}
        ])  # fmt: skip
        self.assertIn(mine.full_name, self.other.people)
        self.assertIn(far.full_name, self.other.people)
        clerk = factories.make_user("gan@test.example", "Commune Officer", units=[self.unit])
        with factories.as_user(clerk):
            shown = frappe.get_doc("Representative", self.other.name).people
        self.assertIn(mine.full_name, shown)
        self.assertNotIn(far.full_name, shown)
        self.assertIn("V.T.X.", shown)

    def test_the_report_of_ends_keeps_to_the_readers_area(self):
        person = self.ward(valid_to=add_days(nowdate(), 10))
        child = self.ward(
            "Nông Thị Nhỏ", born=add_days(nowdate(), 20 - 365 * 18 - 5), capacity="Guardian", valid_from="2020-01-01"
        )
        gone = self.ward("Nông Thị Cũ", valid_to=add_days(nowdate(), -10))
        self.ward("Nông Thị Lâu", valid_to=add_days(nowdate(), 200))
        rows = {row["beneficiary"]: row for row in execute({"office": self.office})[1]}
        self.assertEqual(set(rows), {person.name, child.name, gone.name})
        self.assertLess(rows[gone.name]["days_left"], 0)
        inside = factories.make_user("baocao@test.example", "Commune Officer", units=[self.unit])
        for user, sees in (
            (inside, True),
            (factories.make_user("ngoai@test.example", "Commune Officer", units=[factories.BINH_HOA]), False),
            (factories.make_user("khongvung@test.example", "Commune Officer"), False),
        ):
            with self.subTest(user), factories.as_user(user):
                self.assertEqual(bool(execute({"office": self.office})[1]), sees)
        with factories.as_user(factories.make_user("tinhxem@test.example", "Province Viewer")):
            self.assertRaises(frappe.PermissionError, execute, {"office": self.office})
