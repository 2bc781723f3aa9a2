"""The embedded database: writers wait for one another, numbers never repeat, tables grow, backups restore."""

import threading

import frappe
from frappe.tests.utils import FrappeTestCase

DOCTYPE = "Host Counter"


def make_doctype() -> None:
    if not frappe.db.exists("DocType", DOCTYPE):
        frappe.get_doc(
            {
                "doctype": "DocType", "name": DOCTYPE, "module": "Core", "custom": 1, "autoname": "HC-.#####",
                "fields": [{"fieldname": "title", "fieldtype": "Data", "label": "Title"},
                           {"fieldname": "number", "fieldtype": "Int", "label": "Number"}],
                "permissions": [{"role": "System Manager", "read": 1, "write": 1}],
            }
        ).insert()  # fmt: skip
    frappe.db.commit()


def in_threads(count, work) -> list:
    """Run `work(index)` in threads with connections of their own; returns what went wrong."""
    site, errors = frappe.local.site, []

    def run(index):
        frappe.init(site)
        frappe.connect()
        try:
            work(index)
        except Exception as error:
            errors.append(error)
        finally:
            frappe.destroy()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


class TestWriters(FrappeTestCase):
    def setUp(self):
        make_doctype()

    def tearDown(self):
        frappe.db.rollback()
        frappe.db.delete(DOCTYPE)
        frappe.db.commit()

    def test_names_never_repeat_between_threads(self):
        def work(index):
            for number in range(10):
                frappe.get_doc({"doctype": DOCTYPE, "title": f"{index}-{number}"}).insert()
                frappe.db.commit()

        self.assertEqual(in_threads(4, work), [])
        frappe.db.rollback()
        self.assertEqual(frappe.db.count(DOCTYPE), 40)

    def test_a_stale_save_is_refused_not_lost(self):
        doc = frappe.get_doc({"doctype": DOCTYPE, "title": "x", "number": 0}).insert()
        frappe.db.commit()

        def work(index):
            for _ in range(10):
                while True:
                    mine = frappe.get_doc(DOCTYPE, doc.name)
                    mine.number += 1
                    try:
                        mine.save()
                        frappe.db.commit()
                        break
                    except frappe.TimestampMismatchError:
                        frappe.db.rollback()

        self.assertEqual(in_threads(3, work), [])
        frappe.db.rollback()
        self.assertEqual(frappe.db.get_value(DOCTYPE, doc.name, "number"), 30)

    def test_what_is_not_committed_is_seen_by_nobody(self):
        frappe.get_doc({"doctype": DOCTYPE, "title": "secret"}).insert()
        counts = []
        in_threads(1, lambda index: counts.append(frappe.db.count(DOCTYPE)))
        self.assertEqual(counts, [0])

    def test_commit_callbacks_run_once_and_in_order(self):
        seen = []
        frappe.db.before_commit.add(lambda: seen.append("before"))
        frappe.db.after_commit.add(lambda: seen.append("after"))
        frappe.db.commit()
        frappe.db.commit()
        self.assertEqual(seen, ["before", "after"])

    def test_ddl_does_not_commit_somebodys_writes(self):
        frappe.get_doc({"doctype": DOCTYPE, "title": "x"}).insert()
        with self.assertRaises(frappe.ImplicitCommitError):
            frappe.db.sql("create table x (y int)")

    def test_unique_over_two_columns(self):
        frappe.db.add_unique(DOCTYPE, ["title", "number"], "unique_title_number")
        frappe.get_doc({"doctype": DOCTYPE, "title": "x", "number": 1}).insert()
        with self.assertRaises(frappe.UniqueValidationError):
            frappe.get_doc({"doctype": DOCTYPE, "title": "x", "number": 1}).insert()

    def test_a_new_field_gets_a_column_and_rows_keep_their_values(self):
        name = frappe.get_doc({"doctype": DOCTYPE, "title": "kept", "number": 5}).insert().name
        frappe.db.commit()
        definition = frappe.get_doc("DocType", DOCTYPE)
        if "extra" not in [df.fieldname for df in definition.fields]:
            definition.append("fields", {"fieldname": "extra", "fieldtype": "Currency", "label": "Extra"})
            definition.save()
        self.assertEqual(frappe.db.get_value(DOCTYPE, name, ["title", "number", "extra"]), ("kept", 5, 0.0))


class TestConnectionsDjangoOpensAnew(FrappeTestCase):
    def test_a_write_after_it_belongs_to_one_transaction_again(self):
        from django.db import connections, transaction

        frappe.db.rollback()
        connections["default"].close()  # as Django does between requests with one it does not know
        frappe.db.sql("update `tabRole` set `disabled`=`disabled` where `name`='Guest'")
        with transaction.atomic():
            self.assertTrue(frappe.db.exists("Role", "Guest"))
        self.assertFalse(connections["default"].get_autocommit())
        frappe.db.rollback()
