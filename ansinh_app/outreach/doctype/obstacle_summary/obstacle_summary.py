"""Obstacle Summary: the month's obstacles reported to the city (plan IV: obstacles are reported for solution)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, nowdate

from ansinh_app.core.months import Month
from ansinh_app.exceptions import OutreachError
from ansinh_app.outreach import obstacles
from ansinh_app.registry.people import first_of_month
from ansinh_app.utils import actions, steps

_STEPS = ("status", "sent_on")


class ObstacleSummary(Document):
    def autoname(self):
        self.name = f"VM-{self.office}-{Month.of(getdate(self.month))}"

    def validate(self):
        self.month = first_of_month(self.month)
        month = Month.of(getdate(self.month))
        if month > Month.of(getdate(nowdate())):
            frappe.throw(_("{0} has not begun yet").format(month.label), OutreachError)
        self.title = _("Obstacles of month {0}", lang="vi").format(month.label)
        before = self.get_doc_before_save()
        if not self.flags.by_step:
            steps.keep(self, _STEPS)
            if before:
                self.set("by_commune", before.by_commune)
                self.set("by_kind", before.by_kind)
                self.counted_on = before.counted_on
            if before and before.status == "Sent":
                frappe.throw(
                    _("{0} is sent and stays as it is.").format(frappe.bold(self.title)), OutreachError
                )
        if not before:
            self.count()
            self.obstacles = self.obstacles or self.words_of_communes()

    def count(self):
        """The figures of now, of the whole office: it is the office's paper."""
        month = Month.of(getdate(self.month))
        found = obstacles.figures(month, self.office, admits=lambda _office, _unit: True)
        for table, by in (("by_commune", "commune"), ("by_kind", "kind")):
            rows = [{"label": label, **counts} for label, counts in obstacles.shown(month, found, by)]
            self.set(table, rows)
        self.counted_on = now_datetime()

    def words_of_communes(self) -> str:
        """What the communes wrote under Obstacles in their reports of the month, each with its name."""
        lines = []
        for row in frappe.get_all(
            "Commune Report",
            filters={"office": self.office, "month": self.month, "obstacles": ["is", "set"]},
            fields=["administrative_unit", "obstacles"],
            order_by="administrative_unit",
        ):
            unit = frappe.db.get_value("Administrative Unit", row.administrative_unit, "unit_name")
            words = " ".join(line.strip() for line in row.obstacles.splitlines() if line.strip())
            lines.append(f"{unit}: {words}")
        return "\n".join(lines)

    def on_trash(self):
        if self.status == "Sent":
            frappe.throw(_("{0} is sent and stays as it is.").format(frappe.bold(self.title)), OutreachError)


@frappe.whitelist(methods=["POST"])
def count_again(doc: str | dict) -> dict:
    """Action: the figures of now."""
    summary = _draft(doc)
    summary.count()
    return _step(summary)


@frappe.whitelist(methods=["POST"])
def mark_sent(doc: str | dict) -> dict:
    """Action: the paper has gone to the city; figures and words stay."""
    return _step(_draft(doc), status="Sent", sent_on=nowdate())


def _draft(doc):
    summary = actions.stored(doc, "Obstacle Summary")
    if summary.status == "Sent":
        frappe.throw(_("{0} is sent and stays as it is.").format(frappe.bold(summary.title)), OutreachError)
    return summary


def _step(summary, **values) -> dict:
    return steps.take(summary, **values).as_dict()
