"""Reforms of communes: people and offices follow from a day on, and no money is lost or paid twice across it."""

import frappe

from ansinh_app.core.identity import cccd
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import PeriodStateError, ReformError
from ansinh_app.oversight.report.account_coverage.account_coverage import execute as coverage
from ansinh_app.oversight.report.monthly_payout.monthly_payout import execute as monthly_payout
from ansinh_app.permissions import Scope
from ansinh_app.registry.doctype.unit_reform import unit_reform as actions
from ansinh_app.registry.imports.lookups import read_lookups
from ansinh_app.registry.people import known_provinces
from ansinh_app.registry.units import unit_tree
from ansinh_app.tests import factories
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import as_user, attach, make_user
from ansinh_app.tests.office_case import OfficeCase

EFFECTIVE = "2025-07-01"


class ReformCase(OfficeCase):
    """A district of made-up communes A, B and C with an office, to be reformed on 1 July 2025."""

    def setUp(self):
        super().setUp()
        tag = frappe.generate_hash(length=5).upper()
        self.tag = tag
        self.district = world.make_unit(f"D{tag}", f"Huyện Mẫu {tag}", level="District", is_group=1).name
        parent = frappe.db.get_value("Administrative Unit", {"code": "PTEST"}) or world._province()
        frappe.db.set_value("Administrative Unit", self.district, "parent_administrative_unit", parent)
        frappe.clear_cache()
        self.a, self.b, self.c = (
            world.make_unit(f"{tag}{letter}", f"Xã {letter} {tag}", parent=self.district).name
            for letter in "ABC"
        )
        self.old = f"OLD-{tag}"
        world.make_office(self.old, self.district)
        world.make_contracts(self.old)

    def person(self, unit: str, full_name: str = "Lý Thị Mẫu", **values):
        person = world.make_person(self.old, full_name, administrative_unit=unit, **values)
        world.make_entitlement(person, start="2025-05", known_on="2025-04-15")
        return person

    def make_reform(self, *rows, **values):
        """Rows: (old unit, village, new code, new name)."""
        return frappe.get_doc(
            {
                "doctype": "Unit Reform",
                "title": f"Sắp xếp {self.tag}",
                "effective_on": EFFECTIVE,
                "signed_on": "2025-06-16",
                "legal_instrument": "1672/NQ-UBTVQH15",
                "rows": [
                    {"old_unit": old, "village": village, "new_code": code, "new_name": name}
                    for old, village, code, name in rows
                ],
                **values,
            }
        ).insert()

    def merged(self):
        """A and B become A2 under the code of B, C stays but is renamed under its own code."""
        b, c = f"{self.tag}B", f"{self.tag}C"
        return self.make_reform(
            (self.a, None, b, f"Xã A {self.tag}"),
            (self.b, None, b, f"Xã A {self.tag}"),
            (self.c, None, c, f"Xã Mới {self.tag}"),
        )

    def run_it(self, doc):
        actions.preview({"name": doc.name})
        actions.run_reform({"name": doc.name})
        doc.reload()
        return doc

    def new_unit(self, letter: str) -> str:
        return f"{self.tag}{letter}-20250701"

    def new_office(self, letter: str) -> str:
        office = f"UB-{self.tag}{letter}"
        world.make_contracts(office)
        return office


