"""Lists of changes: a commune's increases and decreases matched row by row, proposed once, approved by another."""

import io

import frappe
import xlsxwriter
from frappe.model.workflow import apply_workflow

from ansinh_app.exceptions import ChangeNotAllowedError, ImportStateError
from ansinh_app.registry.doctype.registry_change_list import registry_change_list as lists
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import as_user, attach, make_user
from ansinh_app.tests.office_case import OfficeCase

HEADERS = ("STT", "Họ tên", "Ngày sinh", "Số CCCD", "Xã", "Nhóm", "Từ tháng", "Số QĐ, ngày", "Lý do")
DECISION = "77/QĐ-UBND ngày 20/6/2024"


def workbook(*rows, headers=HEADERS) -> bytes:
    """A list of form F6: a title, the table, headings as rows of one cell."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("F6")
        page.write_row(0, 0, ["DANH SÁCH TĂNG, GIẢM, ĐIỀU CHỈNH THÁNG 7/2024"])
        for number, row in enumerate((headers, *rows), start=2):
            page.write_row(number, 0, row)
    return target.getvalue()


class TestBulkChanges(OfficeCase):
    def setUp(self):
        super().setUp()
        self.unit = frappe.db.get_value("Paying Office", self.office, "administrative_unit")
        self.number = 0

    def person(self, full_name: str, category: str | None = "BTXH-06B1", **values):
        self.number += 1
        values.setdefault("date_of_birth", f"1970-06-{self.number:02d}")
        person = world.make_person(self.office, full_name, cash=True, **values)
        if category:
            world.make_entitlement(person, category)
        return person

    def make_list(self, content: bytes | None = None, **values):
        return frappe.get_doc(
            {
                "doctype": "Registry Change List",
                "office": self.office,
                "administrative_unit": self.unit,
                "file": attach(content, "tang giam.xlsx") if content else None,
                **values,
            }
        ).insert()

    def rows(self, doc) -> dict[int, dict]:
        found = frappe.get_all("Registry Change List Row", filters={"change_list": doc.name}, fields=["*"])
        return {row.row_no: row for row in found}

    def proposed(self, doc) -> list:
        return frappe.get_all(
            "Registry Change", filters={"change_list": doc.name}, fields=["*"], order_by="name"
        )

    def propose(self, doc):
        with as_user(world.OFFICER):
            lists.check_list({"name": doc.name})
            lists.propose_changes({"name": doc.name})
        doc.reload()
        return doc

    def test_a_communes_list_is_understood_row_by_row_and_nothing_is_written_before(self):
        dead, gone, poor, other = (
            self.person(name) for name in ("Lý Văn Hậu", "Lý Văn Hết", "Lý Thị Đổi", "Lý Thị Khác")
        )
        new = self.person("Lý Thị Mới", category=None)
        doc = self.make_list(
            workbook(
                ["I. TĂNG"],
                [1, "Lý Thị Mới", "05/06/1970", "", "", "BTXH-06A1", "07/2024", DECISION, "Mới hưởng"],
                [2, "Nông Văn Lạ", "01/01/1950", "", "", "BTXH-06A1", "07/2024", DECISION, "Mới hưởng"],
                ["II. GIẢM"],
                [1, "LÝ VĂN HẬU", "01/06/1970", "", "", "", "", DECISION, "Chết ngày 3/6/2024"],
                [2, "Lý Văn Hết", "02/06/1970", "", "", "", "07/2024", DECISION, "Hết điều kiện"],
                [3, "Lý Thị Khác", "04/06/1970", "", "", "", "07/2024", DECISION, "Đổi TK"],
                ["III. ĐIỀU CHỈNH"],
                [1, "Lý Thị Đổi", "03/06/1970", "", "", "BTXH-06A1", "07/2024", DECISION, "Đổi nhóm"],
                [2, "Lý Thị Khác", "04/06/1970", "", "", "BTXH-06B1", "07/2024", DECISION, "Đổi nhóm"],
            )
        )
        lists.check_list({"name": doc.name})
        rows = self.rows(doc)
        self.assertEqual(
            {number: (row.verdict, row.change_type) for number, row in rows.items()},
            {
                5: ("Ready", "New"),
                6: ("Returned", "New"),
                8: ("Ready", "Death"),
                9: ("Ready", "Stop"),
                10: ("Returned", None),
                12: ("Ready", "Adjust"),
                13: ("Returned", "Adjust"),
            },
        )
        self.assertIn("Nông Văn Lạ", rows[6].reasons)
        doc.reload()
        self.assertTrue(doc.error_file)
        self.assertFalse(self.proposed(doc))
        self.propose(doc)
        made = {change.beneficiary: change for change in self.proposed(doc)}
        self.assertEqual(set(made), {dead.name, gone.name, poor.name, new.name})
        self.assertEqual({change.status for change in made.values()}, {"Proposed"})
        self.assertEqual(str(made[dead.name].effective_month), "2024-07-01")
        self.assertEqual(made[gone.name].decision_no, "77/QĐ-UBND")
        self.assertEqual(str(made[gone.name].decision_date), "2024-06-20")
        # Who proposed approves nothing; somebody else approves all, and then the list is paid by.
        with as_user(world.OFFICER):
            answer = lists.approve_all({"name": doc.name})
        self.assertEqual((answer["approved"], len(answer["refused"])), ([], 4))
        with as_user(world.MANAGER):
            answer = lists.approve_all({"name": doc.name})
        self.assertEqual((len(answer["approved"]), answer["refused"]), (4, []))
        paid = self.paid("2024-07", "2024-06-25")
        # 540,000 a month in May and June for all; July at the new terms for who still has it.
        self.assertEqual(paid[gone.name], 2 * 540_000)
        self.assertEqual(paid[dead.name], 2 * 540_000)
        self.assertEqual(paid[poor.name], 2 * 540_000 + 720_000)
        self.assertEqual(paid[new.name], 720_000)
        self.assertEqual(paid[other.name], 3 * 540_000)

    def test_the_same_list_twice_proposes_nothing_twice(self):
        gone, dead = self.person("Lý Văn Hết"), self.person("Lý Văn Hậu")
        content = workbook(
            ["GIẢM"],
            [1, "Lý Văn Hết", "01/06/1970", "", "", "", "07/2024", DECISION, "Thôi hưởng"],
            [2, "Lý Văn Hết", "01/06/1970", "", "", "", "07/2024", DECISION, "Thôi hưởng"],
            [3, "Lý Văn Hậu", "02/06/1970", "", "", "", "", DECISION, "chết 3/6/2024"],
        )
        first = self.propose(self.make_list(content))
        self.assertEqual((first.rows_ready, first.rows_known, first.rows_rejected), (2, 1, 0))
        again = self.propose(self.make_list(content))
        self.assertEqual((again.rows_ready, again.rows_known, again.rows_rejected), (0, 3, 0))
        with as_user(world.MANAGER):
            lists.approve_all({"name": first.name})
        third = self.propose(self.make_list(content))
        self.assertEqual((third.rows_ready, third.rows_known, third.rows_rejected), (0, 3, 0))
        for person in (gone, dead):
            self.assertEqual(frappe.db.count("Registry Change", {"beneficiary": person.name}), 1)

    def test_several_of_one_name_and_several_benefits_are_asked_never_guessed(self):
        for _twin in range(2):
            self.person("Nông Thị Đôi", date_of_birth="1950-01-01")
        two = self.person("Lý Văn Hai")
        world.make_entitlement(two, "NCC-01A")
        doc = self.make_list(
            workbook(
                [1, "Nông Thị Đôi", "01/01/1950", "", "", "", "07/2024", DECISION, "Thôi hưởng"],
                [2, "Lý Văn Hai", "03/06/1970", "", "", "", "07/2024", DECISION, "Thôi hưởng"],
                [3, "Lý Văn Hai", "03/06/1970", "", "", "BTXH-06B1", "07/2024", DECISION, "Thôi hưởng"],
                [4, "Lý Văn Hai", "03/06/1970", "", "", "", "07/2024", DECISION, ""],
            )
        )
        lists.check_list({"name": doc.name})
        rows = [row for _number, row in sorted(self.rows(doc).items())]
        self.assertEqual([row.verdict for row in rows], ["Returned", "Returned", "Ready", "Returned"])
        self.assertTrue(rows[2].entitlement)

    def test_people_chosen_get_one_change_each_said_once(self):
        people = [self.person("Lý Văn Một"), self.person("Lý Văn Hai")]
        doc = self.make_list(
            people=[{"beneficiary": person.name} for person in people],
            change_type="Suspend",
            effective_month="2024-07-15",
            decision_no="78/QĐ-UBND",
            decision_date="2024-06-21",
            reason="Ba tháng không nhận",
        )
        self.propose(doc)
        found = self.proposed(doc)
        self.assertEqual({change.beneficiary for change in found}, {person.name for person in people})
        self.assertEqual({str(change.effective_month) for change in found}, {"2024-07-01"})
        self.assertEqual({change.reason for change in found}, {"Ba tháng không nhận"})

    def test_a_list_is_taken_back_as_a_whole_or_not_at_all(self):
        one, two = self.person("Lý Văn Một"), self.person("Lý Văn Hai")
        doc = self.propose(
            self.make_list(
                people=[{"beneficiary": one.name}, {"beneficiary": two.name}],
                change_type="Stop",
                effective_month="2024-07-01",
                decision_no="79/QĐ-UBND",
                decision_date="2024-06-21",
                reason="Hết điều kiện",
            )
        )
        with as_user(world.MANAGER):
            apply_workflow(frappe.get_doc("Registry Change", self.proposed(doc)[0].name), "Approve")
        with as_user(world.OFFICER), self.assertRaises(ImportStateError):
            lists.undo_list({"name": doc.name})
        # A later change stands on the first one: nothing of the list is taken back.
        frappe.db.savepoint("before_later")
        entitlement = self.proposed(doc)[0].entitlement
        world.change(one, "Resume", "2024-06-25", entitlement=entitlement, effective_month="2024-06-01")
        with as_user(world.MANAGER), self.assertRaises(ChangeNotAllowedError):
            lists.undo_list({"name": doc.name})
        frappe.db.rollback(save_point="before_later")
        with as_user(world.MANAGER):
            lists.undo_list({"name": doc.name})
        self.assertEqual({change.status for change in self.proposed(doc)}, {"Cancelled", "Rejected"})
        self.assertFalse(frappe.db.get_value("Entitlement", entitlement, "effective_to"))
        again = self.make_list(
            people=[{"beneficiary": one.name}],
            change_type="Stop",
            effective_month="2024-07-01",
            decision_no="79/QĐ-UBND",
            decision_date="2024-06-21",
        )
        self.assertEqual(self.propose(again).rows_ready, 1)

    def test_every_kind_of_change_undoes_cleanly(self):
        """The people, entitlements and payments stand after the undo as they stood before."""
        other = world.make_unit(f"{self.office}-Y", "Xã Khác")
        terms = {"decision_no": "80/QĐ-UBND", "decision_date": "2024-06-21", "effective_month": "2024-07-01"}
        kinds = {
            "New": {"category": "NCC-01A"},
            "Stop": {},
            "Death": {"occurred_on": "2024-06-03"},
            "Adjust": {"category": "BTXH-06A1"},
            "Suspend": {},
            "Resume": {},
            "Transfer": {"new_unit": other.name},
        }
        people = {kind: self.person(f"Lý Văn {kind}") for kind in kinds}
        world.change(people["Resume"], "Suspend", "2024-06-01", effective_month="2024-06-01")

        def state():
            names = [person.name for person in people.values()]
            stored = frappe.get_all(
                "Beneficiary",
                filters={"name": ["in", names]},
                fields=["name", "status", "deceased_on", "administrative_unit", "office", "village"],
                order_by="name",
            )
            held = frappe.get_all(
                "Entitlement",
                filters={"beneficiary": ["in", names], "docstatus": 1},
                fields=["name", "category", "effective_to", "office"],
                order_by="name",
            )
            changes = frappe.get_all(
                "Entitlement Change",
                filters={"parent": ["in", [row.name for row in held]]},
                fields=["parent", "active", "effective_month"],
                order_by="parent, idx",
            )
            return stored, held, changes

        before = state()
        made = []
        for kind, values in kinds.items():
            chosen = [{"beneficiary": people[kind].name}]
            doc = self.propose(self.make_list(people=chosen, change_type=kind, **terms, **values))
            self.assertEqual(doc.rows_ready, 1, kind)
            with as_user(world.MANAGER):
                self.assertEqual(lists.approve_all({"name": doc.name})["refused"], [])
            made.append(doc)
        self.assertNotEqual(state(), before)
        for doc in made:
            with as_user(world.MANAGER):
                lists.undo_list({"name": doc.name})
        self.assertEqual(state(), before)

    def test_four_readers(self):
        person = self.person("Lý Văn Hết")
        doc = self.make_list(
            workbook([1, "Lý Văn Hết", "01/06/1970", "", "", "", "07/2024", DECISION, "Thôi hưởng"])
        )
        lists.check_list({"name": doc.name})
        elsewhere = world.make_unit(f"{self.office}-Z", "Xã Ngoài").name
        suffix = self.office.lower()
        own = make_user(f"own.{suffix}@example.com", "Commune Officer", units=[self.unit])
        neighbour = make_user(f"near.{suffix}@example.com", "Commune Officer", units=[elsewhere])
        outsider = make_user(f"bank.{suffix}@example.com", "Bank Officer", providers=["STB"])
        nowhere = make_user(f"none.{suffix}@example.com", "Commune Officer")
        for user, seen in ((own, 1), (neighbour, 0), (outsider, 0), (nowhere, 0)):
            with as_user(user):
                for doctype, filters in (
                    ("Registry Change List", {"name": doc.name}),
                    ("Registry Change List Row", {"change_list": doc.name}),
                ):
                    may = frappe.has_permission(doctype, "read")
                    self.assertEqual(len(frappe.get_list(doctype, filters)) if may else 0, seen, user)
        # A neighbour's list speaks of its own people only: others are not found, and not named.
        with as_user(neighbour):
            theirs = self.make_list(
                workbook([1, "Lý Văn Hết", "01/06/1970", "", "", "", "07/2024", DECISION, "Thôi hưởng"]),
                administrative_unit=elsewhere,
            )
            lists.check_list({"name": theirs.name})
        row = self.rows(theirs)[4]
        self.assertEqual((row.verdict, row.beneficiary), ("Returned", None))
        self.assertNotIn(person.name, row.reasons)
