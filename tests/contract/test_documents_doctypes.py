"""DocTypes made on a site: what their fields and rules must not be; actions, links and states they carry."""

import frappe
from documents_world import KEEPER_ROLE, PLACE, ROW, DocumentsCase, make_doctype
from frappe.core.doctype.doctype.doctype import (
    CannotIndexedError,
    DoctypeLinkError,
    HiddenAndMandatoryWithoutDefaultError,
    IllegalMandatoryError,
    InvalidFieldNameError,
    NonUniqueError,
    UniqueFieldnameError,
    WrongOptionsDoctypeLinkError,
)
from model_doctypes import field, rights

WHOLE = "Doc Whole"


class TestFields(DocumentsCase):
    def refused(self, error, *fields, **more):
        with self.subTest(fields=fields, **more), self.assertRaises(error):
            frappe.get_doc(
                {"doctype": "DocType", "name": "Doc Refused", "module": "Core", "custom": 1, "fields": list(fields),
                 "permissions": [rights(KEEPER_ROLE, "read")], **more}
            ).insert()  # fmt: skip

    def test_each_by_itself(self):
        self.refused(UniqueFieldnameError, field("a"), field("a"))
        self.refused(IllegalMandatoryError, field("a", "Section Break", reqd=1))
        self.refused(HiddenAndMandatoryWithoutDefaultError, field("a", reqd=1, hidden=1))
        self.refused(NonUniqueError, field("a", "Date", unique=1))
        self.refused(CannotIndexedError, field("a", "Text", search_index=1))
        self.refused(DoctypeLinkError, field("a", "Link"))
        self.refused(WrongOptionsDoctypeLinkError, field("a", "Link", "No Such DocType"))
        for wrong in (
            field("a", "Dynamic Link", "b"), field("a", "Table", PLACE), field("a", "Select", "x\ny", default="z"),
            field("a", "Check", default="2"), field("a", "Heading", in_list_view=1), field("a", fetch_from="a.b"),
            field("a", depends_on="eval:doc.b=1"), field("x" * 65),
        ):  # fmt: skip
            self.refused(frappe.ValidationError, wrong)

    def test_what_names_a_field(self):
        self.refused(InvalidFieldNameError, field("a"), title_field="b")
        self.refused(InvalidFieldNameError, field("a"), sort_field="b")
        self.refused(InvalidFieldNameError, field("a"), image_field="b")
        self.refused(frappe.ValidationError, field("a"), search_fields="a, b")

    def test_rules(self):
        role = KEEPER_ROLE
        self.refused(frappe.ValidationError, field("a"), permissions=[rights(role)])
        self.refused(frappe.ValidationError, field("a"), permissions=[rights(role, "read"), rights(role, "read")])
        self.refused(frappe.ValidationError, field("a"), permissions=[rights(role, "read", permlevel=1)])

    def test_conditions_that_compare_are_none_to_refuse(self):
        make_doctype(
            name="Doc Conditions", autoname="hash",
            fields=[field("a"), field("b", depends_on="eval:doc.a == 'x=1' && doc.a != 2 || doc.a >= 3"),
                    field("c", mandatory_depends_on="a")],
        )  # fmt: skip
        frappe.db.savepoint("before_test")  # a new table ends the transaction
        self.assertTrue(frappe.get_meta("Doc Conditions").get_field("b").depends_on)


class TestRest(DocumentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_doctype(
            name=WHOLE, autoname="hash", is_submittable=1, track_changes=1,
            fields=[field("title"), field("state", "Select", "Open\nDone"), field("rows", "Table", ROW), field("note")],
            actions=[{"label": "Do it", "action_type": "Server Action", "action": "frappe.ping", "group": "More"},
                     {"label": "Go", "action_type": "Route", "action": "/app/doc-place", "hidden": 1}],
            links=[{"link_doctype": PLACE, "link_fieldname": "region", "group": "Places"}],
            states=[{"title": "Open", "color": "Orange"}, {"title": "Done", "color": "Green"}],
        )  # fmt: skip
        frappe.db.commit()

    def test_actions_links_and_states(self):
        meta = frappe.get_meta(WHOLE)
        self.assertEqual([(a.label, a.action_type, a.action, a.group, a.hidden) for a in meta.actions],
                         [("Do it", "Server Action", "frappe.ping", "More", 0), ("Go", "Route", "/app/doc-place", None, 1)])
        self.assertEqual([(link.link_doctype, link.link_fieldname, link.group) for link in meta.links],
                         [(PLACE, "region", "Places")])  # fmt: skip
        self.assertEqual([(s.title, s.color) for s in meta.states], [("Open", "Orange"), ("Done", "Green")])

    def test_what_is_submitted_can_be_amended(self):
        df = frappe.get_meta(WHOLE).get_field("amended_from")
        self.assertEqual((df.fieldtype, df.options, df.read_only, df.no_copy), ("Link", WHOLE, 1, 1))

    def test_a_field_more(self):
        doc = frappe.get_doc("DocType", WHOLE)
        if not frappe.get_meta(WHOLE).has_field("later"):
            doc.append("fields", field("later", "Int", default="3"))
            doc.save()
        new = frappe.get_doc({"doctype": WHOLE, "title": "x"}).insert()
        self.assertEqual(frappe.db.get_value(WHOLE, new.name, "later"), 3)
        frappe.db.delete(WHOLE)
        frappe.db.commit()
        frappe.db.savepoint("before_test")

    def test_rows_have_no_rules_of_their_own(self):
        self.assertEqual(frappe.get_meta(ROW).permissions, [])
