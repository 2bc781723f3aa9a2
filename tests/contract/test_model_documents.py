"""Documents: names, defaults, checks, states, children, versions."""

import datetime

import frappe
from frappe.tests.utils import FrappeTestCase, change_settings
from frappe.utils import now_datetime
from model_doctypes import CITY, LINE, ORDER, REGION, SETTINGS, city, make, order


class ModelCase(FrappeTestCase):
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


class TestNaming(ModelCase):
    def test_series_counts_under_its_prefix(self):
        first, second = order().insert(), order().insert()
        year = now_datetime().strftime("%Y")
        self.assertRegex(first.name, rf"^ORD-{year}-\d{{5}}$")
        self.assertEqual(int(second.name[-5:]), int(first.name[-5:]) + 1)

    def test_field_name_is_required_and_kept_in_sync(self):
        self.assertEqual(city("Huế").name, "Huế")
        with self.assertRaises(frappe.ValidationError):
            frappe.get_doc({"doctype": CITY}).insert()

    def test_same_name_twice_is_a_duplicate(self):
        city("Vinh")
        with self.assertRaises(frappe.DuplicateEntryError):
            frappe.get_doc({"doctype": CITY, "city_name": "Vinh"}).insert()

    def test_series_with_field_in_braces(self):
        from frappe.model.naming import make_autoname

        doc = order(title="PX-1")
        self.assertEqual(make_autoname("PB-.{title}.-.####", doc=doc), "PB-PX-1-0001")
        self.assertEqual(make_autoname("PB-.{title}.-.####", doc=doc), "PB-PX-1-0002")

    def test_number_of_the_last_deleted_document_is_given_again(self):
        first = order().insert()
        frappe.delete_doc(ORDER, first.name)
        self.assertEqual(order().insert().name, first.name)

    def test_hash_names_do_not_repeat(self):
        names = {frappe.generate_hash(length=10) for _ in range(100)}
        self.assertEqual(len(names), 100)


class TestDefaultsAndTypes(ModelCase):
    def test_select_without_default_takes_its_first_option(self):
        self.assertEqual(frappe.new_doc(ORDER).kind, "Small")
        self.assertEqual(order().insert().kind, "Small")

    def test_values_come_back_in_the_types_of_their_fields(self):
        doc = order(
            ordered_on="2024-02-29", sent_at="2024-02-29 08:30:00", at_time="07:05:00", total="540000", weight=1.5,
            is_urgent=1,
        ).insert()
        values = frappe.db.get_value(
            ORDER, doc.name, ["ordered_on", "sent_at", "at_time", "total", "weight", "is_urgent"], as_dict=True
        )
        self.assertEqual(values.ordered_on, datetime.date(2024, 2, 29))
        self.assertEqual(values.sent_at, datetime.datetime(2024, 2, 29, 8, 30))
        self.assertEqual(values.at_time, datetime.timedelta(hours=7, minutes=5))
        self.assertIsInstance(values.total, float)
        self.assertEqual((values.total, values.weight, values.is_urgent), (540000.0, 1.5, 1))
        self.assertIsNone(frappe.db.get_value(ORDER, doc.name, "code"))

    def test_values_are_fetched_over_a_link(self):
        city("Paris", country="FR")
        doc = order(city="Paris").insert()
        self.assertEqual(doc.country, "FR")

    def test_attributes_of_a_new_document(self):
        doc = order()
        self.assertTrue(doc.name is None and doc.docstatus == 0 and doc.lines == [])
        doc.insert()
        self.assertFalse(doc.is_new())
        self.assertEqual((doc.owner, doc.modified_by), ("Administrator", "Administrator"))


