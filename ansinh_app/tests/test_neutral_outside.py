"""Nothing that leaves the office tells who has HIV: papers, files, lists, reports, REST, for every outside role."""

import re
from datetime import date

import frappe
from frappe.desk.query_report import run as run_report
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period, provider_file
from ansinh_app.core import masking
from ansinh_app.core.names import search_key
from ansinh_app.oversight.sending import REPORTS_WITHOUT_NAMES
from ansinh_app.payee_accounts.request_lists import send
from ansinh_app.registry.declarations import INSIDE
from ansinh_app.registry.doctype.identity_verification_list import identity_verification_list as police
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import MAI_PHA, as_user, make_user
from ansinh_app.utils import report_files, workbooks

CODE, MONTH = "SWEEP", "2024-06"
MODULES = ("Registry", "Payee Accounts", "Payouts", "Oversight", "Outreach")
# What the law says of every category is public; a person's own is not.
OF_THE_PERSON = ("BTXH-08", "BTXH-03A")


def telling() -> re.Pattern:
    """Every way a sensitive category could be told: codes, titles, form number, the clauses of the decree."""
    rows = frappe.get_all(
        "Benefit Category", filters={"sensitive": 1}, fields=["name", "title", "form_no", "law_article"]
    )
    assert {row.name for row in rows} >= set(OF_THE_PERSON)
    words = {"hiv", "khoản 3", "khoản 8", "khoan 3", "khoan 8", "Mẫu số 1b", "Mẫu 1b", "mau 1b"}
    for row in rows:
        words |= {row.name, row.title, row.law_article}
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words) if word), re.I)


