"""Support cases: routed with a deadline, answered with time and name, counted against the contract; each sees its own."""

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.exceptions import SupportCaseError
from ansinh_app.outreach import breaches, cases, inquiring, obstacles
from ansinh_app.outreach.papers import case_answer_paper
from ansinh_app.outreach.report.obstacles_of_the_month.obstacles_of_the_month import (
    execute as obstacle_report,
)
from ansinh_app.payee_accounts import working_days
from ansinh_app.payouts.report.provider_performance import provider_performance
from ansinh_app.tests.factories import (
    BINH_HOA,
    MAI_PHA,
    NEW_DONG_KINH,
    VINH_TRAI,
    as_user,
    asked,
    make_account,
    make_office,
    make_person,
    make_personas,
    make_user,
)
from ansinh_app.tests.test_account_requests import make_contract

FEE, CREDIT, IDENTITY, INFORMED = "FEE-TAKEN", "NOT-CREDITED", "IDENTITY", "NOT-INFORMED"
_USERS = {
    "ward": ("Commune Officer", {"units": [VINH_TRAI]}),
    "next_door": ("Commune Officer", {"units": [MAI_PHA]}),
    "ward_of_nowhere": ("Commune Officer", {}),
    "stb": ("Bank Officer", {"providers": ["STB"]}),
    "bid": ("Bank Officer", {"providers": ["BID"]}),
    "bank_of_nowhere": ("Bank Officer", {}),
    "post": ("Post Office Clerk", {"providers": ["VNPOST"]}),
    "police": ("Police Officer", {"units": [VINH_TRAI]}),
    "police_next_door": ("Police Officer", {"units": [MAI_PHA]}),
    "outreach": ("Outreach Officer", {"units": [VINH_TRAI]}),
    "outreach_of_nowhere": ("Outreach Officer", {}),
    "officer": ("Social Affairs Officer", {"offices": ["TEST-LS"]}),
    "manager": ("Social Affairs Manager", {"offices": ["TEST-LS"]}),
    "officer_elsewhere": ("Social Affairs Officer", {"offices": ["TEST-BS"]}),
    "auditor": ("Auditor", {"offices": ["TEST-LS"]}),
}
# Who sees which of: a fee (asked of Sacombank), an identity (of the police), a notice (of outreach), all of Vĩnh
# Trại; and next door's cash, asked of the Post.
_SEEN = {
    "ward": {"fee", "identity", "informed"}, "next_door": {"cash"}, "ward_of_nowhere": set(),
    "stb": {"fee"}, "bid": set(), "bank_of_nowhere": set(), "post": {"cash"},
    "police": {"identity"}, "police_next_door": set(), "outreach": {"informed"}, "outreach_of_nowhere": set(),
    "officer": {"fee", "identity", "informed", "cash"}, "manager": {"fee", "identity", "informed", "cash"},
    "officer_elsewhere": set(), "auditor": {"fee", "identity", "informed", "cash"},
}  # fmt: skip


