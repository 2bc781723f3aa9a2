"""Work that others do: prints, PDF, files, jobs, mail, exports, as an app asks for them."""

import io

import frappe
import openpyxl
import pytest
from frappe.desk.query_report import export_query
from frappe.model.workflow import get_workflow_name
from frappe.utils.background_jobs import is_job_enqueued
from frappe.utils.file_manager import remove_file, save_file, save_url
from frappe.utils.pdf import get_pdf
from pypdf import PdfReader
from services_world import MAKER, OUTSIDER, PAPER, ServicesTestCase, drop_workflow, make_workflow, paper

pytestmark = pytest.mark.usefixtures("site")
REPORT = "Svc Work List"


def remember(value):
    frappe.cache.set_value("svc_remembered", value)
    return value


class TestPrints(ServicesTestCase):
    def test_pdf_of_html(self):
        pdf = get_pdf("<p>Chào Đức</p>", options={"page-size": "A5", "orientation": "Landscape"})
        page = PdfReader(io.BytesIO(pdf)).pages[0]
        self.assertIn("Đức", page.extract_text())
        width, height = (round(float(side) / 72 * 25.4) for side in page.mediabox[2:])
        self.assertEqual((width, height), (210, 148))

    def test_pdf_with_a_password(self):
        pdf = PdfReader(io.BytesIO(get_pdf("<p>x</p>", options={"password": "mật khẩu 1"})))
        self.assertTrue(pdf.is_encrypted)
        self.assertTrue(pdf.decrypt("mật khẩu 1"))

    def test_a_print_as_attachment(self):
        doc = paper("Attached")
        made = frappe.attach_print(PAPER, doc.name, file_name="the paper", print_format="Standard")
        self.assertEqual(made["fname"], "thepaper.pdf")
        self.assertIn("Attached", PdfReader(io.BytesIO(made["fcontent"])).pages[0].extract_text())

    def test_templates_of_apps(self):
        template = frappe.get_template("templates/print_formats/standard.html")
        self.assertEqual(template.name, "templates/print_formats/standard.html")
        self.assertTrue(callable(template.render))


class TestFilesOfOldNames(ServicesTestCase):
    def test_an_address_as_a_file(self):
        doc = paper()
        file = save_url("https://example.com/a.pdf", "a.pdf", PAPER, doc.name, None, 1)
        self.assertEqual((file.file_url, file.attached_to_name), ("https://example.com/a.pdf", doc.name))

    def test_files_are_removed(self):
        doc = paper()
        file = save_file("note.txt", frappe.generate_hash(), PAPER, doc.name, is_private=1)
        remove_file(file.name)
        self.assertFalse(frappe.db.exists("File", file.name))


class TestWork(ServicesTestCase):
    def test_a_job_done_now(self):
        self.assertEqual(frappe.enqueue(remember, now=True, value=1), 1)
        self.assertEqual(frappe.enqueue("frappe.utils.cint", now=True, s="8"), 8)
        self.assertEqual(frappe.cache.get_value("svc_remembered"), 1)

    def test_a_documents_method_done_now(self):
        doc = paper("Done")
        frappe.enqueue_doc(PAPER, doc.name, "db_set", now=True, fieldname="stamp", value="by a job")
        self.assertEqual(frappe.db.get_value(PAPER, doc.name, "stamp"), "by a job")

    def test_a_job_id_nobody_queued(self):
        self.assertFalse(is_job_enqueued("svc-never-queued"))

    def test_progress_and_news_harm_nobody_where_none_listens(self):
        frappe.publish_progress(50, title="Half", description="of it")
        frappe.publish_realtime("svc_event", {"a": 1}, user=MAKER, after_commit=True)
        frappe.db.rollback()

    def test_workflow_of_a_doctype(self):
        self.addCleanup(frappe.db.commit)
        self.addCleanup(drop_workflow)
        make_workflow()
        frappe.clear_cache(doctype=PAPER)
        self.assertEqual(get_workflow_name(PAPER), "Svc Paper Approval")
        self.assertFalse(get_workflow_name("Role"))


class TestExport(ServicesTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not frappe.db.exists("Report", REPORT):
            frappe.get_doc(
                {
                    "doctype": "Report", "report_name": REPORT, "ref_doctype": PAPER, "report_type": "Query Report",
                    "is_standard": "No", "module": "Core",
                    "query": "select title as `Title:Data:120`, amount as `Amount:Currency:100` from `tabSvc Paper`"
                    " where title like 'Export %%' order by title",
                    "roles": [{"role": "Svc Maker"}],
                }
            ).insert()  # fmt: skip
        frappe.db.commit()

    def export(self, kind, **more):
        frappe.local.form_dict = frappe._dict(report_name=REPORT, file_format_type=kind, filters="{}", visible_idx="[]", **more)
        export_query()
        self.addCleanup(setattr, frappe.local, "response", frappe._dict(docs=[]))
        return frappe.local.response

    def test_workbook_and_text(self):
        paper("Export A", amount=1500)
        paper("Export B", amount=2)
        response = self.export("Excel")
        rows = list(openpyxl.load_workbook(io.BytesIO(response.filecontent)).active.iter_rows(values_only=True))
        self.assertEqual(rows[0][:2], ("Title", "Amount"))
        self.assertEqual([row[:2] for row in rows[1:3]], [("Export A", 1500), ("Export B", 2)])
        response = self.export("CSV")
        text = response.filecontent if isinstance(response.filecontent, str) else response.filecontent.decode("utf-8-sig")
        self.assertIn('"Export A"', text)

    def test_only_who_may_export(self):
        with self.set_user(OUTSIDER), self.assertRaises(frappe.PermissionError):
            self.export("Excel")
