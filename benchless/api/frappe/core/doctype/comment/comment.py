"""Comment: a line in a document's history; the newest of people's own stand in the document's row too."""

import json

import frappe
from frappe.model.document import Document
from frappe.utils import sanitize_html

KEPT, LONGEST = 100, 100


class Comment(Document):
    def validate(self):
        self.comment_email = self.comment_email or frappe.session.user
        self.content = sanitize_html(self.content or "", always_sanitize=True)

    def on_update(self):
        if self.comment_type == "Comment" and self.content:
            text = self.content if len(self.content) <= LONGEST else self.content[: LONGEST - 3] + "..."
            noted = self._noted()
            mine = next((entry for entry in noted if entry.get("name") == self.name), None)
            if mine is None:
                noted.append({"comment": text, "by": self.comment_email, "name": self.name})
            else:
                mine["comment"] = text
            self._note(noted)

    def on_trash(self):
        noted = self._noted()
        kept = [entry for entry in noted if entry.get("name") != self.name]
        if len(kept) != len(noted):
            self._note(kept)

    def _has_row(self) -> bool:
        """Whether the document it belongs to has a row of its own."""
        doctype = self.reference_doctype
        if not (doctype and self.reference_name and frappe.db.exists("DocType", doctype)):
            return False
        meta = frappe.get_meta(doctype)
        return not (meta.issingle or meta.is_virtual or meta.istable)

    def _noted(self) -> list[dict]:
        if not self._has_row():
            return []
        text = frappe.db.get_value(self.reference_doctype, self.reference_name, "_comments")
        return frappe.parse_json(text or "[]")

    def _note(self, entries: list[dict]) -> None:
        """Keep the last of them; the document's own time stamp stays."""
        if self._has_row():
            frappe.db.sql(
                f"update `tab{self.reference_doctype}` set `_comments`=%s where `name`=%s",
                (json.dumps(entries[-KEPT:], ensure_ascii=False), self.reference_name),
            )


def on_doctype_update():
    frappe.db.add_index("Comment", ["reference_doctype", "reference_name"])
