"""Versions: what a save changed."""

import frappe
from frappe.model import no_value_fields, table_fields
from frappe.model.document import Document


class Version(Document):
    """One save of one document, as JSON of the differences."""

    def update_version_info(self, old, new) -> bool:
        """Fill in what changed between two states; False where nothing did."""
        if not old:
            return self.for_insert(new) if new.flags.updater_reference else False
        difference = get_diff(old, new)
        if not difference:
            return False
        self.ref_doctype = new.doctype
        self.docname = new.name
        self.data = frappe.as_json(difference, indent=None, separators=(",", ":"), ensure_ascii=False)
        return True

    def for_insert(self, doc) -> bool:
        self.ref_doctype = doc.doctype
        self.docname = doc.name
        self.data = frappe.as_json({"creation": doc.creation, "updater_reference": doc.flags.updater_reference,
                                    "created_by": doc.owner})
        return True

    def get_data(self) -> dict:
        return frappe.parse_json(self.data)


def get_diff(old, new, for_child=False, compare_cancelled=False) -> dict | None:
    """`changed` [field, old, new], `added` / `removed` rows, `row_changed` by table."""
    if not new:
        return None
    out = frappe._dict(changed=[], added=[], removed=[], row_changed=[], data_import=new.flags.via_data_import,
                       updater_reference=new.flags.updater_reference)
    for df in new.meta.fields:
        if df.fieldtype in no_value_fields and df.fieldtype not in table_fields:
            continue
        before, after = old.get(df.fieldname), new.get(df.fieldname)
        if df.fieldtype in table_fields:
            _compare_rows(df.fieldname, before or [], after or [], out)
        elif _shown(old, df, before) != _shown(new, df, after):
            out.changed.append((df.fieldname, _shown(old, df, before), _shown(new, df, after)))
    if not for_child and old.docstatus != new.docstatus:
        out.changed.append(["docstatus", int(old.docstatus), int(new.docstatus)])
    if any((out.changed, out.added, out.removed, out.row_changed)):
        return out
    return None


def _shown(doc, df, value):
    """Values in one form, so that "5" and 5.0 are no change."""
    if df.fieldtype in ("Date", "Datetime", "Time", "Currency", "Float", "Percent", "Int", "Check"):
        if value in (None, ""):
            return None if df.fieldtype in ("Date", "Datetime", "Time") else 0
        cast = frappe.utils.cast(df.fieldtype, value)
        return cast if isinstance(cast, (int, float)) else str(cast)
    return value or None


def _compare_rows(fieldname, before, after, out) -> None:
    known = {row.name: row for row in before}
    kept = set()
    for index, row in enumerate(after):
        if row.name in known:
            kept.add(row.name)
            if difference := get_diff(known[row.name], row, for_child=True):
                out.row_changed.append((fieldname, index, row.name, difference.changed))
        else:
            out.added.append([fieldname, row.as_dict()])
    out.removed.extend([fieldname, row.as_dict()] for row in before if row.name not in kept)