class TestNothingTells(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        world.make_office(CODE)
        cls.unit = frappe.db.get_value("Paying Office", CODE, "administrative_unit")
        world.make_contracts(CODE)
        cls.people = [
            world.make_person(CODE, "Hà Thị Quét Một", personal_id="020180006101", phone="0912345101"),
            world.make_person(CODE, "Hà Văn Quét Hai"),
            world.make_person(CODE, "Hà Văn Quét Ba", cash=True, date_of_birth="2021-08-08"),
        ]
        for person, category in zip(cls.people, ("BTXH-08", "BTXH-06B1", "BTXH-03A"), strict=True):
            world.make_entitlement(person, category)
        cls.requests = [cls.make_request(person) for person in cls.people[:1]]
        cls.period = world.make_period(CODE, MONTH, "2024-06-20").name
        prepare_period(cls.period)
        cls.batches = [world.approve(name).name for name in world.batches_of(cls.period)]
        cls.telling = telling()
        cls.outside = {
            "bank": make_user("quet-stb@test.example", "Bank Officer", providers=["STB"]),
            "post": make_user("quet-vnpost@test.example", "Post Office Clerk", providers=["VNPOST"]),
            "police": make_user("quet-ca@test.example", "Police Officer", units=[cls.unit]),
            "outreach": make_user("quet-hoi@test.example", "Outreach Officer", units=[cls.unit]),
            "province": make_user("quet-tinh@test.example", "Province Viewer"),
            "treasury": make_user("quet-kb@test.example", "Treasury Officer", offices=[CODE]),
            "neighbour": make_user("quet-lg@test.example", "Commune Officer", units=[MAI_PHA]),
        }

    @classmethod
    def make_request(cls, person):
        return frappe.get_doc(
            {
                "doctype": "Account Request",
                "beneficiary": person.name,
                "provider": "BID",
                "holder_type": "Self",
                "consent": 1,
                "has_id_card": 1,
            }
        ).insert()

    def assertSilent(self, text: str, where: str):
        found = self.telling.search(text) or self.telling.search(search_key(text))
        self.assertIsNone(found, f"{where}: {found and found[0]!r}")

    def doctypes(self) -> list[str]:
        return frappe.get_all(
            "DocType",
            filters={"module": ["in", MODULES], "istable": 0, "issingle": 0},
            pluck="name",
            order_by="name",
        )

    def test_the_words_would_be_found(self):
        for word in ("BTXH-08", "Người nhiễm HIV/AIDS", "theo khoản 8 Điều 5", "NĐ 20/2021 Đ5.3"):
            self.assertTrue(self.telling.search(word), word)

    def test_lists_and_documents_by_rest(self):
        seen = 0
        for role, user in self.outside.items():
            for doctype in self.doctypes():
                with as_user(user):
                    if not frappe.has_permission(doctype, "read"):
                        continue
                    rows = frappe.get_list(doctype, fields=["*"], limit_page_length=500)
                    self.assertSilent(frappe.as_json(rows), f"{role}: list of {doctype}")
                    for row in rows[:40]:
                        doc = frappe.get_doc(doctype, row.name)
                        if doc.has_permission("read"):
                            doc.apply_fieldlevel_read_permissions()
                            self.assertSilent(doc.as_json(), f"{role}: {doctype} {row.name}")
                    seen += len(rows)
                    if role == "neighbour":
                        for person in self.people:
                            self.assertNotIn(person.full_name, frappe.as_json(rows), doctype)
        self.assertGreater(seen, len(self.people))

    def test_papers(self):
        printed = set()
        for paper in frappe.get_all(
            "Print Format",
            filters={"module": ["in", MODULES], "disabled": 0},
            fields=["name", "doc_type"],
            order_by="name",
        ):
            for name in self.documents(paper.doc_type):
                if paper.name in INSIDE:
                    self.assertNoneOutsidePrints(paper.doc_type, name)
                    continue
                html = frappe.get_print(paper.doc_type, name, print_format=paper.name)
                self.assertSilent(re.sub(r"<svg.*?</svg>", "", html, flags=re.S), f"{paper.name} of {name}")
                printed.add(paper.name)
        self.assertLessEqual({"Payment List", "Amount Explanation", "Account Application"}, printed)

    def assertNoneOutsidePrints(self, doctype: str, name: str):
        for role, user in self.outside.items():
            with as_user(user):
                self.assertFalse(frappe.has_permission(doctype, "print", doc=name), f"{role}: {doctype} {name}")

    def documents(self, doctype: str) -> list[str]:
        """The documents of this test's people and office."""
        people = [person.name for person in self.people]
        meta = frappe.get_meta(doctype)
        if doctype == "Beneficiary":
            return people
        if meta.has_field("beneficiary"):
            filters = {"beneficiary": ["in", people]}
        elif meta.has_field("office"):
            filters = {"office": CODE}
        else:
            return []
        if meta.is_submittable:
            filters["docstatus"] = ["<", 2]
        return frappe.get_all(doctype, filters=filters, pluck="name", limit_page_length=20)

    def test_reports_for_outside_roles(self):
        ran = set()
        for report in frappe.get_all(
            "Report", filters={"module": ["in", MODULES], "is_standard": "Yes"}, pluck="name", order_by="name"
        ):
            roles = {row.role for row in frappe.get_doc("Report", report).roles}
            for role, user in self.outside.items():
                if not roles & set(frappe.get_roles(user)):
                    continue
                with as_user(user):
                    try:
                        answer = run_report(report, filters={"month": f"{MONTH}-01"})
                    except frappe.PermissionError:
                        continue
                self.assertSilent(frappe.as_json(answer), f"{role}: report {report}")
                ran.add(report)
        self.assertIn("Account Coverage", ran)

    def test_files_for_bank_post_and_police(self):
        before = set(frappe.get_all("File", pluck="name"))
        for batch in self.batches:
            provider_file(batch)
        listed = frappe.get_doc(
            {
                "doctype": "Identity Verification List",
                "administrative_unit": self.unit,
                "with_representatives": 0,
            }
        ).insert()
        police.collect(listed.as_json())
        police.write_and_send(frappe.get_doc(listed.doctype, listed.name).as_json())
        with as_user(world.OFFICER):
            apply_workflow(frappe.get_doc("Account Request", self.requests[0].name), "Confirm")
        asked = frappe.get_doc(
            {"doctype": "Account Request List", "office": CODE, "provider": "BID"}
        ).insert()
        send(frappe.get_doc(asked.doctype, asked.name))
        made = set(frappe.get_all("File", pluck="name")) - before
        self.assertGreaterEqual(len(made), len(self.batches) + 2)
        for name in made:
            file = frappe.get_doc("File", name)
            content = file.get_content()
            content = content.encode() if isinstance(content, str) else content
            grids = workbooks.read_workbook(content, file.file_name)
            self.assertSilent(f"{file.file_name} {grids}", file.file_name)
        sent = frappe.get_all(
            "Personal Data Log", filters={"action": "Sent List"}, fields=["reference_name", "people"]
        )
        counts = {row.reference_name: row.people for row in sent}
        self.assertEqual(counts[listed.name], frappe.db.get_value(listed.doctype, listed.name, "row_count"))
        self.assertEqual(counts[asked.name], 1)
        self.assertLessEqual(set(self.batches), set(counts))

    def test_who_does_not_need_numbers_finds_them_in_no_report_or_paper(self):
        auditor = make_user("quet-thanhtra@test.example", "Auditor")
        numbers = {"020180006101", "0912345101"}
        numbers |= {line.account_no for line in world.lines_of(self.period) if line.account_no}
        told = {}
        with as_user(auditor):
            for paper in frappe.get_all("Print Format", {"module": ["in", MODULES]}, ["name", "doc_type"]):
                for name in self.documents(paper.doc_type):
                    if frappe.has_permission(paper.doc_type, "print", doc=name):
                        told[paper.name] = frappe.get_print(paper.doc_type, name, print_format=paper.name)
            for report in frappe.get_all(
                "Report", {"module": ["in", MODULES], "is_standard": "Yes"}, pluck="name"
            ):
                filters = {"month": f"{MONTH}-01", "office": CODE, "period": self.period}
                try:
                    told[report] = frappe.as_json(run_report(report, filters=filters))
                except (
                    frappe.ValidationError,
                    frappe.PermissionError,
                ):  # not for the auditor, or it asks for something of its own
                    continue
        self.assertLessEqual({"Failed and Carried Over", "Payout Preflight"}, set(told))
        for name, text in told.items():
            if name not in masking.FULL_PAPERS:
                self.assertEqual({number for number in numbers if number in text}, set(), name)

    def test_what_is_mailed(self):
        for report in REPORTS_WITHOUT_NAMES:
            result = report_files.run_report(report, {"month": f"{MONTH}-01", "office": CODE})
            office = frappe.get_doc("Paying Office", CODE)
            content = report_files.report_xlsx(office, report, date(2024, 7, 14), result)
            mailed = str(workbooks.read_workbook(content, "report.xlsx"))
            self.assertSilent(mailed, report)
            self.assertIn(CODE.upper(), mailed.upper())
            self.assertNotIn("quét một", mailed.lower())
