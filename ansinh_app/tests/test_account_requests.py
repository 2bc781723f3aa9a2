"""From a person without an account to the first credit: steps, refusals, and who may do what."""

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.core.names import ascii_upper
from ansinh_app.exceptions import (
    AccountError,
    AccountRequestError,
    ContractError,
    InvalidDateError,
    InvalidIdentifierError,
    ResultFileError,
    SelfApprovalError,
)
from ansinh_app.payee_accounts import inviting, opening
from ansinh_app.payee_accounts.doctype.account_campaign.account_campaign import invite
from ansinh_app.payee_accounts.doctype.account_request_list.account_request_list import (
    apply_answer,
    write_and_send,
)
from ansinh_app.payee_accounts.doctype.provider_inquiry import provider_inquiry
from ansinh_app.payee_accounts.report.account_funnel import account_funnel
from ansinh_app.payee_accounts.report.pay_point_network import pay_point_network
from ansinh_app.tests.factories import (
    CITY,
    DONG_KINH,
    MAI_PHA,
    VINH_TRAI,
    as_user,
    attach,
    grant,
    make_account,
    make_change,
    make_office,
    make_person,
    make_representative,
    make_user,
)
from ansinh_app.utils import workbooks

BANK, OTHER_BANK = "STB", "CTG"


def make_contract(provider=BANK, **values):
    """A signed contract of the test office, in force since 2024."""
    doc = frappe.get_doc(
        {
            "doctype": "Bank Contract", "office": make_office(), "provider": provider, "contract_no": f"01/HĐ-{provider}",
            "valid_from": "2024-01-01", "pays_accounts": 1, "pays_cash": 0, "account_working_days": 5, **values,
        }
    ).insert()  # fmt: skip
    doc.submit()
    return doc


def ask(person, provider=BANK, **values):
    """A draft request with every paper ticked."""
    return frappe.get_doc(
        {
            "doctype": "Account Request", "beneficiary": person.name, "provider": provider, "consent": 1,
            "has_id_card": 1, "has_birth_certificate": 1, "has_mandate": 1, **values,
        }
    ).insert()  # fmt: skip


def open_account(request, account_no="060155550001", name=None):
    """Take a request from draft to opened."""
    apply_workflow(request, "Confirm")
    request = apply_workflow(request.reload(), "Send to Provider").reload()
    request.account_no, request.account_name = account_no, name or ascii_upper(request.holder_name)
    request.save()
    return apply_workflow(request, "Mark as Opened").reload()