class TestUnitReform(ReformCase):
    def test_preview_says_what_would_move_and_writes_nothing(self):
        self.person(self.a)
        self.person(self.c)
        make_user(f"xa.{self.tag.lower()}@example.com", "Commune Officer", units=[self.a])
        doc = self.merged()
        actions.preview({"name": doc.name})
        doc.reload()
        self.assertEqual((doc.status, doc.people, doc.entitlements, doc.users), ("Checked", 2, 2, 1))
        self.assertEqual([row.people for row in doc.rows], [1, 0, 1])
        self.assertFalse(doc.blocks)
        # A code that bore another name is shown: B's code now belongs to a unit named like A.
        self.assertIn(f"Xã B {self.tag}", doc.findings)
        self.assertIn(f"xa.{self.tag.lower()}@example.com", doc.findings)
        self.assertEqual(
            [(row.what, row.office or row.office_code) for row in doc.offices],
            [("Begins", f"UB-{self.tag}B"), ("Begins", f"UB-{self.tag}C"), ("Ends", self.old)],
        )
        self.assertFalse(frappe.db.exists("Administrative Unit", self.new_unit("B")))
        self.assertEqual(frappe.db.count("Unit Move", {"reform": doc.name}), 0)

    def test_no_money_is_lost_or_doubled_across_the_reform(self):
        one, two = self.person(self.a, "Lý Văn Một"), self.person(self.b, "Lý Văn Hai")
        lost = self.person(self.c, "Lý Văn Ba", cash=True)
        self.assertEqual(self.paid("2025-05", "2025-04-24", self.old)[one.name], 750_000)
        self.run_it(self.merged())
        ub, uc = self.new_office("B"), self.new_office("C")
        # The old office still pays June, listed in the units of June; its last month comes back unpaid for one.
        period, _summary = self.prepare("2025-06", "2025-05-24", self.old)
        lines = world.lines_of(period)
        self.assertEqual(
            {line.beneficiary: (line.administrative_unit, as_dong(line.total)) for line in lines},
            {
                one.name: (self.a, 750_000),
                two.name: (self.b, 750_000),
                lost.name: (self.c, 750_000),
            },
        )
        failed = {
            line.name: ("Thất bại", "Không đến nhận") for line in lines if line.beneficiary == lost.name
        }
        world.pay(period, failed)
        # From July each new office pays its own, and what came back from June.
        with self.assertRaises(PeriodStateError):
            world.make_period(self.old, "2025-07", "2025-06-24")
        self.assertEqual(self.paid("2025-07", "2025-06-24", ub), {one.name: 750_000, two.name: 750_000})
        self.assertEqual(self.paid("2025-07", "2025-06-24", uc), {lost.name: 1_500_000})
        july = world.lines_of(f"{ub}-2025-07")
        self.assertEqual({line.administrative_unit for line in july}, {self.new_unit("B")})
        self.assertEqual(
            {line.administrative_unit for line in world.lines_of(f"{self.old}-2025-05")},
            {self.a, self.b, self.c},
        )
        for person in (one, two, lost):
            self.assertSettled(person, "2025-07")
        self.assertFalse(
            frappe.get_all("Recovery Case", {"beneficiary": ["in", [one.name, two.name, lost.name]]})
        )

    def test_everything_that_lives_there_follows_and_comes_back(self):
        person = self.person(self.a, cash=True)
        carer = factories.make_representative(administrative_unit=self.a)
        draft = frappe.get_doc(
            {
                "doctype": "Registry Change",
                "beneficiary": self.person(self.c).name,
                "change_type": "Transfer",
                "new_unit": self.a,
                "decision_date": "2025-06-20",
            }
        ).insert()
        before = frappe.get_all(
            "Administrative Unit",
            filters={"name": ["in", [self.a, self.b, self.c, self.district]]},
            fields=["name", "valid_to", "succeeded_by"],
            order_by="name",
        )

        def places():
            term = frappe.db.get_value("Entitlement", {"beneficiary": person.name}, "office")
            stored = frappe.db.get_value(
                "Beneficiary", person.name, ["administrative_unit", "office"], as_dict=True
            )
            unit = frappe.db.get_value("Representative", carer.name, "administrative_unit")
            change = frappe.db.get_value("Registry Change", draft.name, ["new_unit", "office"], as_dict=True)
            return stored.administrative_unit, stored.office, term, unit, change.new_unit, change.office

        doc = self.run_it(self.merged())
        new, office = self.new_unit("B"), f"UB-{self.tag}B"
        self.assertEqual(places(), (new, office, office, new, new, f"UB-{self.tag}C"))
        self.assertEqual(str(frappe.db.get_value("Paying Office", self.old, "ends_on")), "2025-06-30")
        self.assertEqual(
            str(frappe.db.get_value("Administrative Unit", self.district, "valid_to")), "2025-06-30"
        )
        # Run again, nobody moves twice; who was registered in an old unit since follows.
        actions.run_reform({"name": doc.name})
        self.assertEqual(frappe.db.count("Unit Move", {"beneficiary": person.name}), 1)
        late = self.person(self.b)
        frappe.db.set_value("Beneficiary", late.name, "office", self.old)
        actions.run_reform({"name": doc.name})
        self.assertEqual(frappe.db.get_value("Beneficiary", late.name, "administrative_unit"), new)
        actions.undo_reform({"name": doc.name})
        self.assertEqual(places(), (self.a, self.old, self.old, self.a, self.a, self.old))
        self.assertEqual(frappe.db.count("Unit Move", {"reform": doc.name}), 0)
        self.assertFalse(frappe.db.exists("Paying Office", office))
        self.assertFalse(frappe.db.get_value("Paying Office", self.old, "ends_on"))
        after = frappe.get_all(
            "Administrative Unit",
            filters={"name": ["in", [self.a, self.b, self.c, self.district, new]]},
            fields=["name", "valid_to", "succeeded_by"],
            order_by="name",
        )
        self.assertEqual(after, before)
        # And again, as if it had never been undone.
        self.run_it(doc)
        self.assertEqual(places()[0], new)

    def test_it_stays_when_something_rests_on_it(self):
        person = self.person(self.a)
        doc = self.run_it(self.merged())
        office = self.new_office("B")
        self.paid("2025-07", "2025-06-24", office)
        with self.assertRaises(ReformError):
            actions.undo_reform({"name": doc.name})
        self.assertEqual(
            frappe.db.get_value("Beneficiary", person.name, "administrative_unit"), self.new_unit("B")
        )

    def test_what_is_not_clear_stands_in_the_way(self):
        self.person(self.a, village="Thôn Một")
        self.person(self.a, village="Thôn Hai")
        split = self.make_reform(
            (self.a, "thôn một", f"{self.tag}X", "Xã Đông"),
            (self.b, None, f"{self.tag}Y", "Xã Tây"),
            (self.c, None, f"{self.tag}Y", "Xã Tây"),
        )
        actions.preview({"name": split.name})
        split.reload()
        # The district's office would end, and Thôn Hai has no place to go.
        self.assertIn("Thôn Hai", split.blocks)
        with self.assertRaises(ReformError):
            actions.run_reform({"name": split.name})
        self.assertFalse(frappe.db.get_value("Administrative Unit", self.a, "valid_to"))
        split.append(
            "rows",
            {"old_unit": self.a, "village": "Thôn Hai", "new_code": f"{self.tag}Y", "new_name": "Xã Tây"},
        )
        split.save()
        self.run_it(split)
        found = frappe.get_all(
            "Beneficiary",
            filters={"office": ["like", f"UB-{self.tag}%"]},
            fields=["village", "administrative_unit"],
        )
        self.assertEqual(
            {row.village: row.administrative_unit for row in found},
            {"Thôn Một": self.new_unit("X"), "Thôn Hai": self.new_unit("Y")},
        )
        # A batch that waits for approval in a month the new office pays is named.
        other = self.make_reform(
            (self.new_unit("X"), None, f"{self.tag}Z", "Xã Bắc"), effective_on="2026-01-01"
        )
        world.make_contracts(f"UB-{self.tag}X")
        self.prepare("2026-01", "2025-12-24", f"UB-{self.tag}X")
        actions.preview({"name": other.name})
        other.reload()
        self.assertIn(f"UB-{self.tag}X-2026-01", other.blocks)

    def test_a_merged_province_s_own_level_goes_on_until_the_new_one_decides(self):
        province = world.make_unit(f"P{self.tag}", f"Tỉnh {self.tag}", level="Province", is_group=1).name
        frappe.get_doc("Administrative Unit", self.district).update(
            {"parent_administrative_unit": province}
        ).save()
        person = self.person(self.a)
        self.level(province, "2025-01-01", 600_000)
        self.assertEqual(self.paid("2025-05", "2025-04-24", self.old), {person.name: 900_000})
        self.assertEqual(self.paid("2025-06", "2025-05-24", self.old), {person.name: 900_000})
        rows = [
            (self.a, None, f"{self.tag}B", f"Xã A {self.tag}"),
            (self.b, None, f"{self.tag}B", f"Xã A {self.tag}"),
            (province, None, f"Q{self.tag}", f"Tỉnh Mới {self.tag}"),
        ]
        doc = self.make_reform(*rows)
        actions.preview({"name": doc.name})
        # Xã C lies in a province that ends, and nobody said what it becomes.
        self.assertIn(f"Xã C {self.tag}", frappe.db.get_value("Unit Reform", doc.name, "blocks"))
        doc = self.run_it(self.make_reform(*rows, (self.c, None, f"{self.tag}C", f"Xã Mới {self.tag}")))
        new = f"Q{self.tag}-20250701"
        self.assertEqual(
            frappe.db.get_value("Administrative Unit", self.new_unit("B"), "parent_administrative_unit"), new
        )
        office = self.new_office("B")
        self.assertEqual(self.paid("2025-07", "2025-06-24", office), {person.name: 900_000})
        self.level(new, "2025-08-01", 700_000)
        self.assertEqual(self.paid("2025-08", "2025-07-24", office), {person.name: 1_050_000})
        self.assertSettled(person, "2025-08")

    def level(self, province: str, since: str, base: int):
        frappe.get_doc(
            {
                "doctype": "Rate Version",
                "programme": "BTXH",
                "effective_from": since,
                "in_force_on": "2025-01-01",
                "base_amount": base,
                "legal_instrument": "20/2021/NĐ-CP",
                "administrative_unit": province,
                "lines": [{"category": "BTXH-06B1", "coefficient": 1.5, "law_article": "HĐND"}],
            }
        ).insert().submit()

    def test_a_table_in_a_file(self):
        rows = [
            "Mã cũ,Thôn,Mã mới,Tên mới",
            f"{self.tag}A,,{self.tag}B,Xã Chung",
            f"{self.tag}B,,{self.tag}B,Xã Chung",
        ]
        doc = self.make_reform(file=attach("\n".join(rows).encode(), "bang.csv"))
        self.assertEqual([row.old_unit for row in doc.rows], [self.a, self.b])
        with self.assertRaises(ReformError):
            self.make_reform(file=attach(b"Ma cu,Ma moi,Ten moi\nZZZ,1,X\n", "sai.csv"))

    def test_reports_stay_comparable(self):
        self.person(self.a, "Lý Văn Một")
        self.person(self.b, "Lý Văn Hai")
        self.paid("2025-06", "2025-05-24", self.old)
        self.run_it(self.merged())

        def people(report, field, **filters):
            rows = report({"office": self.old, **filters})[1]
            return {row["commune"]: row[field] for row in rows if row.get(field) and not row.get("bold")}

        then = {f"Xã A {self.tag}": 1, f"Xã B {self.tag}": 1}
        today = {f"Xã A {self.tag}": 2}
        self.assertEqual(people(monthly_payout, "people", month="2025-06-01"), then)
        self.assertEqual(people(monthly_payout, "people", month="2025-06-01", units="Today"), today)
        self.assertEqual(people(coverage, "total", as_of="2025-06-15"), then)
        self.assertEqual(people(coverage, "total", as_of="2025-06-15", units="Today"), today)
        self.assertEqual(people(coverage, "total", as_of="2025-07-15"), {})
        new = {
            row["commune"]: row["total"]
            for row in coverage({"office": f"UB-{self.tag}B", "as_of": "2025-07-15"})[1]
        }
        self.assertEqual(new[f"Xã A {self.tag}"], 2)

    def test_four_readers(self):
        self.person(self.a)
        doc = self.run_it(self.merged())
        tag = self.tag.lower()
        own = make_user(f"moi.{tag}@example.com", "Commune Officer", units=[self.new_unit("B")])
        officer = make_user(f"canbo.{tag}@example.com", "Social Affairs Officer", offices=[f"UB-{self.tag}B"])
        neighbour = make_user(f"ke.{tag}@example.com", "Social Affairs Officer", offices=[self.office])
        bank = make_user(f"nh.{tag}@example.com", "Bank Officer", providers=["STB"])
        nowhere = make_user(f"khong.{tag}@example.com", "Commune Officer")
        for user, moves in ((officer, 1), (neighbour, 0), (own, None), (bank, None), (nowhere, None)):
            with as_user(user):
                may = frappe.has_permission("Unit Move", "read")
                self.assertEqual(
                    len(frappe.get_list("Unit Move", {"reform": doc.name})) if may else None, moves
                )
                self.assertFalse(frappe.has_permission("Unit Reform", "write"))
        # A manager of one office moves nobody of another.
        manager = make_user(f"quanly.{tag}@example.com", "Social Affairs Manager", offices=[self.office])
        back = self.make_reform(
            (self.new_unit("B"), None, f"{self.tag}Q", "Xã Khác"), effective_on="2026-01-01"
        )
        with as_user(manager):
            actions.preview({"name": back.name})
            with self.assertRaises(frappe.PermissionError):
                actions.run_reform({"name": back.name})


