"""Papers written onto a document many at a time: those of before go, each new one is a private PDF."""

import frappe

from ansinh_app.core.names import search_key


def remove_all(doc, prefix: str) -> None:
    """Deletes the document's attached files whose names begin so."""
    for old in frappe.get_all(
        "File",
        filters={
            "attached_to_doctype": doc.doctype,
            "attached_to_name": doc.name,
            "file_name": ["like", f"{prefix}%"],
        },
        pluck="name",
    ):
        frappe.delete_doc("File", old, ignore_permissions=True)


def attach_pdf(doc, first: list[str], title: str, content: bytes) -> str:
    """Attaches a PDF named by the words of `first` and of a title, without marks; returns its file name."""
    words = [*first, *search_key(title).lower().split()]
    file = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": "-".join(words) + ".pdf",
            "content": content,
            "is_private": 1,
            "attached_to_doctype": doc.doctype,
            "attached_to_name": doc.name,
        }
    )
    return file.insert(ignore_permissions=True).file_name
