"""/cash-list: a signed sheet of a cash list is ticked off, on the phone that photographed its code or on the desk."""

from urllib.parse import urlencode

import frappe
from frappe import _

from ansinh_app.payouts import signed_lists
from ansinh_app.utils import phone_pages
from ansinh_app.www import counter

no_cache = 1
sitemap = 0
FILES = ("counter.css", "cash-list.css", "store.js", "sender.js", "cash-list.js")


def get_context(context):
    """A guest signs in first and comes back to the sheet; who pays no cash is refused."""
    asked = {key: str(frappe.form_dict.get(key))[:2000] for key in ("b", "n") if frappe.form_dict.get(key)}
    phone_pages.sign_in_first(signed_lists.PAGE + ("?" + urlencode(asked) if asked else ""))
    signed_lists.check_clerk()
    phone_pages.fill_for_scripts(context, _("Signed Cash List"), words(), FILES)


def words() -> dict[str, str]:
    """What the scripts say, in the clerk's language."""
    shared = counter.words()
    of_the_outbox = (
        "again", "all_sent", "another_user", "busy", "drop", "new_data", "not_kept", "offline", "online", "refused",
        "send_now", "sent", "sign_in", "signed_out", "unsent", "unsent_count",
    )  # fmt: skip
    return {
        **{word: shared[word] for word in of_the_outbox},
        "status_Paid": _("Paid"),
        "status_Uncollected": _("Uncollected"),
        "status_Failed": _("Failed"),
        "known": _("known: {0}"),
        "all_paid": _("All paid: then untick who was absent"),
        "none_paid": _("Untick all"),
        "lists": _("Cash lists"),
        "places": _("Commune and village"),
        "left": _("{0} of {1} left"),
        "done": _("done"),
        "no_lists": _("No cash list of yours has been approved."),
        "sheet": _("Sheet: lines {0}"),
        "sum": _("Sum of the sheet: {0} people, {1} đồng"),
        "ticked": _("Ticked as paid: {0} people, {1} đồng"),
        "why": _("Why not paid"),
        "other_reason": _("Another reason"),
        "stated": _("Paid out by the paper, in đồng"),
        "stated_hint": _("The sum written on the signed sheet, added up by hand: it must be that of the ticks."),
        "differ": _("The paper says {0}, the ticks come to {1}. Compare again; if the paper is wrong, write why."),
        "note": _("Why the sums differ"),
        "photo": _("Photograph the signed sheet"),
        "photo_taken": _("The photo is ready ({0} KB). Take it again"),
        "send": _("Send the sheet"),
        "nothing": _("Nothing is ticked and no reason is given yet."),
        "undecided": _("{0} lines have neither a tick nor a reason: they stay open. Send all the same?"),
        "reason_needed": _("choose why: {0}"),
        "stated_needed": _("enter the sum of the paper"),
        "still": _("Still needed: {0}"),
        "received": _("Received: {0} paid, {1} not paid."),
        "differing": _("{0} lines differ from what was known: the office decides."),
        "old_sheet": _("Loaded {0}. Without a line it cannot be renewed."),
        "not_loaded": _("Without a line a new sheet cannot be opened. It opens by itself when the line is back."),
        "drop_sure": _("Drop what was entered for {0}? It has not been received."),
        "scan": _("Photograph the code on the signed sheet with the phone's camera, or choose below."),
        "back": _("Other sheets"),
    }
