"""Provider File Profile: how a provider wants its file laid out."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.core import profile_checks
from ansinh_app.core.profile_checks import Problem
from ansinh_app.exceptions import ResultFileError
from ansinh_app.payee_accounts import profile_preview
from ansinh_app.payouts import files
from ansinh_app.utils import actions


class ProviderFileProfile(Document):
    def validate(self):
        problems = self.problems()
        if problems:
            frappe.throw(
                _("The layout {0} cannot be used: {1}").format(
                    frappe.bold(self.profile_name), "<br>" + "<br>".join(problems)
                ),
                ResultFileError,
                title=_("Layout of the Provider's File"),
            )

    def problems(self) -> list[str]:
        """What is wrong with the layout, as a clerk reads it; escaped for HTML."""
        found = profile_checks.check(files.profile_of(self), self.purpose or profile_checks.PAYMENT)
        return [frappe.utils.escape_html(say(self, problem)) for problem in found]


def say(profile, problem: Problem) -> str:
    """A problem of a layout: what is wrong, where, and what to do."""
    facts = dict(problem.facts)
    if "field" in facts:
        facts["field"] = _field_label(facts["field"])
    if facts.get("where"):
        facts["where"] = _("Title Row") if facts["where"] == "title" else _("Memo")
    texts = {
        "sheet_name_long": _("The sheet name {name} is too long: Excel takes {limit} characters at most."),
        "sheet_name_marks": _("The sheet name {name} holds a mark that Excel refuses: none of [ ] : * ? / \\ '."),
        "header_row": _("The header must stand in row 1 to 50, not in row {row}."),
        "no_room_for_title": _("The title needs a row above the header: put the header in row 2 or lower, not in row {row}."),
        "row_limit": _("The most rows in a file cannot be {limit}: enter 0 for no limit."),
        "header_twice": _("Two columns have the same header: {header}."),
        "field_twice": _("The column {field} stands in the layout twice."),
        "foreign_field": _("The column {field} is not known of this kind of list."),
        "missing": _("The layout needs this column too: {field}."),
        "amount_as_text": _("The column {header} holds the amount: choose the kind amount for it."),
        "no_reference": _(
            "The layout needs these columns too: the reference of the line, or a memo that names {{line_no}} or {{line_ref}}. "
            "Without it the provider's answer cannot be matched."
        ),
        "memo_accents": _("The provider takes no diacritics in the memo: write {memo} without them."),
        "memo_long": _(
            "The memo becomes too long: {memo} has {length} characters, the provider takes {limit}. Shorten it."
        ),
        "braces": _("{where}: a brace does not close in {template}."),
        "placeholder": _("{where}: {{{name}}} is not known here, or must not leave the office."),
    }  # fmt: skip
    return texts[problem.code].format(**facts)


def _field_label(field: str) -> str:
    """A column of a layout as its form names it."""
    return _("amount") if field == "total" else _(field)


@frappe.whitelist(methods=["POST"])
def preview(doc: str | dict) -> None:
    """Action: the first rows as they would be written, what is wrong with the layout, and a sample file.

    Takes the form as it stands, saved or not: the layout is changed while its effect is looked at.
    """
    values = actions.sent(doc)
    frappe.has_permission("Provider File Profile", "read", throw=True)
    profile = frappe.get_doc({**values, "doctype": "Provider File Profile"})
    shown = profile_preview.show(profile)
    frappe.msgprint(
        shown.html, title=_("Preview: {0}").format(profile.profile_name), wide=True, indicator=shown.indicator
    )
