"""Whose a Number Reveal is: who asked, and whoever oversees the document it is about."""

import frappe

from ansinh_app import permissions


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
    """Hook `permission_query_conditions` of Number Reveal."""
    who = permissions.scope(user)
    if who.unrestricted:
        return ""
    table, limited = "`tabNumber Reveal`", False
    choices = [f"{table}.`owner` = {frappe.db.escape(who.user)}"]
    for reference in _references():
        inner = permissions.names_in_area(who, reference)
        limited = limited or bool(inner)
        of_kind = f"{table}.`reference_doctype` = {frappe.db.escape(reference)}"
        choices.append(f"({of_kind} and {table}.`reference_name` in ({inner}))" if inner else f"({of_kind})")
    return "(" + " or ".join(choices) + ")" if limited else ""


def has_permission(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
    """Hook `has_permission` of Number Reveal; what is asked for anew checks its document itself."""
    who = permissions.scope(user)
    if who.unrestricted or doc.owner == who.user or doc.is_new():
        return True
    inner = permissions.names_in_area(who, doc.reference_doctype)
    return not inner or bool(
        frappe.db.exists(doc.reference_doctype, doc.reference_name)
        and frappe.has_permission(doc.reference_doctype, "read", doc=doc.reference_name, user=who.user)
    )


def _references() -> list[str]:
    return [one for one in frappe.get_meta("Number Reveal").get_field("reference_doctype").options.split("\n") if one]