class CaseWorld(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_office()
        make_office("TEST-BS", unit=BINH_HOA)
        cls.users = make_personas(_USERS, "cases.example")
        cls.person = make_person("Lý Văn Vướng Mắc", administrative_unit=VINH_TRAI)
        cls.neighbour = make_person("Lý Văn Láng Giềng", administrative_unit=MAI_PHA)
        account = make_account(cls.person, account_no="060188880001", provider="STB")
        cls.person.update({"payment_method": "Bank Account", "payment_account": account.name})
        cls.person.save()
        promises = ("Miễn phí quản lý tài khoản", "Miễn phí SMS biến động số dư")
        cls.contract = make_contract(commitments=[{"commitment": text} for text in promises])

    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")

    def case(self, user: str = "ward", kind: str = FEE, **values):
        with as_user(self.users.get(user, user)):
            return frappe.get_doc(
                {"doctype": "Support Case", "kind": kind, "description": "Bị trừ 11.000 đồng phí", **values}
            ).insert()

    def fee(self, user: str = "ward"):
        return self.case(user, FEE, beneficiary=self.person.name, commitment_no=1)

    def step(self, case, user: str, action: str, **values):
        with as_user(self.users[user]):
            doc = frappe.get_doc("Support Case", case.name)
            if values:
                doc.update(values)
                doc.save()
            return apply_workflow(doc, action)


class TestSupportCases(CaseWorld):
    def test_it_goes_to_who_answers_the_kind_with_a_day_to_answer_by(self):
        case = self.fee()
        self.assertEqual(
            (case.agency, case.asked_provider, case.bank_contract, case.office, case.opened_agency),
            ("Bank", "STB", self.contract.name, "TEST-LS", "Commune"),
        )
        self.assertEqual(getdate(case.due_on), working_days.after(getdate(nowdate()), 5))
        self.assertEqual(case.commitment, "Miễn phí quản lý tài khoản")
        identity = self.case(kind=IDENTITY, beneficiary=self.person.name)
        # The police learn nothing of accounts, and a case about no provider is for the office to look into.
        self.assertEqual(
            (identity.agency, identity.payment_account, identity.provider), ("Police", None, None)
        )
        self.assertEqual(self.case(kind=CREDIT, administrative_unit=VINH_TRAI).agency, "Office")
        told = {"document_type": "Support Case", "document_name": case.name}
        self.assertEqual(
            frappe.get_all("Notification Log", filters=told, pluck="for_user"), [self.users["stb"]]
        )

    def test_the_bank_learns_of_the_person_what_it_knows_itself(self):
        case = self.fee()
        self.assertIn("LY VAN VUONG MAC, ****0001", case.subject)
        with as_user(self.users["stb"]):
            (row,) = frappe.get_list(
                "Support Case", {"name": case.name}, ["full_name", "subject", "beneficiary"]
            )
            self.assertEqual((row.get("full_name"), row.get("beneficiary")), (None, None))
            doc = frappe.get_doc("Support Case", case.name)
            doc.apply_fieldlevel_read_permissions()
            self.assertFalse(doc.get("beneficiary") or doc.get("full_name") or doc.get("internal_note"))
            # A bench overlooks the second of two hidden columns: such a question is refused.
            pair = ["name", "beneficiary", "full_name"]
            with asked(doctype="Support Case", fields=frappe.as_json(pair)):
                self.assertRaises(frappe.PermissionError, frappe.get_list, "Support Case", fields=pair)
            # What it asks is the commune's, what it answers its own.
            doc = frappe.get_doc("Support Case", case.name)
            doc.update(
                {"description": "Không có gì", "answer": "Đã hoàn lại", "breach_finding": "Not Confirmed"}
            )
            doc.save()
        case.reload()
        self.assertEqual(
            (case.description, case.answer, case.breach_finding or "", case.beneficiary),
            ("Bị trừ 11.000 đồng phí", "Đã hoàn lại", "", self.person.name),
        )

    def test_taken_in_hand_answered_with_time_and_name_closed_or_reopened(self):
        case = self.fee()
        with self.assertRaises(SupportCaseError):
            self.step(case, "ward", "Take in Hand")
        self.assertEqual(self.step(case, "stb", "Take in Hand").taken_by, self.users["stb"])
        with self.assertRaises(SupportCaseError):
            self.step(case, "stb", "Answer")
        case = self.step(case, "stb", "Answer", answer="Đã hoàn lại 11.000 đồng ngày hôm nay.")
        (given,) = case.answers
        self.assertEqual((given.answered_by, given.agency), ("stb", "Bank"))
        self.assertTrue(given.answered_on)
        with self.assertRaises(SupportCaseError):
            self.step(case, "stb", "Close")
        with self.assertRaises(SupportCaseError):
            self.step(case, "ward", "Reopen")
        case = self.step(case, "ward", "Reopen", reopen_reason="Tháng sau lại bị trừ")
        self.assertEqual(
            (case.status, case.reopened, case.answer, len(case.answers)), ("Reopened", 1, None, 1)
        )
        self.step(case, "officer", "Take in Hand")
        case = self.step(case, "officer", "Answer", answer="Ngân hàng đã sửa gói tài khoản.")
        with self.assertRaises(SupportCaseError):
            self.step(case, "ward", "Close")
        case = self.step(case, "officer", "Close", breach_finding="Confirmed")
        self.assertEqual(
            (case.status, len(case.answers), case.closed_by), ("Closed", 2, self.users["officer"])
        )

    def test_a_broken_promise_is_counted_on_the_contract(self):
        def counted():
            rows = frappe.get_doc("Bank Contract", self.contract.name).commitments
            return [(row.open_cases, row.confirmed_breaches) for row in rows]

        case = self.fee()
        self.assertEqual(counted(), [(1, 0), (0, 0)])
        self.step(case, "officer", "Take in Hand")
        self.step(case, "officer", "Answer", answer="Đã kiểm tra sao kê: có thu phí.")
        self.assertEqual(counted(), [(1, 0), (0, 0)])
        self.step(case, "officer", "Close", breach_finding="Confirmed")
        self.assertEqual(counted(), [(0, 1), (0, 0)])
        second = self.fee("officer")
        self.step(second, "officer", "Take in Hand")
        self.step(second, "officer", "Answer", answer="Không thu.")
        self.step(second, "officer", "Close", breach_finding="Not Confirmed")
        self.assertEqual(counted(), [(0, 1), (0, 0)])
        key = (self.contract.name, "Miễn phí quản lý tài khoản")
        self.assertEqual(breaches.count([self.contract.name], nowdate(), nowdate())[key]["confirmed"], 1)
        self.assertEqual(breaches.count([self.contract.name], until=add_days(nowdate(), -1)), {})
        months = {"from_month": nowdate(), "to_month": nowdate(), "office": self.contract.office}
        total = provider_performance.execute(months)[1][-1]
        self.assertEqual((total["promises"], total["broken"]), (2, 1))
        with self.assertRaises(SupportCaseError):
            self.case(kind=FEE, beneficiary=self.person.name, commitment_no=9)
        frappe.clear_messages()
        with as_user(self.users["officer"]):
            breaches.report_broken({"name": self.contract.name})
        shown = frappe.get_message_log()[-1]["message"]
        self.assertIn(f"new?bank_contract={self.contract.name}&amp;commitment_no=2", shown)
        # Nobody writes the count by hand.
        contract = frappe.get_doc("Bank Contract", self.contract.name)
        contract.commitments[1].confirmed_breaches = 7
        contract.save()
        self.assertEqual(counted(), [(0, 1), (0, 0)])

    def test_what_is_late_is_told_once(self):
        case = self.fee()
        frappe.db.set_value("Support Case", case.name, "due_on", add_days(nowdate(), -1))
        before = frappe.db.count("Notification Log", {"document_name": case.name})
        self.assertIn(case.name, cases.watch())
        self.assertNotIn(case.name, cases.watch())
        self.assertEqual(frappe.db.count("Notification Log", {"document_name": case.name}), before + 1)
        with as_user(self.users["stb"]):
            self.assertEqual((cases.open_for_me()["value"], cases.overdue_for_me()["value"]), (1, 1))
        with as_user(self.users["bid"]):
            self.assertEqual(cases.open_for_me()["value"], 0)
        self.step(case, "stb", "Take in Hand")
        self.step(case, "stb", "Answer", answer="Xong.")
        self.assertEqual(frappe.db.get_value("Support Case", case.name, "overdue"), 0)

    def test_the_office_sends_it_on(self):
        case = self.case(kind=CREDIT, administrative_unit=VINH_TRAI)
        with as_user(self.users["officer"]):
            doc = frappe.get_doc("Support Case", case.name)
            doc.update({"agency": "Bank", "provider": "BID"})
            doc.save()
            self.assertEqual((doc.agency, doc.asked_provider), ("Bank", "BID"))
        with as_user(self.users["bid"]):
            self.assertTrue(frappe.has_permission("Support Case", "read", doc=case.name))

    def test_the_bank_opens_one_itself_and_asks_no_further(self):
        case = self.case(
            "stb", "OTHER", description="Khách chưa nộp giấy tờ", asked_provider="BID", agency="Bank"
        )
        self.assertEqual((case.agency, case.opened_provider, case.asked_provider), ("Office", "STB", None))
        with as_user(self.users["stb"]):
            self.assertTrue(frappe.has_permission("Support Case", "read", doc=case.name))
        with self.assertRaises(frappe.PermissionError):
            self.case("bid", CREDIT, payment_account=self.person.payment_account)

    def test_from_a_case_to_an_inquiry(self):
        case = self.fee()
        with as_user(self.users["officer"]):
            inquiring.ask_provider({"name": case.name})
        inquiry = frappe.get_doc(
            "Provider Inquiry", frappe.db.get_value("Support Case", case.name, "provider_inquiry")
        )
        self.assertEqual((inquiry.payment_account, inquiry.status), (self.person.payment_account, "Draft"))

    def test_the_answer_on_paper(self):
        case = self.fee()
        self.step(case, "stb", "Take in Hand")
        case = self.step(case, "stb", "Answer", answer="Đã hoàn lại 11.000 đồng.")
        html = frappe.get_print("Support Case", case.name, "Answer to a Support Case")
        for part in (
            case.name,
            "Đã hoàn lại 11.000 đồng.",
            "Lý Văn Vướng Mắc",
            "Phường Vĩnh Trại",
            "Độc lập",
        ):
            self.assertIn(part, html)
        with as_user(self.users["stb"]):
            self.assertNotIn(
                "Lý Văn Vướng Mắc",
                frappe.as_json(case_answer_paper(frappe.get_doc("Support Case", case.name))),
            )

    def test_the_month_s_obstacles(self):
        answered, late = self.fee(), self.case(kind=IDENTITY, beneficiary=self.person.name)
        self.case("next_door", "NOT-PAID-CASH", beneficiary=self.neighbour.name, provider="VNPOST")
        self.step(answered, "stb", "Take in Hand")
        self.step(answered, "stb", "Answer", answer="Xong.")
        frappe.db.set_value("Support Case", late.name, "due_on", add_days(nowdate(), -1))
        month = Month.of(getdate(nowdate()))
        found = obstacles.figures(month, "TEST-LS")
        self.assertEqual(found["total"], {"opened": 3, "answered": 1, "still_open": 2, "overdue": 1})
        self.assertEqual(found["commune"][NEW_DONG_KINH]["still_open"], 2)
        with as_user(self.users["ward"]):
            _columns, rows, *_rest = obstacle_report({"by": "Kind"})
            self.assertEqual(rows[-1]["opened"], 2)
        with as_user(self.users["officer"]):
            paper = frappe.get_doc(
                {"doctype": "Obstacle Summary", "office": "TEST-LS", "month": nowdate()}
            ).insert()
        self.assertEqual(sum(row.opened for row in paper.by_kind), 3)
        paper.update({"proposals": "Đề nghị ngân hàng rà soát phí"})
        paper.save()
        html = frappe.get_print("Obstacle Summary", paper.name, "Summary of Obstacles")
        for part in ("Phường Đông Kinh", "Bị thu phí trái cam kết", "Đề nghị ngân hàng rà soát phí"):
            self.assertIn(part, html)


class TestWhoSeesCases(CaseWorld):
    def setUp(self):
        super().setUp()
        self.cases = {
            "fee": self.fee().name,
            "identity": self.case(kind=IDENTITY, beneficiary=self.person.name).name,
            "informed": self.case(kind=INFORMED, administrative_unit=VINH_TRAI).name,
            "cash": self.case(
                "next_door", "NOT-PAID-CASH", beneficiary=self.neighbour.name, provider="VNPOST"
            ).name,
        }

    def test_each_agency_sees_its_own(self):
        for user, seen in _SEEN.items():
            with self.subTest(user), as_user(self.users[user]):
                names = set(frappe.get_list("Support Case", pluck="name", limit_page_length=0))
                self.assertEqual({key for key, name in self.cases.items() if name in names}, seen)
                readable = {
                    key for key, name in self.cases.items()
                    if frappe.has_permission("Support Case", "read", doc=name)
                }  # fmt: skip
                self.assertEqual(readable, seen)

    def test_nobody_writes_where_he_does_not_see(self):
        for user, key in (
            ("next_door", "fee"),
            ("bid", "fee"),
            ("police", "fee"),
            ("officer_elsewhere", "cash"),
        ):
            with self.subTest(user), as_user(self.users[user]):
                doc = frappe.get_doc("Support Case", self.cases[key])
                doc.answer = "x"
                self.assertRaises(frappe.PermissionError, doc.save)
        with self.assertRaises(frappe.PermissionError):
            self.case("ward", beneficiary=self.neighbour.name)
        with self.assertRaises((frappe.PermissionError, SupportCaseError)):
            self.case("ward_of_nowhere", "OTHER", administrative_unit=VINH_TRAI)

    def test_the_province_has_sums_only(self):
        province = make_user("province@cases.example", "Province Viewer")
        with as_user(province):
            self.assertRaises(frappe.PermissionError, frappe.get_list, "Support Case")
            _columns, rows, *_rest = obstacle_report({"office": "TEST-LS"})
            self.assertEqual(rows[-1]["opened"], 4)