class TestChecks(ModelCase):
    def test_mandatory(self):
        with self.assertRaises(frappe.MandatoryError):
            order(title="").insert()
        order(title="").insert(ignore_mandatory=True)

    def test_mandatory_in_rows(self):
        with self.assertRaises(frappe.MandatoryError):
            order(lines=[{"qty": 1}]).insert()

    def test_link_to_nothing(self):
        with self.assertRaises(frappe.LinkValidationError):
            order(quiet_city="Nowhere").insert()
        with self.assertRaises(frappe.LinkValidationError):
            order(lines=[{"item": "x", "city": "Nowhere"}]).insert()
        order(quiet_city="Nowhere").insert(ignore_links=True)
        order(city="Nowhere").insert()  # Frappe v15 does not check a Link over which values are fetched

    def test_dynamic_link(self):
        with self.assertRaises(frappe.ValidationError):
            order(about="Huế").insert()
        with self.assertRaises(frappe.LinkValidationError):
            order(about_type=CITY, about="Nowhere").insert()

    def test_select_length_negative_email(self):
        with self.assertRaises(frappe.ValidationError):
            order(kind="Huge").insert()
        with self.assertRaises(frappe.CharacterLengthExceededError):
            order(short="123456").insert()
        with self.assertRaises(frappe.NonNegativeError):
            order(total=-1).insert()
        with self.assertRaises(frappe.InvalidEmailAddressError):
            order(mail="not an address").insert()

    def test_unique(self):
        order(code="C1").insert()
        with self.assertRaises(frappe.UniqueValidationError):
            order(code="C1").insert()
        order(code="").insert()
        order(code="").insert()  # an empty text does not count

    def test_set_only_once(self):
        doc = order(serial="A").insert()
        doc.serial = "B"
        with self.assertRaises(frappe.CannotChangeConstantError):
            doc.save()

    def test_scripts_are_taken_out(self):
        doc = order(html='<p onclick="x()">Hi</p><script>bad()</script>', title="<b>x</b><script>y</script>").insert()
        self.assertEqual(doc.html, "<p>Hi</p>&lt;script&gt;bad()&lt;/script&gt;")
        self.assertNotIn("<script", doc.title)

    def test_stale_copy_is_refused(self):
        doc = order().insert()
        mine, yours = frappe.get_doc(ORDER, doc.name), frappe.get_doc(ORDER, doc.name)
        mine.title = "Mine"
        mine.save()
        yours.title = "Yours"
        with self.assertRaises(frappe.TimestampMismatchError):
            yours.save()
        self.assertEqual(frappe.db.get_value(ORDER, doc.name, "title"), "Mine")

    def test_missing_document(self):
        with self.assertRaises(frappe.DoesNotExistError):
            frappe.get_doc(ORDER, "no such")


class TestStates(ModelCase):
    def test_submit_then_cancel_then_amend(self):
        doc = order().insert()
        doc.submit()
        self.assertTrue(doc.docstatus.is_submitted())
        self.assertEqual(frappe.db.get_value(ORDER, doc.name, "docstatus"), 1)
        doc.cancel()
        self.assertEqual(frappe.db.get_value(ORDER, doc.name, "docstatus"), 2)
        amended = frappe.copy_doc(doc)
        amended.docstatus = 0
        amended.amended_from = doc.name
        amended.insert()
        self.assertEqual(amended.name, f"{doc.name}-1")
        amended.submit()
        amended.cancel()
        again = frappe.copy_doc(amended)
        again.docstatus = 0
        again.amended_from = amended.name
        self.assertEqual(again.insert().name, f"{doc.name}-2")

    def test_only_cancelled_documents_are_amended(self):
        doc = order().insert()
        copy = frappe.copy_doc(doc)
        copy.amended_from = doc.name
        with self.assertRaises(frappe.ValidationError):
            copy.insert()

    def test_transitions_that_are_none(self):
        doc = order().insert()
        with self.assertRaises(frappe.DocstatusTransitionError):
            frappe.get_doc(ORDER, doc.name).cancel()
        doc.submit()
        doc.docstatus = 0
        with self.assertRaises(frappe.DocstatusTransitionError):
            doc.save()
        doc = frappe.get_doc(ORDER, doc.name)
        doc.cancel()
        with self.assertRaises(frappe.ValidationError):
            doc.save()

    def test_after_submission_only_allowed_fields_change(self):
        doc = order(lines=[{"item": "a"}]).insert()
        doc.submit()
        doc.note = "allowed"
        doc.save()
        doc.title = "Other"
        with self.assertRaises(frappe.UpdateAfterSubmitError):
            doc.save()
        doc.reload()
        doc.append("lines", {"item": "b"})
        with self.assertRaises(frappe.UpdateAfterSubmitError):
            doc.save()
        doc.reload()
        doc.lines[0].item = "z"
        with self.assertRaises(frappe.UpdateAfterSubmitError):
            doc.save()

    def test_submitted_documents_are_not_deleted(self):
        doc = order().insert()
        doc.submit()
        with self.assertRaises(frappe.ValidationError):
            frappe.delete_doc(ORDER, doc.name)

    def test_what_is_linked_is_not_deleted(self):
        town = city("Hội An")
        order(city=town.name).insert()
        with self.assertRaises(frappe.LinkExistsError):
            frappe.delete_doc(CITY, town.name)
        self.assertTrue(frappe.db.exists(CITY, town.name))

    def test_what_a_submitted_document_links_is_not_cancelled(self):
        base = order().insert()
        base.submit()
        order(about_type=ORDER, about=base.name).insert().submit()
        with self.assertRaises(frappe.LinkExistsError):
            base.cancel()

    def test_link_to_a_cancelled_document(self):
        base = order().insert()
        base.submit()
        base.cancel()
        with self.assertRaises(frappe.CancelledLinkError):
            order(about_type=ORDER, about=base.name).insert()