class TestAccountRequest(FrappeTestCase):
    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        self.contract = make_contract()

    def test_the_whole_way_of_an_adult(self):
        person = make_person("Lý Thị Hoà", payment_method="Cash", cash_reason="Account not open yet")
        held = grant(person, payment_method="Cash", cash_reason="Account not open yet")
        request = open_account(ask(person))
        self.assertEqual(
            (request.contract, request.tries, request.name_match), (self.contract.name, 1, "Exact")
        )
        self.assertGreater(str(request.due_on), str(request.sent_on))
        account = frappe.get_doc("Payment Account", request.payment_account)
        self.assertEqual((account.beneficiary, account.account_no), (person.name, "060155550001"))
        # an account alone does not move the money: the card has not been handed over
        self.assertEqual(held.reload().payment_method, "Cash")
        with self.assertRaisesRegex(AccountRequestError, "an toàn|safe use"):
            apply_workflow(request, "Hand Over")
        request.reload()
        request.card_handed = request.safe_use_told = 1
        request.save()
        apply_workflow(request, "Hand Over")
        self.assertEqual(
            (held.reload().payment_method, held.payment_account, held.cash_reason),
            ("Bank Account", account.name, None),
        )
        person.reload()
        self.assertEqual((person.payment_method, person.payment_account), ("Bank Account", account.name))
        opening.note_first_credits({account.name: "2024-07-05"})
        self.assertEqual(str(request.reload().first_credit_on), "2024-07-05")

    def test_a_childs_guardian_holds_the_account(self):
        guardian = make_representative("Lý Văn Giám Hộ")
        child = make_person("Lý Văn Con", date_of_birth="2018-05-01")
        with self.assertRaisesRegex(AccountRequestError, "15"):
            ask(child)
        with self.assertRaises(AccountRequestError):
            ask(child, holder_type="Guardian")
        child.append(
            "representatives", {"representative": guardian.name, "capacity": "Guardian", "basis": "01/GH"}
        )
        child.save()
        held = grant(child, "BTXH-01B", payee_type="Guardian", representative=guardian.name, payment_method="Cash",
                     cash_reason="Account not open yet")  # fmt: skip
        request = ask(child, holder_type="Guardian")
        self.assertEqual((request.holder_name, request.basis), ("Lý Văn Giám Hộ", "01/GH"))
        request = open_account(request)
        request.safe_use_told = 1
        request.save()
        apply_workflow(request, "Hand Over")
        self.assertEqual(held.reload().payment_account, request.payment_account)
        # a second child of the same guardian is paid into the same account
        sister = make_person("Lý Thị Em", date_of_birth="2019-05-01")
        sister.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
        sister.save()
        again = open_account(ask(sister, holder_type="Guardian"))
        self.assertEqual(again.payment_account, request.payment_account)

    def test_who_may_hold_follows_the_capacity(self):
        ward = make_person("Lý Văn Mất", legal_capacity="Lost")
        with self.assertRaises(AccountRequestError):
            ask(ward)
        with self.assertRaises(AccountRequestError):
            ask(make_person("Lý Văn Đủ"), holder_type="Guardian")

    def test_papers_and_consent_before_the_commune_confirms(self):
        request = ask(make_person(), has_id_card=0)
        with self.assertRaisesRegex(AccountRequestError, "CCCD|ID Card|Căn cước"):
            apply_workflow(request, "Confirm")
        request = ask(make_person("Lý Văn Hai"), consent=0)
        with self.assertRaises(AccountRequestError):
            apply_workflow(request, "Confirm")

    def test_one_request_under_way_at_a_provider(self):
        person = make_person()
        ask(person)
        with self.assertRaises(AccountRequestError):
            ask(person)

    def test_nothing_goes_to_a_provider_without_a_contract_in_force(self):
        request = ask(make_person(), provider=OTHER_BANK)
        apply_workflow(request, "Confirm")
        with self.assertRaises(ContractError):
            apply_workflow(request.reload(), "Send to Provider")
        self.contract.db_set("valid_to", "2024-12-31")
        request = ask(make_person("Lý Văn Hai"), contract=self.contract.name)
        apply_workflow(request, "Confirm")
        with self.assertRaises(ContractError):
            apply_workflow(request.reload(), "Send to Provider")

    def test_a_rejected_request_may_be_tried_again(self):
        request = ask(make_person())
        apply_workflow(request, "Confirm")
        request = apply_workflow(request.reload(), "Send to Provider").reload()
        with self.assertRaises(AccountRequestError):
            apply_workflow(request, "Reject")
        request.reload()
        request.rejected_reason = "Thiếu ảnh chân dung"
        request.save()
        request = apply_workflow(request, "Reject").reload()
        self.assertTrue(request.rejected_on)
        request = apply_workflow(request, "Try Again").reload()
        apply_workflow(request, "Confirm")
        request = apply_workflow(request.reload(), "Send to Provider").reload()
        self.assertEqual((request.tries, request.rejected_reason), (2, None))

    def test_a_change_of_account_needs_two_people(self):
        request = ask(make_person(), request_kind="Change of Account")
        with self.assertRaises(SelfApprovalError):
            apply_workflow(request, "Confirm")
        officer = make_user("acr-officer@example.com", "Social Affairs Officer")
        with as_user(officer):
            apply_workflow(frappe.get_doc("Account Request", request.name), "Confirm")
        self.assertEqual(request.reload().confirmed_by, officer)

    def test_an_own_account_in_another_name_is_not_handed_over(self):
        request = open_account(ask(make_person("Lý Thị Đúng")), name="TRAN VAN KHAC")
        self.assertEqual(request.name_match, "Different")
        request.safe_use_told = 1
        request.save()
        with self.assertRaises(AccountRequestError):
            apply_workflow(request, "Hand Over")

    def test_a_number_of_somebody_else_is_refused(self):
        make_account(make_person("Lý Văn Chủ"), account_no="060155550009")
        with self.assertRaises(AccountError):
            open_account(ask(make_person("Lý Văn Khác")), account_no="060155550009")
        request = ask(make_person("Lý Văn Sai"))
        request.account_no = "12"
        self.assertRaises(InvalidIdentifierError, request.save)

    def test_the_dead_open_no_account(self):
        person = make_person()
        person.db_set("deceased_on", "2024-05-01")
        self.assertRaises(AccountRequestError, ask, person)


