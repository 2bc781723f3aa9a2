"""What a save checks and fills in: unique, set once, fetched values, defaults, conditions, stale copies."""

import frappe
from documents_world import KEEPER, PAPER, PLACE, READER, DocumentsCase, make_doctype, paper, place
from frappe.utils import add_to_date, cstr, get_datetime
from model_doctypes import field

COUNTED, LOOSE, ONE = "Doc Counted", "Doc Loose", "Doc One"


class Checks(DocumentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_doctype(name=COUNTED, autoname="hash", fields=[field("number", "Int", unique=1),
                     field("place", "Link", PLACE, unique=1)])  # fmt: skip
        make_doctype(
            name=LOOSE, autoname="hash",
            fields=[
                field("kind", "Select", "One\nTwo"), field("empty_first", "Select", "\nOne\nTwo"),
                field("set_default", "Select", "One\nTwo", default="Two"), field("free", "Select", ""),
                field("count", "Int", default="5"), field("day", "Date", default="Today"),
                field("moment", "Datetime", default="Now"), field("who", "Link", "User", default="__user"),
                field("on", "Check", default="1"), field("text", default="abc"), field("place", "Link", PLACE),
                field("maybe", depends_on="eval:doc.on"), field("must", mandatory_depends_on="eval:doc.count > 100"),
                field("fixed", read_only_depends_on="eval:doc.count > 100"),
            ],
        )  # fmt: skip
        make_doctype(name=ONE, issingle=1, fields=[field("place", "Link", PLACE), field("number", "Int")])
        frappe.db.commit()


class TestUnique(Checks):
    def counted(self, **values):
        return frappe.get_doc({"doctype": COUNTED, **values}).insert()

    def test_texts_and_links(self):
        paper(code="X").insert()
        with self.assertRaises(frappe.UniqueValidationError):
            paper(code="X").insert()
        for empty in ("", None, "  "):
            paper(code=empty).insert()
            paper(code=empty).insert()
        self.counted(place=place("Huế").name, number=11)
        with self.assertRaises(frappe.UniqueValidationError):
            self.counted(place="Huế", number=12)

    def test_on_change(self):
        paper(code="X").insert()
        other = paper(code="Y").insert()
        other.code = "X"
        with self.assertRaises(frappe.UniqueValidationError):
            other.save()

    def test_empty_numbers_are_all_zero(self):
        self.counted(number=0)
        with self.assertRaises(frappe.UniqueValidationError):
            self.counted()
        self.counted(number=1)


class TestSetOnce(Checks):
    def test_a_value_stays(self):
        doc = paper(serial="A", signed_on="2024-01-01").insert()
        doc.signed_on = "2024-01-01"
        doc.save()
        doc.reload()
        doc.signed_on = frappe.utils.getdate("2024-01-01")
        doc.save()
        for fieldname, value in (("serial", "B"), ("serial", None), ("signed_on", "2024-01-02")):
            with self.subTest(fieldname=fieldname, value=value):
                changed = frappe.get_doc(PAPER, doc.name)
                changed.set(fieldname, value)
                self.assertRaises(frappe.CannotChangeConstantError, changed.save)

    def test_an_empty_one_is_not_filled_later(self):
        doc = paper().insert()
        doc.serial = "later"
        self.assertRaises(frappe.CannotChangeConstantError, doc.save)


class TestFetched(Checks):
    def test_values_follow_their_link(self):
        place("Huế", region="Trung", notes="<p>Old &amp; <b>royal</b></p>")
        place("Vinh", region="Bắc")
        doc = paper(place="Huế").insert()
        self.assertEqual((doc.region, doc.region_now, doc.notes_of_place), ("Trung", "Trung", "Old & royal"))
        doc.place = "Vinh"
        doc.save()
        self.assertEqual((doc.region, doc.region_now, doc.notes_of_place or ""), ("Trung", "Bắc", ""))

    def test_what_was_typed_gives_way_unless_fetched_only_when_empty(self):
        place("Huế", region="Trung")
        doc = paper(place="Huế", region="mine", region_now="mine").insert()
        self.assertEqual((doc.region, doc.region_now), ("mine", "Trung"))

    def test_the_source_changes_and_the_next_save_sees_it(self):
        source = place("Huế", region="Trung")
        doc = paper(place="Huế").insert()
        source.region = "Giữa"
        source.save()
        doc.save()
        self.assertEqual((doc.region, doc.region_now), ("Trung", "Giữa"))

    def test_submitted_documents_keep_what_they_had(self):
        source = place("Huế", region="Trung")
        doc = paper(place="Huế").insert()
        doc.submit()
        source.region = "Giữa"
        source.save()
        doc.reload()
        doc.save()
        self.assertEqual(doc.region_now, "Trung")

    def test_without_a_link_values_stay(self):
        place("Huế", region="Trung")
        doc = paper(place="Huế").insert()
        doc.place = None
        doc.save()
        self.assertEqual((doc.place or None, doc.region_now), (None, "Trung"))


class TestDefaults(Checks):
    def test_of_every_kind(self):
        for doc in (frappe.new_doc(LOOSE), frappe.get_doc({"doctype": LOOSE}).insert()):
            self.assertEqual(
                (doc.kind, doc.empty_first or "", doc.set_default, doc.free or "", doc.count, doc.on, doc.text, doc.who),
                ("One", "", "Two", "", 5, 1, "abc", "Administrator"),
            )
            self.assertEqual(cstr(doc.day), frappe.utils.today())
            self.assertLess(abs((get_datetime(doc.moment) - frappe.utils.now_datetime()).total_seconds()), 60)

    def test_what_is_given_wins_but_nothing_given_does_not(self):
        doc = frappe.get_doc({"doctype": LOOSE, "kind": "Two", "count": 0, "on": 0, "text": "", "set_default": None}).insert()
        self.assertEqual((doc.kind, doc.count, doc.on, doc.text, doc.set_default), ("Two", 0, 0, "", "Two"))

    def test_select(self):
        doc = frappe.get_doc({"doctype": LOOSE, "kind": "", "free": "anything"}).insert()
        self.assertEqual((doc.kind, doc.free), ("", "anything"))
        doc.kind = " Two "
        doc.save()
        self.assertEqual(doc.kind, "Two")
        doc.kind = "Three"
        self.assertRaises(frappe.ValidationError, doc.save)

    def test_empty_links_are_no_links(self):
        for empty in ("", None):
            doc = frappe.get_doc({"doctype": LOOSE, "place": empty}).insert()
            self.assertFalse(doc.place)
        self.assertTrue(frappe.get_all(LOOSE, {"place": ("is", "not set")}))
        self.assertFalse(frappe.get_all(LOOSE, {"place": ("is", "set")}))

    def test_a_link_is_written_as_the_document_is_called(self):
        place("Huế")
        with self.assertRaises(frappe.LinkValidationError):
            frappe.get_doc({"doctype": LOOSE, "place": "Nowhere"}).insert()


class TestConditions(Checks):
    def test_conditions_are_the_forms_business(self):
        # Frappe v15 looks at mandatory_depends_on and read_only_depends_on in the browser only
        doc = frappe.get_doc({"doctype": LOOSE, "count": 101, "on": 0, "maybe": "x"}).insert()
        doc.fixed = "changed"
        doc.save()
        self.assertEqual((doc.must or "", doc.fixed, doc.maybe), ("", "changed", "x"))


class TestStaleCopies(Checks):
    def test_of_documents(self):
        doc = paper().insert()
        mine, yours = frappe.get_doc(PAPER, doc.name), frappe.get_doc(PAPER, doc.name)
        mine.title = "mine"
        mine.save()
        for action in (yours.save, yours.submit):
            self.assertRaises(frappe.TimestampMismatchError, action)
        yours.reload()
        yours.docstatus = 0
        yours.title = "yours"
        yours.save()
        self.assertEqual(frappe.db.get_value(PAPER, doc.name, "title"), "yours")

    def test_text_as_a_browser_sends_it(self):
        doc = paper().insert()
        sent = frappe.parse_json(frappe.as_json(frappe.get_doc(PAPER, doc.name)))
        again = frappe.get_doc({**sent, "title": "from the browser"})
        again.save()
        stale = frappe.get_doc({**sent, "title": "too late"})
        self.assertRaises(frappe.TimestampMismatchError, stale.save)

    def test_of_singles(self):
        frappe.get_single(ONE).save()
        mine, yours = frappe.get_single(ONE), frappe.get_single(ONE)
        mine.number = 1
        mine.save()
        frappe.db.set_single_value(ONE, "modified", cstr(add_to_date(None, hours=1)), update_modified=False)
        yours.number = 2
        self.assertRaises(frappe.TimestampMismatchError, yours.save)

    def test_past_the_controller_counts_too(self):
        doc = paper().insert()
        frappe.db.set_value(PAPER, doc.name, "title", "other")
        self.assertRaises(frappe.TimestampMismatchError, doc.save)
        doc.reload()
        frappe.db.set_value(PAPER, doc.name, "title", "quiet", update_modified=False)
        doc.save()

    def test_gone_meanwhile(self):
        doc = paper().insert()
        frappe.delete_doc(PAPER, doc.name)
        self.assertRaises(frappe.DoesNotExistError, doc.save)


class TestStates(Checks):
    def test_rows_of_an_open_table_change_after_submission(self):
        doc = paper(rows=[{"item": "a", "qty": 1}], open_rows=[{"item": "b", "qty": 1}]).insert()
        doc.submit()
        doc.append("open_rows", {"item": "c"})
        doc.open_rows[0].qty = 5
        doc.rows[0].qty = 9  # the field itself is open
        doc.save()
        stored = frappe.get_doc(PAPER, doc.name)
        self.assertEqual([(row.item, row.qty, row.docstatus) for row in stored.open_rows], [("b", 5, 1), ("c", 0, 1)])
        self.assertEqual(stored.rows[0].qty, 9)
        doc.remove(doc.open_rows[1])
        doc.save()
        self.assertEqual(len(frappe.get_doc(PAPER, doc.name).open_rows), 1)

    def test_other_rows_do_not(self):
        doc = paper(rows=[{"item": "a"}], open_rows=[{"item": "b"}]).insert()
        doc.submit()
        for change in (
            lambda d: d.append("rows", {"item": "x"}),
            lambda d: d.remove(d.rows[0]),
            lambda d: d.rows[0].set("item", "z"),
            lambda d: d.open_rows[0].set("item", "z"),
        ):
            changed = frappe.get_doc(PAPER, doc.name)
            change(changed)
            self.assertRaises(frappe.UpdateAfterSubmitError, changed.save)

    def test_rights_by_state(self):
        with self.set_user(READER):
            doc = paper().insert()
            self.assertRaises(frappe.PermissionError, doc.submit)
        with self.set_user(KEEPER):
            doc = frappe.get_doc(PAPER, doc.name)
            doc.submit()
        with self.set_user(READER):
            self.assertRaises(frappe.PermissionError, frappe.get_doc(PAPER, doc.name).save)
            self.assertRaises(frappe.PermissionError, frappe.get_doc(PAPER, doc.name).cancel)
        with self.set_user(KEEPER):
            frappe.get_doc(PAPER, doc.name).cancel()

    def test_only_submittable_documents_are_submitted(self):
        doc = place("Huế")
        doc.docstatus = 1
        with self.assertRaises(frappe.PermissionError), self.set_user(KEEPER):
            doc.save()
