"""Documents and what surrounds them: caches, imports, trees, rights, methods, properties of DocTypes and fields."""

import json
import os

import frappe
from frappe.model.docstatus import DocStatus
from frappe.model.naming import getseries, revert_series_if_last
from frappe.permissions import (
    add_user_permission,
    get_doc_permissions,
    get_role_permissions,
    get_user_permissions,
)
from frappe.utils.nestedset import NestedSet, rebuild_tree
from model_doctypes import (
    CHIEF,
    CHIEF_ROLE,
    CITY,
    CLERK,
    LINE,
    ORDER,
    REGION,
    SETTINGS,
    STRANGER,
    city,
    field,
    order,
)
from test_model_documents import ModelCase


class TestGettingDocuments(ModelCase):
    def test_a_cached_document_follows_its_changes(self):
        city("Cached", people=1)
        self.assertEqual(frappe.get_cached_doc(CITY, "Cached").people, 1)
        self.assertEqual(frappe.get_cached_value(CITY, "Cached", "people"), 1)
        doc = frappe.get_doc(CITY, "Cached")
        doc.people = 2
        doc.save()
        self.assertEqual(frappe.get_cached_doc(CITY, "Cached").people, 2)
        frappe.clear_document_cache(CITY, "Cached")
        self.assertEqual(frappe.get_cached_doc(CITY, "Cached").people, 2)
        with self.assertRaises(frappe.DoesNotExistError):
            frappe.get_cached_doc(CITY, "No such")

    def test_kinds(self):
        self.assertTrue(frappe.is_table(LINE))
        self.assertFalse(frappe.is_table(ORDER))
        self.assertEqual(
            [DocStatus(0).is_draft(), DocStatus(1).is_submitted(), DocStatus(2).is_cancelled()], [True, True, True]
        )
        self.assertEqual((DocStatus.draft(), DocStatus.submitted(), DocStatus.cancelled()), (0, 1, 2))
        self.assertTrue(issubclass(type(frappe.new_doc(REGION)), NestedSet))

    def test_series(self):
        self.assertEqual([getseries("CTRS-", 4), getseries("CTRS-", 4)], ["0001", "0002"])
        revert_series_if_last("CTRS-.####", "CTRS-0002")
        self.assertEqual(getseries("CTRS-", 4), "0002")
        revert_series_if_last("CTRS-.####", "CTRS-0001")  # not the last one: it stays used
        self.assertEqual(getseries("CTRS-", 4), "0003")


class CommittingCase(ModelCase):
    """For what commits on MariaDB: what these tests make stays, and they can be run again."""

    def _back(self):
        frappe.set_user("Administrator")
        frappe.db.rollback()


