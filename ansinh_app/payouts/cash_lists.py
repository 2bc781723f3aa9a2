"""The cash list of a batch for those who hand the money out: by commune, village or Pay Point, as people are called.

The same sealed lines under the same numbers as on the whole list, in other heaps; each heap is a paper of its own.
"""

import frappe
from frappe import _
from frappe.utils.pdf import get_pdf

from ansinh_app.core.calling import name_key, place_key
from ansinh_app.exceptions import PeriodStateError, SealedError
from ansinh_app.payee_accounts.pay_points import points_of
from ansinh_app.payouts import sealing
from ansinh_app.utils import actions, attached_papers, printing
from ansinh_app.utils.printing import say

COMMUNE, VILLAGE, PAY_POINT = "Commune", "Village", "Pay Point"
TEMPLATE = "ansinh_app/templates/papers/cash_list.html"
# More people than this are written in the background.
_AT_ONCE = 300
_RUN_SECONDS = 3600
_PREFIX = "danh-sach-tien-mat"
# What the two signatures with the seal beside them take, in mm.
_SIGN_HEIGHT = 38


def heaps(batch, lines: list[dict], by: str) -> list[tuple[str, list[dict]]]:
    """(title, lines) of each heap, in order; lines in the order they are called out.

    `lines`: as from printing.batch_lines. Who has no Pay Point stands in a heap that says so, by commune.
    """
    titles = _titles(batch, lines, by)
    found: dict[tuple, list[dict]] = {}
    for line in lines:
        found.setdefault(titles[line.name], []).append(line)
    order = calling_order()
    return [
        (title, sorted(found[key, title], key=order))
        for key, title in sorted(found, key=lambda heap: (heap[0], heap[1]))
    ]


def _titles(batch, lines: list[dict], by: str) -> dict[str, tuple]:
    """Of each line: where its heap stands among the others, and what it is called."""
    if by == PAY_POINT:
        points = points_of(batch.provider, {line.beneficiary for line in lines})
        found = {}
        for line in lines:
            name = points.of(line.beneficiary, line.administrative_unit, line.village)
            if name:
                found[line.name] = ((0, place_key(points.names[name])), points.names[name])
            else:
                title = say("{0} (no pay point)").format(line.commune)
                found[line.name] = ((1, place_key(line.commune)), title)
        return found
    if by == VILLAGE:
        return {
            line.name: (
                (place_key(line.commune), place_key(line.village or "")),
                f"{line.village}, {line.commune}"
                if line.village
                else say("{0} (no village)").format(line.commune),
            )
            for line in lines
        }
    return {line.name: ((place_key(line.commune),), line.commune) for line in lines}


def calling_order():
    """The key by which lines of one place are called out: by the setting, given name or number on the list."""
    by_number = frappe.db.get_single_value("An Sinh Settings", "cash_list_order") == "List Number"

    def key(line) -> tuple:
        place = (place_key(line.commune), place_key(line.village or ""))
        number = line.line_no or 0
        return (*place, number) if by_number else (*place, name_key(line.full_name or ""), number)

    return key


def cash_list_paper(doc, by: str, only: str | None = None) -> dict:
    """What the print formats Cash List by … need of a Payout Batch: `sheets`, each a paper of one heap.

    None of them for what is paid into accounts: nobody signs for it.

    `only`: the title of the one heap to print.
    """
    whole = printing.payment_list_head(doc)
    whole["sheets"] = []
    lines = printing.batch_lines(doc.name) if doc.channel == "Cash" else []
    for title, heap in heaps(doc, lines, by):
        if only in (None, title):
            paper = {**whole, "place": title, "signatures": _signatures()}
            printing.lay_out_list(paper, heap, signing=_SIGN_HEIGHT)
            whole["sheets"].append(paper)
    return whole


def _signatures() -> list[dict]:
    """Who signs a heap: the one who pays out, and the supervisor the office sends (NĐ 20/2021 Đ34.5)."""
    hint = say("(Signature, full name)")
    return [
        frappe._dict(authority="", title=title, hint=hint, name="")
        for title in (say("PAID OUT BY"), say("SUPERVISED BY"))
    ]


@frappe.whitelist(methods=["POST"])
def write_by_pay_point(doc: str | dict) -> dict:
    """Action: a PDF for each Pay Point on the sealed batch, instead of those written before."""
    batch = actions.stored(doc, "Payout Batch", "print")
    if batch.docstatus != 1 or batch.channel != "Cash":
        frappe.throw(
            _("Only a sealed cash list is handed out: {0} is none.").format(frappe.bold(batch.name)),
            PeriodStateError,
        )
    if (batch.line_count or 0) > _AT_ONCE:
        actions.later("ansinh_app.payouts.cash_lists.in_background", _RUN_SECONDS, batch=batch.name)
        text = _("The lists are being written; they will be attached here.")
    else:
        text = "<br>".join(frappe.utils.escape_html(name) for name in write(batch))
    frappe.msgprint(text, title=_("Cash Lists by Pay Point"))
    return batch.reload().as_dict()


def in_background(batch: str) -> None:
    """The queued writing: the batch's history says how it ended."""
    doc = frappe.get_doc("Payout Batch", batch)
    doc.check_permission("print")
    try:
        text = _("{0} cash lists by pay point are attached.").format(len(write(doc)))
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title=f"Payout Batch {batch}: cash lists")
        text = _("The cash lists could not be written; the error has been recorded.")
    doc.add_comment("Info", text)
    frappe.db.commit()


def write(batch) -> list[str]:
    """Attaches a private PDF for each Pay Point to the batch; returns the file names. Refuses a broken seal."""
    if not sealing.verify(batch.name)["valid"]:
        frappe.throw(
            _("The lines of {0} are not what was approved. No list is written.").format(
                frappe.bold(batch.name)
            ),
            SealedError,
            title=_("Seal broken"),
        )
    sheets = cash_list_paper(batch, PAY_POINT)["sheets"]
    attached_papers.remove_all(batch, _PREFIX)
    names = []
    for number, sheet in enumerate(sheets, start=1):
        body = frappe.render_template(TEMPLATE, {"doc": batch, "paper": {**sheet, "sheets": [sheet]}})
        content = get_pdf(
            '<!doctype html><html><head><meta charset="utf-8"></head>'
            f'<body><div class="print-format">{body}</div></body></html>'
        )
        first = [_PREFIX, batch.name, f"{number:02d}"]
        names.append(attached_papers.attach_pdf(batch, first, sheet["place"], content))
    return names