class TestLifeCycle(ModelCase):
    def run_recorded(self, action):
        seen = []
        from frappe.model.document import Document

        original = Document.run_method

        def recorder(doc, method, *args, **kwargs):
            if doc.doctype == ORDER:
                seen.append(method)
            return original(doc, method, *args, **kwargs)

        Document.run_method = recorder
        try:
            action()
        finally:
            Document.run_method = original
        wanted = {
            "before_insert", "before_validate", "validate", "before_save", "after_insert", "on_update",
            "before_submit", "on_submit", "before_cancel", "on_cancel", "before_update_after_submit",
            "on_update_after_submit", "on_change", "on_trash", "after_delete",
        }  # fmt: skip
        return [method for method in seen if method in wanted]

    def test_order_of_events(self):
        doc = order()
        self.assertEqual(
            self.run_recorded(doc.insert),
            ["before_insert", "before_validate", "validate", "before_save", "after_insert", "on_update", "on_change"],
        )
        self.assertEqual(
            self.run_recorded(doc.save), ["before_validate", "validate", "before_save", "on_update", "on_change"]
        )
        self.assertEqual(
            self.run_recorded(doc.submit),
            ["before_validate", "validate", "before_submit", "on_update", "on_submit", "on_change"],
        )
        self.assertEqual(
            self.run_recorded(doc.save), ["before_update_after_submit", "on_update_after_submit", "on_change"]
        )
        self.assertEqual(self.run_recorded(doc.cancel), ["before_cancel", "on_cancel", "on_change"])
        self.assertEqual(
            self.run_recorded(lambda: frappe.delete_doc(ORDER, doc.name)), ["on_trash", "on_change", "after_delete"]
        )

    def test_before_save_is_compared(self):
        doc = order(title="A", ordered_on="2024-01-01").insert()
        doc.title = "B"
        doc.ordered_on = "2024-01-01"
        doc.save()
        self.assertEqual(doc.get_doc_before_save().title, "A")
        self.assertTrue(doc.has_value_changed("title"))
        self.assertFalse(doc.has_value_changed("ordered_on"))

    def test_db_set_goes_past_validation(self):
        doc = order().insert()
        before = frappe.db.get_value(ORDER, doc.name, "modified")
        doc.db_set("title", "")
        self.assertEqual(frappe.db.get_value(ORDER, doc.name, "title"), "")
        self.assertNotEqual(frappe.db.get_value(ORDER, doc.name, "modified"), before)
        doc.db_set({"title": "T", "note": "N"}, update_modified=False)
        self.assertEqual(frappe.get_doc(ORDER, doc.name).note, "N")

    def test_versions_tell_what_changed(self):
        doc = order(title="A", lines=[{"item": "a", "qty": 1}]).insert()
        doc.title = "B"
        doc.lines[0].qty = 2
        doc.append("lines", {"item": "b"})
        doc._save(ignore_version=False)
        data = frappe.parse_json(frappe.get_last_doc("Version", {"docname": doc.name}).data)
        self.assertIn(["title", "A", "B"], data["changed"])
        self.assertIn(["qty", 1, 2], data["row_changed"][0][3])
        self.assertEqual(data["added"][0][1]["item"], "b")

    def test_comment(self):
        doc = order().insert()
        doc.add_comment("Info", "Something happened")
        comment = frappe.get_last_doc("Comment", {"reference_name": doc.name})
        self.assertEqual((comment.comment_type, comment.content), ("Info", "Something happened"))


