"""What reaches the database past the documents: indexes, savepoints, Singles, the query builder, bulk changes."""

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Concat, Count, Length, Max, Min, Substring, Sum
from frappe.tests.utils import FrappeTestCase, change_settings
from model_doctypes import CITY, LINE, ORDER, REGION, SETTINGS, city, make, order
from test_model_documents import ModelCase


class TestDatabase(ModelCase):
    def test_single_values(self):
        frappe.db.set_single_value(SETTINGS, "limit", 7)
        self.assertEqual(frappe.db.get_single_value(SETTINGS, "limit"), 7)
        self.assertEqual(int(frappe.db.get_singles_dict(SETTINGS).limit), 7)
        self.assertEqual(frappe.db.get_singles_dict(SETTINGS, cast=True).limit, 7)

    def test_savepoints(self):
        city("Kept")
        frappe.db.savepoint("ctr_point")
        city("Dropped")
        frappe.db.rollback(save_point="ctr_point")
        self.assertTrue(frappe.db.exists(CITY, "Kept"))
        self.assertFalse(frappe.db.exists(CITY, "Dropped"))
        frappe.db.savepoint("ctr_other")
        city("Stays")
        frappe.db.release_savepoint("ctr_other")
        with self.assertRaises(Exception):
            frappe.db.rollback(save_point="ctr_other")
        self.assertTrue(frappe.db.exists(CITY, "Stays"))

    def test_tables_and_columns(self):
        self.assertTrue(frappe.db.table_exists(ORDER))
        self.assertFalse(frappe.db.table_exists("Ctr Nothing"))
        columns = frappe.db.get_table_columns(LINE)
        self.assertTrue({"name", "creation", "owner", "docstatus", "idx", "parent", "parentfield", "item"} <= set(columns))
        self.assertTrue(frappe.db.has_column(ORDER, "title"))
        self.assertFalse(frappe.db.has_column(ORDER, "no_such"))

    def test_bulk_update(self):
        for name in ("Bulk A", "Bulk B"):
            city(name)
        before = frappe.db.get_value(CITY, "Bulk B", "modified")
        frappe.db.bulk_update(CITY, {"Bulk A": {"people": 5}, "Bulk B": {"people": 6, "country": "LA"}})
        self.assertEqual(frappe.db.get_value(CITY, "Bulk A", ["people", "country"]), (5, "VN"))
        self.assertEqual(frappe.db.get_value(CITY, "Bulk B", ["people", "country"]), (6, "LA"))
        self.assertGreater(frappe.db.get_value(CITY, "Bulk B", "modified"), before)

    def test_bulk_insert(self):
        rows = [(f"Bulk row {number}", "VN", number) for number in range(25)]
        frappe.db.bulk_insert(CITY, ["name", "country", "people"], rows, chunk_size=10)
        self.assertEqual(frappe.db.count(CITY, {"name": ("like", "Bulk row %")}), 25)
        with self.assertRaises(Exception) as caught:
            frappe.db.bulk_insert(CITY, ["name", "country", "people"], rows[:1])
        self.assertTrue(frappe.db.is_duplicate_entry(caught.exception) or
                        isinstance(caught.exception, frappe.DuplicateEntryError))  # fmt: skip
        frappe.db.bulk_insert(CITY, ["name", "country", "people"], rows, ignore_duplicates=True)
        self.assertEqual(frappe.db.count(CITY, {"name": ("like", "Bulk row %")}), 25)

    def test_what_an_error_means(self):
        order(code="same").insert()
        for doctype, columns, row, is_primary in (
            (CITY, "`name`", ("twice",), True), (ORDER, "`name`, `code`", ("other", "same"), False),
        ):  # fmt: skip
            insert = f"insert into `tab{doctype}` ({columns}) values ({', '.join(['%s'] * len(row))})"
            with self.subTest(doctype=doctype):
                if is_primary:
                    frappe.db.sql(insert, row)
                with self.assertRaises(Exception) as caught:
                    frappe.db.sql(insert, row)
                self.assertTrue(frappe.db.is_duplicate_entry(caught.exception))
                self.assertEqual(bool(frappe.db.is_primary_key_violation(caught.exception)), is_primary)
                self.assertTrue(frappe.db.is_unique_key_violation(caught.exception))

    def test_descendants(self):
        for name, parent in (("R", None), ("R1", "R"), ("R2", "R"), ("R11", "R1")):
            frappe.get_doc(doctype=REGION, region_name=name, parent_ctr_region=parent, is_group=1).insert()
        self.assertEqual(sorted(frappe.db.get_descendants(REGION, "R")), ["R1", "R11", "R2"])
        self.assertEqual(frappe.db.get_descendants(REGION, "R11"), [])


