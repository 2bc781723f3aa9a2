"""A campaign's counter: who is expected when, one family after the other, once each; its papers; who sees what."""

from unittest.mock import patch

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, nowdate

from ansinh_app.exceptions import AccountRequestError
from ansinh_app.payee_accounts import campaign_papers, counter, day_lists, village_papers
from ansinh_app.payee_accounts.doctype.account_campaign.account_campaign import (
    invite,
    open_counter,
    write_papers,
)
from ansinh_app.payee_accounts.doctype.provider_inquiry import provider_inquiry
from ansinh_app.payee_accounts.report.campaign_day_list import campaign_day_list
from ansinh_app.tests.factories import (
    MAI_PHA,
    VINH_TRAI,
    as_user,
    make_account,
    make_office,
    make_person,
    make_representative,
    make_user,
)
from ansinh_app.tests.test_account_requests import make_contract

BANK, OTHER_BANK = "STB", "CTG"
KEY = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
CASH = {"payment_method": "Cash", "cash_reason": "Account not open yet"}


class CampaignCase(FrappeTestCase):
    """Five people of two communes, a child among them, invited to three sessions of the bank."""

    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        self.contract = make_contract()
        self.an = make_person("Lý Văn An", village="Khối 10", personal_id="020150001234", **CASH)
        self.binh = make_person("Lý Thị Bình", village="Khối 2", **CASH)
        self.cuc = make_person("Lý Thị Cúc", village="Khối 2", **CASH)
        self.far = make_person("Lý Văn Xa", administrative_unit=MAI_PHA, village="Thôn Khòn Khuyên", **CASH)
        guardian = make_representative("Lý Văn Giám Hộ")
        self.child = make_person("Lý Văn Trẻ", date_of_birth="2018-01-01", village="Khối 10", **CASH)
        self.child.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
        self.child.save()
        self.campaign = frappe.get_doc(
            {
                "doctype": "Account Campaign", "office": make_office(), "campaign_title": "Đợt mẫu", "provider": BANK,
                "starts_on": add_days(nowdate(), -1), "ends_on": add_days(nowdate(), 1), "status": "Running",
                "sessions": [
                    {"held_on": add_days(nowdate(), 1), "administrative_unit": MAI_PHA, "place": "UBND xã"},
                    {"held_on": nowdate(), "from_time": "07:30:00", "to_time": "09:00:00", "place": "Nhà văn hoá",
                     "administrative_unit": VINH_TRAI},
                    {"held_on": add_days(nowdate(), -1), "administrative_unit": VINH_TRAI, "place": "Hội trường",
                     "village": "Khối 10"},
                ],
            }
        ).insert()  # fmt: skip
        invite(self.campaign.as_dict())
        self.mai_pha, self.hall, self.khoi_10 = (row.name for row in self.campaign.sessions)

    def request_of(self, person):
        return frappe.get_doc("Account Request", {"beneficiary": person.name, "campaign": self.campaign.name})

    def take(self, person, step="papers", key=KEY, **values):
        given = {
            "holder_type": "Self",
            "papers": ["has_id_card", "has_birth_certificate", "has_mandate"],
            "consent": True,
        }
        return counter.take(
            self.request_of(person).name,
            key,
            step,
            {**given, **values},
            session=self.hall,
            taken_at="2024-06-11 08:15:00",
        )


