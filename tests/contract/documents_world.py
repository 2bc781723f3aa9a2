"""DocTypes and people of the tests of documents, made from metadata as a site's owner would make them."""

import frappe
from frappe.tests.utils import FrappeTestCase
from model_doctypes import field, rights

PAPER, ROW, NODE, PLACE = "Doc Paper", "Doc Paper Row", "Doc Node", "Doc Place"
READER, KEEPER = "doc-reader@example.com", "doc-keeper@example.com"
READER_ROLE, KEEPER_ROLE = "Doc Reader", "Doc Keeper"
SECRET = "s3cr3t-of-paper"
USUAL = ("read", "write", "create", "report", "export", "print", "delete", "email", "share")


def definitions() -> list[dict]:
    """Level 0 is for readers and keepers, level 1 (a field, a field of the rows, a whole table) for keepers."""
    reader, keeper = rights(READER_ROLE, *USUAL), rights(KEEPER_ROLE, *USUAL, "submit", "cancel", "amend")
    plain = rights(KEEPER_ROLE, *USUAL)
    return [
        {
            "name": PLACE, "autoname": "field:place_name", "allow_rename": 1, "search_fields": "region,hint",
            "fields": [field("place_name", reqd=1, unique=1), field("region"), field("hint", permlevel=1),
                       field("notes", "Text Editor")],
            "permissions": [reader, plain, rights(KEEPER_ROLE, "read", "write", permlevel=1)],
        },
        {
            "name": ROW, "istable": 1,
            "fields": [field("item", in_list_view=1), field("qty", "Int", allow_on_submit=1),
                       field("cost", "Currency", permlevel=1), field("place", "Link", PLACE)],
        },
        {
            "name": PAPER, "autoname": "hash", "allow_rename": 0, "is_submittable": 1, "track_changes": 1, "title_field": "title",
            "fields": [
                field("title", reqd=1, in_list_view=1), field("kind", "Select", "\nLetter\nBill"),
                field("place", "Link", PLACE), field("region", fetch_from="place.region", fetch_if_empty=1),
                field("region_now", fetch_from="place.region", read_only=1),
                field("notes_of_place", "Small Text", fetch_from="place.notes"),
                field("secret", permlevel=1), field("amount", "Currency", permlevel=1),
                field("rows", "Table", ROW), field("hidden_rows", "Table", ROW, permlevel=1),
                field("open_rows", "Table", ROW, allow_on_submit=1),
                field("code", unique=1), field("serial", set_only_once=1),
                field("signed_on", "Date", set_only_once=1), field("is_final", "Check"),
                field("reason", mandatory_depends_on="eval:doc.is_final"), field("about_type", "Link", "DocType"),
                field("about", "Dynamic Link", "about_type"), field("scan", "Attach"),
            ],
            "permissions": [reader, keeper, rights(KEEPER_ROLE, "read", "write", permlevel=1)],
        },
        {
            "name": NODE, "is_tree": 1, "autoname": "field:node_name", "nsm_parent_field": "parent_doc_node",
            "allow_rename": 1, "title_field": "label_text",
            "fields": [field("node_name", reqd=1, unique=1), field("label_text"), field("parent_doc_node", "Link", NODE),
                       field("is_group", "Check"), field("lft", "Int"), field("rgt", "Int"), field("old_parent", "Link", NODE)],
            "permissions": [reader, plain],
        },
    ]  # fmt: skip


def make() -> None:
    """Roles, people and DocTypes, committed; a second call changes nothing."""
    frappe.set_user("Administrator")
    for role in (READER_ROLE, KEEPER_ROLE):
        if not frappe.db.exists("Role", role):
            frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert()
    for email, role in ((READER, READER_ROLE), (KEEPER, KEEPER_ROLE)):
        if not frappe.db.exists("User", email):
            frappe.get_doc(
                doctype="User", email=email, first_name=email.split("@")[0], send_welcome_email=0, roles=[{"role": role}]
            ).insert()
    for definition in definitions():
        make_doctype(**definition)
    frappe.db.commit()


def make_doctype(**definition) -> None:
    """A DocType of the site's own, unless it is there."""
    if not frappe.db.exists("DocType", definition["name"]):
        definition.setdefault("permissions", [rights(KEEPER_ROLE, *USUAL)])
        if definition.get("istable"):
            definition["permissions"] = []
        frappe.get_doc({"doctype": "DocType", "module": "Core", "custom": 1, **definition}).insert()


def paper(**values):
    """A new paper, not stored."""
    values.setdefault("title", "A paper")
    return frappe.get_doc({"doctype": PAPER, **values})


def place(name="Đông Hà", **values):
    """A place, stored."""
    if frappe.db.exists(PLACE, name):
        return frappe.get_doc(PLACE, name)
    return frappe.get_doc({"doctype": PLACE, "place_name": name, **values}).insert()


class DocumentsCase(FrappeTestCase):
    """Every test as Administrator, undone afterwards."""

    @classmethod
    def setUpClass(cls):
        make()
        super().setUpClass()

    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(self._back)

    def _back(self):
        frappe.set_user("Administrator")
        frappe.db.rollback(save_point="before_test")
        frappe.cache.delete_value("user_permissions")
        frappe.clear_messages()
