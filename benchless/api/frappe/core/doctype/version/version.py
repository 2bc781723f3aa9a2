"""Versions: what a save changed, and telling it to people."""

import frappe
from frappe import _
from frappe.model import no_value_fields, table_fields
from frappe.model.document import Document
from frappe.utils import cstr, strip_html

ROW_CHANGES = ("added", "removed", "row_changed")
LONG_TEXTS = ("Markdown Editor", "Text Editor", "Code", "HTML Editor")


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

    def apply_fieldlevel_read_permissions(self) -> None:
        """A change of a field that the user may not read does not leave the server either."""
        super().apply_fieldlevel_read_permissions()
        self.data = readable_data(self.ref_doctype, self.data)

    def readable_dict(self):
        return {**super().readable_dict(), "data": readable_data(self.ref_doctype, self.data)}


def get_diff(old, new, for_child=False, compare_cancelled=False) -> dict | None:
    """`changed` [field, old, new], `added` / `removed` rows, `row_changed` by table. Old and new are as people
    read them, but for long texts. An amendment's rows are compared with those of the document it replaces."""
    if not new:
        return None
    out = frappe._dict(changed=[], added=[], removed=[], row_changed=[], data_import=new.flags.via_data_import,
                       updater_reference=new.flags.updater_reference)
    amends = not for_child and bool(new.get("amended_from")) and new.get("amended_from") == old.name
    for df in new.meta.fields:
        if df.fieldtype in no_value_fields and df.fieldtype not in table_fields:
            continue
        before, after = old.get(df.fieldname), new.get(df.fieldname)
        if df.fieldtype in table_fields:
            _compare_rows(df.fieldname, before or [], after or [], out, by_place=amends and compare_cancelled)
        elif _comparable(df, before) != _comparable(df, after):
            out.changed.append((df.fieldname, _shown(old, df, before), _shown(new, df, after)))
    if not for_child:
        for key in ("name", "docstatus"):
            before, after = old.get(key), new.get(key)
            if before != after:
                number = int if key == "docstatus" else cstr
                out.changed.append([key, number(before), number(after)])
    if any((out.changed, out.added, out.removed, out.row_changed)):
        return out
    return None


def _comparable(df, value):
    """Values in one form, so that "5" and 5.0 are no change."""
    if df.fieldtype in ("Date", "Datetime", "Time", "Currency", "Float", "Percent", "Int", "Check"):
        if value in (None, ""):
            return None if df.fieldtype in ("Date", "Datetime", "Time") else 0
        cast = frappe.utils.cast(df.fieldtype, value)
        return cast if isinstance(cast, (int, float)) else str(cast)
    return value or None


def _shown(doc, df, value):
    return doc.get_formatted(df.fieldname) if value and df.fieldtype not in LONG_TEXTS else value


def _compare_rows(fieldname, before, after, out, by_place=False) -> None:
    known = {row.name: row for row in before}
    kept = set()
    for index, row in enumerate(after):
        name = before[index].name if by_place and index < len(before) else row.name
        if name in known:
            kept.add(name)
            difference = get_diff(known[name], row, for_child=True)
            if difference and difference.changed:
                out.row_changed.append((fieldname, index, row.name, difference.changed))
        else:
            out.added.append([fieldname, row.as_dict()])
    out.removed.extend([fieldname, row.as_dict()] for row in before if row.name not in kept)


# what a reader sees of it


def readable_content(doctype: str, content: dict, user: str | None = None) -> dict:
    """A version's content without the fields (of the document and of its rows) that the user may not read."""
    if (user or frappe.session.user) == "Administrator" or not frappe.db.exists("DocType", doctype):
        return content
    meta = frappe.get_meta(doctype)
    levels = {0, *meta.get_permlevel_access("read", user=user)}

    def hidden(meta, fieldname):
        df = meta.get_field(fieldname)
        return df is not None and (df.permlevel or 0) not in levels

    def row_meta(fieldname):
        return frappe.get_meta(meta.get_field(fieldname).options)

    found = {**content, "changed": [c for c in content.get("changed") or [] if not hidden(meta, c[0])]}
    for kind in ROW_CHANGES:
        found[kind] = rows = []
        for entry in content.get(kind) or []:
            if not meta.get_field(entry[0]) or hidden(meta, entry[0]):
                continue
            of_row = row_meta(entry[0])
            if kind == "row_changed":
                changes = [change for change in entry[3] if not hidden(of_row, change[0])]
                if changes:
                    rows.append([*entry[:3], changes])
            else:
                rows.append([entry[0], {k: v for k, v in entry[1].items() if not hidden(of_row, k)}])
    return found