class TestDayList(CampaignCase):
    def test_each_comes_to_one_session_in_calling_order(self):
        expected = day_lists.expected(self.campaign)
        names = {name: [row.full_name for row in rows] for name, rows in expected.items()}
        self.assertEqual(names[self.mai_pha], ["Lý Văn Xa"])
        self.assertEqual(names[self.hall], ["Lý Thị Bình", "Lý Thị Cúc"])
        self.assertEqual(names[self.khoi_10], ["Lý Văn An", "Lý Văn Trẻ"])
        self.assertEqual([row.slot for row in expected[self.hall]], ["7:30", "8:00"])

    def test_sessions_of_a_commune_share_its_villages(self):
        self.campaign.sessions[2].village = None
        shared = day_lists.expected(self.campaign)
        found = [{row.village for row in shared[name]} for name in (self.hall, self.khoi_10)]
        self.assertEqual(found, [{"Khối 2"}, {"Khối 10"}])

    def test_the_report_and_the_papers_say_what_to_bring(self):
        rows = campaign_day_list.execute({"campaign": self.campaign.name})[1]
        papers = {row["full_name"]: row["papers"] for row in rows}
        self.assertEqual(len(rows), 5)
        self.assertRegex(papers["Lý Văn Trẻ"], "khai sinh|birth")
        today = campaign_day_list.execute({"campaign": self.campaign.name, "held_on": nowdate()})[1]
        self.assertEqual([row["full_name"] for row in today], ["Lý Thị Bình", "Lý Thị Cúc"])
        paper = campaign_papers.day_list_paper(self.campaign)
        self.assertEqual([len(sheet.rows) for sheet in paper["sheets"]], [1, 2, 2])
        self.assertIn("giấy khai sinh", paper["sheets"][2].rows[1].papers)
        notice = frappe.get_print("Account Campaign", self.campaign.name, "Campaign Notice")
        self.assertIn("Nhà văn hoá", notice)
        self.assertIn("giấy khai sinh", notice)
        self.assertNotIn("Lý Thị Cúc", notice)

    def test_applications_of_a_village_are_one_file(self):
        with patch.object(
            village_papers, "get_pdf", side_effect=lambda html: b"%PDF" + html.encode()
        ) as written:
            self.assertEqual(len(write_papers(self.campaign.as_dict())["files"]), 3)
            write_papers(self.campaign.as_dict())
        filters = {"attached_to_name": self.campaign.name}
        files = frappe.get_all("File", filters, ["name", "file_name", "is_private"])
        self.assertEqual(
            ({row.is_private for row in files}, len(files)), ({1}, 3)
        )  # those of before are gone
        pages = next(call.args[0] for call in written.call_args_list if "LÝ VĂN AN" in call.args[0])
        self.assertIn(self.request_of(self.child).holder_name.upper(), pages)
        self.assertNotIn("LÝ THỊ CÚC", pages)
        self.assertEqual(village_papers.village_pdf([self.request_of(self.an).name])[:4], b"%PDF")
        for row in frappe.get_all("Account Request", {"campaign": self.campaign.name}, pluck="name"):
            frappe.db.set_value("Account Request", row, "status", "Withdrawn")
        self.assertRaises(AccountRequestError, village_papers.write, self.campaign)