class TestNewlyEntitled(FrappeTestCase):
    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")

    def requests_after_new(self, person):
        change = make_change(
            person, "New", category="BTXH-06B1", effective_month="2024-06-01", decision_no="12/QĐ", payment_method="Cash",
            cash_reason="Account not open yet",
        )  # fmt: skip
        with as_user(make_user("acr-maker@example.com", "Social Affairs Officer")):
            apply_workflow(frappe.get_doc("Registry Change", change.name), "Propose")
        apply_workflow(change.reload(), "Approve")
        return frappe.get_all(
            "Account Request", {"beneficiary": person.name}, ["status", "provider", "holder_type"]
        )

    def test_a_new_benefit_opens_a_draft_request(self):
        make_contract()
        self.assertEqual(
            self.requests_after_new(make_person("Lý Văn Mới")),
            [{"status": "Draft", "provider": BANK, "holder_type": "Self"}],
        )

    def test_none_where_no_contract_says_with_whom(self):
        self.assertEqual(self.requests_after_new(make_person("Lý Văn Mới")), [])
        make_contract()
        make_contract(OTHER_BANK)
        self.assertEqual(self.requests_after_new(make_person("Lý Văn Nữa")), [])


class TestCampaign(FrappeTestCase):
    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        self.contract = make_contract()
        self.campaign = frappe.get_doc(
            {
                "doctype": "Account Campaign", "office": make_office(), "campaign_title": "Đợt mẫu", "provider": BANK,
                "starts_on": "2024-06-10", "ends_on": "2024-06-14",
                "sessions": [{"held_on": "2024-06-11", "administrative_unit": VINH_TRAI, "place": "Nhà văn hoá"}],
            }
        ).insert()  # fmt: skip

    def test_everyone_without_an_account_is_invited_once(self):
        here = make_person("Lý Văn Đây", payment_method="Cash", cash_reason="Account not open yet")
        make_person("Lý Văn Xa", administrative_unit=MAI_PHA)
        child = make_person("Lý Văn Trẻ", date_of_birth="2018-01-01")
        rich = make_person("Lý Văn Có")
        rich.db_set("payment_account", make_account(rich, account_no="060155550077").name)
        counts = invite(self.campaign.as_dict())
        drafted = frappe.get_all("Account Request", {"campaign": self.campaign.name}, pluck="beneficiary")
        self.assertIn(here.name, drafted)
        self.assertNotIn(child.name, drafted)  # nobody is on record to hold it
        self.assertEqual(counts["drafted"], len(drafted))
        self.assertGreaterEqual(counts["waiting"], 1)
        units = set(
            frappe.get_all("Account Request", {"campaign": self.campaign.name}, pluck="administrative_unit")
        )
        self.assertEqual(units, {VINH_TRAI})
        self.assertNotIn(rich.name, drafted)
        self.assertEqual(invite(self.campaign.as_dict())["drafted"], 0)
        self.assertEqual(inviting.people_without_account(make_office(), BANK, [DONG_KINH]), [])

    def test_days_outside_and_nowhere_are_refused(self):
        self.campaign.sessions[0].held_on = "2024-07-01"
        self.assertRaises(InvalidDateError, self.campaign.save)
        self.campaign.reload()
        self.campaign.sessions[0].place = None
        self.assertRaises(InvalidDateError, self.campaign.save)


