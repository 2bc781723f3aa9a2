"""The database under an app: quoting, types that come back, errors by class, locks and series between connections."""

import datetime
import threading

import frappe
from frappe.model.naming import make_autoname
from frappe.query_builder import DocType
from frappe.tests.utils import FrappeTestCase
from model_doctypes import CITY, LINE, ORDER, city, make, order
from test_model_documents import ModelCase

ODD = ("it's", 'say "x"', "a\\", "\\'", "100%", "%s %(x)s %%", "a`b", "tab\tline\nend", "😀 Huế", "'; drop table x; --")


class TestText(ModelCase):
    def test_odd_text_is_kept_and_found_on_every_way(self):
        table = DocType(ORDER)
        for text in ODD:
            with self.subTest(text=text):
                name = order(title="Odd", note=text).insert().name
                self.assertEqual(frappe.db.get_value(ORDER, name, "note"), text)
                self.assertEqual(frappe.get_all(ORDER, {"note": text}, pluck="name"), [name])
                self.assertEqual(frappe.db.get_value(ORDER, {"note": text}), name)
                self.assertEqual(frappe.db.sql(f"select name from `tab{ORDER}` where note=%s", text), ((name,),))
                found = frappe.qb.from_(table).select(table.name).where(table.note == text)
                self.assertEqual(found.run(pluck=True), [name])
                literal = frappe.db.escape(text)  # doubles what % begins, for a query with other values
                query = f"select name from `tab{ORDER}` where title=%s and note={literal}"
                self.assertEqual(frappe.db.sql(query, "Odd", pluck=True), [name])
                frappe.qb.update(table).set(table.note, text + "!").where(table.name == name).run()
                self.assertEqual(frappe.db.get_value(ORDER, name, "note"), text + "!")

    def test_text_is_compared_without_case(self):
        name = order(title="Upper", code="Code-A").insert().name
        self.assertEqual(frappe.db.get_value(ORDER, {"code": "cODE-a"}), name)
        self.assertEqual(frappe.get_all(ORDER, {"code": ("!=", "code-a"), "title": "upper"}), [])
        self.assertEqual(frappe.db.exists(ORDER, name.lower()), name)
        with self.assertRaises(frappe.UniqueValidationError):
            order(code="CODE-A").insert()
        city("Names")
        with self.assertRaises(frappe.DuplicateEntryError):
            frappe.get_doc({"doctype": CITY, "city_name": "NAMES"}).insert()

    def test_like(self):
        order(title="Đường 50%", note="a_b").insert()
        for pattern, found in (("đường%", 1), ("%DUONG%", 0), ("%50%", 1), ("Đuong%", 1), ("x%", 0), ("_ường 50_", 1)):
            with self.subTest(pattern=pattern):
                filters = {"title": ("like", pattern), "note": "a_b"}
                self.assertEqual(len(frappe.get_all(ORDER, filters)), found)
                self.assertEqual(frappe.db.count(ORDER, filters), found)


class TestTypes(ModelCase):
    def test_what_comes_back(self):
        name = order(title="Typed", total="12.5", weight=3, is_urgent="1", ordered_on="2024-02-29", at_time="8:05",
                     sent_at="2024-02-29 23:59:59.5", lines=[{"item": "x"}]).insert().name  # fmt: skip
        fields = ["total", "weight", "is_urgent", "ordered_on", "at_time", "sent_at", "docstatus", "creation"]
        for row in (
            frappe.db.get_value(ORDER, name, fields),
            frappe.db.sql(f"select {', '.join(fields)} from `tab{ORDER}` where name=%s", name)[0],
            frappe.get_all(ORDER, {"name": name}, fields, as_list=True)[0],
        ):
            total, weight, urgent, day, time, moment, status, creation = row
            self.assertEqual((total, type(total), weight, type(weight)), (12.5, float, 3.0, float))
            self.assertEqual((urgent, type(urgent), status), (1, int, 0))
            self.assertEqual((day, type(day)), (datetime.date(2024, 2, 29), datetime.date))
            self.assertEqual(time, datetime.timedelta(hours=8, minutes=5))
            self.assertEqual(moment, datetime.datetime(2024, 2, 29, 23, 59, 59, 500000))
            self.assertIsInstance(creation, datetime.datetime)
        self.assertEqual(frappe.db.get_value(LINE, {"parent": name}, ["qty", "price", "city"]), (0, 0.0, None))
        self.assertEqual(frappe.db.sql(f"select total / 8, is_urgent + 1 from `tab{ORDER}` where name=%s", name), ((1.5625, 2),))


