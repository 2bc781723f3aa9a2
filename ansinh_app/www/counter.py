"""/counter: the screen at which a campaign takes one family after the other, on a phone with a weak line."""

from frappe import _

from ansinh_app.core import holders
from ansinh_app.payee_accounts import counter, day_lists
from ansinh_app.payee_accounts.doctype.account_request.account_request import PAPER_FIELDS
from ansinh_app.utils import phone_pages

no_cache = 1
sitemap = 0
_STATUSES = ("Draft", "Confirmed", "Sent", "Opened", "Handed Over", "Rejected")
FILES = ("counter.css", "store.js", "sender.js", "form.js", "counter.js")


def get_context(context):
    """A guest signs in first; who has no part in a campaign is refused."""
    phone_pages.sign_in_first("/counter")
    counter.check_clerk()
    phone_pages.fill_for_scripts(context, _("Counter for Accounts"), words(), FILES)


def words() -> dict[str, str]:
    """What the scripts say, in the clerk's language."""
    return {
        **{f"status_{status}": _(status) for status in _STATUSES},
        **{f"holder_{holder}": _(holder) for holder in holders.HOLDERS},
        **{f"paper_{paper}": day_lists.say_papers([paper]).capitalize() for paper in PAPER_FIELDS},
        **{f"field_{paper}": field for paper, field in PAPER_FIELDS.items()},
        "again": _("Try again"),
        "all_sent": _("Everything is sent"),
        "another_user": _("Somebody else has signed in on this device. Sign in as {0} to send."),
        "account_name": _("Holder's name at the bank"),
        "account_no": _("Account No"),
        "back": _("Back to the list"),
        "born": _("born {0}"),
        "busy": _("Sending…"),
        "card_handed": _("Card handed over"),
        "check_numbers": _("Number to compare with the papers: {0}"),
        "choose_person": _("Who holds it"),
        "choose_way": _("choose who holds the account"),
        "come_back": _("Write what is missing, so that the family knows what to bring."),
        "consent": _("The person agrees that the data are processed to open the account and to pay into it"),
        "done": _("Done – next family"),
        "draft": _("Begun"),
        "drop": _("Drop"),
        "drop_sure": _("Drop what was entered for {0}? It has not been received."),
        "empty": _("Nobody is invited to this day yet. The office drafts the requests in the campaign."),
        "find_none": _(
            "Nobody of this campaign is found. Try less of the name, or the whole number of the card."
        ),
        "find_offline": _("Without a line only this day's list is searched."),
        "handed": _("Card handed over – next family"),
        "holder": _("Who holds the account"),
        "missing": _("Papers are missing"),
        "missing_save": _("Note it – next family"),
        "missing_what": _("What is missing"),
        "new_data": _("Load again"),
        "no_campaign": _(
            "No campaign of yours is under way. The office makes it and chooses days and places."
        ),
        "no_one": _("nobody is on record: the commune adds the person first"),
        "not_kept": _("This browser keeps no drafts: do not close the page before everything is sent."),
        "note_needed": _("write what is missing"),
        "number_needed": _("enter the account number"),
        "offline": _("No line. Go on: it is sent by itself later."),
        "old_list": _("List of {0}. Without a line it cannot be renewed."),
        "online": _("Line is there"),
        "opened": _("Account opened – next family"),
        "papers": _("Papers brought"),
        "papers_needed": _("tick the papers: {0}"),
        "consent_needed": _("ask for the consent"),
        "refused": _("Not received: {0}"),
        "safe_use": _("Safe use of account and card explained"),
        "safe_needed": _("explain the safe use and tick it"),
        "say_needed": _("Still needed: {0}"),
        "send_now": _("Send now"),
        "sent": _("Sent"),
        "served": _("Done {0} of {1} expected"),
        "sign_in": _("Sign in again"),
        "signed_out": _("You have been signed out. What was entered is kept."),
        "unsent": _("Not sent yet"),
        "unsent_count": _("Not sent yet: {0}"),
        "waits_confirmed": _("The papers are taken. The office sends the request to the provider."),
        "waits_done": _("The account is handed over. Nothing is left to do here."),
        "waits_rejected": _("The provider rejected it. Office or commune start it again."),
    }
