"""How a Link finds a person or an account: by name without accents, by its code, or by the whole number."""

import re

import frappe

from ansinh_app.core import masking
from ansinh_app.core.names import ascii_upper, search_key
from ansinh_app.utils.masking import readable
from ansinh_app.utils.sealed_numbers import found_by

# Per DocType: the column of normalised names and how it is normalised, what is shown, numbers with their kind.
_PEOPLE = {"personal_id": masking.PERSONAL_ID, "old_id": masking.PERSONAL_ID}
_WAYS = {
    "Beneficiary": ("search_name", search_key, ("full_name", "personal_id_shown", "village"), _PEOPLE),
    "Representative": ("search_name", search_key, ("full_name", "personal_id_shown"), _PEOPLE),
    "Payment Account": (
        "account_name",
        ascii_upper,
        ("account_name", "account_no_shown", "provider"),
        {"account_no": masking.ACCOUNT},
    ),
}


@frappe.whitelist()
def people(
    doctype: str,
    txt: str,
    searchfield: str,
    start: int,
    page_len: int,
    filters: dict | list | None,
    as_dict: bool = False,
    reference_doctype: str | None = None,
) -> list:
    """Hook `standard_queries`: (name, title, what tells it apart) of the documents the user may read.

    A number is found by its whole value, and only by roles that see such numbers in full.
    """
    column, normalised, shown, numbers = _WAYS[doctype]
    words = txt.strip()
    either = []
    if words:
        either = [[doctype, column, "like", f"%{normalised(words)}%"]]
        if re.search(r"[\d-]", words):  # a code; the letters of codes stand in every one
            either.append([doctype, "name", "like", f"%{words}%"])
        either += [
            [doctype, field, *found_by(kind, number)]
            for field, kind in numbers.items()
            if (number := _number(words)) and readable(doctype, kind)
        ]
    return frappe.get_list(
        doctype,
        filters=filters or None,
        or_filters=either,
        fields=["name", *shown],
        order_by=f"{column}, name",
        limit_start=start,
        limit_page_length=page_len,
        as_list=not as_dict,
    )


def _number(words: str) -> str:
    """The text as a number of a card or an account, "" where it is none."""
    found = re.sub(r"[\s.\-]", "", words).upper()
    return found if sum(sign.isdigit() for sign in found) >= 6 else ""