class TestQueryBuilder(ModelCase):
    def test_insert_select_update_delete(self):
        City = frappe.qb.DocType(CITY)
        frappe.qb.into(CITY).columns("name", "country", "people").insert("Qb A", "VN", 3).insert("Qb B", "LA", 4).run()
        size = Case().when(City.people > 3, "large").else_("small").as_("size")
        query = frappe.qb.from_(City).select(City.name, size).where(City.name.like("Qb %")).orderby(City.name)
        self.assertEqual(query.run(), (("Qb A", "small"), ("Qb B", "large")))
        self.assertEqual(query.run(as_dict=True)[0], {"name": "Qb A", "size": "small"})
        self.assertEqual(query.run(pluck=True), ["Qb A", "Qb B"])
        frappe.qb.update(City).set(City.people, City.people + 1).where(City.name == "Qb A").run()
        totals = frappe.qb.from_(City).select(Count("*"), Sum(City.people)).where(City.name.like("Qb %")).run()
        masked = Concat(Substring(City.name, 1, 1), "**", Substring(City.name, -2, 2))
        texts = frappe.qb.from_(City).select(masked, Length(City.name)).where(City.name.like("Qb %"))
        self.assertEqual(set(texts.run()), {("Q** A", 4), ("Q** B", 4)})
        largest = frappe.qb.from_(City).select(Max(City.people)).where(City.name.like("Qb %")).run()
        least = frappe.qb.from_(City).select(Min(City.people)).where(City.name.like("Qb %")).run()
        self.assertEqual((largest[0][0], least[0][0]), (4, 4))
        self.assertEqual([int(value) for value in totals[0]], [2, 8])
        frappe.qb.from_(City).delete().where(City.country == "LA").where(City.name == "Qb B").run()
        self.assertFalse(frappe.db.exists(CITY, "Qb B"))

    def test_joins_keep_values_out_of_the_text(self):
        doc = order(city=city("Join'; drop").name, lines=[{"item": "a", "qty": 2}, {"item": "b", "qty": 3}]).insert()
        Order, Line = frappe.qb.DocType(ORDER), frappe.qb.DocType(LINE)
        rows = (
            frappe.qb.from_(Order).join(Line).on(Line.parent == Order.name)
            .where(Order.city == "Join'; drop").groupby(Order.name).select(Order.name, Sum(Line.qty))
        ).run()  # fmt: skip
        self.assertEqual([(name, int(qty)) for name, qty in rows], [(doc.name, 5)])


class TestTransactions(FrappeTestCase):
    """What commits by itself on MariaDB: begin, and changes of tables. These clean up after themselves."""

    def setUp(self):
        make()
        self.addCleanup(frappe.db.rollback)

    def test_begin_opens_a_transaction(self):
        frappe.db.commit()
        frappe.db.begin()
        city("Begun")
        self.assertEqual(frappe.db.count(CITY, {"name": "Begun"}), 1)
        frappe.db.rollback()
        self.assertEqual(frappe.db.count(CITY, {"name": "Begun"}), 0)

    def test_an_index_and_a_unique_one(self):
        frappe.db.commit()
        for _twice in range(2):
            frappe.db.add_index(CITY, ["country", "people"], "ctr_country_people")
            frappe.db.add_unique(LINE, ["parent", "item"], "ctr_once_per_order")
        frappe.db.commit()
        self.addCleanup(self.drop_index, LINE, "ctr_once_per_order")
        with self.assertRaises(Exception) as caught:
            order(lines=[{"item": "a"}, {"item": "a"}]).insert()
        self.assertIn(
            type(caught.exception).__name__, ("UniqueValidationError", "IntegrityError", "DuplicateEntryError")
        )

    @staticmethod
    def drop_index(doctype, name):
        frappe.db.rollback()
        if frappe.db.db_type == "sqlite":  # where an index's name belongs to the whole database
            frappe.db.sql_ddl(f"drop index `tab{doctype}.{name}`")
        else:
            frappe.db.sql_ddl(f"drop index `{name}` on `tab{doctype}`")
        frappe.db.commit()


class TestSystemSettings(ModelCase):
    def test_values(self):
        with change_settings("System Settings", number_format="#.###,##"):
            self.assertEqual(frappe.get_system_settings("number_format"), "#.###,##")
            self.assertEqual(frappe.db.get_single_value("System Settings", "number_format"), "#.###,##")
