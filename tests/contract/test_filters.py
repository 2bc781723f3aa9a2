"""The filter grammar: every operator over every type of field and value, with empty and missing ones.

filters.json was written by Frappe v15 on MariaDB: [call, filters, or_filters, the rows found, where else it differs].
Rows are 1 "One", 2 "Two", 3 "Three", 4 "it's 100% a\\b"; in 3 `city` and `note` are NULL, in 4 they are empty texts.
"""

import datetime
import json
from pathlib import Path

import frappe
from model_doctypes import CITY, LINE, ORDER, city, order
from test_model_documents import ModelCase

CASES = json.loads(Path(__file__).with_name("filters.json").read_text(encoding="utf-8"))
ROWS = {"One": "1", "Two": "2", "Three": "3", "it's 100% a\\b": "4"}


class FilterCase(ModelCase):
    def setUp(self):
        super().setUp()
        city("Huế", people=10, founded="1687-01-01")
        city("Vinh", people=20)
        self.orders = [
            order(title="One", city="Huế", total=100, ordered_on="2024-01-01", code="a", weight=1.5, at_time="08:00:00",
                  lines=[{"item": "x", "qty": 1}]),
            order(title="Two", city="Vinh", total=200, ordered_on="2024-02-01", is_urgent=1, note="x"),
            order(title="Three", total=300, sent_at="2024-03-01 23:30:00", lines=[{"item": "y"}, {"item": "x"}]),
            order(title="it's 100% a\\b", total=400, sent_at="2024-03-01 11:00:00"),
        ]  # fmt: skip
        for doc in self.orders[1:]:
            doc.at_time = "20:15:00"  # left empty it is now, which may be before eight
        for doc in self.orders:
            doc.insert()
        for doc, empty in ((self.orders[2], None), (self.orders[3], "")):
            frappe.db.set_value(ORDER, doc.name, {"city": empty, "note": empty}, update_modified=False)

    def found(self, **kwargs) -> str:
        kwargs.setdefault("order_by", "total asc")
        return "".join(ROWS[title] for title in frappe.get_all(ORDER, pluck="title", **kwargs))


