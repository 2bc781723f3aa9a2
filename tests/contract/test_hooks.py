"""What an app's hooks.py may say, tried with `patch_hooks`: no app of one's own is needed."""

from contextlib import contextmanager
from unittest.mock import patch

import frappe
from frappe.core.doctype.access_log.access_log import AccessLog
from frappe.core.doctype.deleted_document.deleted_document import DeletedDocument
from frappe.core.doctype.role.role import Role
from frappe.tests.utils import patch_hooks
from frappe.utils.scheduler import is_scheduler_inactive
from model_doctypes import CHIEF, CITY, CLERK, ORDER, city, order
from test_model_documents import ModelCase

heard = []


def hear(doc, method=None, *args):
    heard.append((doc.doctype, method))


def add_to_answer(doc, method=None):
    return {"added": doc.doctype}


def token(doc, variable):
    return f"{doc.title[:2]}{variable}".upper()


def only_huế(user):
    return f"`tab{CITY}`.`name` = 'Huế'" if user == CLERK else ""


def never_vinh(doc, ptype=None, user=None, debug=False):
    # v15: falsy refuses, anything else leaves the word to the roles
    return not (user == CLERK and doc.name == "Vinh")


class LoudAccessLog(AccessLog):
    def db_insert(self, *args, **kwargs):
        super().db_insert(*args, **kwargs)
        hear(frappe._dict(doctype=self.export_from), "db_insert")


class ReversedDeletedDocument(DeletedDocument):
    def db_insert(self, *args, **kwargs):
        self.data = self.data[::-1]
        super().db_insert(*args, **kwargs)

    def load_from_db(self):
        super().load_from_db()
        self.data = self.data[::-1]
        return self


def shout(text):
    return str(text).upper()


@frappe.whitelist()
def only_vinh(doctype, txt, searchfield, start, page_len, filters, as_dict=False, reference_doctype=None):
    return [("Vinh", f"by {txt}")][start:page_len]


class LoudRole(Role):
    def loud_name(self):
        return self.role_name.upper()


@contextmanager
def hooks(**overridden):
    """Hooks of a made-up app; what is derived from hooks is made anew before and after."""
    forget()
    with patch_hooks(overridden):
        yield
    forget()


def forget():
    if hasattr(frappe.local, "doc_events_hooks"):
        del frappe.local.doc_events_hooks
    frappe.controllers.pop(frappe.local.site, None)
    frappe.local.role_permissions = {}
    if hasattr(frappe.local, "jenv"):
        del frappe.local.jenv


HERE = __name__


