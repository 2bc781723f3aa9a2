"""Number cards of the desks that a plain count cannot give."""

import frappe


def lists_being_paid() -> list[str]:
    """Sealed batches of the months not closed yet: where lines may still change. Few, however many years there are."""
    periods = frappe.get_all(
        "Payout Period", {"status": ["not in", ["Open", "Closed"]]}, pluck="name", limit_page_length=0
    )
    sealed = {"period": ["in", periods or [""]], "docstatus": 1}
    return frappe.get_all("Payout Batch", sealed, pluck="name", limit_page_length=0)


@frappe.whitelist()
def lines_not_paid(filters: str | dict | list | None = None) -> dict:
    """Lines that came back or were not collected in months not closed yet; what is closed stands on the next list."""
    wanted = {"status": ["in", ["Failed", "Uncollected"]], "batch": ["in", lists_being_paid() or [""]]}
    rows = frappe.get_list("Payout Line", wanted, ["count(name) as total"], order_by=None, limit_page_length=1)
    return {
        "value": rows[0].total if rows else 0,
        "fieldtype": "Int",
        "route": ["query-report", "Failed and Carried Over"],
    }
