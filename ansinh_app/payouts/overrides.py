"""What managers let pass of what the check before paying found, with reason and name."""

from datetime import date

import frappe
from frappe.utils import getdate

# Blocks the law does not set: the bank may confirm in writing that the account is the person's (DOMAIN 4.4).
# What the law asks for (a contract, a mandate, a rate in force) nobody lets pass.
BLOCKS_LET_PASS = frozenset({"account_name_mismatch"})
# What a manager says of lists that an old database does not know; of the office, not of a person.
LOST_LIST_SENT, LOST_LIST_UNSENT, DATABASE_MOVED = "lost_list_sent", "lost_list_unsent", "database_moved"
SAID_OF_LISTS = frozenset({LOST_LIST_SENT, LOST_LIST_UNSENT, DATABASE_MOVED})


def can_be_let_pass(code: str, is_block: bool) -> bool:
    """Whether a finding may be let pass: every warning that concerns people, and the blocks named here."""
    if is_block:
        return code in BLOCKS_LET_PASS | SAID_OF_LISTS
    return code in _codes()


class Overrides:
    """The overrides in force for a period: a warning's for that month, a block's until it is withdrawn.

    A block is let pass for what was found then: another name on the account is another finding.
    """

    def __init__(self, office: str, period: str, month: date) -> None:
        override, other = frappe.qb.DocType("Preflight Override"), frappe.qb.DocType("Payout Period")
        rows = (
            frappe.qb.from_(override)
            .join(other)
            .on(override.period == other.name)
            .select(
                override.name,
                override.period,
                override.code,
                override.beneficiary,
                override.full_name,
                override.detail,
                override.reason,
                override.overridden_by,
                other.month,
            )
            .where(other.office == office)
            .where(override.status == "Active")
            .orderby(override.name)
            .run(as_dict=True)
        )
        self.rows = [
            row
            for row in rows
            if row.period == period or (row.code in BLOCKS_LET_PASS and getdate(row.month) <= getdate(month))
        ]
        self._found: dict[tuple[str, str], set[str]] = {}
        for row in self.rows:
            details = (row.detail or "").split("\n")
            self._found.setdefault((row.code, row.beneficiary or ""), set()).update(details)

    def lets_pass(self, code: str, beneficiary: str, detail: str = "") -> bool:
        """Whether somebody let the finding about the person pass."""
        if code in SAID_OF_LISTS:
            return False  # who found it has asked already
        if code in BLOCKS_LET_PASS:
            return detail in self._found.get((code, beneficiary), ())
        return (code, "") in self._found or (code, beneficiary) in self._found


def _codes() -> frozenset[str]:
    options = frappe.get_meta("Preflight Override").get_field("code").options
    return frozenset(options.split("\n"))