class TestLists(FrappeTestCase):
    """Requests out in the provider's layout, the answer back by file."""

    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        make_contract()
        self.requests = []
        for name in ("Lý Thị Một", "Lý Văn Hai", "Lý Văn Ba"):
            request = ask(make_person(name))
            self.requests.append(apply_workflow(request, "Confirm").reload())
        self.list = frappe.get_doc(
            {"doctype": "Account Request List", "office": make_office(), "provider": BANK}
        ).insert()

    def sent(self):
        write_and_send(self.list.as_dict())
        self.list.reload()
        file = frappe.get_doc(
            "File", {"file_url": self.list.request_file, "attached_to_name": self.list.name}
        )
        return workbooks.read_workbook(file.get_content(), "x.xlsx")[0][1]

    def answer(self, grid):
        content = workbooks.write_workbook([workbooks.Sheet(name="data", rows=grid)])
        self.list.reload()
        self.list.answer_file = attach(content, "tra loi.xlsx")
        self.list.save()
        apply_answer(self.list.as_dict())
        return self.list.reload()

    def test_out_and_back(self):
        grid = self.sent()
        self.assertEqual((self.list.status, self.list.request_count), ("Sent", 3))
        header = next(index for index, row in enumerate(grid) if "Mã yêu cầu" in row)
        names = [row[grid[header].index("Mã yêu cầu")] for row in grid[header + 1 :]]
        self.assertEqual(sorted(names), sorted(request.name for request in self.requests))
        self.assertNotIn("BTXH-06B1", str(grid))
        with self.assertRaises(AccountRequestError):
            write_and_send(self.list.as_dict())
        column = {title: index for index, title in enumerate(grid[header])}
        for row, (number, result) in zip(
            grid[header + 1 :],
            (("060155550001", "Đã mở"), ("060155550002", "Đã mở"), ("", "Từ chối")),
            strict=True,
        ):
            row += [""] * (len(grid[header]) - len(row))
            row[column["Số tài khoản"]], row[column["Kết quả"]] = number, result
            row[column["Lý do"]] = "Thiếu ảnh" if not number else ""
        answered = self.answer([*grid, ["", "ACR-KHONG-CO", "Ai Đó", *[""] * 9, "060155550009", "", "Đã mở"]])
        self.assertEqual(
            (answered.status, answered.opened, answered.rejected, answered.waiting, answered.unmatched),
            ("Answered", 2, 1, 0, 1),
        )
        self.assertEqual([row.request_ref for row in answered.rows], ["ACR-KHONG-CO"])
        accounts = frappe.db.count("Payment Account", {"account_no": ["like", "0601555500%"]})
        again = self.answer(grid)
        self.assertEqual((again.opened, again.rejected, again.unmatched), (2, 1, 0))
        self.assertEqual(
            frappe.db.count("Payment Account", {"account_no": ["like", "0601555500%"]}), accounts
        )

    def test_a_partial_answer_and_one_that_is_none(self):
        self.sent()
        partly = self.answer([["Mã yêu cầu", "Số TK"], [self.requests[0].name, "060155550001"]])
        self.assertEqual((partly.status, partly.opened, partly.waiting), ("Partly Answered", 1, 2))
        with self.assertRaises(ResultFileError):
            self.answer([["Kính gửi"], ["không có bảng"]])

    def test_a_number_of_somebody_else_is_listed_and_the_rest_applied(self):
        make_account(make_person("Lý Văn Chủ"), account_no="060155550009")
        self.sent()
        answered = self.answer(
            [
                ["Mã yêu cầu", "Số TK"],
                [self.requests[0].name, "060155550009"],
                [self.requests[1].name, "060155550002"],
            ]
        )
        self.assertEqual((answered.opened, answered.waiting, answered.unmatched), (1, 2, 1))
        self.assertIn("060155550009", answered.rows[0].reason)

    def test_a_bank_sees_its_own_lists(self):
        for provider, expected in ((BANK, [self.list.name]), (OTHER_BANK, [])):
            with as_user(
                make_user(f"arl-{provider.lower()}@example.com", "Bank Officer", providers=[provider])
            ):
                self.assertEqual(frappe.get_list("Account Request List", pluck="name"), expected)

    def test_nobody_writes_the_counts_by_hand(self):
        self.list.update({"status": "Answered", "opened": 99})
        self.list.save()
        self.assertEqual((self.list.reload().status, self.list.opened), ("Draft", 0))