def readable_data(doctype: str, data: str | None) -> str | None:
    """The same for the JSON that is stored."""
    if not data or frappe.session.user == "Administrator":
        return data
    return frappe.as_json(readable_content(doctype, frappe.parse_json(data)), indent=None, ensure_ascii=False)


def describe(doctype: str, data: str | dict, user: str | None = None, number=cstr) -> list[dict]:
    """A version in words: [{"label", "old", "new", "row", "change"}], without what the user may not read.
    `change`: "changed", "added" or "removed"; `row`: the row's number, for changes in a table; `number`: what is shown
    of an amount, which the version keeps in the site's number format."""
    content = frappe.parse_json(data) if isinstance(data, str) else data
    content = readable_content(doctype, content or {}, user)
    meta = frappe.get_meta(doctype)
    lines = []
    for fieldname, old, new in content.get("changed") or []:
        if (df := meta.get_field(fieldname)) and df.hidden:
            continue
        lines.append(_line(_label(meta, fieldname), *_words(meta, fieldname, old, new, number=number)))
    for fieldname, index, _name, changes in content.get("row_changed") or []:
        of_row = frappe.get_meta(meta.get_field(fieldname).options)
        for child_field, old, new in changes:
            if (df := of_row.get_field(child_field)) and df.hidden:
                continue
            label = f"{_label(meta, fieldname)} · {_label(of_row, child_field)}"
            lines.append(_line(label, *_words(of_row, child_field, old, new, number=number), row=index + 1))
    for kind in ("added", "removed"):
        for fieldname, row in content.get(kind) or []:
            text = _row_text(frappe.get_meta(meta.get_field(fieldname).options), row, number)
            old, new = ("", text) if kind == "added" else (text, "")
            lines.append(_line(_label(meta, fieldname), old, new, row=row.get("idx"), change=kind))
    return lines


def _line(label, old, new, row=None, change="changed") -> dict:
    return frappe._dict(label=label, old=old, new=new, row=row, change=change)


def _label(meta, fieldname: str) -> str:
    return _("Status") if fieldname == "docstatus" else _(meta.get_label(fieldname))


def _words(meta, fieldname: str, *values, number=cstr) -> list[str]:
    """Values as people read them."""
    if fieldname == "docstatus":
        return [_(("Draft", "Submitted", "Cancelled")[frappe.utils.cint(value)]) for value in values]
    df = meta.get_field(fieldname)
    if df is not None and df.fieldtype == "Check":
        return [_("Yes") if frappe.utils.cint(value) else _("No") for value in values]
    if df is not None and df.fieldtype == "Password":
        return ["***" if value else "" for value in values]
    if df is not None and df.fieldtype == "Select":
        return [_(cstr(value)) for value in values]
    if df is not None and df.fieldtype in ("Currency", "Float"):
        return [number(strip_html(cstr(value))) for value in values]
    return [strip_html(cstr(value)) for value in values]


def _row_text(meta, row: dict, number) -> str:
    """A row by the columns of its list view (or its first three fields)."""
    fields = [df for df in meta.fields if df.fieldtype not in no_value_fields and not df.hidden]
    shown = [df for df in fields if df.in_list_view] or fields[:3]
    values = [(df, row.get(df.fieldname)) for df in shown if row.get(df.fieldname) not in (None, "", 0)]
    return ", ".join(
        _words(meta, df.fieldname, frappe.format_value(value, df), number=number)[0] for df, value in values
    )


def on_doctype_update():
    frappe.db.add_index("Version", ["ref_doctype", "docname"])
