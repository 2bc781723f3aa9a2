"""Preparing a period: once, again, at once with another run, and after a batch was cancelled."""

import threading

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import preflight, prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import PeriodStateError, SealedError
from ansinh_app.payouts.rows import NAME_IN_CAPITALS, insert_lines
from ansinh_app.tests import both_ways
from ansinh_app.tests import payout_world as world


def _codes(found: dict) -> dict[str, str]:
    return {row["code"]: row["severity"] for row in found["blocks"] + found["warnings"]}


class TestRun(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = world.make_office("RUN-" + frappe.generate_hash(length=6).upper()).name
        world.make_contracts(self.office)

    def period(self, month: str = "2024-05", as_of: str = "2024-04-24") -> str:
        return world.make_period(self.office, month, as_of).name

    def prepare(self, period: str, as_of: str | None = None) -> dict:
        both_ways.assert_same(self, period, as_of)
        with world.as_user(world.OFFICER):
            return prepare_period(period, as_of)

    def stop(self, entitlement, month: str, known_on: str) -> None:
        person = frappe.get_doc("Beneficiary", entitlement.beneficiary)
        world.change(person, "Stop", known_on, entitlement=entitlement.name, effective_month=f"{month}-01")

    def test_lines_are_split_by_programme_provider_and_channel(self):
        world.make_entitlement(world.make_person(self.office, "Lý Thị Một"))
        world.make_entitlement(world.make_person(self.office, "Lý Thị Hai", cash=True))
        world.make_entitlement(world.make_person(self.office, "Lý Thị Ba", provider="BID"), "NCC-03A")
        period = self.period()
        summary = self.prepare(period)
        found = {(batch.programme, batch.provider, batch.channel) for batch in summary["batches"]}
        self.assertEqual(
            found,
            {
                ("BTXH", "STB", "Bank Transfer"),
                ("BTXH", "VNPOST", "Cash"),
                ("NCC", "BID", "Bank Transfer"),
            },
        )
        self.assertEqual(summary["total"], 540_000 + 540_000 + 2_055_000)
        self.assertEqual(frappe.db.get_value("Payout Period", period, "status"), "Prepared")

    def test_second_run_changes_nothing(self):
        world.make_entitlement(world.make_person(self.office))
        period = self.period()
        self.prepare(period)
        before = world.lines_of(period)
        batches = frappe.get_all("Payout Batch", {"period": period}, ["name", "modified", "prepared_by"])
        with world.as_user(world.MANAGER):
            again = prepare_period(period)
        self.assertEqual((again["created"], again["changed"], again["unchanged"]), (0, 0, 1))
        self.assertEqual(world.lines_of(period), before)
        self.assertEqual(
            frappe.get_all("Payout Batch", {"period": period}, ["name", "modified", "prepared_by"]), batches
        )

    def test_second_run_changes_only_what_changed(self):
        first, second = (world.make_person(self.office, name) for name in ("Lý Thị Một", "Lý Thị Hai"))
        for person in (first, second):
            world.make_entitlement(person)
        period = self.period()
        self.prepare(period)
        before = {line.beneficiary: line for line in world.lines_of(period)}
        account = world.make_account(first, account_no="9999000011")
        entitlement = frappe.get_doc("Entitlement", before[first.name].entitlement)
        entitlement.payment_account = account.name
        entitlement.save()
        again = self.prepare(period)
        after = {line.beneficiary: line for line in world.lines_of(period)}
        self.assertEqual((again["created"], again["changed"], again["unchanged"]), (0, 1, 1))
        self.assertEqual(after[first.name].account_no, "9999000011")
        self.assertEqual(after[first.name].name, before[first.name].name)
        self.assertEqual(after[second.name], before[second.name])

    def test_changed_list_takes_a_batch_back_from_approval(self):
        world.make_entitlement(world.make_person(self.office))
        period = self.period()
        self.prepare(period)
        batch = world.batches_of(period)[0]
        with world.as_user(world.OFFICER):
            apply_workflow(frappe.get_doc("Payout Batch", batch), "Submit for Approval")
        self.prepare(period)
        self.assertEqual(frappe.db.get_value("Payout Batch", batch, "status"), "Pending Approval")
        world.make_entitlement(world.make_person(self.office, "Lý Thị Hai"))
        self.prepare(period)
        self.assertEqual(frappe.db.get_value("Payout Batch", batch, "status"), "Draft")

    def test_line_no_longer_owed_goes_with_its_batch(self):
        entitlement = world.make_entitlement(world.make_person(self.office))
        period = self.period()
        self.prepare(period)
        self.stop(entitlement, "2024-05", known_on="2024-04-20")
        self.assertEqual(self.prepare(period)["removed"], 1)
        self.assertEqual(world.lines_of(period), [])
        self.assertEqual(world.batches_of(period), [])

    def test_sealed_batch_is_left_alone_and_late_arrivals_wait(self):
        person = world.make_person(self.office)
        world.make_entitlement(person)
        period = self.period()
        self.prepare(period)
        world.approve(world.batches_of(period)[0])
        before = world.lines_of(period)
        world.make_entitlement(world.make_person(self.office, "Lý Thị Hai"))
        world.make_entitlement(world.make_person(self.office, "Lý Thị Ba", cash=True))
        again = self.prepare(period)
        self.assertEqual((again["created"], again["next_month"]), (1, 1))
        after = world.lines_of(period)
        self.assertEqual([line for line in after if line.channel == "Bank Transfer"], before)
        self.assertEqual(len([line for line in after if line.channel == "Cash"]), 1)

    def test_cancelled_batch_gives_its_keys_back(self):
        world.make_entitlement(world.make_person(self.office))
        period = self.period()
        self.prepare(period)
        batch = world.batches_of(period)[0]
        world.approve(batch)
        world.cancel_batch(batch)
        cancelled = world.lines_of(period)
        self.assertEqual([line.status for line in cancelled], ["Cancelled"])
        again = self.prepare(period)
        self.assertEqual(again["created"], 1)
        live = world.lines_of(period, status="Planned")
        self.assertEqual(live[0].line_key, cancelled[0].line_key.split("#")[0])
        self.assertEqual(as_dong(live[0].total), 540_000)
        world.approve(live[0].batch)

    def test_earlier_batches_must_be_approved_first(self):
        world.make_entitlement(world.make_person(self.office))
        self.prepare(self.period())
        later = self.period("2024-06", "2024-05-24")
        with self.assertRaises(PeriodStateError):
            self.prepare(later)
        self.assertIn("earlier_batches_open", _codes(preflight(later)))

    def test_month_before_a_prepared_one_cannot_be_prepared(self):
        world.make_entitlement(world.make_person(self.office))
        self.prepare(self.period("2024-06", "2024-05-24"))
        with self.assertRaises(PeriodStateError):
            self.prepare(self.period("2024-05", "2024-05-24"))

    def test_form_cannot_set_what_runs_set(self):
        world.make_entitlement(world.make_person(self.office))
        period = self.period()
        self.prepare(period)
        document = frappe.get_doc("Payout Period", period)
        document.update({"status": "Closed", "total_amount": 1, "line_count": 9})
        document.save()
        document.reload()
        self.assertEqual(
            (document.status, document.line_count, as_dong(document.total_amount)), ("Prepared", 1, 540_000)
        )

    def test_one_period_per_office_and_month(self):
        self.period()
        with self.assertRaises((frappe.DuplicateEntryError, PeriodStateError)):
            world.make_period(self.office, "2024-05")

    def test_people_who_cannot_be_paid_are_held_back_and_named(self):
        nobody = world.make_person(self.office, "Không Tài Khoản")
        entitlement = world.make_entitlement(nobody)
        frappe.db.set_value("Payment Account", nobody.payment_account, "status", "Closed")
        wrong = world.make_person(self.office, "Sai Tên")
        world.make_entitlement(wrong)
        frappe.db.set_value("Payment Account", wrong.payment_account, "name_match", "Different")
        fine = world.make_person(self.office, "Lý Thị Được")
        world.make_entitlement(fine)
        period = self.period()
        found = preflight(period)
        codes = _codes(found)
        self.assertEqual(codes["account_closed"], "block")
        self.assertEqual(codes["account_name_mismatch"], "block")
        self.assertEqual(codes["identity_unverified"], "warning")
        self.assertTrue(all(row["owner"] and row["count"] for row in found["blocks"]))
        summary = self.prepare(period)
        self.assertEqual((summary["lines"], summary["held_back"]), (1, 2))
        self.assertEqual(
            {(held["code"], held["beneficiary"]) for held in summary["held"]},
            {("account_closed", nobody.name), ("account_name_mismatch", wrong.name)},
        )
        # Banks may read a period: it says how many and why, never who.
        shown = frappe.db.get_value("Payout Period", period, "problems")
        self.assertEqual(len(shown.splitlines()), 2)
        self.assertNotIn("Không Tài Khoản", shown)
        frappe.db.set_value("Payment Account", nobody.payment_account, "status", "Active")
        self.assertEqual(self.prepare(period)["created"], 1)
        self.assertTrue(world.lines_of(period, entitlement=entitlement.name))

    def test_money_nobody_collects_for_months_is_pointed_out(self):
        person = world.make_person(self.office, cash=True)
        world.make_entitlement(person)
        for month, as_of in (("2024-05", "2024-04-24"), ("2024-06", "2024-05-24"), ("2024-07", "2024-06-24")):
            period = self.period(month, as_of)
            self.assertNotIn("uncollected_long", _codes(preflight(period)))
            self.prepare(period)
            world.pay(period, {world.lines_of(period)[0].name: ("Chưa đến nhận", "")})
        period = self.period("2024-08", "2024-07-24")
        self.assertEqual(_codes(preflight(period))["uncollected_long"], "warning")
        self.prepare(period)
        line = world.lines_of(period)[0]
        self.assertEqual([as_dong(line.carried_over), as_dong(line.total)], [1_620_000, 2_580_000])

    def test_a_provinces_own_higher_level_counts_for_its_people(self):
        province = world.make_unit("PHIGH", "Tỉnh Mức Cao", level="Province", is_group=1).name
        commune = world.make_unit("CHIGH", "Xã Mức Cao", province).name
        person = world.make_person(self.office, administrative_unit=commune)
        world.make_entitlement(person)
        frappe.get_doc(
            {
                "doctype": "Rate Version",
                "programme": "BTXH",
                "base_amount": 400_000,
                "administrative_unit": province,
                "effective_from": "2024-05-01",
                "in_force_on": "2024-04-01",
                "legal_instrument": "20/2021/NĐ-CP",
                "lines": [{"category": "BTXH-06B1", "coefficient": 1.5}],
            }
        ).insert().submit()
        period = self.period()
        self.prepare(period)
        self.assertEqual([as_dong(line.total) for line in world.lines_of(period)], [600_000])

    def test_estimated_rate_never_pays(self):
        person = world.make_person(self.office, provider="BID")
        world.make_entitlement(person, "NCC-01A", start="2026-07", known_on="2026-06-10")
        period = self.period("2026-11", "2026-10-23")
        self.assertEqual(_codes(preflight(period))["estimated_rate"], "block")
        summary = self.prepare(period)
        self.assertEqual((summary["lines"], summary["held_back"]), (0, 1))

    def test_lines_say_no_category_that_tells_an_illness(self):
        person = world.make_person(self.office, date_of_birth="2022-01-01")
        world.make_entitlement(person, "BTXH-03A")
        period = self.period()
        self.prepare(period)
        line = world.lines_of(period)[0]
        self.assertEqual(line.category_shown, "Đối tượng bảo trợ xã hội")
        for text in (line.explanation, line.benefit, line.line_key, line.months):
            self.assertNotIn("BTXH-03", text)
            self.assertNotIn("HIV", text)

    def test_lines_cannot_be_written_or_deleted_by_hand(self):
        world.make_entitlement(world.make_person(self.office))
        period = self.period()
        self.prepare(period)
        line = frappe.get_doc("Payout Line", world.lines_of(period)[0].name)
        line.total = 1
        self.assertRaises(SealedError, line.save)
        self.assertRaises(SealedError, frappe.delete_doc, "Payout Line", line.name)
        copy = frappe.copy_doc(line)
        self.assertRaises(SealedError, copy.insert)

    def test_names_of_lines_grow_in_the_order_of_the_list(self):
        """A table with years of lines in it grows at its end; a sheet takes none of them for a number."""
        for name in ("Lý Thị Một", "Lý Thị Hai", "Lý Thị Ba"):
            world.make_entitlement(world.make_person(self.office, name))
        period = self.period()
        self.prepare(period)
        names = [line.name for line in sorted(world.lines_of(period), key=lambda line: line.line_no)]
        self.assertEqual(names, sorted(names))
        for name in names:
            self.assertRegex(name, "^L[0-9a-z]{14}$")
            self.assertRegex(name.upper(), NAME_IN_CAPITALS)
        self.assertRegex("L0123456789A", NAME_IN_CAPITALS)  # as lines were named before

    def test_line_key_is_unique_in_the_database(self):
        world.make_entitlement(world.make_person(self.office))
        period = self.period()
        self.prepare(period)
        line = dict(world.lines_of(period)[0])
        line["name"] = None
        with self.assertRaises(Exception) as caught:
            insert_lines([line])
        self.assertTrue(frappe.db.is_unique_key_violation(caught.exception), caught.exception)

    def test_recovery_case_follows_the_run_and_deducts_once_approved(self):
        person = world.make_person(self.office, date_of_birth="1940-01-01")
        entitlement = world.make_entitlement(person, "BTXH-05A2")
        period = self.period()
        self.prepare(period)
        world.pay(period)
        self.stop(entitlement, "2024-05", known_on="2024-05-20")
        world.make_entitlement(person, "BTXH-05C", known_on="2024-05-20")
        june = self.period("2024-06", "2024-05-24")
        first, again = self.prepare(june), self.prepare(june)
        self.assertEqual(first["recovery_cases"]["proposed"], 1)
        self.assertEqual(set(again["recovery_cases"].values()), {0})
        case = frappe.get_doc("Recovery Case", {"beneficiary": person.name})
        self.assertEqual((case.docstatus, as_dong(case.amount)), (0, 360_000))
        self.assertEqual([as_dong(line.total) for line in world.lines_of(june)], [360_000])
        case.instalment = 200_000
        case.submit()
        self.prepare(june)
        line = world.lines_of(june)[0]
        self.assertEqual((as_dong(line.recovery), as_dong(line.total)), (200_000, 160_000))
        world.pay(june)
        case.reload()
        self.assertEqual((as_dong(case.recovered), as_dong(case.outstanding)), (200_000, 160_000))
        july = self.period("2024-07", "2024-06-24")
        self.prepare(july)
        self.assertEqual([as_dong(line.recovery) for line in world.lines_of(july)], [160_000])
        world.pay(july)
        case.reload()
        self.assertEqual((case.status, as_dong(case.outstanding)), ("Closed", 0))

    def test_line_taken_whole_by_recovery_needs_no_transfer(self):
        person = world.make_person(self.office)
        entitlement = world.make_entitlement(person)
        period = self.period()
        self.prepare(period)
        world.pay(period)
        self.stop(entitlement, "2024-05", known_on="2024-05-20")
        world.make_entitlement(person, start="2024-06", known_on="2024-05-20")
        june = self.period("2024-06", "2024-05-24")
        self.prepare(june)
        frappe.get_doc("Recovery Case", {"beneficiary": person.name}).submit()
        self.prepare(june)
        self.assertEqual([as_dong(line.total) for line in world.lines_of(june)], [0])
        batch = world.batches_of(june)[0]
        world.approve(batch)
        world.send(batch)
        self.assertEqual([line.status for line in world.lines_of(june)], ["Paid"])
        self.assertEqual(frappe.db.get_value("Payout Batch", batch, "status"), "Completed")

    def test_proposal_that_is_no_longer_owed_goes(self):
        person = world.make_person(self.office)
        entitlement = world.make_entitlement(person)
        period = self.period()
        self.prepare(period)
        world.pay(period)
        self.stop(entitlement, "2024-05", known_on="2024-05-20")
        june = self.period("2024-06", "2024-05-24")
        self.prepare(june)
        self.assertEqual(frappe.db.count("Recovery Case", {"beneficiary": person.name}), 1)
        world.make_entitlement(person, start="2024-05", known_on="2024-05-21")
        self.assertEqual(self.prepare(june)["recovery_cases"]["withdrawn"], 1)
        self.assertEqual(frappe.db.count("Recovery Case", {"beneficiary": person.name}), 0)


class TestTwoRunsAtOnce(FrappeTestCase):
    """Needs committed data, as two connections see it; what it made is taken away again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = world.make_office("RUN-TWICE-" + frappe.generate_hash(length=4).upper()).name
        world.make_contracts(cls.office)
        for number in range(20):
            world.make_entitlement(world.make_person(cls.office, f"Lý Thị {chr(65 + number)}"))
        cls.period = world.make_period(cls.office, "2024-05", "2024-04-24").name
        frappe.db.commit()

    @classmethod
    def tearDownClass(cls):
        frappe.db.rollback()
        people = frappe.get_all("Beneficiary", {"office": cls.office}, pluck="name")
        contracts = frappe.get_all("Bank Contract", {"office": cls.office}, pluck="name")
        frappe.db.delete("Payout Line", {"period": cls.period})
        for doctype in ("Payout Batch", "Payout Period", "Bank Contract", "Entitlement"):
            frappe.db.delete(doctype, {"office": cls.office})
        frappe.db.delete("Contract Programme", {"parent": ["in", contracts]})
        frappe.db.delete("Payment Account", {"beneficiary": ["in", people]})
        frappe.db.delete("Beneficiary", {"office": cls.office})
        frappe.db.delete("Office Programme", {"parent": cls.office})
        frappe.db.delete("Report Schedule", {"office": cls.office})
        frappe.db.delete("Paying Office", {"name": cls.office})
        frappe.db.delete("Administrative Unit", {"code": ["in", [f"{cls.office}-X", "PTEST"]]})
        frappe.db.commit()
        super().tearDownClass()

    def test_nobody_is_on_two_lines(self):
        site, sites_path = frappe.local.site, frappe.local.sites_path
        start = threading.Barrier(2)
        answers, errors = [], []

        def one_run():
            frappe.init(site=site, sites_path=sites_path, force=True)
            frappe.connect()
            try:
                # Reads before the run, as every request does: its view of the data is already old.
                frappe.get_all("Payout Line", {"period": self.period})
                start.wait(20)
                answers.append(prepare_period(self.period))
                frappe.db.commit()
            except Exception as error:
                frappe.db.rollback()
                errors.append(error)
            finally:
                frappe.destroy()

        threads = [threading.Thread(target=one_run) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        frappe.db.rollback()
        self.assertEqual(len(answers) + len(errors), 2)
        self.assertGreaterEqual(len(answers), 1, errors)
        self.assertEqual(sorted(answer["created"] for answer in answers)[-1], 20)
        self.assertEqual(sum(answer["created"] for answer in answers), 20)
        self.assertEqual(len(world.lines_of(self.period)), 20)
        self.assertEqual(len(world.batches_of(self.period)), 1)
