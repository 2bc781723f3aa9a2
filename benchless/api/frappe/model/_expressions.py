"""Expressions that callers put into lists: the columns they use, and nothing that could reach beyond those."""

import re

import frappe
from frappe import _

# What a caller from outside may compute of the columns he may read.
ALLOWED_FUNCTIONS = frozenset(
    ("abs", "avg", "coalesce", "count", "date", "day", "group_concat", "ifnull", "length", "lower", "max", "min",
     "month", "round", "sum", "trim", "upper", "year")
)  # fmt: skip
KEYWORDS = frozenset(("distinct", "asc", "desc"))
TOKENS = re.compile(
    r"\s+|(?P<text>'[^']*')|`(?P<quoted>[^`]+)`|(?P<word>[^\W\d]\w*)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<mark>[-+*/(),.])|(?P<other>.)",
    re.DOTALL,
)


def columns_in(text: str) -> list[tuple[str, str]]:
    """(table or "", column) of every column an expression names; DataError for anything that is more than
    columns, numbers, texts, sums of them and the functions above."""
    tokens = [match for match in TOKENS.finditer(text) if match.lastgroup]
    found, table = [], ""
    for index, token in enumerate(tokens):
        following = tokens[index + 1].group() if index + 1 < len(tokens) else ""
        if token.lastgroup == "other":
            frappe.throw(_("{0} cannot be used in a list").format(token.group()), frappe.DataError)
        if token.lastgroup not in ("quoted", "word"):
            continue
        name = token.group(token.lastgroup)
        if following == "." and not table:
            table = name
        elif following == "(" or following == ".":
            if name.lower() not in ALLOWED_FUNCTIONS | KEYWORDS or token.lastgroup == "quoted" or table:
                frappe.throw(_("Use of function {0} in field is restricted").format(name), frappe.DataError)
        elif token.lastgroup == "word" and name.lower() in KEYWORDS and not table:
            continue
        else:
            found.append((table, name))
            table = ""
    return found
