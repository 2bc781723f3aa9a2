"""Things that end on a day: when to warn before it, and telling people by mail."""

import frappe

# Days before the end at which whoever has to act is told, once each.
WARNED_BEFORE = (60, 30)


def mark(days_left: int, warned: int | None) -> int | None:
    """The warning that is due with so many days left, None where it was given already or it is too early.

    >>> mark(45, 0), mark(45, 60), mark(20, 60), mark(90, 0)
    (60, None, 30, None)
    """
    due = min((days for days in WARNED_BEFORE if days_left <= days), default=None)
    return None if due is None or (warned and warned <= due) else due


def mail(recipients: list[str], subject: str, message: str, about: tuple[str, str] | None = None) -> None:
    """A mail from the site's sender. A site that sends none still shows in its lists what the mail would say."""
    if not recipients:
        return
    try:
        frappe.sendmail(
            recipients=recipients,
            sender=frappe.db.get_single_value("An Sinh Settings", "mail_sender") or "",
            subject=subject,
            message=message,
            reference_doctype=about[0] if about else None,
            reference_name=about[1] if about else None,
        )
    except Exception:
        frappe.log_error(title=f"Nobody could be told by mail: {subject}"[:140])


def users_with(role: str) -> list[str]:
    """Users at work who have the role."""
    users = frappe.get_all("Has Role", filters={"role": role, "parenttype": "User"}, pluck="parent")
    return frappe.get_all(
        "User", filters={"name": ["in", users or [""]], "enabled": 1}, pluck="name", order_by="name"
    )
