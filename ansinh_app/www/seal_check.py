"""/seal-check: whether a printed list is the one that was approved; no name and no number of anybody is on it."""

from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import cint, format_datetime, getdate

from ansinh_app.core import cells
from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.payouts import seal_book, sealing
from ansinh_app.utils import paper_codes, phone_pages

no_cache = 1
sitemap = 0
_ASKED = ("b", "n", "t", "s", "p")


def get_context(context):
    """What the paper says of itself (its code fills the address) against the lines in the database."""
    asked = {key: str(frappe.form_dict.get(key) or "").strip()[:140] for key in _ASKED}
    given = urlencode({key: value for key, value in asked.items() if value})
    phone_pages.sign_in_first(f"{paper_codes.SEAL_PAGE}?{given}")
    phone_pages.fill(context, _("Check of a Seal"))
    context.update(phone_pages.assets(("counter.css",)))
    context.asked = asked
    context.found = check(asked) if asked["b"] else None


def check(asked: dict) -> dict:
    """`kind` (good, bad, waits), `text`, and as `rows` what the list is; nothing of it for whom it is not.

    `asked`: b batch, n lines, t total in đồng, s seal or its beginning, p day of printing; all as the paper has them.
    """
    batch = _readable(asked["b"])
    if not batch and (lost := _lost(asked)):
        text = _("This list was approved on {0}, but the office's database is an older one: ask the office first.")
        return {"kind": "waits", "text": text.format(format_datetime(lost.approved_on, "dd-MM-yyyy HH:mm")), "rows": []}
    if not batch:
        # The same words for a list of others and for one that is none: the page tells nobody which exist.
        return {
            "kind": "bad",
            "text": _("This is no list that you may check. Do not pay by it; ask the office."),
            "rows": [],
        }
    seal = sealing.verify(batch.name)
    kind, text = _verdict(batch, seal, _differences(asked, seal))
    return {"kind": kind, "text": text, "rows": _rows(batch, seal, asked)}


def _readable(name: str):
    if not frappe.db.exists("Payout Batch", name):
        return None
    batch = frappe.get_doc("Payout Batch", name)
    return batch if frappe.has_permission("Payout Batch", "read", doc=batch) else None


def _lost(asked: dict) -> seal_book.Entry | None:
    """The list as the book beside the database has it, for who could read it if it were there."""
    for entry in seal_book.read().entries:
        if entry.batch == asked["b"] and paper_codes.same_seal(asked["s"], entry.seal):
            facts = {name: getattr(entry, name) for name in ("office", "period", "programme", "provider", "channel")}
            batch = frappe.get_doc({"doctype": "Payout Batch", "docstatus": 1, "receiver": entry.provider, **facts})
            if frappe.has_permission("Payout Batch", "read", doc=batch):
                return entry
    return None


def _verdict(batch, seal: dict, differences: list[str]) -> tuple[str, str]:
    if batch.docstatus == 2:
        return "bad", _("This list was cancelled. Do not pay by it.")
    if not seal["sealed"]:
        return "waits", _("This list is not approved yet. Do not pay by it.")
    if not seal["valid"]:
        return "bad", _("The lines are not what was approved. Do not pay; call the manager.")
    if differences:
        return "bad", _("The paper is not the list that was approved: {0}. Do not pay by it.").format(
            ", ".join(differences)
        )
    return "good", _("The seal is genuine. Compare the numbers below with the paper.")


def _differences(asked: dict, seal: dict) -> list[str]:
    """What the paper says that is not so; what its code does not say is not compared."""
    found = []
    if asked["s"] and not paper_codes.same_seal(asked["s"], seal["seal"]):
        found.append(_("the seal is another one"))
    if asked["n"] and asked["n"] != str(seal["sealed_line_count"]):
        found.append(_("the number of lines is another one"))
    if asked["t"] and asked["t"] != str(seal["sealed_total"]):
        found.append(_("the total is another one"))
    return found


def _rows(batch, seal: dict, asked: dict) -> list[tuple[str, str]]:
    month = getdate(frappe.db.get_value("Payout Period", batch.period, "month"))
    provider = frappe.get_cached_value("Payment Service Provider", batch.provider, "provider_name")
    rows = [
        (_("Batch"), batch.name),
        (_("Paying Office"), frappe.get_cached_value("Paying Office", batch.office, "office_name")),
        (_("Month"), month.strftime("%m/%Y")),
        (_("Programme"), frappe.get_cached_value("Benefit Programme", batch.programme, "title")),
        (_("Provider"), f"{provider}, {_(batch.channel)}"),
        (_("Status"), _(batch.status)),
        (_("Lines"), format_dong(cint(seal["sealed_line_count"]))),
        (_("Total"), f"{format_dong(as_dong(seal['sealed_total']))} đồng"),
        (_("Sealed On"), batch.approved_on.strftime("%H:%M %d/%m/%Y") if batch.approved_on else ""),
        (_("Printed On"), _day(asked["p"])),
        (_("Seal"), seal["seal"]),
    ]
    return [(label, value) for label, value in rows if value]


def _day(text: str) -> str:
    found = cells.parse_date(text)
    return f"{found.value:%d/%m/%Y}" if found else ""
