"""What a form shows read-only is not written by a request either: what a document's steps write stays theirs.

Hook `before_request`. Both hosts hold `read_only` for a matter of the screen: by REST, a form's JSON or
`frappe.client.set_value` an officer could set "Approved", the end of a benefit or a verified identity by hand. In what a request
brings, such fields are put back to what is stored; a new document begins without them.
"""

import json
import re

import frappe
from frappe.utils import cint

from ansinh_app.gate.plain_values import meant
from ansinh_app.utils.ours import is_ours

_REST = re.compile(r"/api/(?:(?:v1/)?resource|v2/document)/([^/]+)(?:/([^/]+))?/?$")
_NO_VALUE = ("Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Fold")
# A new document is told where it belongs: links, and what it cannot be without.
_TOLD_AT_FIRST = ("Link", "Dynamic Link")
_OWN = "ansinh_app."


def keep_read_only() -> None:
    """Change the documents and values that the request in hand brings along, in place."""
    request = getattr(frappe.local, "request", None)
    form = frappe.local.form_dict
    if not request or request.method not in ("POST", "PUT"):
        return
    path = request.path
    found = _REST.search(path)
    if found:
        _keep_of_rest(form, request, found[1], found[2])
        return
    method = str(form.get("cmd") or path.rpartition("/")[2])
    if method.startswith(_OWN):  # our methods take the name of a document and read the rest
        return
    for key in ("doc", "docs", "document", "args"):
        if form.get(key):
            form[key] = _changed(form[key], _keep)
    if method.endswith("client.set_value") and isinstance(form.get("doctype"), str):
        _keep_of_value(form)


def _keep_of_rest(form, request, doctype: str, name: str | None) -> None:
    if not _ours(doctype) or form.get("run_method"):
        return
    _drop(form, doctype, name)
    if "/v2/" in request.path:
        return
    said = meant(form.get("data") or request.get_data(as_text=True))
    if isinstance(said, dict):  # version 1 reads the body itself, whatever it calls itself
        form["data"] = json.dumps(_drop(said, doctype, name))


def _keep_of_value(form) -> None:
    doctype, field = form["doctype"], meant(form.get("fieldname"))
    if not _ours(doctype):
        return
    if isinstance(field, dict):
        form["fieldname"] = json.dumps(_drop(field, doctype, str(form.get("name"))))
    elif field in _kept(doctype):
        form["value"] = frappe.db.get_value(doctype, str(form.get("name")), field)


def _keep(said):
    """Documents in an argument, as the host will read them whole: their read-only fields as stored."""
    for document in said if isinstance(said, list) else [said]:
        if not isinstance(document, dict) or not isinstance(document.get("doctype"), str):
            continue
        doctype, name = document["doctype"], document.get("name") or document.get("docname")
        if not _ours(doctype):
            continue
        stored = _stored(doctype, name)
        if stored is None:
            _drop(document, doctype, None)
        elif (
            "docname" in document and "name" not in document
        ):  # frappe.client.bulk_update: values, no document
            _drop(document, doctype, name)
        else:
            _put_back(document, stored)
    return said


def _put_back(document: dict, stored) -> None:
    for field in _kept(document["doctype"]):
        document[field] = _plain(stored.get(field))
    for table in stored.meta.get_table_fields():
        _rows_back(document, table, stored)


def _rows_back(document: dict, table, stored) -> None:
    sent = document.get(table.fieldname)
    if not isinstance(sent, list):
        return
    kept = _kept(table.options)
    standing = {row.name: row for row in stored.get(table.fieldname)}
    for row in sent:
        if isinstance(row, dict):
            old = standing.get(row.get("name"))
            for field in kept:
                if old:
                    row[field] = _plain(old.get(field))
                else:
                    row.pop(field, None)


def _drop(said, doctype: str, name: str | None):
    """Values without those of read-only fields; rows of tables keep what they have."""
    if not isinstance(said, dict):
        return said
    stored = _stored(doctype, name) if name else None
    for field in _kept(doctype) if stored else _kept_of_new(doctype):
        said.pop(field, None)
    for table in frappe.get_meta(doctype).get_table_fields():
        rows = meant(said.get(table.fieldname))
        if isinstance(rows, list):
            holder = {table.fieldname: rows}
            _rows_back(holder, table, stored or frappe._dict({table.fieldname: []}))
            said[table.fieldname] = rows
    return said


def _stored(doctype: str, name):
    if not isinstance(name, str) or not frappe.db.exists(doctype, name):
        return None
    return frappe.get_doc(doctype, name)


def _ours(doctype: str) -> bool:
    return is_ours(frappe.db.get_value("DocType", doctype, "module", cache=True))


def _kept(doctype: str) -> list[str]:
    """Read-only fields that hold values; the state of a workflow is the workflow's to refuse."""
    states = frappe.get_all(
        "Workflow", {"document_type": doctype, "is_active": 1}, pluck="workflow_state_field"
    )
    return [
        field.fieldname
        for field in frappe.get_meta(doctype).fields
        if cint(field.read_only)
        and field.fieldtype not in _NO_VALUE
        and not field.get("is_virtual")
        and field.fieldname not in (*states, "amended_from")
    ]


def _kept_of_new(doctype: str) -> list[str]:
    meta = frappe.get_meta(doctype)
    told = {field.fieldname for field in meta.fields if field.fieldtype in _TOLD_AT_FIRST or cint(field.reqd)}
    return [field for field in _kept(doctype) if field not in told]


def _changed(value, change):
    said = meant(value)
    if said is value and isinstance(value, str):
        return value
    said = change(said)
    return json.dumps(said, default=str) if isinstance(value, str) else said


def _plain(value):
    """A stored value as a request would bring it."""
    if isinstance(value, list):
        return [row.as_dict(convert_dates_to_str=True) for row in value]
    return value if isinstance(value, int | float | str) or value is None else str(value)
