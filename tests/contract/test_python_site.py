"""Where a site and its apps are, what they say, and what is kept: frappe.init … frappe.defaults."""

import os

import frappe
from frappe.utils.caching import request_cache, site_cache
from test_model_documents import ModelCase

calls = []


@site_cache
def asked_of_the_site(number):
    calls.append(number)
    return number * 2


@request_cache
def asked_of_the_request(number):
    calls.append(number)
    return number * 3


def takes_two(first, second=2):
    return first, second


def takes_any(**kwargs):
    return kwargs


class TestTheSite(ModelCase):
    def test_init_and_connect_open_the_site_named(self):
        # the running test's connection stays: init tells of the same site, and connect gives a database
        self.assertEqual(frappe.local.site, os.path.basename(frappe.local.site_path))
        self.assertTrue(callable(frappe.init) and callable(frappe.connect) and callable(frappe.destroy))
        self.assertEqual(frappe.db.sql("select 1"), ((1,),))

    def test_destroy_forgets_this_threads_site_only(self):
        import threading

        site, sites_path = frappe.local.site, frappe.local.sites_path
        seen = {}

        def elsewhere():
            frappe.init(site=site, sites_path=sites_path)
            frappe.connect()
            seen["user"] = frappe.session.user
            seen["roles"] = frappe.db.count("Role")
            frappe.destroy()
            seen["after"] = getattr(frappe.local, "site", None)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        self.assertEqual(seen["user"], "Administrator")
        self.assertGreater(seen["roles"], 3)
        self.assertIsNone(seen["after"])
        self.assertEqual(frappe.local.site, site)

    def test_configuration(self):
        self.assertEqual(frappe.conf.db_name, frappe.get_site_config().db_name)
        self.assertIsNone(frappe.conf.no_such_key)
        self.assertEqual(frappe.conf, frappe.local.conf)

    def test_arguments_of_the_request(self):
        frappe.local.form_dict = frappe._dict(a="1")
        self.addCleanup(setattr, frappe.local, "form_dict", frappe._dict())
        self.assertEqual(frappe.form_dict.a, "1")
        self.assertIsNone(frappe.form_dict.b)

    def test_folders(self):
        self.assertTrue(os.path.isdir(frappe.get_site_path("private", "files")))
        self.assertTrue(os.path.isfile(frappe.get_app_path("frappe", "__init__.py")))
        self.assertEqual(frappe.get_app_path("frappe", "core"), frappe.get_module_path("core"))
        self.assertTrue(frappe.get_module_path("Core").endswith(os.path.join("frappe", "core")))
        self.assertEqual(frappe.get_pymodule_path("frappe.core"), frappe.get_module_path("Core"))
        self.assertIn("Core", frappe.get_module_list("frappe"))

    def test_apps(self):
        self.assertEqual(frappe.get_installed_apps()[0], "frappe")
        self.assertIn("frappe", frappe.get_all_apps(with_internal_apps=True))
        self.assertTrue(set(frappe.get_installed_apps()) <= set(frappe.get_all_apps(True)))

    def test_hooks(self):
        self.assertEqual(frappe.get_hooks("no_such_hook"), [])
        self.assertEqual(frappe.get_hooks("no_such_hook", default="x"), "x")
        self.assertTrue(frappe.get_hooks("app_title", app_name="frappe"))
        self.assertIsInstance(frappe.get_hooks(), dict)
        self.assertIsInstance(frappe.get_doc_hooks(), dict)

    def test_names_of_code(self):
        self.assertIs(frappe.get_attr("frappe.utils.cint"), frappe.utils.cint)
        self.assertIs(frappe.get_module("frappe.utils"), frappe.utils)
        with self.assertRaises((frappe.AppNotInstalledError, ModuleNotFoundError)):
            frappe.get_attr("no_such_app_at_all.x.y")
        with self.assertRaises(AttributeError):
            frappe.get_attr("frappe.utils.no_such_function")

    def test_calls_pass_only_what_a_function_knows(self):
        self.assertEqual(frappe.call(takes_two, first=1, other=3), (1, 2))
        self.assertEqual(frappe.call("frappe.utils.cint", s="7", other=1), 7)
        self.assertEqual(frappe.get_newargs(takes_two, {"first": 1, "other": 2}), {"first": 1})
        self.assertEqual(frappe.get_newargs(takes_any, {"x": 1, "flags": 2, "ignore_permissions": 3}), {"x": 1})

    def test_text_files(self):
        path = frappe.get_site_path("private", "files", "ctr_lines.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("một\n# not this\n\n hai \n")
        self.addCleanup(os.remove, path)
        self.assertEqual(frappe.read_file(path), "một\n# not this\n\n hai \n")
        self.assertEqual(frappe.get_file_items(path), ["một", "hai"])
        self.assertIsNone(frappe.read_file(path + ".missing"))
        self.assertEqual(frappe.get_file_items(path + ".missing"), [])
        with self.assertRaises(OSError):
            frappe.read_file(path + ".missing", raise_not_found=True)


class TestWhatIsKept(ModelCase):
    def test_site_cache_until_it_is_cleared(self):
        calls.clear()
        asked_of_the_site.clear_cache()
        self.assertEqual([asked_of_the_site(2), asked_of_the_site(2), asked_of_the_site(3)], [4, 4, 6])
        self.assertEqual(calls, [2, 3])
        asked_of_the_site.clear_cache()
        asked_of_the_site(2)
        self.assertEqual(calls, [2, 3, 2])

    def test_request_cache_until_the_request_ends(self):
        calls.clear()
        frappe.local.request_cache.clear()
        self.assertEqual([asked_of_the_request(2), asked_of_the_request(2)], [6, 6])
        self.assertEqual(calls, [2])
        frappe.local.request_cache.clear()
        asked_of_the_request(2)
        self.assertEqual(calls, [2, 2])

    def test_cache_values(self):
        cache = frappe.cache
        cache.set_value("ctr:one", {"a": [1]})
        cache.set_value("ctr:two", "x")
        self.addCleanup(cache.delete_value, ["ctr:one", "ctr:two", "ctr:made"])
        self.assertEqual(cache.get_value("ctr:one"), {"a": [1]})
        self.assertTrue(cache.exists("ctr:two"))
        self.assertEqual(cache.get_value("ctr:made", generator=lambda: 5), 5)
        self.assertEqual(cache.get_value("ctr:made"), 5)
        cache.delete_value("ctr:two")
        self.assertIsNone(cache.get_value("ctr:two"))
        cache.hset("ctr:hash", "key", 7)
        self.addCleanup(cache.delete_value, "ctr:hash")
        self.assertEqual(cache.hget("ctr:hash", "key"), 7)
        self.assertEqual(cache.hget("ctr:hash", "other", lambda: 9), 9)
        self.assertEqual(cache.hget("ctr:hash", "other"), 9)
        cache.hdel("ctr:hash", "key")
        self.assertIsNone(cache.hget("ctr:hash", "key"))

    def test_defaults_of_the_site_and_of_a_user(self):
        from frappe.defaults import add_default, get_defaults, get_user_default, set_default

        frappe.db.set_default("ctr_default", "site")
        self.assertEqual(frappe.db.get_default("ctr_default"), "site")
        self.assertEqual(get_defaults().get("ctr_default"), "site")
        self.assertEqual(get_user_default("ctr_default"), "site")
        add_default("ctr_default", "own", "Administrator")
        frappe.clear_cache(user="Administrator")
        self.assertEqual(get_user_default("ctr_default", user="Administrator"), "own")
        set_default("ctr_default", "other", "Administrator")
        frappe.clear_cache(user="Administrator")
        self.assertEqual(get_user_default("ctr_default", user="Administrator"), "other")
        self.assertEqual(frappe.db.get_default("ctr_default"), "site")

    def test_values_of_the_sites_own(self):
        self.assertIsNone(frappe.db.get_global("ctr_global"))
        frappe.db.set_global("ctr_global", "v")
        self.assertEqual(frappe.db.get_global("ctr_global"), "v")
