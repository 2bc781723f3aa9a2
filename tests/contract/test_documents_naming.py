"""How documents get their names: every rule a DocType can have."""

import re

import frappe
from documents_world import PAPER, DocumentsCase, make_doctype, paper
from frappe.model.naming import append_number_if_name_exists, make_autoname, parse_naming_series
from frappe.utils import cint, now_datetime
from model_doctypes import field

RULES = {
    "Named By Field": ("field:title", "By fieldname"),
    "Named By Format": ("format:{title}/{YYYY}-{MM}/{####}", "Expression"),
    "Named By Format Only": ("format:{kind}-{title}", "Expression"),
    "Named At Random": ("hash", "Random"),
    "Named By Hand": ("Prompt", "Set by user"),
    "Named By Number": ("autoincrement", "Autoincrement"),
    "Named By Series": ("naming_series:", 'By "Naming Series" field'),
    "Named By Old Expression": ("OLD-.YYYY.-.{kind}.-.###", "Expression (old style)"),
    "Named By Nothing": ("", ""),
}


class TestRules(DocumentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, (autoname, rule) in RULES.items():
            series = {"reqd": 1, "default": "A-.YYYY.-", "options": "A-.YYYY.-\nB-"}
            make_doctype(
                name=name, autoname=autoname, naming_rule=rule, allow_rename=1,
                fields=[field("title"), field("kind"), field("amended_from", "Link", name)]
                + ([field("naming_series", "Select", **series)] if rule.startswith("By \"Naming") else []),
            )  # fmt: skip
        frappe.db.commit()

    def new(self, doctype, title="T", **values):
        return frappe.get_doc({"doctype": doctype, "title": title, **values})

    def setUp(self):
        super().setUp()
        self.year, self.month = now_datetime().strftime("%Y"), now_datetime().strftime("%m")

    def test_by_field(self):
        self.assertEqual(self.new("Named By Field", "  Huế  ").insert().name, "Huế")
        with self.assertRaises(frappe.DuplicateEntryError):
            self.new("Named By Field", "Huế").insert()
        with self.assertRaises(frappe.ValidationError):
            self.new("Named By Field", "").insert()
        with self.assertRaises(frappe.NameError):
            self.new("Named By Field", "a<b").insert()
        with self.assertRaises(frappe.NameError):
            self.new("Named By Field", "Named By Field").insert()

    def test_a_field_follows_the_name(self):
        doc = self.new("Named By Field", "One").insert()
        doc.title = "Two"
        doc.save()
        self.assertEqual(doc.title, "One")
        frappe.rename_doc("Named By Field", "One", "Three")
        self.assertEqual(frappe.db.get_value("Named By Field", "Three", "title"), "Three")

    def test_by_format(self):
        first, second = self.new("Named By Format").insert(), self.new("Named By Format").insert()
        self.assertEqual(first.name, f"T/{self.year}-{self.month}/0001")
        self.assertEqual(second.name, f"T/{self.year}-{self.month}/0002")
        self.assertEqual(self.new("Named By Format", "U").insert().name, f"U/{self.year}-{self.month}/0001")
        self.assertEqual(self.new("Named By Format Only", kind="K").insert().name, "K-T")

    def test_at_random(self):
        names = {self.new("Named At Random").insert().name for _ in range(5)}
        self.assertEqual(len(names), 5)
        self.assertTrue(all(re.fullmatch(r"[a-z0-9]{10}", name) for name in names))
        self.assertTrue(re.fullmatch(r"[a-z0-9]{10}", self.new("Named By Nothing").insert().name))

    def test_by_hand(self):
        self.assertEqual(self.new("Named By Hand", name="Mine").insert().name, "Mine")
        self.assertEqual(self.new("Named By Hand", __newname="Typed").insert().name, "Typed")
        with self.assertRaises(frappe.ValidationError):
            self.new("Named By Hand").insert()

    def test_by_number(self):
        first, second = self.new("Named By Number").insert(), self.new("Named By Number").insert()
        self.assertIsInstance(first.name, int)
        self.assertEqual(second.name, first.name + 1)
        self.assertEqual(frappe.get_doc("Named By Number", first.name).title, "T")
        self.assertEqual(frappe.db.get_value("Named By Number", {"name": first.name}, "title"), "T")
        frappe.delete_doc("Named By Number", second.name)
        self.assertGreater(self.new("Named By Number").insert().name, second.name)

    def test_by_series(self):
        first = self.new("Named By Series").insert()
        self.assertEqual((first.naming_series, first.name), ("A-.YYYY.-", f"A-{self.year}-00001"))
        self.assertEqual(self.new("Named By Series", naming_series="B-").insert().name, "B-00001")
        self.assertEqual(self.new("Named By Series").insert().name, f"A-{self.year}-00002")

    def test_the_last_number_of_a_series_is_given_again(self):
        first, second = self.new("Named By Series").insert(), self.new("Named By Series").insert()
        frappe.delete_doc("Named By Series", first.name)
        self.assertEqual(cint(self.new("Named By Series").insert().name[-5:]), cint(second.name[-5:]) + 1)
        old = self.new("Named By Old Expression", kind="K").insert()
        frappe.delete_doc("Named By Old Expression", old.name)
        self.assertEqual(self.new("Named By Old Expression", kind="K").insert().name, old.name)

    def test_by_old_expression(self):
        self.assertEqual(self.new("Named By Old Expression", kind="K").insert().name, f"OLD-{self.year}-K-001")
        self.assertEqual(self.new("Named By Old Expression", kind="L").insert().name, f"OLD-{self.year}-L-001")

    def test_by_script(self):
        doc = self.new("Named By Nothing")
        doc.autoname = lambda: setattr(doc, "name", f"S-{doc.title}")
        self.assertEqual(doc.insert().name, "S-T")
        doc = self.new("Named By Format Only", kind="K")
        doc.before_naming = lambda: setattr(doc, "kind", "changed")
        self.assertEqual(doc.insert().name, "changed-T")
        doc = self.new("Named By Hand")
        doc.autoname = lambda: setattr(doc, "name", "from script")
        self.assertEqual(doc.insert().name, "from script")

    def test_a_name_given_is_not_kept_but_set_name_is(self):
        self.assertNotEqual(self.new("Named At Random", name="mine").insert().name, "mine")
        self.assertEqual(self.new("Named At Random").insert(set_name="mine").name, "mine")
        self.assertNotEqual(self.new("Named At Random").insert(set_name="mine").name, "mine")
        self.new("Named At Random").insert(set_name="other")
        doc = self.new("Named By Hand", name="other").insert(ignore_if_duplicate=True)
        self.new("Named By Hand", "second", name="other").insert(ignore_if_duplicate=True)
        self.assertEqual(frappe.db.get_value("Named By Hand", doc.name, "title"), "T")

    def test_names_that_cannot_be(self):
        for name in ("New Named By Hand 1", "a<b", "a>b"):
            with self.subTest(name=name), self.assertRaises(frappe.NameError):
                self.new("Named By Hand", name=name).insert()
        self.assertEqual(self.new("Named By Hand", name="  x  ").insert().name, "x")

    def test_amendments_count(self):
        doc = paper().insert()
        for number in (1, 2, 3):
            doc.submit()
            doc.cancel()
            amended = frappe.copy_doc(doc)
            amended.update({"docstatus": 0, "amended_from": doc.name})
            amended.insert()
            self.assertEqual(amended.name, f"{doc.name.split('-')[0]}-{number}")
            doc = amended

    def test_a_cancelled_document_is_amended_once(self):
        doc = paper().insert()
        doc.submit()
        doc.cancel()
        for attempt in (1, 2):
            amended = frappe.copy_doc(doc)
            amended.update({"docstatus": 0, "amended_from": doc.name})
            if attempt == 1:
                amended.insert()
                continue
            with self.assertRaises(Exception) as caught:
                amended.insert()
            error = caught.exception
            self.assertTrue(isinstance(error, frappe.DuplicateEntryError) or frappe.db.is_primary_key_violation(error))


    def rule(self, **values):
        return frappe.get_doc({"doctype": "Document Naming Rule", "document_type": "Named At Random", **values}).insert()

    def test_by_rules_of_the_site(self):
        def name(kind):
            return self.new("Named At Random", kind=kind).insert().name

        big = self.rule(prefix="BIG-.YYYY.-", prefix_digits=3, priority=2,
                        conditions=[{"field": "kind", "condition": "=", "value": "big"}])  # fmt: skip
        self.assertEqual([name("big"), name("big")], [f"BIG-{self.year}-001", f"BIG-{self.year}-002"])
        self.assertRegex(name("small"), r"^[a-z0-9]{10}$")
        self.rule(prefix="ANY-", prefix_digits=2, priority=1)
        self.assertEqual([name("small"), name("big")], ["ANY-01", f"BIG-{self.year}-003"])
        big.reload()
        self.assertEqual(big.counter, 3)
        big.disabled = 1
        big.save()
        self.assertEqual(name("big"), "ANY-02")
        with self.assertRaises(frappe.ValidationError):
            self.rule(prefix="X-", conditions=[{"field": "no such", "condition": "=", "value": "1"}])


class TestTools(DocumentsCase):
    def test_parts(self):
        now = now_datetime()
        self.assertEqual(make_autoname("X.YY.MM.DD.-.###"), f"X{now.strftime('%y%m%d')}-001")
        self.assertEqual(parse_naming_series("A.-.WW.-"), f"A-{now.strftime('%V')}-" if now.month not in (1, 12) else
                         parse_naming_series("A.-.WW.-"))  # fmt: skip
        self.assertEqual(parse_naming_series("N-.kind.-.##", doc=paper(kind="Bill"), number_generator=lambda k, d: "07"),
                         "N-Bill-07")  # fmt: skip
        self.assertEqual(make_autoname("ABC"), "ABC00001")
        self.assertEqual(len(make_autoname("hash")), 10)
        self.assertRaises(frappe.ValidationError, make_autoname, "A####")

    def test_a_number_where_the_name_is_taken(self):
        self.assertEqual(append_number_if_name_exists("Role", "Some New Role"), "Some New Role")
        self.assertEqual(append_number_if_name_exists("Role", "System Manager"), "System Manager-1")
        frappe.get_doc(doctype="Role", role_name="System Manager-1").insert()
        self.assertEqual(append_number_if_name_exists("Role", "System Manager"), "System Manager-2")
        self.assertEqual(append_number_if_name_exists("Role", "System Manager", separator="_"), "System Manager_1")

    def test_series_goes_back_only_from_its_last_number(self):
        from frappe.model.naming import getseries, revert_series_if_last

        self.assertEqual([getseries("RV-", 3) for _ in range(3)], ["001", "002", "003"])
        revert_series_if_last("RV-.###", "RV-002")
        self.assertEqual(getseries("RV-", 3), "004")
        revert_series_if_last("RV-.###", "RV-004")
        self.assertEqual(getseries("RV-", 3), "004")
        revert_series_if_last("RV-", "RV-004")
        self.assertEqual(getseries("RV-", 3), "004")
        self.assertEqual(getseries("2024", 2), "01")
        revert_series_if_last("####.-2024", "0001-2024")

    def test_names_of_doctypes(self):
        self.assertEqual(frappe.get_meta(PAPER).autoname, "hash")
        with self.assertRaises(frappe.NameError):
            make_doctype(name="9 Lives", fields=[field("a")])