class TestChildren(ModelCase):
    def test_rows_are_kept_changed_and_removed(self):
        doc = order(lines=[{"item": "a", "qty": 1}, {"item": "b", "qty": 2}, {"item": "c", "qty": 3}]).insert()
        self.assertEqual([row.idx for row in doc.lines], [1, 2, 3])
        doc.remove(doc.lines[1])
        doc.lines[0].qty = 9
        doc.append("lines", {"item": "d"})
        doc.save()
        stored = frappe.get_doc(ORDER, doc.name)
        self.assertEqual([(row.item, row.qty, row.idx) for row in stored.lines], [("a", 9, 1), ("c", 3, 2), ("d", 0, 3)])
        self.assertEqual(frappe.db.count(LINE, {"parent": doc.name}), 3)

    def test_filters_on_rows(self):
        doc = order(lines=[{"item": "a", "qty": 1}, {"item": "b", "qty": 5}])
        self.assertEqual([row.item for row in doc.get("lines", {"qty": (">", 2)})], ["b"])
        self.assertEqual(doc.get("lines", {"item": "a"})[0].qty, 1)

    def test_multiselect(self):
        doc = order(tags=[{"city": city("Huế").name}, {"city": city("Vinh").name}]).insert()
        self.assertEqual([row.city for row in frappe.get_doc(ORDER, doc.name).tags], ["Huế", "Vinh"])

    def test_as_dict_and_json(self):
        doc = order(ordered_on="2024-05-01", lines=[{"item": "a"}]).insert()
        values = doc.as_dict()
        self.assertEqual(values.lines[0].item, "a")
        self.assertEqual(values.doctype, ORDER)
        self.assertEqual(frappe.parse_json(frappe.as_json(doc))["lines"][0]["item"], "a")

    def test_delete_takes_the_rows(self):
        doc = order(lines=[{"item": "a"}]).insert()
        frappe.delete_doc(ORDER, doc.name)
        self.assertEqual(frappe.db.count(LINE, {"parent": doc.name}), 0)
        self.assertTrue(frappe.db.exists("Deleted Document", {"deleted_name": doc.name}))


class TestRenameAndCopy(ModelCase):
    def test_rename_follows_every_link(self):
        city("Sài Gòn")
        doc = order(city="Sài Gòn", about_type=CITY, about="Sài Gòn", lines=[{"item": "a", "city": "Sài Gòn"}]).insert()
        frappe.rename_doc(CITY, "Sài Gòn", "Thành phố Hồ Chí Minh")
        stored = frappe.get_doc(ORDER, doc.name)
        for value in (stored.city, stored.about, stored.lines[0].city):
            self.assertEqual(value, "Thành phố Hồ Chí Minh")
        self.assertEqual(frappe.get_doc(CITY, "Thành phố Hồ Chí Minh").city_name, "Thành phố Hồ Chí Minh")

    def test_copy_is_new(self):
        doc = order(lines=[{"item": "a"}]).insert()
        copy = frappe.copy_doc(doc)
        copy.insert()
        self.assertNotEqual(copy.name, doc.name)
        self.assertNotEqual(copy.lines[0].name, doc.lines[0].name)