class TestCounter(CampaignCase):
    def test_todays_session_is_offered_first(self):
        found = next(one for one in counter.campaigns() if one["name"] == self.campaign.name)
        self.assertEqual([one["name"] for one in found["sessions"]], [self.hall, self.mai_pha, self.khoi_10])
        self.assertIn(self.campaign.name, open_counter(self.campaign.as_dict())["address"])
        self.campaign.db_set("status", "Ended")
        self.assertNotIn(self.campaign.name, [one["name"] for one in counter.campaigns()])

    def test_the_list_holds_no_whole_number(self):
        shown = counter.people(self.campaign.name, self.khoi_10)
        self.assertEqual((shown["served"], shown["expected"]), (0, 2))
        self.assertNotIn("020150001234", frappe.as_json(shown))
        self.assertEqual(shown["people"][0]["id"], "020*****1234")
        self.assertEqual(counter.numbers(shown["people"][0]["request"])["person"], "020150001234")
        child = shown["people"][1]
        self.assertEqual([way[1] >= 0 for way in child["ways"]], [True, False, True])
        self.assertRegex(shown["reasons"][child["ways"][0][1]], "15")
        self.assertEqual([name for _one, name in child["ways"][1][3]], ["Lý Văn Giám Hộ"])

    def test_people_are_found_by_name_village_and_number(self):
        def names(text):
            return [one["name"] for one in counter.find(self.campaign.name, text)["people"]]

        self.assertEqual(names("binh"), ["Lý Thị Bình"])
        self.assertEqual(names("khoi 2"), ["Lý Thị Bình", "Lý Thị Cúc"])
        self.assertEqual(names("giam ho"), ["Lý Văn Trẻ"])
        self.assertEqual(names("020150001234"), ["Lý Văn An"])
        self.assertEqual(names("020150001235"), [])
        self.assertEqual(names(" "), [])

    def test_done_once_however_often_it_is_sent(self):
        first = self.take(self.binh)
        self.assertEqual((first["status"], first["repeated"]), ("Confirmed", False))
        again = self.take(self.binh)
        self.assertEqual((again["status"], again["repeated"]), ("Confirmed", True))
        visits = frappe.get_all(
            "Campaign Visit", {"campaign": self.campaign.name}, ["name", "outcome", "taken_at"]
        )
        self.assertEqual([(row.name, row.outcome) for row in visits], [(KEY, "Papers Taken")])
        self.assertEqual(str(visits[0].taken_at), "2024-06-11 08:15:00")
        self.assertEqual(counter.people(self.campaign.name, self.hall)["served"], 1)
        request = self.request_of(self.binh)
        self.assertEqual((request.consent, str(request.consent_on)), (1, "2024-06-11"))
        with self.assertRaises(AccountRequestError):  # the key is not another person's
            self.take(self.cuc)
        with self.assertRaises(AccountRequestError):  # somebody else was quicker
            self.take(self.binh, key="f" * 32)

    def test_what_is_missing_is_noted_and_the_family_comes_again(self):
        with self.assertRaises(AccountRequestError):
            self.take(self.cuc, papers=[])
        with self.assertRaises(AccountRequestError):
            self.take(self.cuc, step="missing", papers=[], note=" ")
        self.take(self.cuc, step="missing", papers=["has_mandate"], note="CCCD")
        request = self.request_of(self.cuc)
        self.assertEqual((request.status, request.has_id_card, request.has_mandate), ("Draft", 0, 1))
        self.assertEqual(counter.people(self.campaign.name, self.hall)["served"], 0)
        self.assertEqual(self.take(self.cuc, key="f" * 32)["status"], "Confirmed")

    def test_a_child_comes_with_the_guardian(self):
        with self.assertRaises(AccountRequestError):
            self.take(self.child)
        guardian = self.child.representatives[0].representative
        done = self.take(self.child, holder_type="Guardian", representative=guardian)
        self.assertEqual(done["status"], "Confirmed")

    def test_account_and_card_at_the_counter(self):
        self.take(self.an)
        request = apply_workflow(self.request_of(self.an), "Send to Provider")
        opened = self.take(self.an, step="opened", key="b" * 32, account_no="060155550077")
        self.assertEqual(opened["status"], "Opened")
        with self.assertRaises(AccountRequestError):
            self.take(self.an, step="handed", key="c" * 32)
        done = self.take(self.an, step="handed", key="c" * 32, card_handed=True, safe_use_told=True)
        self.assertEqual(done["status"], "Handed Over")
        self.assertEqual(frappe.db.get_value("Beneficiary", self.an.name, "payment_method"), "Bank Account")
        self.assertEqual(request.reload().name_match, "Exact")

    def test_an_ended_campaign_and_a_strange_key_are_refused(self):
        with self.assertRaises(AccountRequestError):
            self.take(self.an, key="x' or 1=1 -- ......")
        with self.assertRaises(AccountRequestError):
            self.take(self.an, step="paid")
        self.campaign.db_set("status", "Ended")
        with self.assertRaises(AccountRequestError):
            self.take(self.an)


