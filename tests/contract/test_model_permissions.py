"""Who may do what: roles, owners, levels, User Permissions, hooks, whitelisted methods."""

import frappe
from frappe.permissions import add_user_permission
from model_doctypes import CHIEF, CHIEF_ROLE, CITY, CLERK, CLERK_ROLE, ORDER, REGION, STRANGER, city, order
from test_model_documents import ModelCase


class TestRoles(ModelCase):
    def test_role_permissions(self):
        doc = order().insert()
        for user, right, expected in (
            (CLERK, "read", True), (CLERK, "submit", False), (CLERK, "delete", False), (CHIEF, "submit", True),
            (CHIEF, "delete", True), (STRANGER, "read", False), ("Administrator", "delete", True), ("Guest", "read", False),
        ):  # fmt: skip
            with self.subTest(user=user, right=right):
                self.assertEqual(bool(frappe.has_permission(ORDER, right, user=user)), expected)
                self.assertEqual(bool(frappe.has_permission(ORDER, right, doc=doc, user=user)), expected)
        with self.assertRaises(frappe.PermissionError):
            frappe.has_permission(ORDER, "read", user=STRANGER, throw=True)

    def test_documents_check_the_session(self):
        doc = order().insert()
        with self.set_user(STRANGER):
            with self.assertRaises(frappe.PermissionError):
                order().insert()
            with self.assertRaises(frappe.PermissionError):
                frappe.get_doc(ORDER, doc.name).save()
            with self.assertRaises(frappe.PermissionError):
                frappe.get_doc(ORDER, doc.name).check_permission("read")
            with self.assertRaises(frappe.PermissionError):
                frappe.get_list(ORDER)
            order().insert(ignore_permissions=True)
        with self.set_user(CLERK):
            mine = order().insert()
            with self.assertRaises(frappe.PermissionError):
                mine.submit()
            with self.assertRaises(frappe.PermissionError):
                frappe.delete_doc(ORDER, mine.name)

    def test_roles_of_a_user(self):
        self.assertIn(CLERK_ROLE, frappe.get_roles(CLERK))
        self.assertIn("All", frappe.get_roles(CLERK))
        self.assertEqual(frappe.get_roles("Guest"), ["Guest"])
        with self.set_user(CLERK):
            frappe.only_for(CHIEF_ROLE)  # never refuses in tests
            frappe.flags.in_test = False
            try:
                frappe.only_for(CLERK_ROLE)
                with self.assertRaises(frappe.PermissionError):
                    frappe.only_for([CHIEF_ROLE, "System Manager"])
            finally:
                frappe.flags.in_test = True

    def test_a_new_role_counts_at_once(self):
        frappe.get_doc("User", STRANGER).add_roles(CLERK_ROLE)
        self.assertTrue(frappe.has_permission(ORDER, "read", user=STRANGER))
        frappe.get_doc("User", STRANGER).remove_roles(CLERK_ROLE)
        self.assertFalse(frappe.has_permission(ORDER, "read", user=STRANGER))

    def test_levels(self):
        doc = order(secret="S").insert()
        with self.set_user(CLERK):
            mine = frappe.get_doc(ORDER, doc.name)
            mine.secret = "changed"
            mine.title = "changed"
            mine.save()
            self.assertNotIn("secret", frappe.get_list(ORDER, {"name": doc.name}, ["name", "secret"])[0])
            self.assertNotIn("secret", frappe.get_list(ORDER, {"name": doc.name}, ["*"])[0])
            mine.apply_fieldlevel_read_permissions()
            self.assertIsNone(mine.get("secret"))
        self.assertEqual(frappe.db.get_value(ORDER, doc.name, ["title", "secret"]), ("changed", "S"))
        with self.set_user(CHIEF):
            self.assertEqual(frappe.get_list(ORDER, {"name": doc.name}, ["secret"])[0].secret, "S")