class TestReusedCodes(OfficeCase):
    """Lạng Sơn: 05977 was Phường Vĩnh Trại and is Phường Đông Kinh, which was 05980; 05986 was Xã Hoàng Đồng."""

    TAM_THANH, HOANG_DONG, NEW_TAM_THANH = "05974-20210701", "05986-20210701", "05986-20250701"

    def test_the_city_of_the_plan_as_it_was_merged(self):
        """The real table against the units that are loaded: everything stands already, people alone move."""
        office = factories.make_office("LS-REFORM", factories.CITY)
        rows = [
            (factories.VINH_TRAI, "05977", "Phường Đông Kinh"),
            (factories.DONG_KINH, "05977", "Phường Đông Kinh"),
            (self.HOANG_DONG, "05986", "Phường Tam Thanh"),
        ]
        people = [
            factories.make_person(name, administrative_unit=row[0], office=office)
            for name, row in zip(("Nông Thị Trại", "Nông Thị Kinh", "Nông Thị Hoàng"), rows, strict=True)
        ]
        doc = frappe.get_doc(
            {
                "doctype": "Unit Reform",
                "title": "Lạng Sơn",
                "effective_on": EFFECTIVE,
                "make_offices": 0,
                "rows": [{"old_unit": old, "new_code": code, "new_name": name} for old, code, name in rows],
            }
        ).insert()
        units = frappe.db.count("Administrative Unit")
        actions.preview({"name": doc.name})
        doc.reload()
        self.assertFalse(doc.blocks)
        self.assertIn("05977", doc.findings)
        actions.run_reform({"name": doc.name})
        self.assertEqual(frappe.db.count("Administrative Unit"), units)
        where = [frappe.db.get_value("Beneficiary", person.name, "administrative_unit") for person in people]
        self.assertEqual(where, [factories.NEW_DONG_KINH, factories.NEW_DONG_KINH, self.NEW_TAM_THANH])
        # A table that contradicts the registry of units is refused, in the name that stands there.
        doc = frappe.get_doc(
            {
                "doctype": "Unit Reform",
                "title": "Sai",
                "effective_on": EFFECTIVE,
                "make_offices": 0,
                "rows": [{"old_unit": self.TAM_THANH, "new_code": "05986", "new_name": "Phường Đông Kinh"}],
            }
        ).insert()
        actions.preview({"name": doc.name})
        self.assertIn("Phường Tam Thanh", frappe.db.get_value("Unit Reform", doc.name, "blocks"))

    def test_an_area_follows_the_unit_and_not_the_code(self):
        tree = unit_tree()
        old = tree.area([self.HOANG_DONG])
        self.assertIn(self.NEW_TAM_THANH, old)
        # Hoàng Đồng bore the code Tam Thanh bears now; the old Tam Thanh is another place.
        self.assertNotIn(self.TAM_THANH, old)
        self.assertIn(self.TAM_THANH, tree.area([self.NEW_TAM_THANH]))
        self.assertNotIn(factories.VINH_TRAI, tree.area([factories.DONG_KINH]))
        user = make_user("hoangdong.reform@example.com", "Commune Officer", units=[self.HOANG_DONG])
        self.assertNotIn(self.TAM_THANH, Scope(user).units)

    def test_a_name_and_a_code_are_looked_up_with_their_days(self):
        known = read_lookups(self.NEW_TAM_THANH)
        self.assertEqual(set(known.units_called("P. Tam Thanh")), {self.TAM_THANH, self.NEW_TAM_THANH})
        self.assertEqual(known.units_called("Xã Hoàng Đồng"), [self.HOANG_DONG])
        # An ID's first digits are the province of birth registration: no reform of communes touches them.
        self.assertFalse(cccd.validate("020080012345", "Male", None, known_provinces()))