class TestSingle(ModelCase):
    def test_defaults_and_types(self):
        settings = frappe.get_single(SETTINGS)
        self.assertEqual(settings.limit, 7)
        settings.update({"limit": 9, "rate": 0.5, "opened": "2024-01-31", "is_on": 1})
        settings.save()
        self.assertEqual(frappe.db.get_single_value(SETTINGS, "limit"), 9)
        self.assertEqual(frappe.db.get_single_value(SETTINGS, "opened"), datetime.date(2024, 1, 31))
        self.assertEqual(frappe.get_single(SETTINGS).opened, "2024-01-31")  # a Single keeps dates as text
        frappe.db.set_single_value(SETTINGS, "rate", 2)
        self.assertEqual(frappe.db.get_single_value(SETTINGS, "rate"), 2.0)
        self.assertEqual(frappe.db.get_value(SETTINGS, SETTINGS, "limit"), "9")

    def test_change_settings_puts_back(self):
        frappe.get_single(SETTINGS).save()
        with change_settings(SETTINGS, {"limit": 3}):
            self.assertEqual(frappe.db.get_single_value(SETTINGS, "limit"), 3)
        self.assertEqual(frappe.db.get_single_value(SETTINGS, "limit"), 7)


class TestTree(ModelCase):
    def grow(self):
        for name, parent in (("A", None), ("A1", "A"), ("A2", "A"), ("A11", "A1"), ("B", None), ("B1", "B")):
            frappe.get_doc({"doctype": REGION, "region_name": name, "parent_ctr_region": parent, "is_group": 1}).insert()

    def below(self, name):
        return sorted(frappe.get_all(REGION, {"name": ("descendants of", name)}, pluck="name"))

    def assert_sound(self):
        rows = frappe.get_all(REGION, fields=["name", "lft", "rgt", "parent_ctr_region as parent"])
        numbers = sorted([row.lft for row in rows] + [row.rgt for row in rows])
        self.assertEqual(numbers, list(range(1, 2 * len(rows) + 1)))
        by_name = {row.name: row for row in rows}
        for row in rows:
            if row.parent:
                self.assertTrue(by_name[row.parent].lft < row.lft < row.rgt < by_name[row.parent].rgt, row)

    def test_descendants_and_ancestors(self):
        self.grow()
        self.assert_sound()
        self.assertEqual(self.below("A"), ["A1", "A11", "A2"])
        self.assertEqual(
            sorted(frappe.get_all(REGION, {"name": ("descendants of (inclusive)", "A1")}, pluck="name")), ["A1", "A11"]
        )
        self.assertEqual(sorted(frappe.get_all(REGION, {"name": ("ancestors of", "A11")}, pluck="name")), ["A", "A1"])
        self.assertEqual(sorted(frappe.db.get_descendants(REGION, "A")), ["A1", "A11", "A2"])

    def test_move(self):
        from frappe.utils.nestedset import NestedSetRecursionError

        self.grow()
        node = frappe.get_doc(REGION, "A1")
        node.parent_ctr_region = "B"
        node.save()
        self.assert_sound()
        self.assertEqual(self.below("B"), ["A1", "A11", "B1"])
        node = frappe.get_doc(REGION, "B")
        node.parent_ctr_region = "A11"
        with self.assertRaises(NestedSetRecursionError):
            node.save()

    def test_rebuild_and_delete(self):
        from frappe.utils.nestedset import NestedSetChildExistsError, rebuild_tree

        self.grow()
        frappe.db.sql(f"update `tab{REGION}` set lft=0, rgt=0")
        rebuild_tree(REGION, "parent_ctr_region")
        self.assert_sound()
        self.assertEqual(self.below("A"), ["A1", "A11", "A2"])
        with self.assertRaises(NestedSetChildExistsError):
            frappe.delete_doc(REGION, "A1")
        frappe.delete_doc(REGION, "A11")
        self.assertEqual(self.below("A"), ["A1", "A2"])
