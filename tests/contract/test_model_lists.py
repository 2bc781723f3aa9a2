"""frappe.db, frappe.get_all, frappe.qb: filters, fields, order, writing, transactions."""

import datetime

import frappe
from frappe.model import table_fields
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce, Count, Max, Sum
from model_doctypes import CITY, LINE, ORDER, city, order
from test_model_documents import ModelCase


class TestLists(ModelCase):
    def setUp(self):
        super().setUp()
        city("Huế", people=10, founded="1687-01-01")
        city("Vinh", people=20)
        self.rows = [
            order(title="One", city="Huế", total=100, ordered_on="2024-01-01", code="a", lines=[{"item": "x", "qty": 1}]),
            order(title="Two", city="Vinh", total=200, ordered_on="2024-02-01", is_urgent=1),
            order(title="Three", total=300, sent_at="2024-03-01 23:30:00", lines=[{"item": "y"}, {"item": "x"}]),
        ]
        for row in self.rows:
            row.insert()

    def titles(self, filters=None, **kwargs):
        kwargs.setdefault("order_by", "total asc")
        return frappe.get_all(ORDER, filters=filters, pluck="title", **kwargs)

    def test_operators(self):
        for filters, expected in (
            ({"title": "One"}, ["One"]),
            ({"total": (">", 100)}, ["Two", "Three"]),
            ({"title": ("in", ["One", "Three"])}, ["One", "Three"]),
            ({"title": ("not in", ["One", "Three"])}, ["Two"]),
            ({"title": ("like", "%t%")}, ["Two", "Three"]),
            ({"title": ("not like", "%t%")}, ["One"]),
            ({"title": ("!=", "One")}, ["Two", "Three"]),
            ({"city": ("is", "set")}, ["One", "Two"]),
            ({"city": ("is", "not set")}, ["Three"]),
            ({"city": ("!=", "Huế")}, ["Two", "Three"]),
            ({"city": None}, []),  # an empty Link is found by ("is", "not set")
            ({"city": ""}, ["Three"]),
            ({"city": ("in", ["Huế", ""])}, ["One", "Three"]),
            ({"city": ("not in", ["Huế"])}, ["Two", "Three"]),
            ({"ordered_on": (">=", "2024-02-01")}, ["Two"]),
            ({"ordered_on": datetime.date(2024, 1, 1)}, ["One"]),
            ({"ordered_on": ("between", ["2024-01-01", "2024-01-31"])}, ["One"]),
            ({"sent_at": ("between", ["2024-03-01", "2024-03-01"])}, ["Three"]),
            ({"is_urgent": 1}, ["Two"]),
            ([["total", "<=", 200], ["total", ">", 100]], ["Two"]),
            ([[ORDER, "title", "=", "One"]], ["One"]),
            ([[LINE, "item", "=", "y"]], ["Three"]),
            ({"name": ("in", [])}, []),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self.titles(filters), expected)

    def test_like_ignores_case_also_beyond_ascii(self):
        self.assertEqual(frappe.get_all(CITY, {"city_name": ("like", "%HUẾ%")}, pluck="name"), ["Huế"])

    def test_or_filters(self):
        self.assertEqual(self.titles({"total": ("<", 300)}, or_filters={"title": "Two", "code": "a"}), ["One", "Two"])
        self.assertEqual(self.titles({"total": ("<", 150)}, or_filters=[["title", "=", "Two"], ["code", "=", "a"]]), ["One"])

    def test_fields_aliases_and_functions(self):
        rows = frappe.get_all(ORDER, {"title": "One"}, ["name", "title as called", "total"])
        self.assertEqual((rows[0].called, rows[0].total), ("One", 100.0))
        rows = frappe.get_all(ORDER, fields=["count(name) as n", "sum(total) as s", "max(total) as m"])
        self.assertEqual((rows[0].n, rows[0].s, rows[0].m), (3, 600, 300))
        rows = frappe.get_all(ORDER, fields=["city.people as people", "title"], order_by="total asc")
        self.assertEqual([row.people for row in rows], [10, 20, None])
        rows = frappe.get_all(ORDER, {"title": "Three"}, ["title", "lines.item as item"], order_by="item asc")
        self.assertEqual([row["item"] for row in rows], ["x", "y"])
        self.assertIn("modified", frappe.get_all(ORDER, fields=["*"])[0])

    def test_group_order_limit_distinct(self):
        rows = frappe.get_all(ORDER, fields=["kind", "count(name) as n"], group_by="kind", order_by="kind")
        self.assertEqual([(row.kind, row.n) for row in rows], [("Small", 3)])
        self.assertEqual(self.titles(order_by="total desc", limit=2), ["Three", "Two"])
        self.assertEqual(self.titles(limit_start=1, limit_page_length=1), ["Two"])
        self.assertEqual(frappe.get_all(ORDER, fields=["kind"], distinct=True, pluck="kind"), ["Small"])
        self.assertEqual(
            frappe.get_all(ORDER, fields=["title", "total"], as_list=True, order_by="total"),
            (("One", 100.0), ("Two", 200.0), ("Three", 300.0)),
        )

    def test_newest_first_by_default(self):
        self.assertEqual(frappe.get_all(ORDER, pluck="title")[0], "Three")

    def test_queries_hidden_in_fields_are_refused(self):
        frappe.set_user("ctr-chief@example.com")
        for field in ("(select name from tabUser) as x", "concat(name, 'x')", "name; drop table x", "version()"):
            with self.subTest(field=field), self.assertRaises(Exception):
                frappe.get_list(ORDER, fields=[field])
        with self.assertRaises(frappe.exceptions.ValidationError):
            frappe.get_list(ORDER, order_by="(select 1 from tabUser)")

    def test_values(self):
        name = self.rows[0].name
        self.assertEqual(frappe.db.get_value(ORDER, name, "title"), "One")
        self.assertEqual(frappe.db.get_value(ORDER, name, ["title", "total"]), ("One", 100.0))
        self.assertEqual(frappe.db.get_value(ORDER, {"title": "Two"}, "city"), "Vinh")
        self.assertIsNone(frappe.db.get_value(ORDER, "none", "title"))
        self.assertEqual(frappe.db.get_value(ORDER, {"total": (">", 0)}, "title", order_by="total desc"), "Three")
        self.assertEqual(len(frappe.db.get_values(ORDER, {"total": (">", 100)}, "title")), 2)
        self.assertEqual(frappe.db.exists(ORDER, name), name)
        self.assertEqual(frappe.db.exists(ORDER, {"title": "One"}), name)
        self.assertIsNone(frappe.db.exists(ORDER, "none"))
        self.assertEqual(frappe.db.count(ORDER, {"total": (">", 100)}), 2)
        self.assertEqual(frappe.db.get_value(ORDER, {"city": None}, "title"), "Three")
        self.assertEqual(frappe.get_cached_value(ORDER, name, "title"), "One")

    def test_set_value(self):
        frappe.db.set_value(ORDER, self.rows[0].name, "title", "Uno")
        self.assertEqual(frappe.get_cached_value(ORDER, self.rows[0].name, "title"), "Uno")
        frappe.db.set_value(ORDER, {"total": (">", 150)}, {"note": "big", "weight": 2})
        self.assertEqual(frappe.db.count(ORDER, {"note": "big", "weight": 2}), 2)
        frappe.db.delete(ORDER, {"note": "big"})
        self.assertEqual(self.titles(), ["Uno"])

    def test_sql(self):
        rows = frappe.db.sql(f"select title, total from `tab{ORDER}` where total > %s order by total", (150,), as_dict=True)
        self.assertEqual([row.title for row in rows], ["Two", "Three"])
        rows = frappe.db.sql(
            f"select title from `tab{ORDER}` where title in %(titles)s and title like 'T%%'",
            {"titles": ("One", "Two")},
        )
        self.assertEqual(rows, (("Two",),))
        self.assertEqual(
            frappe.db.sql(f"select ordered_on from `tab{ORDER}` where title = 'One'", pluck=True),
            [datetime.date(2024, 1, 1)],
        )
        self.assertEqual(frappe.db.sql("select ifnull(null, 'x'), coalesce(null, 2)"), (("x", 2),))
        self.assertEqual(frappe.db.escape("a'b"), "'a''b'" if frappe.db.db_type == "sqlite" else "'a\\'b'")

    def test_query_builder(self):
        table, line = DocType(ORDER), DocType(LINE)
        total = frappe.qb.from_(table).select(Sum(table.total).as_("s"), Count("*").as_("n")).run(as_dict=True)[0]
        self.assertEqual((total.s, total.n), (600, 3))
        query = (
            frappe.qb.from_(table)
            .left_join(line)
            .on(line.parent == table.name)
            .select(table.title, Coalesce(Max(line.item), "-").as_("item"))
            .where((table.total > 100) & (table.city.isnull() | (table.city == "Vinh")))
            .groupby(table.title)
            .orderby(table.title)
        )
        self.assertEqual([tuple(row) for row in query.run()], [("Three", "y"), ("Two", "-")])
        names = frappe.qb.from_(table).select(table.title).where(table.ordered_on < datetime.date(2024, 1, 15))
        self.assertEqual(names.run(pluck=True), ["One"])
        frappe.qb.update(table).set(table.note, "it's").where(table.title == "One").run()
        self.assertEqual(frappe.db.get_value(ORDER, {"note": "it's"}, "title"), "One")
        frappe.qb.from_(table).delete().where(table.title.isin(["One"])).run()
        self.assertEqual(self.titles(), ["Two", "Three"])
        since = datetime.datetime(2024, 3, 1, 12)
        late = frappe.qb.from_(table).select(table.title).where(table.sent_at > since)
        self.assertEqual(late.run(pluck=True), ["Three"])

    def test_bulk_insert(self):
        fields = ["name", "title", "total", "ordered_on", "creation", "modified", "owner", "modified_by"]
        stamp = frappe.utils.now()
        rows = ((f"BULK-{i}", "Bulk", i, datetime.date(2024, 1, 1), stamp, stamp, "a", "a") for i in range(2500))
        frappe.db.bulk_insert(ORDER, fields, rows, chunk_size=1000)
        self.assertEqual(frappe.db.count(ORDER, {"title": "Bulk"}), 2500)
        frappe.db.bulk_insert(ORDER, fields, [("BULK-1", "Again", 0, None, stamp, stamp, "a", "a")], ignore_duplicates=True)
        self.assertEqual(frappe.db.count(ORDER, {"title": "Again"}), 0)
        frappe.db.savepoint("dup")
        with self.assertRaises(Exception) as caught:
            frappe.db.bulk_insert(ORDER, fields, [("BULK-1", "Again", 0, None, stamp, stamp, "a", "a")])
        self.assertTrue(frappe.db.is_duplicate_entry(caught.exception) or frappe.db.is_primary_key_violation(caught.exception))
        frappe.db.rollback(save_point="dup")

    def test_savepoints(self):
        frappe.db.savepoint("here")
        frappe.db.set_value(ORDER, self.rows[0].name, "title", "Gone")
        frappe.db.rollback(save_point="here")
        self.assertEqual(frappe.db.get_value(ORDER, self.rows[0].name, "title"), "One")
        self.assertEqual(frappe.get_cached_value(ORDER, self.rows[0].name, "title"), "One")

    def test_callbacks_at_rollback(self):
        seen = []
        frappe.db.after_rollback.add(lambda: seen.append("rolled back"))
        frappe.db.after_commit.add(lambda: seen.append("committed"))
        frappe.db.rollback()
        self.assertEqual(seen, ["rolled back"])
        frappe.db.savepoint("before_test")

    def test_meta(self):
        meta = frappe.get_meta(ORDER)
        self.assertTrue(meta.has_field("city") and not meta.has_field("nothing"))
        self.assertEqual(meta.get_field("city").options, CITY)
        self.assertEqual([df.fieldname for df in meta.get_table_fields()], ["lines", "tags"])
        self.assertEqual({df.fieldtype for df in meta.get_table_fields()}, set(table_fields))
        self.assertEqual(meta.get_label("ordered_on"), "Ordered On")
        self.assertTrue(meta.is_submittable and not meta.istable)
        self.assertEqual(meta.get("fields", {"fieldname": "secret"})[0].permlevel, 1)
