"""Where Frappe tells what a field at a higher level holds, this host does not: filters, order, groups, answers."""

import unittest

import frappe
from documents_world import (
    KEEPER,
    PAPER,
    PLACE,
    READER,
    ROW,
    SECRET,
    DocumentsCase,
    make_doctype,
    paper,
    place,
)
from frappe import client
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.doctype.number_card import number_card
from frappe.desk.reportview import get_count
from model_doctypes import field
from rest_client import Http

T = f"`tab{PAPER}`"
REFUSED = (frappe.ValidationError, frappe.PermissionError)


class TestQueries(DocumentsCase):
    def setUp(self):
        super().setUp()
        place("Huế", region="Trung", hint=SECRET)
        rows = [{"item": "pen", "cost": 987654}]
        self.doc = paper(title="Seen", place="Huế", secret=SECRET, amount=987654, rows=rows,
                         hidden_rows=[{"item": "hidden-pen"}]).insert()  # fmt: skip

    def refused(self, **arguments):
        for pluck in ("name", None):
            with self.subTest(arguments=arguments), self.set_user(READER):
                with self.assertRaises((frappe.PermissionError, frappe.DataError)):
                    frappe.get_list(PAPER, pluck=pluck, **arguments)
        with self.set_user(KEEPER):
            frappe.get_list(PAPER, **arguments)

    def test_filters(self):
        for filters in (
            {"secret": SECRET}, {"secret": ("like", "s3%")}, {"secret": ("is", "set")}, {"amount": (">", 1)},
            [["secret", "=", SECRET]], [[PAPER, "secret", "in", [SECRET]]], [[ROW, "cost", ">", 1]],
            [[f"tab{PAPER}.secret", "=", SECRET]], {"cost": (">", 1)},
        ):  # fmt: skip
            self.refused(filters=filters)
            self.refused(or_filters=filters)

    def test_order_and_groups(self):
        for text in ("secret", "secret desc", f"{T}.secret", f"{T}.`secret` asc", "lower(secret) desc",
                     "title, secret", "(secret)", "-amount"):  # fmt: skip
            self.refused(order_by=text)
        for text in ("secret", f"{T}.secret", f"{T}.`secret`", "lower(secret)", "title, secret", "(secret)"):
            self.refused(fields=["count(name) as n"], group_by=text, order_by=None)

    def test_a_name_for_another_column_does_not_open_the_field(self):
        with self.set_user(READER):
            for order in ("secret", "SECRET"):
                with self.subTest(order=order), self.assertRaises(frappe.PermissionError):
                    frappe.get_list(PAPER, fields=["title as secret", "title as SECRET"], group_by=order)

    def test_what_sql_would_take_as_a_column(self):
        with self.set_user(READER):
            for text in ('"secret"', "[secret]", "secret collate nocase", "case when secret then 1 else 0 end",
                         "(select secret)", "iif(secret, 1, 0)", "hex(secret)", "name; select 1"):  # fmt: skip
                with self.subTest(text=text), self.assertRaises(REFUSED):
                    frappe.get_list(PAPER, order_by=text)
                with self.subTest(text=text):
                    try:
                        rows = frappe.get_list(PAPER, fields=[f"{text} as x"])
                    except REFUSED:
                        continue
                    self.assertFalse(any(row.get("x") for row in rows))

    def test_rows_of_a_table_at_another_level(self):
        with self.set_user(READER):
            self.assertEqual(frappe.get_list(ROW, pluck="item", parent_doctype=PAPER), ["pen"])
            items = frappe.get_list(PAPER, {"name": self.doc.name}, ["hidden_rows.item as item", "rows.item as own"])
            self.assertNotIn("hidden-pen", frappe.as_json(items))
        with self.set_user(KEEPER):
            self.assertIn("hidden-pen", frappe.get_list(ROW, pluck="item", parent_doctype=PAPER))

    def test_rows_of_documents_that_are_not_ones_own(self):
        frappe.permissions.add_user_permission(PLACE, place("Vinh").name, READER)
        with self.set_user(READER):
            self.assertEqual(frappe.get_list(PAPER), [])
            self.assertEqual(frappe.get_list(ROW, pluck="item", parent_doctype=PAPER), [])

    def test_counts_cards_and_charts(self):
        card = {"document_type": PAPER, "function": "Maximum", "aggregate_function_based_on": "amount"}
        chart = {"document_type": PAPER, "chart_type": "Group By", "group_by_based_on": "secret", "name": "x"}
        sums = {**chart, "group_by_based_on": "title", "group_by_type": "Sum", "aggregate_function_based_on": "amount"}

        def count():
            frappe.local.form_dict = frappe._dict(doctype=PAPER, filters=frappe.as_json({"secret": SECRET}))
            return get_count()

        for call in (
            count,
            lambda: client.get_count(PAPER, {"secret": SECRET}),
            lambda: number_card.get_result(card, []),
            lambda: number_card.get_result({**card, "function": "Count"}, [[PAPER, "secret", "=", SECRET]]),
            lambda: dashboard_chart.get(chart=chart),
            lambda: dashboard_chart.get(chart=sums),
        ):
            with self.set_user(READER), self.subTest(call=call):
                try:
                    text = frappe.as_json(call())
                except REFUSED:
                    continue
                self.assertNotIn(SECRET, text)
                self.assertNotIn("987654", text)
                self.assertNotEqual(text.strip(), "1")

    def test_answers_to_writing(self):
        with self.set_user(READER):
            doc = frappe.get_doc(PAPER, self.doc.name)
            doc.title = "Again"
            answers = [
                client.set_value(PAPER, self.doc.name, "title", "New"),
                client.save(frappe.get_doc(PAPER, self.doc.name).as_dict()),
                client.set_value(ROW, self.doc.rows[0].name, "item", "nib"),
            ]
        text = frappe.as_json(answers)
        self.assertNotIn(SECRET, text)
        self.assertNotIn("987654", text)
        self.assertEqual(frappe.db.get_value(PAPER, self.doc.name, "secret"), SECRET)

    def test_versions_and_deleted_documents(self):
        frappe.get_doc("User", READER).add_roles("System Manager")
        self.doc.update({"secret": "next-s3cr3t", "title": "Next"})
        self.doc.rows[0].cost = 5
        self.doc.hidden_rows[0].item = "hidden-ink"
        self.doc.append("rows", {"item": "cup", "cost": 123321})
        self.doc.save(ignore_version=False)
        version = frappe.get_last_doc("Version", {"docname": self.doc.name})
        frappe.delete_doc(PAPER, self.doc.name)
        gone = frappe.get_last_doc("Deleted Document", {"deleted_name": self.doc.name})
        with self.set_user(READER):
            for doctype, name, seen in (("Version", version.name, "Next"), ("Deleted Document", gone.name, "cup")):
                if doctype == "Version":
                    frappe.set_user("Administrator")
                    version.db_insert()  # it left with its document
                    frappe.set_user(READER)
                text = frappe.as_json(client.get(doctype, name))
                self.assertIn(seen, text)
                for hidden in (SECRET, "987654", "123321", "hidden-pen", "hidden-ink"):
                    self.assertNotIn(hidden, text)
                self.assertNotIn("data", frappe.get_list(doctype, {"name": name}, ["*"])[0])
                with self.assertRaises(frappe.PermissionError):
                    frappe.get_list(doctype, {"data": ("like", "%cup%")})

    def test_the_timeline(self):
        from frappe.core.doctype.version.version import describe
        from frappe.desk.form.load import get_docinfo

        self.doc.update({"secret": "other", "title": "Next", "is_final": 1, "reason": "done"})
        self.doc.rows[0].update({"cost": 5, "qty": 7})
        self.doc.append("rows", {"item": "cup", "cost": 123321})
        self.doc.save(ignore_version=False)
        data = frappe.get_last_doc("Version", {"docname": self.doc.name}).data
        told = [(line.label, line.old, line.new, line.row) for line in describe(PAPER, data, READER)]
        self.assertEqual(
            told,
            [("Title", "Seen", "Next", None), ("Is Final", "No", "Yes", None), ("Reason", "", "done", None),
             ("Rows · Qty", "0", "7", 1), ("Rows", "", "cup", 2)],
        )  # fmt: skip
        self.assertIn("Secret", [line.label for line in describe(PAPER, data, KEEPER)])
        with self.set_user(READER):
            text = frappe.as_json(get_docinfo(doctype=PAPER, name=self.doc.name).versions)
        self.assertIn("Next", text)
        self.assertNotIn("123321", text)
        self.assertNotIn(SECRET, text)

    def test_a_files_list_follows_the_documents(self):
        for title, where in (("mine", "Huế"), ("other", "Vinh")):
            doc = paper(title=title, place=place(where).name).insert()
            frappe.get_doc(doctype="File", file_name=f"{title}.txt", content=title.encode(), is_private=1,
                           attached_to_doctype=PAPER, attached_to_name=doc.name).insert()  # fmt: skip
        frappe.permissions.add_user_permission(PLACE, "Huế", READER)
        with self.set_user(READER):
            names = frappe.get_list("File", {"attached_to_doctype": PAPER}, pluck="file_name")
        self.assertEqual(names, ["mine.txt"])


