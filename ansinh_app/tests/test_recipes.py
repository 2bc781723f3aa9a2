"""The recipes of docs/development.md, from the page's own blocks: a category, a provider, a form, a report."""

import csv
import importlib.util
import json
import re
import tempfile
from pathlib import Path
from unittest.mock import patch

import frappe
from frappe.utils import strip_html

from ansinh_app.api import provider_file
from ansinh_app.exceptions import RateVersionError
from ansinh_app.policy.doctype.rate_version.rate_version import copy_as_draft
from ansinh_app.setup import law
from ansinh_app.setup.tables import read
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.office_case import OfficeCase

CATEGORY, AMOUNT = "BTXH-09", 810_000


def block(kind: str, name: str) -> str:
    """A block of the page, by the two words after its fence."""
    page = Path(frappe.get_app_path("ansinh_app")).parent / "docs" / "development.md"
    return re.search(rf"^```{kind} {name}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S).group(1)


def enter(documents: str) -> list:
    return [frappe.get_doc(values).insert() for values in json.loads(documents)]


class TestRecipes(OfficeCase):
    def setUp(self):
        super().setUp()
        frappe.db.savepoint("recipe")
        self.addCleanup(frappe.db.rollback, save_point="recipe")

    def draft(self) -> object:
        """The newest level of the programme, copied and filled in as the page says."""
        of_the_state = {"programme": "BTXH", "docstatus": 1, "administrative_unit": ["is", "not set"]}
        newest = frappe.get_last_doc("Rate Version", of_the_state, order_by="effective_from desc")
        values = json.loads(block("json", "rate"))
        draft = frappe.get_doc("Rate Version", copy_as_draft(newest.as_json()))
        draft.append("lines", values.pop("line"))
        draft.update(values)
        return draft.save()

    def assertPaid(self):
        """Somebody who is granted the category stands on the next list with what the page says."""
        person = world.make_person(self.office, date_of_birth="1960-06-30")
        world.make_entitlement(person, CATEGORY, start="2026-10", known_on="2026-10-12")
        period, _summary = self.prepare("2026-10", "2026-10-24")
        (line,) = world.lines_of(period)
        self.assertEqual((line.beneficiary, int(line.total)), (person.name, AMOUNT))
        self.assertEqual(line.category_shown, "Đối tượng bảo trợ xã hội")

    def test_a_category_entered_on_the_desk_is_paid(self):
        enter(block("json", "category"))
        self.draft().submit()
        self.assertPaid()

    def test_a_level_that_leaves_somebody_out_is_refused(self):
        world.make_entitlement(world.make_person(self.office))
        enter(block("json", "category"))
        draft = self.draft()
        draft.lines = [line for line in draft.lines if line.category != "BTXH-06B1"]
        with self.assertRaises(RateVersionError):
            draft.submit()

    def test_a_category_shipped_as_rows_is_paid(self):
        more = dict(line.split(": ", 1) for line in block("csv", "category").splitlines())

        def with_more(table: str) -> list[dict]:
            rows = read(table)
            if table in more:
                (cells,) = csv.reader([more[table]])
                if table == "rate_versions":
                    previous = [row for row in rows if row["programme"] == cells[0] and not row["effective_to"]]
                    previous[-1]["effective_to"] = "2026-09-30"
                self.assertEqual(len(cells), len(rows[0]), table)
                rows.append(dict(zip(rows[0], (cell or None for cell in cells), strict=True)))
            return rows

        with patch.object(law, "read", with_more):
            made = law.load_instruments() | law.load_categories() | law.load_rate_versions()
        self.assertEqual(made, {"Legal Instrument": 1, "Benefit Category": 1, "Rate Version": 1})
        self.assertPaid()

    def test_a_provider_by_data_gets_its_file_and_answers(self):
        profile, provider = enter(block("json", "provider"))
        world.make_contract(self.office, provider.name, programmes=[{"programme": "BTXH"}])
        person = world.make_person(self.office, provider=provider.name)
        world.make_entitlement(person)
        period, _summary = self.prepare("2024-05", "2024-04-24")
        (batch,) = world.batches_of(period)
        world.approve(batch)
        grid = world.grid_of(world.file_bytes(provider_file(batch)["file_url"]))
        self.assertEqual(grid[1], [column.header for column in profile.columns])
        self.assertEqual((grid[2][2], grid[2][3]), ("LY THI MAU", 540_000))
        self.assertTrue(grid[2][4].startswith("TC BTXH T"), grid[2])
        world.send(batch)
        result = world.import_result(batch, world.answer(batch))
        self.assertEqual((result.matched, result.paid, result.unmatched), (1, 1, 0))

    def test_a_form_entered_on_the_desk_prints(self):
        unit = frappe.db.get_value("Paying Office", self.office, "administrative_unit")
        values = {"doctype": "Pay Point", "point_name": "Bưu cục Mẫu & Con", "kind": "Post Counter", "provider": "VNPOST"}
        point = frappe.get_doc(values | {"administrative_unit": unit, "address": "Thôn 1"}).insert()
        form = {"doctype": "Print Format", "name": "Giấy mẫu", "doc_type": "Pay Point", "custom_format": 1, "standard": "No",
                "print_format_type": "Jinja", "html": block("html", "form")}  # fmt: skip
        frappe.get_doc(form).insert()
        said = frappe.get_print("Pay Point", point.name, "Giấy mẫu")
        self.assertIn("Bưu cục Mẫu &amp; Con", said)
        self.assertIn("GIẤY GIỚI THIỆU ĐIỂM CHI TRẢ", strip_html(said))

    def test_a_report_gives_each_reader_his_own_rows(self):
        unit = frappe.db.get_value("Paying Office", self.office, "administrative_unit")
        for name, villages in (("Không thôn", ""), ("Có thôn", "Thôn 1")):
            values = {"doctype": "Pay Point", "point_name": name, "kind": "Post Counter", "provider": "VNPOST"}
            frappe.get_doc(values | {"administrative_unit": unit, "villages": villages}).insert()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "report_of_the_page.py")
            path.write_text(block("python", "report"), encoding="utf-8")
            spec = importlib.util.spec_from_file_location(path.stem, path)
            report = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(report)
        here = [row["title"] for row in report.execute()[1] if row["unit"] == unit]
        self.assertEqual(here, ["Không thôn"])
        stranger = "recipe.stranger@example.com"
        world.make_user(stranger, "Bank Officer")
        with world.as_user(stranger):
            self.assertEqual(report.execute()[1], [])