class TestHooks(ModelCase):
    def test_doc_events_of_a_doctype_of_several_and_of_all(self):
        heard.clear()
        events = {
            CITY: {"after_insert": [f"{HERE}.hear"]},
            (CITY, ORDER): {"validate": [f"{HERE}.hear"]},
            "*": {"on_trash": [f"{HERE}.hear"]},
        }
        with app_of_tests(), hooks(doc_events=events):
            city("Hooked")
            order().insert()
            frappe.delete_doc(CITY, "Hooked")
        heard_here = [event for event in heard if event[0] in (CITY, ORDER)]
        self.assertEqual(
            heard_here, [(CITY, "validate"), (CITY, "after_insert"), (ORDER, "validate"), (CITY, "on_trash")]
        )

    def test_an_answer_of_a_hook_is_added(self):
        with app_of_tests(), hooks(doc_events={CITY: {"tell": [f"{HERE}.add_to_answer"]}}):
            self.assertEqual(city("Told").run_method("tell"), {"added": CITY})

    def test_a_report_is_run_by_its_class(self):
        from frappe.core.doctype.report.report import Report

        class Counting(Report):
            def execute_module(self, filters):
                return [{"fieldname": "n", "label": "N", "fieldtype": "Int"}], [{"n": filters["n"]}]

        report = Counting({"doctype": "Report", "name": "X", "is_standard": "Yes", "report_type": "Script Report"})
        self.assertEqual(report.execute_script_report({"n": 2})[1], [{"n": 2}])

    def test_an_access_log_is_written_past_the_life_cycle_by_its_class(self):
        from frappe.core.doctype.access_log.access_log import make_access_log

        heard.clear()
        events = {"Access Log": {"after_insert": [f"{HERE}.hear"]}}
        override = {"Access Log": [f"{HERE}.LoudAccessLog"]}
        with app_of_tests(), hooks(override_doctype_class=override, doc_events=events):
            make_access_log(doctype=CITY, document="Vinh", file_type="CSV", filters={"name": "Vinh"}, method="x")
        self.assertEqual(heard, [(CITY, "db_insert")])
        kept = frappe.get_last_doc("Access Log", filters={"export_from": CITY})
        self.assertEqual((kept.user, kept.reference_document, kept.file_type), ("Administrator", "Vinh", "CSV"))
        self.assertIn("Vinh", kept.filters)

    def test_what_is_kept_of_a_deleted_document_is_written_and_read_by_its_class(self):
        from frappe.core.doctype.deleted_document.deleted_document import restore

        override = {"Deleted Document": [f"{HERE}.ReversedDeletedDocument"]}
        with app_of_tests(), hooks(override_doctype_class=override):
            city("Pleiku").delete()
            name, data = frappe.db.get_value("Deleted Document", {"deleted_name": "Pleiku"}, ["name", "data"])
            self.assertEqual(frappe.parse_json(data[::-1])["name"], "Pleiku")
            restore(name)
            self.assertTrue(frappe.db.exists(CITY, "Pleiku"))

    def test_override_doctype_class(self):
        with app_of_tests(), hooks(override_doctype_class={"Role": [f"{HERE}.LoudRole"]}):
            self.assertEqual(frappe.get_doc("Role", "Guest").loud_name(), "GUEST")
        self.assertFalse(hasattr(frappe.get_doc("Role", "Guest"), "loud_name"))

    def test_permission_query_conditions(self):
        city("Huế"), city("Vinh")
        with app_of_tests(), hooks(permission_query_conditions={CITY: [f"{HERE}.only_huế"]}), self.set_user(CLERK):
            self.assertEqual(frappe.get_list(CITY, pluck="name"), ["Huế"])
        with self.set_user(CLERK):
            self.assertIn("Vinh", frappe.get_list(CITY, pluck="name"))

    def test_has_permission(self):
        doc = city("Vinh")
        with app_of_tests(), hooks(has_permission={CITY: [f"{HERE}.never_vinh"]}):
            self.assertFalse(frappe.has_permission(CITY, "read", doc=doc, user=CLERK))
            self.assertTrue(frappe.has_permission(CITY, "read", doc=doc, user=CHIEF))
        self.assertTrue(frappe.has_permission(CITY, "read", doc=doc, user=CLERK))

    def test_naming_series_variables(self):
        from frappe.model.naming import make_autoname

        with app_of_tests(), hooks(naming_series_variables={"WHO": [f"{HERE}.token"]}):
            self.assertEqual(make_autoname("H-.WHO.-.##", doc=order(title="new")), "H-NEWHO-01")

    def test_jinja_methods_and_filters(self):
        with app_of_tests(), hooks(jinja={"methods": [f"{HERE}.shout"], "filters": [f"{HERE}.shout"]}):
            self.assertEqual(frappe.render_template("{{ shout('a') }} {{ 'b'|shout }}", {}), "A B")

    def test_ignore_links_on_delete(self):
        doc = order(city=city("Linked").name).insert()
        with self.assertRaises(frappe.LinkExistsError):
            frappe.delete_doc(CITY, doc.city)
        with hooks(ignore_links_on_delete=[ORDER]):
            frappe.delete_doc(CITY, doc.city)
        self.assertFalse(frappe.db.exists(CITY, "Linked"))

    def test_standard_queries_answer_a_link(self):
        from frappe.desk.search import search_link

        city("Huế"), city("Vinh")
        queries, real = {CITY: [f"{HERE}.only_vinh"]}, frappe.get_hooks

        def with_query(hook=None, *args, **kwargs):
            if hook == "standard_queries":
                return queries
            found = real(hook, *args, **kwargs)
            return frappe._dict({**found, "standard_queries": queries}) if hook is None else found

        with app_of_tests(), patch.object(frappe, "get_hooks", with_query):
            found = search_link(CITY, "anything", page_length=5)
        self.assertEqual([row["value"] for row in found], ["Vinh"])
        self.assertIn("by anything", found[0]["description"])

    def test_scheduler_events_become_job_types(self):
        from frappe.core.doctype.scheduled_job_type.scheduled_job_type import sync_jobs

        events = {"hourly": ["frappe.utils.now"], "cron": {"5 4 * * 1": ["frappe.utils.today"]}}
        with hooks(scheduler_events=events):
            sync_jobs()
        found = {
            row.method: (row.frequency, row.cron_format)
            for row in frappe.get_all("Scheduled Job Type", ["method", "frequency", "cron_format"],
                                      {"method": ("in", ("frappe.utils.now", "frappe.utils.today"))})
        }  # fmt: skip
        self.assertEqual(found["frappe.utils.now"][0], "Hourly")
        self.assertEqual(found["frappe.utils.today"], ("Cron", "5 4 * * 1"))
        self.assertIsInstance(is_scheduler_inactive(), bool)

    def test_an_apps_title_and_other_facts_are_gathered(self):
        self.assertEqual(frappe.get_hooks("app_title", app_name="frappe"), ["Frappe Framework"])
        self.assertEqual(frappe.get_hooks("app_name")[0], "frappe")


@contextmanager
def app_of_tests():
    """Dotted paths into this module are allowed, as if it were an installed app."""
    from unittest.mock import patch

    real = frappe.get_installed_apps
    with patch.object(frappe, "get_installed_apps", lambda *a, **k: [*real(*a, **k), HERE]):
        yield
