"""What a site adds: custom fields, property setters, permission rules; in meta, table, document, list and form."""

import json

import frappe
from documents_world import (
    KEEPER,
    PAPER,
    PLACE,
    READER,
    READER_ROLE,
    DocumentsCase,
    make_doctype,
    paper,
    place,
)
from frappe.custom.doctype.custom_field.custom_field import create_custom_field, create_custom_fields
from frappe.custom.doctype.property_setter.property_setter import delete_property_setter, make_property_setter
from frappe.permissions import add_permission, reset_perms, setup_custom_perms, update_permission_property
from model_doctypes import field

BASE = "Doc Base"


class Customised(DocumentsCase):
    """Columns are added outside of any transaction, so each test takes back what it made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_doctype(
            name=BASE, autoname="hash", title_field="first",
            fields=[field("first"), field("second", "Select", "A\nB"), field("third", "Link", PLACE)],
        )  # fmt: skip
        frappe.db.commit()

    def setUp(self):
        super().setUp()
        self.addCleanup(self.take_back)

    def take_back(self):
        frappe.db.rollback()
        for doctype, column in (("Custom Field", "dt"), ("Property Setter", "doc_type"), ("Custom DocPerm", "parent")):
            frappe.db.delete(doctype, {column: ("in", (BASE, PAPER, PLACE))})
        frappe.db.delete(BASE)
        frappe.db.commit()
        for doctype in (BASE, PAPER, PLACE):
            frappe.clear_cache(doctype=doctype)
        frappe.db.savepoint("before_test")

    def names(self, doctype=BASE):
        return [df.fieldname for df in frappe.get_meta(doctype).fields]


class TestCustomFields(Customised):
    def test_in_meta_table_document_and_list(self):
        create_custom_fields({BASE: [
            {"fieldname": "tally", "label": "Tally", "fieldtype": "Int", "insert_after": "first", "default": "7"},
            {"fieldname": "more", "label": "More", "fieldtype": "Data", "insert_after": "tally", "in_list_view": 1},
        ]})  # fmt: skip
        self.assertEqual(self.names(), ["first", "tally", "more", "second", "third"])
        df = frappe.get_meta(BASE).get_field("tally")
        self.assertEqual((df.fieldtype, df.label, df.is_custom_field), ("Int", "Tally", 1))
        self.assertIn("tally", frappe.db.get_table_columns(BASE))
        doc = frappe.get_doc({"doctype": BASE, "first": "x", "more": "m"}).insert()
        self.assertEqual((doc.tally, frappe.get_doc(BASE, doc.name).more), (7, "m"))
        self.assertEqual(frappe.get_list(BASE, {"tally": 7}, ["more"], order_by="tally")[0].more, "m")
        self.assertEqual(frappe.get_doc("Custom Field", f"{BASE}-tally").owner, "Administrator")

    def test_again_changes_what_is_there(self):
        create_custom_fields({BASE: {"fieldname": "extra", "label": "Extra", "fieldtype": "Data"}})
        create_custom_fields({(BASE, PLACE): [{"fieldname": "extra", "label": "Other", "reqd": 1, "fieldtype": "Data"}]})
        self.assertEqual(frappe.get_meta(BASE).get_field("extra").label, "Other")
        self.assertIn("extra", self.names(PLACE))
        create_custom_fields({BASE: [{"fieldname": "extra", "label": "Not this"}]}, update=False)
        self.assertEqual(frappe.get_meta(BASE).get_field("extra").label, "Other")
        self.assertEqual(frappe.db.count("Custom Field", {"dt": BASE}), 1)
        with self.assertRaises(frappe.MandatoryError):
            frappe.get_doc({"doctype": BASE}).insert()

    def test_one(self):
        doc = create_custom_field(BASE, {"label": "Some Label", "fieldtype": "Check"})
        self.assertEqual((doc.name, doc.fieldname), (f"{BASE}-some_label", "some_label"))
        self.assertIsNone(create_custom_field(BASE, {"fieldname": "some_label"}))

    def test_as_a_document(self):
        doc = frappe.get_doc(doctype="Custom Field", dt=BASE, label="Phụ cấp X!", fieldtype="Currency").insert()
        self.assertTrue(doc.fieldname.startswith("custom_"))
        self.assertEqual(doc.fieldname, doc.fieldname.lower())
        self.assertIn(doc.fieldname, frappe.db.get_table_columns(BASE))
        with self.assertRaises(frappe.ValidationError):
            frappe.get_doc(doctype="Custom Field", dt=BASE, fieldname="first", label="x").insert()

    def test_what_cannot_be(self):
        for values in (
            {"fieldname": "a", "label": "A", "fieldtype": "Link", "options": "No Such DocType"},
            {"fieldname": "a", "label": "A", "fieldtype": "Link"},
            {"fieldname": "save", "label": "A", "fieldtype": "Data"},
            {"fieldname": "a", "label": "A", "fieldtype": "Select", "options": "x\ny", "default": "z"},
        ):
            with self.subTest(values=values), self.assertRaises(frappe.ValidationError):
                frappe.get_doc({"doctype": "Custom Field", "dt": BASE, **values}).insert()
            self.take_back()

    def test_links_hold_and_follow(self):
        create_custom_fields({BASE: [{"fieldname": "where_to", "label": "W", "fieldtype": "Link", "options": PLACE}]})
        place("Huế")
        doc = frappe.get_doc({"doctype": BASE, "where_to": "Huế"}).insert()
        with self.assertRaises(frappe.LinkExistsError):
            frappe.delete_doc(PLACE, "Huế")
        frappe.rename_doc(PLACE, "Huế", "Kinh")
        self.assertEqual(frappe.db.get_value(BASE, doc.name, "where_to"), "Kinh")
        with self.assertRaises(frappe.LinkValidationError):
            frappe.get_doc({"doctype": BASE, "where_to": "Nowhere"}).insert()

    def test_levels_hold(self):
        create_custom_fields({PAPER: [{"fieldname": "hush", "label": "Hush", "fieldtype": "Data", "permlevel": 1}]})
        paper(hush="quiet-value").insert()
        with self.set_user(READER):
            self.assertNotIn("quiet-value", frappe.as_json(frappe.get_list(PAPER, fields=["*"])))
        with self.set_user(KEEPER):
            self.assertIn("quiet-value", frappe.as_json(frappe.get_list(PAPER, fields=["*"])))

    def test_taking_one_away_keeps_the_column(self):
        create_custom_fields({BASE: [{"fieldname": "extra", "label": "Extra", "fieldtype": "Data"}]})
        frappe.delete_doc("Custom Field", f"{BASE}-extra")
        self.assertNotIn("extra", self.names())
        self.assertIn("extra", frappe.db.get_table_columns(BASE))
        frappe.get_doc({"doctype": BASE, "first": "x"}).insert()

    def test_tables(self):
        create_custom_fields({BASE: [
            {"fieldname": "lines", "label": "L", "fieldtype": "Table", "options": "Doc Paper Row"}
        ]})  # fmt: skip
        doc = frappe.get_doc({"doctype": BASE, "lines": [{"item": "pen"}]}).insert()
        self.assertEqual(frappe.get_doc(BASE, doc.name).lines[0].item, "pen")
        frappe.delete_doc(BASE, doc.name)
        self.assertFalse(frappe.db.exists("Doc Paper Row", {"parent": doc.name}))

    def test_where_they_stand(self):
        create_custom_fields({BASE: [
            {"fieldname": "c1", "label": "1", "fieldtype": "Data", "insert_after": "second"},
            {"fieldname": "c2", "label": "2", "fieldtype": "Data", "insert_after": "c1"},
            {"fieldname": "c3", "label": "3", "fieldtype": "Data", "insert_after": "no such field"},
        ]})  # fmt: skip
        self.assertEqual(self.names(), ["first", "second", "c1", "c2", "third", "c3"])
        make_property_setter(BASE, None, "field_order", json.dumps(["third", "c2", "first", "c1", "second", "c3"]),
                             "Text", for_doctype=True)  # fmt: skip
        self.assertEqual(self.names(), ["third", "c2", "first", "c1", "second", "c3"])


class TestPropertySetters(Customised):
    def test_of_fields(self):
        values = (("reqd", "1", "Check"), ("label", "Erstes", "Data"), ("hidden", 0, "Check"),
                  ("description", "told", "Small Text"))  # fmt: skip
        for name, value, kind in values:
            make_property_setter(BASE, "first", name, value, kind)
        df = frappe.get_meta(BASE).get_field("first")
        self.assertEqual((df.reqd, df.label, df.description), (1, "Erstes", "told"))
        make_property_setter(BASE, "second", "default", "B", "Text")
        self.assertEqual(frappe.new_doc(BASE).second, "B")
        with self.assertRaises(frappe.MandatoryError):
            frappe.get_doc({"doctype": BASE, "first": ""}).insert()

    def test_options(self):
        make_property_setter(BASE, "second", "options", "A\nB\nC", "Text")
        self.assertEqual(frappe.get_doc({"doctype": BASE, "second": "C"}).insert().second, "C")

    def test_of_the_doctype(self):
        make_property_setter(BASE, None, "title_field", "second", "Data", for_doctype=True)
        make_property_setter(BASE, None, "track_changes", "1", "Check", for_doctype=True)
        meta = frappe.get_meta(BASE)
        self.assertEqual((meta.get_title_field(), meta.track_changes), ("second", 1))

    def test_the_last_one_counts_and_can_go(self):
        make_property_setter(BASE, "first", "label", "one", "Data")
        make_property_setter(BASE, "first", "label", "two", "Data")
        self.assertEqual(frappe.db.count("Property Setter", {"doc_type": BASE}), 1)
        self.assertEqual(frappe.get_meta(BASE).get_field("first").label, "two")
        delete_property_setter(BASE, "label", "first")
        frappe.clear_cache(doctype=BASE)
        self.assertEqual(frappe.get_meta(BASE).get_field("first").label, "First")

    def test_by_a_dict(self):
        frappe.make_property_setter({"doctype": BASE, "fieldname": "first", "property": "bold", "value": 1})
        self.assertEqual(frappe.get_meta(BASE).get_field("first").bold, 1)
        self.assertEqual(frappe.get_last_doc("Property Setter", {"doc_type": BASE}).property_type, "Check")

    def test_levels(self):
        make_property_setter(PAPER, "code", "permlevel", "1", "Int")
        paper(code="quiet-code").insert()
        with self.set_user(READER):
            self.assertNotIn("quiet-code", frappe.as_json(frappe.get_list(PAPER, fields=["*"])))


class TestPermissionRules(Customised):
    def test_rules_of_the_site_stand_for_those_of_the_app(self):
        self.assertFalse(frappe.has_permission(BASE, "read", user=READER))
        self.assertTrue(setup_custom_perms(BASE))
        add_permission(BASE, READER_ROLE)
        frappe.clear_cache(doctype=BASE)
        self.assertTrue(frappe.has_permission(BASE, "read", user=READER))
        self.assertFalse(frappe.has_permission(BASE, "write", user=READER))
        update_permission_property(BASE, READER_ROLE, 0, "write", 1)
        frappe.clear_cache(doctype=BASE)
        self.assertTrue(frappe.has_permission(BASE, "write", user=READER))
        self.assertTrue(frappe.has_permission(BASE, "write", user=KEEPER))
        reset_perms(BASE)
        frappe.clear_cache(doctype=BASE)
        self.assertFalse(frappe.has_permission(BASE, "read", user=READER))


class TestFixtures(Customised):
    def test_a_file_of_custom_fields_and_property_setters(self):
        import tempfile
        from pathlib import Path

        fields = [{"doctype": "Custom Field", "name": f"{BASE}-fixed", "dt": BASE, "fieldname": "fixed", "label": "Fixed",
                   "fieldtype": "Data", "insert_after": "first", "modified": "2024-01-01 00:00:00"}]  # fmt: skip
        setters = [{"doctype": "Property Setter", "name": f"{BASE}-first-label", "doc_type": BASE, "field_name": "first",
                    "doctype_or_field": "DocField", "property": "label", "property_type": "Data", "value": "From file",
                    "modified": "2024-01-01 00:00:00"}]  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            for name, docs in (("custom_field.json", fields), ("property_setter.json", setters)):
                Path(folder, name).write_text(json.dumps(docs))
            for _time in (1, 2):
                frappe.import_doc(folder)
        frappe.clear_cache(doctype=BASE)
        self.assertEqual(self.names()[:2], ["first", "fixed"])
        self.assertEqual(frappe.get_meta(BASE).get_field("first").label, "From file")
        self.assertIn("fixed", frappe.db.get_table_columns(BASE))

    def test_an_apps_customisations(self):
        from frappe.modules.utils import sync_customizations_for_doctype

        data = {
            "doctype": BASE, "sync_on_migrate": 1,
            "custom_fields": [{"name": f"{BASE}-synced", "dt": BASE, "fieldname": "synced", "label": "S",
                               "fieldtype": "Data"}],
            "property_setters": [{"doc_type": BASE, "doctype_or_field": "DocField", "field_name": "first",
                                  "property": "bold", "property_type": "Check", "value": "1"}],
        }  # fmt: skip
        for _time in (1, 2):
            sync_customizations_for_doctype(json.loads(json.dumps(data)), "")
        frappe.clear_cache(doctype=BASE)
        meta = frappe.get_meta(BASE)
        self.assertEqual((meta.get_field("synced").label, meta.get_field("first").bold), ("S", 1))
        self.assertIn("synced", frappe.db.get_table_columns(BASE))