class TestErrors(ModelCase):
    def caught(self, query, values=()):
        frappe.db.savepoint("ctr_error")
        with self.assertRaises(Exception) as caught:
            frappe.db.sql(query, values)
        frappe.db.rollback(save_point="ctr_error")
        return caught.exception

    def test_classes_and_meanings(self):
        db = frappe.db
        error = self.caught("select * from `tabCtr Nowhere`")
        self.assertIsInstance(error, db.ProgrammingError)
        self.assertTrue(db.is_table_missing(error) and db.is_missing_table_or_column(error))
        error = self.caught(f"select no_such from `tab{ORDER}`")
        self.assertIsInstance(error, db.OperationalError)
        self.assertTrue(db.is_missing_column(error) and not db.is_table_missing(error))
        error = self.caught("selekt 1")
        self.assertIsInstance(error, db.ProgrammingError)
        self.assertTrue(db.is_syntax_error(error))
        order(code="once").insert()
        error = self.caught(f"insert into `tab{ORDER}` (name, code) values ('CTR-2', 'once')")
        self.assertTrue(db.is_duplicate_entry(error) and db.is_unique_key_violation(error))
        self.assertFalse(db.is_primary_key_violation(error) or db.is_deadlocked(error) or db.is_timedout(error))

    def test_a_missing_table_is_no_document(self):
        self.assertIsNone(frappe.db.exists("Ctr Nowhere", "x"))

    def test_ignore_ddl(self):
        self.assertFalse(frappe.db.sql(f"select no_such from `tab{ORDER}`", ignore_ddl=1))
        with self.assertRaises(frappe.db.TableMissingError):
            frappe.db.sql("select * from `tabCtr Nowhere`", ignore_ddl=1)

    def test_ddl_does_not_commit_somebodys_writes(self):
        city("Pending")
        for statement in ("create table ctr_x (y int)", "drop table if exists ctr_x", f"truncate table `tab{LINE}`"):
            with self.subTest(statement=statement), self.assertRaises(frappe.exceptions.ImplicitCommitError):
                frappe.db.sql(statement)
        with self.assertRaises(frappe.exceptions.ImplicitCommitError):
            frappe.db.begin()

    def test_too_many_writes_in_one_transaction_are_refused(self):
        name = order().insert().name
        frappe.db.MAX_WRITES_PER_TRANSACTION = frappe.db.transaction_writes + 1
        self.addCleanup(delattr, frappe.db, "MAX_WRITES_PER_TRANSACTION")
        frappe.db.set_value(ORDER, name, "note", "last")
        with self.assertRaises(frappe.TooManyWritesError):
            frappe.db.set_value(ORDER, name, "note", "one more")
        self.assertEqual(frappe.db.get_value(ORDER, name, "note"), "last")

    def test_a_unique_field_says_which(self):
        order(code="taken").insert()
        frappe.clear_messages()
        with self.assertRaises(frappe.UniqueValidationError):
            order(code="taken").insert()
        self.assertIn("Code", str(frappe.message_log))


