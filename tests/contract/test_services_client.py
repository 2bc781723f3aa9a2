"""frappe.client, number cards, charts, passwords, mail records."""

import frappe
import pytest
from frappe import client
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.doctype.number_card import number_card
from frappe.tests.utils import FrappeTestCase
from frappe.utils.password import (
    check_password,
    get_decrypted_password,
    set_encrypted_password,
    update_password,
)
from services_world import MAKER, OUTSIDER, PAPER, ServicesTestCase, folder, make_world, paper

pytestmark = pytest.mark.usefixtures("site")


class TestClient(ServicesTestCase):
    def test_life_of_a_document(self):
        frappe.set_user(MAKER)
        doc = client.insert({"doctype": PAPER, "title": "One", "amount": 5})
        name = doc["name"]
        self.assertEqual(client.get(PAPER, name)["title"], "One")
        client.set_value(PAPER, name, "title", "Two")
        self.assertEqual(client.get_value(PAPER, "title", name)["title"], "Two")
        client.submit(client.get(PAPER, name))
        self.assertEqual(client.cancel(PAPER, name)["docstatus"], 2)
        client.delete(PAPER, name)
        self.assertFalse(frappe.db.exists(PAPER, name))

    def test_set_value_leaves_standard_fields(self):
        doc = paper()
        self.assertRaises(frappe.ValidationError, client.set_value, PAPER, doc.name, "owner", MAKER)

    def test_rights_hold(self):
        doc = paper()
        frappe.set_user(OUTSIDER)
        for call in (
            lambda: client.get(PAPER, doc.name),
            lambda: client.get_list(PAPER),
            lambda: client.get_value(PAPER, "title", doc.name),
            lambda: client.set_value(PAPER, doc.name, "title", "x"),
            lambda: client.insert({"doctype": PAPER, "title": "x"}),
            lambda: client.delete(PAPER, doc.name),
        ):
            self.assertRaises(frappe.PermissionError, call)

    def test_rows_of_a_table_need_the_parent(self):
        paper(rows=[{"what": "x"}])
        self.assertRaises(Exception, client.get_list, f"{PAPER} Row")
        self.assertTrue(client.get_list(f"{PAPER} Row", fields=["what"], parent=PAPER))

    def test_count_and_list(self):
        title = frappe.generate_hash(length=8)
        for _number in range(3):
            paper(title)
        self.assertEqual(client.get_count(PAPER, {"title": title}), 3)
        self.assertEqual(len(client.get_list(PAPER, filters={"title": title}, limit_page_length=2)), 2)

    def test_number_card_counts_and_sums(self):
        title = frappe.generate_hash(length=8)
        paper(title, amount=5), paper(title, amount=7)
        filters = frappe.as_json([[PAPER, "title", "=", title]])
        card = {"document_type": PAPER, "function": "Count"}
        self.assertEqual(number_card.get_result(frappe.as_json(card), filters), 2)
        card.update(function="Sum", aggregate_function_based_on="amount")
        self.assertEqual(number_card.get_result(frappe.as_json(card), filters), 12)

    def test_chart_groups(self):
        title = frappe.generate_hash(length=8)
        for name in ("Svc A", "Svc A", "Svc B"):
            folder(name)
            paper(title, folder=name)
        chart = {
            "chart_type": "Group By",
            "document_type": PAPER,
            "group_by_type": "Count",
            "group_by_based_on": "folder",
            "filters_json": frappe.as_json([[PAPER, "title", "=", title]]),
        }
        answer = dashboard_chart.get(chart=frappe.as_json(chart), no_cache=1)
        self.assertEqual(answer["labels"], ["Svc A", "Svc B"])
        self.assertEqual(list(answer["datasets"][0]["values"]), [2, 1])


class TestPasswords(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_world()

    def test_right_password_gives_the_user(self):
        update_password(MAKER, "Lá chuối 9 tầng")
        self.assertEqual(check_password(MAKER, "Lá chuối 9 tầng"), MAKER)

    def test_wrong_password_and_unknown_user_are_refused(self):
        update_password(MAKER, "Lá chuối 9 tầng")
        self.assertRaises(frappe.AuthenticationError, check_password, MAKER, "lá chuối 9 tầng")
        self.assertRaises(frappe.AuthenticationError, check_password, "nobody@example.com", "x")

    def test_password_is_not_readable_in_the_database(self):
        update_password(MAKER, "Lá chuối 9 tầng")
        stored = frappe.db.sql("select password from `__Auth` where name=%s", MAKER)[0][0]
        self.assertNotIn("chuối", stored)

    def test_secret_comes_back_and_is_stored_encrypted(self):
        set_encrypted_password("User", MAKER, "bí mật", "api_secret")
        self.assertEqual(get_decrypted_password("User", MAKER, "api_secret"), "bí mật")
        stored = frappe.db.sql(
            "select password from `__Auth` where name=%s and fieldname='api_secret'", MAKER
        )[0][0]
        self.assertNotIn("mật", stored)


class TestMailRecords(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_world()

    def test_mail_is_queued_once_with_its_recipients(self):
        doc = paper()
        frappe.sendmail(
            recipients=["a@example.com", "b@example.com"],
            sender="office@example.com",
            subject="Kết quả",
            message="<p>Xin chào</p>",
            reference_doctype=PAPER,
            reference_name=doc.name,
        )
        queued = frappe.get_all(
            "Email Queue", filters={"reference_name": doc.name}, fields=["name", "status"]
        )
        self.assertEqual([mail.status for mail in queued], ["Not Sent"])
        recipients = frappe.get_all(
            "Email Queue Recipient", filters={"parent": queued[0].name}, pluck="recipient"
        )
        self.assertEqual(sorted(recipients), ["a@example.com", "b@example.com"])
