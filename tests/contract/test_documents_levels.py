"""A field whose level a role lacks: it leaves the server by no way, and is not written either."""

import frappe
from documents_world import KEEPER, PAPER, PLACE, READER, ROW, SECRET, DocumentsCase, paper, place
from frappe.desk.reportview import get as list_view
from frappe.desk.search import search_link

FIELDS = (
    ["secret"],
    ["*"],
    [f"`tab{PAPER}`.*"],
    [f"`tab{PAPER}`.secret"],
    [f"`tab{PAPER}`.`secret`"],
    ["`secret`"],
    ["secret as title2"],
    ["max(secret) as m"],
    ["max(`secret`) as m"],
    [f"max(`tab{PAPER}`.`secret`) as m"],
    ["upper(secret)"],
    ["concat(title, secret) as both"],
    ["SECRET"],
    ["MAX(SECRET) as m"],
    ["title, secret"],
    ["(secret) as x"],
    ["trim(secret) as x"],
    ["lower(\"a'\")||secret||(\"'b\") as x"],
    ["hidden_rows.item"],
    [f"`tab{ROW}`.cost"],
    ["rows.cost"],
    ["sum(rows.cost) as s"],
    [f"max(`tab{ROW}`.`cost`) as s"],
    ["place.hint"],
    ["max(place.hint) as h"],
)  # fmt: skip


class TestLists(DocumentsCase):
    def setUp(self):
        super().setUp()
        place("Huế", region="Trung", hint=SECRET)
        rows = [{"item": "pen", "qty": 1, "cost": 987654}]
        self.doc = paper(title="Seen", place="Huế", secret=SECRET, amount=987654, rows=rows,
                         hidden_rows=[{"item": "other", "cost": 987654}]).insert()  # fmt: skip

    def outcome(self, call):
        """What a call gives as text, "" where it is refused (by the host or its database)."""
        try:
            return frappe.as_json(call())
        except Exception:
            frappe.clear_messages()
            return ""

    def assert_hidden(self, call):
        with self.set_user(READER):
            text = self.outcome(call)
        self.assertNotIn(SECRET.lower(), text.lower())
        self.assertNotIn("987654", text)

    def test_every_spelling_of_fields(self):
        for fields in FIELDS:
            if "hidden_rows" in fields[0]:
                continue  # Frappe gives the rows of a table at another level
            with self.subTest(fields=fields):
                self.assert_hidden(lambda fields=fields: frappe.get_list(PAPER, fields=fields))
                self.assert_hidden(lambda fields=fields: frappe.get_list(PAPER, fields=fields, as_list=True))

    def test_who_has_the_level_reads_it(self):
        with self.set_user(KEEPER):
            row = frappe.get_list(PAPER, {"name": self.doc.name}, ["secret", "amount"])[0]
            self.assertEqual((row.secret, row.amount), (SECRET, 987654))
            self.assertEqual(frappe.get_list(PAPER, fields=["max(secret) as m"])[0].m, SECRET)
            self.assertEqual(frappe.get_list(PAPER, {"secret": SECRET}, pluck="name"), [self.doc.name])

    def test_other_fields_are_still_there(self):
        with self.set_user(READER):
            row = frappe.get_list(PAPER, {"name": self.doc.name}, ["title", "secret", "sum(docstatus) as n"])[0]
            self.assertEqual((row.title, row.n, row.get("secret")), ("Seen", 0, None))
            self.assertEqual(frappe.get_list(PAPER, ["title"], order_by="title desc", limit=1)[0].title, "Seen")
            self.assertEqual(frappe.get_list(PAPER, ["title", "count(name) as n"], group_by="title")[0].n, 1)

    def test_client_calls(self):
        from frappe import client

        for call in (
            lambda: client.get(PAPER, self.doc.name),
            lambda: client.get_list(PAPER, fields=["name", "secret", "amount"]),
            lambda: client.get_value(PAPER, "secret", self.doc.name),
            lambda: client.get_value(PAPER, ["title", "secret"], self.doc.name),
            lambda: client.get_list(ROW, fields=["cost"], parent=PAPER),
            lambda: client.validate_link(PLACE, "Huế", ["hint"]),
        ):
            self.assert_hidden(call)

    def test_documents_as_they_leave(self):
        with self.set_user(READER):
            doc = frappe.get_doc(PAPER, self.doc.name)
            doc.apply_fieldlevel_read_permissions()
            values = frappe.as_json(doc)
        self.assertNotIn(SECRET, values)
        self.assertIn("Seen", values)

    def test_desk_list(self):
        def ask():
            frappe.local.form_dict = frappe._dict(doctype=PAPER, fields='["name", "secret", "amount"]', view="List")
            try:
                return list_view()
            finally:
                frappe.local.form_dict = frappe._dict()

        self.assert_hidden(ask)

    def test_choices_of_a_link(self):
        def ask():
            frappe.local.response = frappe._dict()
            found = search_link(PLACE, "Hu")
            return found or frappe.response.get("results")

        with self.set_user(READER):
            self.assertIn("Huế", str(ask()))
        self.assert_hidden(ask)

    def test_printing(self):
        self.assert_hidden(lambda: frappe.get_print(PAPER, self.doc.name))
        with self.set_user(READER):
            self.assertIn("Seen", frappe.get_print(PAPER, self.doc.name))


class TestWriting(DocumentsCase):
    def test_a_value_without_the_right_is_put_back(self):
        doc = paper(secret=SECRET, rows=[{"item": "pen", "cost": 5}]).insert()
        with self.set_user(READER):
            mine = frappe.get_doc(PAPER, doc.name)
            mine.secret = "mine"
            mine.rows[0].cost = 1
            mine.rows[0].qty = 3
            mine.save()
        stored = frappe.get_doc(PAPER, doc.name)
        self.assertEqual((stored.secret, stored.rows[0].cost, stored.rows[0].qty), (SECRET, 5, 3))

    def test_a_new_document_gets_the_default(self):
        with self.set_user(READER):
            doc = paper(secret="mine").insert()
        self.assertFalse(frappe.db.get_value(PAPER, doc.name, "secret"))

    def test_saving_what_was_stripped_keeps_the_stored_value(self):
        doc = paper(secret=SECRET, rows=[{"item": "pen", "cost": 5}]).insert()
        with self.set_user(READER):
            mine = frappe.get_doc(PAPER, doc.name)
            mine.apply_fieldlevel_read_permissions()
            mine = frappe.get_doc(mine.as_dict())
            mine.title = "Changed"
            mine.save()
        stored = frappe.get_doc(PAPER, doc.name)
        self.assertEqual((stored.title, stored.secret, stored.rows[0].cost), ("Changed", SECRET, 5))