class TestElsewhere(DocumentsCase):
    def test_a_dynamic_link_of_a_single_holds_and_follows(self):
        make_doctype(name="Doc Pointer", issingle=1, fields=[field("about_type", "Link", "DocType"),
                     field("about", "Dynamic Link", "about_type")])  # fmt: skip
        frappe.db.commit()
        frappe.db.savepoint("before_test")
        place("Huế")
        frappe.get_single("Doc Pointer").update({"about_type": PLACE, "about": "Huế"}).save()
        with self.assertRaises(frappe.LinkExistsError):
            frappe.delete_doc(PLACE, "Huế")
        frappe.rename_doc(PLACE, "Huế", "Kinh")
        self.assertEqual(frappe.db.get_single_value("Doc Pointer", "about"), "Kinh")

    def test_a_comment_is_in_ones_own_name(self):
        from frappe.desk.form.utils import add_comment

        doc = paper().insert()
        with self.set_user(READER):
            comment = add_comment(PAPER, doc.name, "I was it", KEEPER, "Keeper")
        self.assertEqual((comment.comment_email, comment.owner), (READER, READER))


class TestOverHttp(unittest.TestCase):
    def test_what_was_written_comes_back_without_hidden_fields(self):
        from documents_world import make
        from frappe.utils.password import update_password

        make()
        update_password(READER, "a-long-password-1")
        doc = paper(secret=SECRET).insert()
        frappe.db.commit()
        http = Http(frappe.local.site).sign_in(READER, "a-long-password-1")
        token = http.get("/api/method/frappe.auth.get_logged_user")
        self.assertEqual(token.status_code, 200)
        try:
            for response in (
                http.get(f"/api/resource/{PAPER}/{doc.name}"),
                http.put(f"/api/resource/{PAPER}/{doc.name}", {"title": "Put"}),
                http.get(f"/api/resource/{PAPER}", {"fields": '["*"]'}),
            ):
                self.assertNotIn(SECRET, response.text)
        finally:
            frappe.delete_doc(PAPER, doc.name, force=True)
            frappe.db.commit()
