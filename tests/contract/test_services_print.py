"""Templates, print formats, translation and formatted values."""

import frappe
import pytest
from frappe import _
from frappe.tests.utils import FrappeTestCase
from frappe.translate import clear_cache as clear_translations
from services_world import MAKER, OUTSIDER, PAPER, make_world, paper

pytestmark = pytest.mark.usefixtures("site")

FORMAT = "Svc Paper Letter"


class TestPrint(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_world()
        if not frappe.db.exists("Print Format", FORMAT):
            frappe.get_doc(
                {
                    "doctype": "Print Format",
                    "name": FORMAT,
                    "doc_type": PAPER,
                    "module": "Core",
                    "standard": "No",
                    "custom_format": 1,
                    "print_format_type": "Jinja",
                    "html": "<h1>{{ _('Svc Heading') }}: {{ doc.title | e }}</h1>"
                    "{% for row in doc.rows %}<p>{{ row.what }}={{ row.price | int }}</p>{% endfor %}",
                    "css": ".svc-mark { color: black; }",
                }
            ).insert()
        frappe.db.commit()

    def tearDown(self):
        frappe.set_user("Administrator")
        frappe.db.rollback()
        frappe.local.lang = "en"

    def test_template_is_rendered(self):
        self.assertEqual(frappe.render_template("{{ a }}+{{ frappe.utils.cint('2') }}", {"a": 1}), "1+2")

    def test_template_cannot_reach_the_interpreter(self):
        for template in (
            "{{ ''.__class__.__mro__ }}",
            "{{ doc['__class__'] }}{{ (doc|attr('__class__')) }}",
            "{{ frappe.render_template.func_globals }}",
        ):
            try:
                shown = frappe.render_template(template, {"doc": frappe._dict()})
            except Exception:
                shown = ""  # refused, by whichever guard of either host
            self.assertNotIn("class", shown.replace("__class__", ""))

    def test_print_format_is_used(self):
        doc = paper("A & B", rows=[{"what": "x", "price": 5}, {"what": "y", "price": 7}])
        html = frappe.get_print(PAPER, doc.name, FORMAT)
        self.assertIn("Svc Heading: A &amp; B", html)
        self.assertIn("<p>y=7</p>", html)
        self.assertIn(".svc-mark", html)

    def test_standard_format_shows_fields_but_not_hidden_ones(self):
        doc = paper("Standard one", secret="not for paper", rows=[{"what": "Row thing", "price": 5}])
        html = frappe.get_print(PAPER, doc.name)
        self.assertIn("Standard one", html)
        self.assertIn("Row thing", html)
        self.assertNotIn("not for paper", html)

    def test_print_needs_the_right(self):
        doc = paper()
        frappe.set_user(OUTSIDER)
        self.assertRaises(Exception, frappe.get_print, PAPER, doc.name, FORMAT)

    def test_cancelled_paper_is_not_printed(self):
        doc = paper()
        doc.submit()
        doc.cancel()
        self.assertRaises(frappe.PermissionError, frappe.get_print, PAPER, doc.name, FORMAT)

    def test_translation_record_is_found_in_its_language_only(self):
        frappe.get_doc(
            {
                "doctype": "Translation",
                "language": "vi",
                "source_text": "Svc Heading",
                "translated_text": "Tiêu đề",
            }
        ).insert()
        clear_translations()
        self.assertEqual(_("Svc Heading"), "Svc Heading")
        self.assertEqual(_("Svc Heading", "vi"), "Tiêu đề")
        frappe.local.lang = "vi"
        self.assertEqual(_("Svc Heading"), "Tiêu đề")
        frappe.local.jenv = None
        doc = paper("Giấy")
        self.assertIn("Tiêu đề: Giấy", frappe.get_print(PAPER, doc.name, FORMAT))

    def test_format_value_knows_the_field_types(self):
        self.assertEqual(frappe.format_value(0.25, {"fieldtype": "Percent"}), "0.25%")
        self.assertEqual(frappe.format_value("a\nb", {"fieldtype": "Small Text"}), "a<br>b")
        self.assertEqual(frappe.format_value(None, {"fieldtype": "Data"}), "")
        self.assertIn("1", frappe.format_value(1_234_000, {"fieldtype": "Currency"}))

    def test_letter_of_the_reader(self):
        frappe.set_user(MAKER)
        doc = paper("Mine")
        self.assertIn("Mine", frappe.get_print(doc=doc, print_format=FORMAT, doctype=PAPER, name=doc.name))