class TestUserPermissions(ModelCase):
    def setUp(self):
        super().setUp()
        for name in ("Huế", "Vinh"):
            city(name)
        self.hue = order(title="H", city="Huế").insert()
        self.vinh = order(title="V", city="Vinh").insert()
        self.empty = order(title="E").insert()
        frappe.set_user("Administrator")

    def tearDown(self):
        frappe.set_user("Administrator")
        super().tearDown()
        frappe.cache.delete_value("user_permissions")

    def seen(self, user=CLERK):
        with self.set_user(user):
            names = [self.hue.name, self.vinh.name, self.empty.name]
            return sorted(frappe.get_list(ORDER, {"name": ("in", names)}, pluck="title"))

    def test_without_any_everything_is_seen(self):
        self.assertEqual(self.seen(), ["E", "H", "V"])

    def test_restricted_to_a_city_empty_links_stay_visible(self):
        add_user_permission(CITY, "Huế", CLERK)
        self.assertEqual(self.seen(), ["E", "H"])
        self.assertTrue(frappe.has_permission(ORDER, "read", doc=self.hue, user=CLERK))
        self.assertFalse(frappe.has_permission(ORDER, "read", doc=self.vinh, user=CLERK))
        self.assertTrue(frappe.has_permission(ORDER, "read", doc=self.empty, user=CLERK))
        with self.set_user(CLERK):
            self.assertEqual(frappe.get_list(CITY, pluck="name"), ["Huế"])

    def test_links_that_only_inform_do_not_restrict(self):
        self.hue.quiet_city = "Vinh"
        self.hue.save()
        add_user_permission(CITY, "Huế", CLERK)
        self.assertEqual(self.seen(), ["E", "H"])

    def test_rows_restrict_their_document(self):
        add_user_permission(CITY, "Huế", CLERK)
        self.hue.append("lines", {"item": "x", "city": "Vinh"})
        self.hue.save()
        self.assertFalse(frappe.has_permission(ORDER, "read", doc=self.hue, user=CLERK))

    def test_applicable_for_another_doctype_only(self):
        add_user_permission(CITY, "Huế", CLERK, applicable_for=CITY)
        self.assertEqual(self.seen(), ["E", "H", "V"])

    def test_trees_reach_down(self):
        for name, parent in (("T", None), ("T1", "T"), ("T11", "T1"), ("U", None)):
            frappe.get_doc({"doctype": REGION, "region_name": name, "parent_ctr_region": parent, "is_group": 1}).insert()
        add_user_permission(REGION, "T", CLERK)
        with self.set_user(CLERK):
            self.assertEqual(sorted(frappe.get_list(REGION, pluck="name")), ["T", "T1", "T11"])

    def test_default_of_a_permission_fills_new_documents(self):
        add_user_permission(CITY, "Vinh", CLERK, is_default=1)
        with self.set_user(CLERK):
            self.assertEqual(frappe.new_doc(ORDER).city, "Vinh")


class TestHooks(ModelCase):
    """Hooks are set by patching what get_hooks answers: the test needs no app of its own."""

    def with_hooks(self, **hooks):
        from unittest.mock import patch

        real = frappe.get_hooks

        def answer(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
            return hooks[hook] if hook in hooks else real(hook, default, app_name)

        return patch.object(frappe, "get_hooks", answer)

    def test_query_conditions(self):
        mine = [order(title=title).insert().name for title in ("show", "hide")]
        conditions = {ORDER: ["frappe.utils.data.today"]}
        with self.with_hooks(permission_query_conditions=conditions), self.set_user(CLERK):
            from unittest.mock import patch

            with patch.object(frappe, "call", lambda fn, *args, **kwargs: f"`tab{ORDER}`.title like 'sh%'"):
                self.assertEqual(frappe.get_list(ORDER, {"name": ("in", mine)}, pluck="title"), ["show"])
            self.assertEqual(len(frappe.get_all(ORDER, {"name": ("in", mine)})), 2)


class TestWhitelist(ModelCase):
    def test_arguments_are_checked_and_converted(self):
        @frappe.whitelist()
        def add(a: int, b: str | None = None, rows: list | None = None):
            return a, b, rows

        self.assertEqual(add(a="5"), (5, None, None))
        self.assertEqual(add(3, b="x", rows=[1]), (3, "x", [1]))
        for wrong in ({"a": "five"}, {"a": {"x": 1}}, {"a": 1, "b": ["x"]}, {"a": 1, "rows": "text"}, {"a": None}):
            with self.subTest(wrong=wrong), self.assertRaises(frappe.exceptions.FrappeTypeError):
                add(**wrong)

    def test_only_whitelisted_functions(self):
        @frappe.whitelist()
        def open_function():
            return 1

        def closed_function():
            return 1

        frappe.is_whitelisted(open_function)
        with self.assertRaises(frappe.PermissionError):
            frappe.is_whitelisted(closed_function)
        with self.set_user("Guest"), self.assertRaises(frappe.PermissionError):
            frappe.is_whitelisted(open_function)

    def test_call_passes_what_a_function_takes(self):
        self.assertEqual(frappe.call(lambda a: a, a=1, b=2), 1)
        self.assertEqual(frappe.call(lambda a, **kw: (a, kw), a=1, b=2, ignore_permissions=True), (1, {"b": 2}))


class TestMessages(ModelCase):
    def test_throw_tells_the_user(self):
        class Own(frappe.ValidationError):
            pass

        with self.assertRaises(Own):
            frappe.throw("No", Own, title="Title")
        message = frappe.local.message_log[-1]
        self.assertEqual((message["message"], message["title"], message["indicator"]), ("No", "Title", "red"))
        frappe.clear_messages()
        frappe.msgprint("Yes")
        self.assertEqual(len(frappe.local.message_log), 1)

    def test_safe_eval(self):
        doc = frappe._dict(total=6, kind="x")
        self.assertEqual(frappe.safe_eval("doc.total > 5 and doc.kind == 'x'", None, {"doc": doc}), True)
        for code in ("__import__('os')", "doc.__class__", "().__class__.__bases__", "open('x')", "(lambda: 1).__globals__"):
            with self.subTest(code=code), self.assertRaises(Exception):
                frappe.safe_eval(code, None, {"doc": frappe._dict()})