class TestImports(CommittingCase):
    def test_import_of_json(self):
        path = frappe.get_site_path("private", "files", "ctr_import.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump([{"doctype": CITY, "name": "Read", "city_name": "Read", "people": 5}], file)
        self.addCleanup(os.remove, path)
        frappe.import_doc(path)
        self.assertEqual(frappe.db.get_value(CITY, "Read", "people"), 5)

    def test_reload_of_a_modules_json(self):
        frappe.reload_doc("core", "doctype", "role", force=True)
        self.assertEqual(frappe.get_meta("Role").autoname, "field:role_name")


class TestMethods(ModelCase):
    def test_rows(self):
        doc = order(lines=[{"item": "a"}])
        doc.extend("lines", [{"item": "b"}, {"item": "c"}])
        doc.remove(doc.lines[0])
        doc.insert()
        self.assertEqual([(row.idx, row.item) for row in doc.lines], [(1, "b"), (2, "c")])
        self.assertEqual({row.item for row in doc.get_all_children()}, {"b", "c"})
        self.assertEqual([row.item for row in doc.get("lines", {"item": "c"})], ["c"])

    def test_values(self):
        doc = order(title="Tên", total=3).insert()
        self.assertEqual(doc.get_title(), "Tên")
        values = doc.get_valid_dict()
        self.assertEqual((values["title"], values["total"]), ("Tên", 3))
        self.assertNotIn("lines", values)
        self.assertIsInstance(doc.precision("total"), int)
        again = frappe.get_doc(ORDER, doc.name)
        frappe.db.set_value(ORDER, doc.name, "title", "Mới")
        again.load_from_db()
        self.assertEqual(again.title, "Mới")
        self.assertIsNone(doc.notify_update())

    def test_run_method_calls_what_is_there(self):
        doc = order().insert()
        self.assertEqual(doc.run_method("get_title"), doc.get_title())
        self.assertIsNone(doc.run_method("no_such_method"))

    def test_passwords(self):
        user = frappe.get_doc("User", CLERK)
        user.new_password = "Cửa sổ mở 42!"
        user.save(ignore_permissions=True)
        from frappe.utils.password import check_password

        self.assertEqual(check_password(CLERK, "Cửa sổ mở 42!"), CLERK)
        self.assertFalse(frappe.db.get_value("User", CLERK, "api_secret"))
        user = frappe.get_doc("User", CLERK)
        user.api_secret = "very-secret"
        user.save(ignore_permissions=True)
        self.assertEqual(frappe.get_doc("User", CLERK).get_password("api_secret"), "very-secret")
        self.assertNotIn("very-secret", str(frappe.db.get_value("User", CLERK, "api_secret")))


class TestRights(ModelCase):
    def test_conditions_of_what_may_be_read(self):
        self.assertFalse(frappe.build_match_conditions(CITY))
        city("Huế")
        add_user_permission(CITY, "Huế", CLERK)
        with self.set_user(CLERK):
            self.assertIn("Huế", frappe.build_match_conditions(ORDER))
        self.assertEqual([p.doc for p in get_user_permissions(CLERK)[CITY]], ["Huế"])
        self.assertFalse(get_user_permissions(CHIEF).get(CITY))

    def test_rights_as_dictionaries(self):
        doc = order().insert()
        mine = get_doc_permissions(doc, CLERK)
        self.assertEqual([bool(mine.get(right)) for right in ("read", "write", "submit")], [True, True, False])
        role = get_role_permissions(ORDER, CHIEF)
        self.assertEqual([bool(role.get(right)) for right in ("read", "submit", "if_owner")], [True, True, False])
        self.assertFalse(get_role_permissions(ORDER, STRANGER).get("read"))


def make_doctype(name, fields=(), **values):
    definition = {
        "doctype": "DocType", "name": name, "module": "Core", "custom": 1,
        "fields": list(fields) or [field("title")], "permissions": [{"role": CHIEF_ROLE, "read": 1, "write": 1, "create": 1}],
    }  # fmt: skip
    return frappe.get_doc({**definition, **values}).insert(ignore_if_duplicate=True)


class TestProperties(CommittingCase):
    """What a DocType's and a field's properties change."""

    def test_lists_are_sorted_as_the_doctype_says(self):
        name = "Ctr Sorted"
        if not frappe.db.exists("DocType", name):
            make_doctype(
                name, [field("title", in_list_view=1, in_standard_filter=1, bold=1), field("rank", "Int", search_index=1)],
                autoname="hash", sort_field="rank", sort_order="ASC", title_field="title", show_title_field_in_link=1,
                search_fields="title,rank", description="Sorted", naming_rule="Random", in_create=1, max_attachments=2,
            )  # fmt: skip
        frappe.db.delete(name)
        for rank, title in ((3, "c"), (1, "a"), (2, "b")):
            frappe.get_doc(doctype=name, title=title, rank=rank).insert()
        self.assertEqual(frappe.get_all(name, pluck="title"), ["a", "b", "c"])
        meta = frappe.get_meta(name)
        self.assertEqual((meta.get_title_field(), meta.show_title_field_in_link, meta.in_create), ("title", 1, 1))
        self.assertEqual(meta.get_search_fields(), ["title", "rank", "name"])
        self.assertEqual((meta.description, meta.naming_rule, meta.max_attachments), ("Sorted", "Random", 2))
        one = frappe.get_doc(name, {"rank": 1})
        self.assertEqual(one.get_title(), "a")

    def test_no_more_attachments_than_allowed(self):
        name = "Ctr Sorted"
        self.test_lists_are_sorted_as_the_doctype_says()
        one = frappe.get_doc(name, {"rank": 1})
        frappe.db.delete("File", {"attached_to_doctype": name})
        file = {"doctype": "File", "attached_to_doctype": name, "attached_to_name": one.name, "is_private": 1}
        for number in (1, 2):
            frappe.get_doc({**file, "file_name": f"{number}.txt", "content": f"text {number} {one.name}"}).insert()
        with self.assertRaises(frappe.exceptions.AttachmentLimitReached):
            frappe.get_doc({**file, "file_name": "3.txt", "content": f"text 3 {one.name}"}).insert()

    def test_conditions_of_fields(self):
        name = "Ctr Conditional"
        if not frappe.db.exists("DocType", name):
            make_doctype(name, [
                field("kind"), field("why", depends_on="eval:doc.kind=='x'", mandatory_depends_on="eval:doc.kind=='x'"),
                field("fixed", read_only_depends_on="eval:doc.kind=='x'"), field("city", "Link", CITY, link_filters="[]"),
                field("country", fetch_from="city.country", fetch_if_empty=1), field("seen", in_global_search=1),
                field("double", "Int", is_virtual=1, options="doc.kind and 2 or 0"),
            ], autoname="hash", default_print_format=None)  # fmt: skip
        meta = frappe.get_meta(name)
        self.assertEqual(meta.get_field("why").depends_on, "eval:doc.kind=='x'")
        self.assertEqual(meta.get_field("why").mandatory_depends_on, "eval:doc.kind=='x'")
        self.assertEqual(meta.get_field("fixed").read_only_depends_on, "eval:doc.kind=='x'")
        self.assertEqual(meta.get_field("city").link_filters, "[]")
        place = city("Fetched", country="KH").name
        self.assertEqual(frappe.get_doc(doctype=name, city=place).insert().country, "KH")
        kept = frappe.get_doc(doctype=name, city=place, country="VN", kind="x", why="because").insert()
        self.assertEqual(kept.country, "VN")
        self.assertEqual(kept.as_dict()["double"], 2)
        self.assertNotIn("double", frappe.db.get_table_columns(name))

    def test_select_only(self):
        self.assertFalse(frappe.only_has_select_perm(CITY, CLERK))
        make_doctype("Ctr Chosen", permissions=[{"role": CHIEF_ROLE, "select": 1, "read": 0}])
        self.assertTrue(frappe.only_has_select_perm("Ctr Chosen", CHIEF))
        self.assertFalse(frappe.has_permission("Ctr Chosen", "read", user=CHIEF))

    def test_actions_links_and_states(self):
        name = "Ctr Acting"
        if not frappe.db.exists("DocType", name):
            make_doctype(
                name, [field("title"), field("status", "Select", "Open\nDone")], autoname="hash",
                actions=[{"label": "Do", "action_type": "Server Action", "action": "frappe.ping"}],
                links=[{"link_doctype": ORDER, "link_fieldname": "title"}],
                states=[{"title": "Done", "color": "Green"}],
            )  # fmt: skip
        meta = frappe.get_meta(name)
        self.assertEqual([(a.label, a.action) for a in meta.actions], [("Do", "frappe.ping")])
        self.assertEqual([(link.link_doctype, link.link_fieldname) for link in meta.links], [(ORDER, "title")])
        self.assertEqual([(state.title, state.color) for state in meta.states], [("Done", "Green")])

    def test_indexes_of_the_definition(self):
        self.test_lists_are_sorted_as_the_doctype_says()
        table = "tabCtr Sorted"
        # MariaDB names it after the column, SQLite's names belong to the whole database
        self.assertTrue(frappe.db.has_index(table, "rank") or frappe.db.has_index(table, f"{table}.rank"))


class TestTrees(ModelCase):
    def test_numbers_of_a_tree_are_made_anew(self):
        for name, parent in (("T", None), ("T1", "T"), ("T2", "T")):
            frappe.get_doc(doctype=REGION, region_name=name, parent_ctr_region=parent, is_group=1).insert()
        frappe.db.sql(f"update `tab{REGION}` set lft=0, rgt=0")
        rebuild_tree(REGION, "parent_ctr_region")
        whole = frappe.db.get_value(REGION, "T", ["lft", "rgt"])
        first = frappe.db.get_value(REGION, "T1", ["lft", "rgt"])
        self.assertTrue(whole[0] < first[0] < first[1] < whole[1])

    def test_a_single(self):
        self.assertEqual(frappe.get_single(SETTINGS).doctype, SETTINGS)
