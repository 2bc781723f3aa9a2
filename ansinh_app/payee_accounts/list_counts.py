"""How far the requests of a list are: counted alike whether answers come by file or one by one."""

import frappe

ANSWERED, PARTLY = "Answered", "Partly Answered"


def of_list(request_list: str) -> dict[str, int]:
    """Requests opened, rejected and still waiting."""
    statuses = frappe.get_all(
        "Account Request", filters={"request_list": request_list}, pluck="status", limit_page_length=0
    )
    return {
        "opened": sum(status in ("Opened", "Handed Over") for status in statuses),
        "rejected": statuses.count("Rejected"),
        "waiting": statuses.count("Sent"),
    }


def status_of(counts: dict[str, int]) -> str:
    """The list's status once something of it was answered."""
    return PARTLY if counts["waiting"] else ANSWERED


def refresh(request_list: str) -> None:
    """After one request of a sent list moved on by hand."""
    counts = of_list(request_list)
    frappe.db.set_value("Account Request List", request_list, counts | {"status": status_of(counts)})