class TestInquiryOverdue(FrappeTestCase):
    def test_a_late_answer_is_counted_and_the_bank_learns_nothing_else(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        person = make_person("Lý Thị Hỏi", personal_id="020150007777", village="Thôn Kín", phone="0911234567")
        inquiry = frappe.get_doc(
            {"doctype": "Provider Inquiry", "payment_account": make_account(person).name, "question": "Đã ghi có chưa?"}
        ).insert()  # fmt: skip
        provider_inquiry.ask(inquiry.as_dict())
        due = str(inquiry.reload().due_on)
        self.assertEqual((provider_inquiry.mark_overdue(due), inquiry.reload().overdue), (0, 0))
        provider_inquiry.mark_overdue(add_days(due, 1))
        self.assertEqual(inquiry.reload().overdue, 1)
        with as_user(make_user("counter-stb@example.com", "Bank Officer", providers=[BANK])):
            self.assertEqual(
                frappe.get_list("Provider Inquiry", {"overdue": 1}, pluck="name"), [inquiry.name]
            )
            shown = frappe.get_doc("Provider Inquiry", inquiry.name)
            said = frappe.as_json(shown.as_dict())
            for hidden in (person.name, person.full_name, "020150007777", "Thôn Kín", "0911234567"):
                self.assertNotIn(hidden, said)
            shown.answer = "Đã ghi có"
            shown.save()
            provider_inquiry.send_answer(shown.as_dict())
        self.assertEqual((inquiry.reload().status, inquiry.overdue), ("Answered", 0))


class TestWhoSees(CampaignCase):
    """Own, neighbour, outsider, and a scoped role without an area."""

    def users(self):
        return {
            "own": make_user("counter-stb@example.com", "Bank Officer", providers=[BANK]),
            "neighbour": make_user("counter-ctg@example.com", "Bank Officer", providers=[OTHER_BANK]),
            "outsider": make_user("counter-outreach@example.com", "Outreach Officer", units=[VINH_TRAI]),
            "no area": make_user("counter-nowhere@example.com", "Bank Officer"),
        }

    def test_the_four_cases(self):
        visit = self.take(self.binh)["visit"]
        for case, user in self.users().items():
            with self.subTest(case), as_user(user):
                own = case == "own"
                if case == "outsider":
                    self.assertRaises(frappe.PermissionError, counter.campaigns)
                    self.assertRaises(frappe.PermissionError, day_lists.requests_of, self.campaign.name)
                    self.assertRaises(frappe.PermissionError, frappe.get_list, "Campaign Visit")
                else:
                    self.assertEqual(self.campaign.name in [one["name"] for one in counter.campaigns()], own)
                    self.assertEqual(frappe.get_list("Campaign Visit", pluck="name"), [visit] if own else [])
                self.assertEqual(frappe.has_permission("Campaign Visit", doc=visit), own)
                for read in (
                    lambda: counter.people(self.campaign.name, self.hall),
                    lambda: counter.find(self.campaign.name, "ly"),
                    lambda: counter.numbers(self.request_of(self.an).name),
                ):
                    if own:
                        read()
                    else:
                        self.assertRaises(frappe.PermissionError, read)

    def test_the_bank_takes_its_own_people_and_nothing_else(self):
        users = self.users()
        with as_user(users["neighbour"]):
            self.assertRaises(frappe.PermissionError, self.take, self.an)
        with as_user(users["own"]):
            self.assertEqual(self.take(self.an)["status"], "Confirmed")
            request = self.request_of(self.binh)
            request.request_kind = "Existing Account"
            self.assertRaises(frappe.PermissionError, request.save)
            alone = frappe.get_doc("Account Request", self.uninvited())
            alone.consent = 1
            self.assertRaises(frappe.PermissionError, alone.save)
            self.assertRaises(
                frappe.PermissionError,
                frappe.get_doc({"doctype": "Campaign Visit", "visit_key": "d" * 32}).insert,
            )

    def uninvited(self) -> str:
        with as_user("Administrator"):
            return (
                frappe.get_doc(
                    {
                        "doctype": "Account Request",
                        "beneficiary": make_person("Lý Văn Lẻ").name,
                        "provider": BANK,
                    }
                )
                .insert()
                .name
            )

    def test_a_commune_sees_its_own_people_only(self):
        with as_user(make_user("counter-commune@example.com", "Commune Officer", units=[MAI_PHA])):
            expected = day_lists.expected(self.campaign)
            self.assertEqual([len(rows) for rows in expected.values()], [1, 0, 0])
            self.assertEqual(
                [one["name"] for one in counter.find(self.campaign.name, "ly")["people"]], ["Lý Văn Xa"]
            )
            self.assertRaises(frappe.PermissionError, self.take, self.an)