class TestReportsAndPapers(FrappeTestCase):
    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        make_contract()

    def test_the_funnel_counts_each_person_by_the_farthest_step(self):
        ask(make_person("Lý Văn Nháp"))
        withdrawn = ask(make_person("Lý Văn Rút"))
        apply_workflow(withdrawn, "Withdraw")
        opened = open_account(ask(make_person("Lý Thị Mở")))
        done = open_account(
            ask(make_person("Lý Thị Xong", administrative_unit=MAI_PHA)), account_no="060155550002"
        )
        done.safe_use_told = 1
        done.save()
        apply_workflow(done, "Hand Over")
        opening.note_first_credits({done.payment_account: "2024-07-05"})
        frappe.db.set_value("Account Request", opened.name, "name_match", "Different")
        grant(frappe.get_doc("Beneficiary", opened.beneficiary))
        filters = {"office": make_office(), "as_of": "2024-06-30"}
        _columns, rows, _message, chart, summary = account_funnel.execute(filters)
        total = rows[-1]
        steps = ("asked", "confirmed", "sent", "opened", "matched", "handed_over", "credited", "withdrawn")
        self.assertEqual([total[step] for step in steps], [4, 2, 2, 2, 1, 1, 1, 1])
        self.assertEqual(total["entitled"], 1)
        self.assertEqual(chart["data"]["datasets"][0]["values"], [rows[-1][step] for step in account_funnel.STEPS])
        by_place = {row["place"]: row for row in rows[:-1]}
        self.assertEqual(by_place["Xã Mai Pha"]["credited"], 1)
        by_provider = account_funnel.execute({**filters, "by": "Provider"})[1]
        self.assertEqual(by_provider[0]["asked"], 4)
        with as_user(make_user("acr-ctg@example.com", "Bank Officer", providers=[OTHER_BANK])):
            self.assertEqual(account_funnel.execute({**filters, "by": "Provider"})[1], [])
        with as_user(make_user("acr-mp@example.com", "Commune Officer", units=[MAI_PHA])):
            self.assertEqual([row["asked"] for row in account_funnel.execute(filters)[1]], [1, 1])

    def test_communes_without_a_pay_point_are_named(self):
        point = {
            "doctype": "Pay Point",
            "point_name": "Bưu cục mẫu",
            "kind": "Post Counter",
            "provider": "VNPOST",
        }
        frappe.get_doc({**point, "administrative_unit": VINH_TRAI}).insert()
        with self.assertRaises(AccountError):
            frappe.get_doc({**point, "administrative_unit": CITY}).insert()
        rows = pay_point_network.execute({"office": make_office(), "as_of": "2024-06-30"})[1]
        self.assertEqual(rows[-1]["total"], 1)
        self.assertTrue(any(row["note"] for row in rows[:-1]))

    def test_papers_name_the_holder_and_no_illness(self):
        guardian = make_representative("Lý Văn Giám Hộ")
        child = make_person("Lý Văn Con", date_of_birth="2018-05-01")
        child.append(
            "representatives", {"representative": guardian.name, "capacity": "Guardian", "basis": "01/GH"}
        )
        child.save()
        grant(child, "BTXH-03B", payee_type="Guardian", representative=guardian.name, payment_method="Cash",
              cash_reason="Account not open yet")  # fmt: skip
        request = ask(child, holder_type="Guardian")
        for paper in ("Account Application", "Mandate to Receive"):
            html = frappe.get_print("Account Request", request.name, paper, doc=request)
            self.assertIn("LÝ VĂN GIÁM HỘ", html)
            self.assertIn("LÝ VĂN CON", html)
            self.assertNotIn("HIV", html)
            self.assertNotIn("BTXH-03", html)