class TestConnections(FrappeTestCase):
    """Two connections of one site at a time; what they write is committed and taken away again."""

    @classmethod
    def setUpClass(cls):
        make()
        super().setUpClass()

    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.commit()
        self.addCleanup(self._clean)

    def _clean(self):
        frappe.set_user("Administrator")
        frappe.db.rollback()
        frappe.db.delete(CITY, {"country": "CTR"})
        frappe.db.delete("Series", {"name": ("in", ["CTRC-", "CTRN-"])})
        frappe.db.commit()
        frappe.clear_document_cache(CITY)

    def elsewhere(self, work, count=1) -> list:
        """What `work(index)` answers in threads with connections of their own."""
        site, sites_path, answers = frappe.local.site, frappe.local.sites_path, []

        def run(index):
            frappe.init(site=site, sites_path=sites_path)
            frappe.connect()
            try:
                frappe.set_user("Administrator")
                answers.append(work(index))
            except Exception as error:
                answers.append(error)
            finally:
                frappe.destroy()

        threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_columns_take_the_default_of_their_field(self):
        city("Before", country="CTR")
        frappe.db.commit()
        definition = frappe.get_doc("DocType", CITY)
        for field in ({"fieldname": "size", "fieldtype": "Select", "options": "Small\nLarge", "default": "Large"},
                      {"fieldname": "stars", "fieldtype": "Int", "default": "3"}):  # fmt: skip
            if not definition.get("fields", {"fieldname": field["fieldname"]}):
                definition.append("fields", {**field, "label": field["fieldname"].title()})
        definition.save()
        frappe.db.commit()
        self.assertEqual(frappe.db.get_value(CITY, "Before", ["size", "stars"]), ("Large", 3))
        frappe.db.bulk_insert(CITY, ["name", "country"], [("Bare", "CTR")])
        self.assertEqual(frappe.db.get_value(CITY, "Bare", ["size", "stars"]), ("Large", 3))

    def test_an_index_is_made_once_and_survives_a_sync(self):
        for _ in range(2):
            frappe.db.add_index(CITY, ["country", "people"])
            frappe.db.add_unique(CITY, ["country", "city_name"], "unique_ctr_country_name")
        frappe.get_doc("DocType", CITY).save()
        frappe.db.commit()
        self.assertTrue(frappe.db.has_index(f"tab{CITY}", "country_people_index"))
        self.assertTrue(frappe.db.has_index(f"tab{CITY}", "unique_ctr_country_name"))
        frappe.db.bulk_insert(CITY, ["name", "country", "city_name"], [("A", "CTR", "x"), ("B", "CTR", None)])
        frappe.db.bulk_insert(CITY, ["name", "country", "city_name"], [("C", "CTR", None)])
        with self.assertRaises(Exception) as caught:
            frappe.db.bulk_insert(CITY, ["name", "country", "city_name"], [("D", "CTR", "x")])
        self.assertTrue(frappe.db.is_unique_key_violation(caught.exception))
        self.assertFalse(frappe.db.is_primary_key_violation(caught.exception))

    def test_a_series_never_gives_a_number_twice(self):
        make_autoname("CTRC-.####")
        frappe.db.commit()

        def work(index):
            names = []
            for _ in range(10):
                names.append(make_autoname("CTRC-.####"))
                frappe.db.commit()
            return names

        answers = self.elsewhere(work, count=3)
        names = [name for answer in answers for name in answer]
        self.assertEqual(sorted(names), [f"CTRC-{number:04d}" for number in range(2, 32)])
        frappe.db.delete("Series", {"name": ("in", ["CTRC-"])})
        self.assertEqual(make_autoname("CTRC-.####"), "CTRC-0001")

    def test_a_number_given_back_by_rollback_is_given_again(self):
        make_autoname("CTRN-.####")
        frappe.db.commit()
        self.assertEqual(make_autoname("CTRN-.####"), "CTRN-0002")
        frappe.db.rollback()
        self.assertEqual(make_autoname("CTRN-.####"), "CTRN-0002")

    def test_what_is_not_committed_is_seen_by_nobody(self):
        city("Unseen", country="CTR")
        self.assertEqual(self.elsewhere(lambda index: frappe.db.exists(CITY, "Unseen")), [None])
        frappe.db.commit()
        self.assertEqual(self.elsewhere(lambda index: frappe.db.exists(CITY, "Unseen")), ["Unseen"])

    def test_a_row_that_is_locked_waits_for_its_holder(self):
        city("Held", country="CTR", people=1)
        frappe.db.commit()
        holding, asked = threading.Event(), threading.Event()

        def work(index):
            if index == 0:
                seen = frappe.db.get_value(CITY, "Held", "people", for_update=True)
                holding.set()
                asked.wait(10)
            else:
                holding.wait(10)
                asked.set()
                seen = frappe.db.get_value(CITY, "Held", "people", for_update=True)
            frappe.db.set_value(CITY, "Held", "people", seen + 1)
            frappe.db.commit()
            return seen

        self.assertEqual(sorted(self.elsewhere(work, count=2)), [1, 2])
        frappe.db.rollback()
        self.assertEqual(frappe.db.get_value(CITY, "Held", "people"), 3)

    def test_who_will_not_wait_is_told(self):
        city("Busy", country="CTR")
        frappe.db.commit()
        frappe.db.get_value(CITY, "Busy", for_update=True)
        answers = self.elsewhere(lambda index: frappe.db.get_value(CITY, "Busy", for_update=True, wait=False))
        self.assertIsInstance(answers[0], frappe.QueryTimeoutError)
        frappe.db.rollback()

    def test_two_copies_of_a_document_are_not_both_saved(self):
        city("Twice", country="CTR")
        frappe.db.commit()
        mine = frappe.get_doc(CITY, "Twice")

        def work(index):
            doc = frappe.get_doc(CITY, "Twice")
            doc.people = 7
            doc.save()
            frappe.db.commit()

        self.assertEqual(self.elsewhere(work), [None])
        frappe.db.rollback()
        mine.people = 8
        with self.assertRaises(frappe.TimestampMismatchError):
            mine.save()
        self.assertEqual(frappe.db.get_value(CITY, "Twice", "people"), 7)
