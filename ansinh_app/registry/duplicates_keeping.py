"""Findings as they are kept: one document a pair, never asked again unless the data it rests on have changed."""

import hashlib
from collections import Counter
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import nowdate

from ansinh_app.core import names
from ansinh_app.core.duplicates import Pair, kind_with_schemes
from ansinh_app.core.syllables import words_of
from ansinh_app.registry.duplicates_reading import ENDED, schemes
from ansinh_app.registry.people import birth

DECIDED = ("Same Person", "Different People", "Both Due")
_IDENTITY = (
    "full_name", "date_of_birth", "dob_precision", "sex", "personal_id", "old_id", "birth_certificate_no",
)  # fmt: skip
_CHUNK = 500


def keep(pairs: Iterable[Pair], people: dict) -> tuple[Counter, list[str]]:
    """Writes what is new or has changed; `people` are the rows of both sides by name.

    Returns counts of new, reopened and known findings, and the names of those that are open.
    """
    pairs = [
        pair
        for pair in pairs
        if not (people[pair.first].status in ENDED and people[pair.second].status in ENDED)
    ]
    drawn = schemes(name for pair in pairs for name in (pair.first, pair.second))
    stored = _stored(key_of(pair.first, pair.second) for pair in pairs)
    counts, waiting = Counter(new=0, reopened=0, known=0), []
    for pair in pairs:
        one, other = people[pair.first], people[pair.second]
        values = {
            "kind": kind_with_schemes(pair.kind, drawn.get(one.name, ()), drawn.get(other.name, ())),
            "score": pair.score,
            "evidence": " ".join(pair.reasons),
            "rests_on": rests_on(one, other, drawn),
        }
        known = stored.get(key_of(one.name, other.name))
        if known is None:
            doc = frappe.get_doc(
                {
                    "doctype": "Duplicate Finding",
                    "beneficiary": one.name,
                    "other_beneficiary": other.name,
                    "found_on": nowdate(),
                    **values,
                }
            )
            doc.flags.found = True
            doc.insert(ignore_permissions=True)
            counts["new"] += 1
            waiting.append(doc.name)
        elif known.status in DECIDED and known.rests_on == values["rests_on"]:
            counts["known"] += 1
        elif known.status == "Open":
            counts["known"] += 1
            waiting.append(known.name)
            if any(known[field] != values[field] for field in values):
                frappe.db.set_value("Duplicate Finding", known.name, values)
        else:
            _reopen(known, values)
            counts["reopened"] += 1
            waiting.append(known.name)
    return counts, waiting


def close_stale(found: set[str], within=None) -> int:
    """Open findings of a whole search that nothing speaks for any more; `within` says which it was about."""
    closed = 0
    for row in frappe.get_all(
        "Duplicate Finding",
        filters={"status": "Open", "kind": ["!=", "Reported"]},
        fields=["name", "pair_key", "beneficiary", "other_beneficiary"],
        limit_page_length=0,
    ):
        if row.pair_key in found or (within is not None and not {row.beneficiary, row.other_beneficiary} & within):
            continue
        frappe.db.set_value("Duplicate Finding", row.name, "status", "No Longer Found")
        closed += 1
    return closed


def key_of(one: str, other: str) -> str:
    """What is unique among findings: the pair, whichever way round."""
    return "|".join(sorted((one, other)))


def rests_on(one, other, drawn: dict[str, set[str]]) -> str:
    """A fingerprint of the data two records were compared by; where people live is no part of it."""
    sides = sorted(
        "|".join([row.name, *(str(row.get(field) or "") for field in _IDENTITY), *sorted(drawn.get(row.name, ()))])
        for row in (one, other)
    )
    return hashlib.sha256("\n".join(sides).encode()).hexdigest()[:32]


def title_of(row) -> str:
    """How a list names a pair without naming anybody: initials and year of birth.

    Both communes read it, and one of them may not know the other's person.
    """
    return f"{initials(row.full_name)}, {birth(row.date_of_birth, 'Year')}"


def initials(full_name: str) -> str:
    """N.T.H. for Nguyễn Thị Hoa."""
    return "".join(f"{names.normalise(word)[0].upper()}." for word in words_of(full_name or ""))


def _stored(keys: Iterable[str]) -> dict:
    keys, found = sorted(set(keys)), {}
    for start in range(0, len(keys), _CHUNK):
        rows = frappe.get_all(
            "Duplicate Finding",
            filters={"pair_key": ["in", keys[start : start + _CHUNK]]},
            fields=[
                "name", "pair_key", "status", "rests_on", "evidence", "kind", "score", "decided_by", "decided_on",
                "decision_reason",
            ],
            limit_page_length=0,
        )  # fmt: skip
        found |= {row.pair_key: row for row in rows}
    return found


def _reopen(known, values: dict) -> None:
    doc = frappe.get_doc("Duplicate Finding", known.name)
    if known.status in DECIDED:
        doc.add_comment(
            "Info",
            _("Found again, for the data have changed. Decided before by {0} on {1}: {2}. {3}").format(
                known.decided_by or "-", birth(known.decided_on, "Day"), _(known.status), known.decision_reason or ""
            ),
        )
    cleared = dict.fromkeys(("decided_by", "decided_on", "decision_reason", "record_ends", "stop_month"))
    doc.update({**values, **cleared, "status": "Open", "found_on": nowdate()})
    doc.flags.found = True
    doc.save(ignore_permissions=True)


def say(evidence: str | None) -> str:
    """The reasons in words, a line each, without any value: both communes read them."""
    words = reasons()
    return "\n".join(words[code] for code in (evidence or "").split() if code in words)


def reasons() -> dict[str, str]:
    """What speaks for or against one person, by the core's codes."""
    return {
        "same_id": _("The same personal ID"),
        "same_old_id": _("The same old ID (CMND)"),
        "id_is_old_id": _("The ID of one is the old ID of the other"),
        "same_certificate": _("The same number of the birth certificate"),
        "same_account": _("Both are paid into one account said to be the person's own"),
        "id_almost": _("The personal IDs differ in one or two digits"),
        "other_id": _("Against it: two different personal IDs"),
        "other_old_id": _("Against it: two different old IDs"),
        "name_same": _("The same name"),
        "name_unmarked": _("The same name, in one record without diacritics"),
        "name_marks_differ": _("The names differ in diacritics only"),
        "name_order": _("The same words of the name in another order"),
        "name_short": _("The same name, in one record abbreviated"),
        "name_spaces": _("The same name, written together in one record"),
        "name_middle_missing": _("The same name, in one record without a middle name"),
        "name_end_missing": _("The same name, in one record cut short"),
        "name_letter": _("The names differ in one letter"),
        "name_differs": _("Against it: different names"),
        "birth_day": _("The same date of birth"),
        "birth_month": _("The same month of birth, the day is known of one at most"),
        "birth_year": _("The same year of birth, the day is known of one at most"),
        "birth_swapped": _("Day and month of birth stand the other way round"),
        "birth_almost": _("The dates of birth differ in one digit"),
        "birth_differs": _("Against it: different dates of birth"),
        "sex_differs": _("Against it: different sex"),
        "same_commune": _("The same commune"),
        "same_village": _("The same commune and village"),
    }
