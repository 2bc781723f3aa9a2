"""What a provider's reasons mean: its own codes as the office has entered them, then the usual words."""

from dataclasses import dataclass

import frappe

from ansinh_app.core import failures
from ansinh_app.core.names import search_key


@dataclass(frozen=True, slots=True)
class Reasons:
    """A provider's codes: search key -> kind, and -> in words."""

    kinds: dict[str, str]
    meanings: dict[str, str]

    def kind(self, reason: str) -> str:
        """The kind of a reason (core/failures.py)."""
        return failures.kind_of(reason, self.kinds)

    def said(self, reason: str) -> str:
        """The reason as people read it: what a code means stands beside it."""
        meaning = self.meanings.get(failures.code_in(search_key(reason), self.kinds), "")
        known = not meaning or search_key(meaning) in search_key(reason)
        return (reason if known else f"{reason} ({meaning})")[:140]


def reasons_of(provider: str) -> Reasons:
    """The codes of a provider."""
    rows = frappe.get_all(
        "Provider Reason Code",
        filters={"parent": provider, "parenttype": "Payment Service Provider"},
        fields=["said", "kind", "meaning"],
        order_by="idx",
    )
    keyed = [(search_key(row.said), row) for row in rows]
    return Reasons(
        {key: row.kind for key, row in keyed if key},
        {key: row.meaning for key, row in keyed if key and row.meaning},
    )