class TestInquiry(FrappeTestCase):
    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        person = make_person("Lý Thị Hỏi")
        self.inquiry = frappe.get_doc(
            {
                "doctype": "Provider Inquiry", "payment_account": make_account(person).name, "kind": "Not Credited",
                "question": "Tháng 6 đã ghi có chưa?",
            }
        ).insert()  # fmt: skip

    def test_question_and_answer(self):
        self.assertEqual((self.inquiry.office, self.inquiry.provider), (make_office(), BANK))
        with self.assertRaises(AccountRequestError):
            provider_inquiry.send_answer(self.inquiry.as_dict())
        provider_inquiry.ask(self.inquiry.as_dict())
        self.inquiry.reload()
        self.assertEqual(self.inquiry.status, "Asked")
        self.assertGreater(str(self.inquiry.due_on), str(self.inquiry.asked_on))
        clerk = make_user("acr-stb@example.com", "Bank Officer", providers=[BANK])
        with as_user(clerk):
            mine = frappe.get_doc("Provider Inquiry", self.inquiry.name)
            with self.assertRaises(AccountRequestError):
                provider_inquiry.send_answer(mine.as_dict())
            mine.update({"answer": "Đã ghi có ngày 05/07", "question": "khác", "status": "Closed"})
            mine.save()
            self.assertEqual((mine.question, mine.status), ("Tháng 6 đã ghi có chưa?", "Asked"))
            provider_inquiry.send_answer(mine.as_dict())
            self.assertFalse(frappe.has_permission("Beneficiary", "read", user=clerk))
        self.inquiry.reload()
        self.assertEqual((self.inquiry.status, self.inquiry.answered_by), ("Answered", clerk))
        provider_inquiry.close_inquiry(self.inquiry.as_dict())
        self.assertEqual(self.inquiry.reload().status, "Closed")

    def test_another_bank_sees_nothing(self):
        with as_user(make_user("acr-ctg@example.com", "Bank Officer", providers=[OTHER_BANK])):
            self.assertEqual(frappe.get_list("Provider Inquiry", pluck="name"), [])
            with self.assertRaises(frappe.PermissionError):
                frappe.get_doc("Provider Inquiry", self.inquiry.name).check_permission("read")


class TestWhoSeesRequests(FrappeTestCase):
    """The four cases: own, another's, no area, and the office."""

    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        make_contract()
        self.request = ask(make_person("Lý Thị Riêng"))

    def seen_by(self, email, role, **areas):
        user = make_user(email, role, **areas)
        with as_user(user):
            return self.request.name in frappe.get_list("Account Request", pluck="name", limit_page_length=0)

    def test_a_bank_sees_its_own(self):
        self.assertTrue(self.seen_by("acr-stb@example.com", "Bank Officer", providers=[BANK]))
        self.assertFalse(self.seen_by("acr-ctg@example.com", "Bank Officer", providers=[OTHER_BANK]))
        self.assertFalse(self.seen_by("acr-none@example.com", "Bank Officer"))

    def test_a_commune_sees_its_own(self):
        self.assertTrue(self.seen_by("acr-vt@example.com", "Commune Officer", units=[VINH_TRAI]))
        self.assertFalse(self.seen_by("acr-mp@example.com", "Commune Officer", units=[MAI_PHA]))
        self.assertFalse(self.seen_by("acr-x@example.com", "Commune Officer"))

    def test_the_office_sees_all_and_the_province_none(self):
        self.assertTrue(self.seen_by("acr-off@example.com", "Social Affairs Officer"))
        with self.assertRaises(frappe.PermissionError):
            self.seen_by("acr-prov@example.com", "Province Viewer")

    def test_a_bank_answers_and_changes_nothing_else(self):
        apply_workflow(self.request, "Confirm")
        apply_workflow(self.request.reload(), "Send to Provider")
        clerk = make_user("acr-stb@example.com", "Bank Officer", providers=[BANK])
        with as_user(clerk):
            mine = frappe.get_doc("Account Request", self.request.name)
            mine.basis = "của tôi"
            mine.consent = 0
            self.assertRaises(frappe.PermissionError, mine.save)
            mine.reload()
            mine.account_no, mine.account_name = "060155550001", "LY THI RIENG"
            mine.save()
            opened = apply_workflow(mine, "Mark as Opened")
            self.assertEqual(opened.status, "Opened")
            with self.assertRaises(frappe.PermissionError):
                frappe.get_doc(
                    {"doctype": "Account Request", "beneficiary": mine.beneficiary, "provider": BANK}
                ).insert()