class TestFilterGrammar(FilterCase):
    def test_as_frappe_found_them(self):
        self.assertGreater(len(CASES), 500)
        wrong = []
        for call, filters, or_filters, expected, *elsewhere in CASES:
            if elsewhere and frappe.db.db_type == "sqlite":
                continue
            try:
                if call == "get_all":
                    rows = self.found(filters=filters, or_filters=or_filters)
                else:
                    values = frappe.db.get_values(ORDER, filters, "title", order_by="total asc")
                    rows = "".join(ROWS[value[0]] for value in values)
            except Exception as error:
                rows = repr(error)
            if rows != expected:
                wrong.append(f"{call} {filters} {or_filters}: {rows}, not {expected}")
        self.assertEqual(wrong, [])

    def test_values_that_json_does_not_know(self):
        for filters, expected in (
            ({"ordered_on": datetime.date(2024, 1, 1)}, "1"),
            ({"ordered_on": (">", datetime.date(2024, 1, 1))}, "2"),
            ({"ordered_on": ("between", [datetime.date(2024, 1, 1), datetime.date(2024, 1, 31)])}, "1"),
            ({"sent_at": datetime.datetime(2024, 3, 1, 23, 30)}, "3"),
            ({"sent_at": (">=", datetime.datetime(2024, 3, 1, 11))}, "34"),
            ({"sent_at": ("between", [datetime.date(2024, 3, 1), datetime.date(2024, 3, 1)])}, "34"),
            ({"at_time": datetime.timedelta(hours=8)}, "1"),
            ({"title": ("in", ("One", "Two"))}, "12"),
            ({"title": ("in", {"One"})}, "1"),
            ({"is_urgent": True}, "2"),
            ({"creation": (">", "2020-01-01")}, "1234"),
            ({"creation": ("timespan", "today")}, "1234"),
            ({"creation": ("timespan", "last year")}, ""),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self.found(filters=filters), expected)

    def test_what_is_no_filter_is_refused(self):
        for filters in (
            {"title": ("nope", "x")}, [["title", "nope", "x"]], {"title": ["One", "Two"]}, {"title": ["One"]},
            [["title", "=", ["One", "Two"]]], {"total": ("between", [1, 2])}, {"no_such_field": "x"},
        ):  # fmt: skip
            with self.subTest(filters=filters), self.assertRaises(Exception):
                frappe.db.savepoint("ctr_filter")
                try:
                    frappe.get_all(ORDER, filters=filters)
                finally:
                    frappe.db.rollback(save_point="ctr_filter")

    def test_rows_of_child_tables(self):
        for filters, expected in (
            ([[LINE, "item", "=", "y"]], "3"),
            ([[LINE, "item", "=", "x"]], "13"),
            ([[LINE, "item", "is", "not set"]], "24"),
            ([[LINE, "qty", ">", 0]], "1"),
            ({"item": "y"}, "3"),
            ([["item", "in", ["y", "z"]]], "3"),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self.found(filters=filters), expected)
        with self.assertRaises(frappe.db.OperationalError):  # values know the DocType's own columns only
            frappe.db.get_value(ORDER, {"item": "y"}, "title")

    def test_or_filters(self):
        for filters, or_filters, expected in (
            ({"total": ("<", 300)}, {"title": "Two", "code": "a"}, "12"),
            ({"total": ("<", 150)}, [["title", "=", "Two"], ["code", "=", "a"]], "1"),
            (None, [["city", "is", "not set"], ["title", "=", "One"]], "134"),
            (None, [["total", ">", 350], ["is_urgent", "=", 1]], "24"),
        ):
            with self.subTest(or_filters=or_filters):
                self.assertEqual(self.found(filters=filters, or_filters=or_filters), expected)

    def test_order(self):
        for order_by, expected in (
            ("title", "4132"), ("title desc", "2314"), ("total desc, title", "4321"), ("ordered_on asc, title", "4312"),
            (f"`tab{ORDER}`.`total` asc", "1234"), ("is_urgent desc, total desc", "2431"), ("lower(title)", "4132"),
        ):  # fmt: skip
            with self.subTest(order_by=order_by):
                self.assertEqual(self.found(order_by=order_by), expected)
        for order_by in ("no_such_field", "total; drop table x"):
            with self.subTest(order_by=order_by), self.assertRaises(Exception):
                self.found(order_by=order_by)

    def test_order_of_text_is_that_of_people(self):
        for name in ("đông", "Đà", "dung", "Dz", "ea", "ân", "anh", "zét", "1", "_"):
            city(name)
        names = ["_", "1", "ân", "anh", "dung", "Dz", "Đà", "đông", "ea", "zét"]
        filters = {"name": ("in", names)}
        self.assertEqual(frappe.get_all(CITY, filters, pluck="name", order_by="city_name asc"), names)
        self.assertEqual(frappe.get_all(CITY, filters, pluck="name", order_by="name desc"), names[::-1])

    def test_limits(self):
        for limits, expected in (
            ({"limit": 2}, "12"), ({"limit": "2"}, "12"), ({"limit": 2, "start": 1}, "23"), ({"page_length": 1}, "1"),
            ({"limit_start": 2, "limit_page_length": 2}, "34"), ({"limit": 0}, "1234"), ({"limit_start": 2}, "1234"),
        ):  # fmt: skip
            with self.subTest(limits=limits):
                self.assertEqual(self.found(**limits), expected)

    def test_groups_and_functions(self):
        def rows(**kwargs):
            return [tuple(row) for row in frappe.get_all(ORDER, as_list=True, **kwargs)]

        self.assertEqual(rows(fields=["city", "sum(total) as s"], group_by="city", order_by="s"),
                         [("Huế", 100), ("Vinh", 200), (None, 300), ("", 400)])  # fmt: skip
        self.assertEqual(rows(fields=["count(distinct kind) as n", "max(ordered_on) as m", "avg(total) as a"])[0][0::2],
                         (1, 250))  # fmt: skip
        self.assertEqual(rows(fields=["year(ordered_on) as y", "month(ordered_on) as m"], filters={"title": "Two"}), [(2024, 2)])
        self.assertEqual(rows(fields=["round(total / 3, 2) as n"], filters={"title": "One"}), [(33.33,)])
        self.assertEqual(rows(fields=["date_format(ordered_on, '%m/%Y') as m"], filters={"title": "Two"}), [("02/2024",)])
        self.assertEqual(frappe.get_all(ORDER, fields=["distinct kind"]), [{"kind": "Small"}])
        for field in ("ifnull(city, '-') as c", "concat(title, kind) as t", "version() as v", "(select 1) as x"):
            with self.subTest(field=field), self.assertRaises(frappe.DataError):
                frappe.get_all(ORDER, fields=[field])


class TestValues(FilterCase):
    def test_missing_and_empty_are_two_things_to_values(self):
        def titles(filters):
            return "".join(ROWS[row[0]] for row in frappe.db.get_values(ORDER, filters, "title", order_by="total asc"))

        self.assertEqual(titles({"city": None}), "3")
        self.assertEqual(titles({"city": ""}), "4")
        self.assertEqual(titles({"city": ("is", "set")}), "124")
        self.assertEqual(titles({"city": ("is", "not set")}), "3")
        self.assertEqual(titles({"city": ("!=", "Huế")}), "24")
        self.assertEqual(titles({"city": ("not in", ["Huế"])}), "24")
        self.assertEqual(titles([self.orders[0].name, self.orders[1].name]), "12")
        self.assertEqual(frappe.db.count(ORDER, {"city": None}), 1)
        self.assertEqual(frappe.db.exists(ORDER, {"city": None}), self.orders[2].name)

    def test_one_value_of_several_is_the_last_changed(self):
        frappe.db.set_value(ORDER, self.orders[1].name, "short", "x", modified="2030-01-01 00:00:00")
        self.assertEqual(frappe.db.get_value(ORDER, {"total": (">", 0)}, "title"), "Two")
        self.assertEqual(frappe.db.get_value(ORDER, {"total": (">", 0)}, "title", order_by="total"), "it's 100% a\\b")
        self.assertEqual(frappe.db.get_value(ORDER, {"total": (">", 0)}, "title", order_by="total asc"), "One")

    def test_writing_by_filters(self):
        frappe.db.set_value(ORDER, {"city": None}, "short", "null")
        self.assertEqual(self.found(filters={"short": "null"}), "3")
        frappe.db.delete(ORDER, {"city": ""})
        self.assertEqual(self.found(), "123")
        frappe.db.delete(ORDER, {"title": ("in", ["One", "Two"])})
        self.assertEqual(self.found(), "3")
