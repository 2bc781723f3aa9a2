"""Documents that move by buttons: a form or a REST client may send anything, only a step sets what steps set."""

from collections.abc import Iterable

from frappe.model import table_fields


def keep(doc, fields: Iterable[str], first: str = "Draft"):
    """Puts the fields back to what is stored; a new document has none of them, and `first` as its status.

    Returns the stored document, None for a new one. For `validate`, unless the document is saved by `take`.
    """
    before = doc.get_doc_before_save()
    for field in fields:
        empty = [] if doc.meta.get_field(field).fieldtype in table_fields else None
        doc.set(field, before.get(field) if before else empty)
    doc.status = doc.status or first
    return before


def take(doc, **values):
    """Sets what a step sets and saves the document. Returns it."""
    doc.update(values)
    doc.flags.by_step = True
    return doc.save()
