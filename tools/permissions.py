"""`make permissions`: docs/permissions.md, who may do what with which rows and fields, out of the app's own metadata.

Reads the files of DocTypes, reports, print formats and workspaces and the tables in ansinh_app/permissions.py and
core/masking.py; needs no site. A test compares the page with what this writes.
"""

import json
from functools import cache
from pathlib import Path

import benchless

benchless.activate()

from ansinh_app import hooks, permissions  # noqa: E402 - needs activate()
from ansinh_app.core import masking  # noqa: E402
from ansinh_app.oversight import leader  # noqa: E402
from ansinh_app.payee_accounts import counter  # noqa: E402
from ansinh_app.payouts import signed_lists  # noqa: E402

APP = Path(permissions.__file__).parent
PAGE = APP.parent / "docs" / "permissions.md"
MODULES = ("Registry", "Payee Accounts", "Payouts", "Outreach", "Oversight", "Policy")
RIGHTS = {
    "read": "R", "write": "W", "create": "C", "delete": "D", "submit": "S", "cancel": "X", "print": "P",
    "export": "E", "report": "T",
}  # fmt: skip
ROLES = ("System Manager", *permissions.KIND_OF_ROLE)
# What the values of a way are called; the page explains them.
_VALUES = {
    "offices": "own offices",
    "office_units": "units of own offices",
    "units": "own units",
    "units_above": "offices over own units",
    "providers": "own provider",
    "contract_offices": "offices under contract",
    "viewed_units": "viewed units",
}
_KINDS = {
    "office": "Paying office",
    "commune": "Commune, police, outreach",
    "provider": "Bank, Post",
    "viewer": "Province",
}
_INTRO = """# Who sees what

This page is written by `make permissions` from the app's own metadata; a test fails where it is out of date. Names of
roles and documents are those of the desk in English. What it says is tried row by row over HTTP, on the embedded host
and on Frappe, by `tests/security/test_matrix_*.py`.

Three things decide together, and each can only take away:

1. **the role**: what it may do with a kind of document (the tables below);
2. **the area**: for which rows it holds. Areas are *User Permissions* on a paying office, an administrative unit or a
   payment service provider. Office staff without one work for every office; a commune, police or outreach officer, a
   bank or Post clerk without one sees **nothing**;
3. **the level**: which fields of a row it sees. A hidden field is no way to filter, sort, group or compute either.

Somebody without any of these roles, signed in or not, sees none of it. Rows of a table inside a document follow the
document. A *System Manager* keeps the site and is limited by none of this; personal data he opens is logged as
everybody's.

In *Which rows* the words mean:

- **own offices**: the paying offices named for the user, or all where none is named; **units of own offices**: what
  these offices pay in;
- **own units**: the administrative units named for the user, all below them, and those merged into or split out of
  them; an office's user is held to units only where some are named. **Offices over own units**: whose area they lie in;
- **own provider**: the bank or the Post named for the user; **offices under contract**: with a contract in force with it;
- **viewed units**: those named for a viewer of the province and all below, or all where none is named.

In brackets stands the field that decides, with → where it is a field of the document it points to. A dash: nothing.

**Letters**: """


@cache
def files(kind: str) -> tuple[dict, ...]:
    """The metadata files of a kind, as `doctype` or `print_format`, by name."""
    found = (json.loads(path.read_text()) for path in APP.glob(f"*/{kind}/*/*.json"))
    return tuple(sorted((one for one in found if one.get("name")), key=lambda one: one["name"]))


def write() -> str:
    """The whole page as Markdown."""
    legend = ", ".join(f"{letter} {right}" for right, letter in RIGHTS.items())
    parts = [
        _INTRO
        + legend.replace("T report", "T report (list and report view)")
        + "; *o* only what one made oneself."
    ]
    for module in MODULES:
        parts += [f"## {module}", _matrix(module), _areas(module), _levels(module)]
    parts += [_support_cases(), _numbers(), _reports(), _papers(), _pages()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _documents(module: str) -> list[dict]:
    return [one for one in files("doctype") if one["module"] == module and not one.get("istable")]


def _cell(document: dict, role: str) -> str:
    """The letters of a role's rights on a DocType."""
    letters = ""
    for row in document["permissions"]:
        if row["role"] == role and not row.get("permlevel"):
            letters += "".join(letter for right, letter in RIGHTS.items() if row.get(right))
            letters += " *o*" if row.get("if_owner") else ""
    return letters


def _matrix(module: str) -> str:
    documents = _documents(module)
    roles = [role for role in ROLES if any(_cell(one, role) for one in documents)]
    return _table(
        ["Document", *roles], [[one["name"], *(_cell(one, role) for role in roles)] for one in documents]
    )


def _areas(module: str) -> str:
    rows, open_to_all = [], []
    for document in _documents(module):
        ways = permissions.RULES.get(document["name"])
        if not ways:
            if document["name"] not in hooks.permission_query_conditions:
                open_to_all.append(document["name"])
            continue
        rows.append([document["name"], *(_area(document, kind, ways) for kind in _KINDS)])
    text = "### Which rows\n\n" + _table(["Document", *_KINDS.values()], rows) if rows else ""
    if open_to_all:
        named = ", ".join(f"*{name}*" for name in open_to_all)
        text += f"\n\nWithout an area, alike for everybody whose role reads them: {named}."
    return text.strip()


def _area(document: dict, kind: str, ways: dict) -> str:
    """The rows a kind of role is held to, in words; a dash where it sees none."""
    readers = [
        role for role in ROLES if permissions.KIND_OF_ROLE.get(role) == kind and "R" in _cell(document, role)
    ]
    known = [ways[dimension] for dimension in permissions.DIMENSIONS_OF_KIND[kind] if dimension in ways]
    if not readers or not known:
        return "–"
    return "; and ".join(_said(document, of_dimension) for of_dimension in known)


def _said(document: dict, ways) -> str:
    by_values: dict[str, list[str]] = {}
    for way in ways:
        by = _label(document, way.column) + (
            f" → {_label(_document(way.via), way.via_column)}" if way.via else ""
        )
        by_values.setdefault(way.values, []).append(by)
    return " or ".join(f"{_VALUES[values]} ({' or '.join(by)})" for values, by in by_values.items())


def _levels(module: str) -> str:
    rows = []
    for document in _documents(module):
        for level in sorted({field.get("permlevel") or 0 for field in document["fields"]} - {0}):
            fields = [field for field in document["fields"] if field.get("permlevel") == level]
            readers = [
                row["role"]
                for row in document["permissions"]
                if row.get("permlevel") == level and row.get("read")
            ]
            labels = ", ".join(field.get("label") or field["fieldname"] for field in fields)
            rows.append(
                [document["name"], str(level), labels, ", ".join(sorted(set(readers), key=ROLES.index))]
            )
    return (
        "### Fields not everybody sees\n\n" + _table(["Document", "Level", "Fields", "Seen by"], rows)
        if rows
        else ""
    )


def _support_cases() -> str:
    return (
        "## Within an area\n\nA *Support Case* of their units is seen by police and outreach officers only where their "
        "agency was asked or opened it; a bank or the Post sees those it was asked about or opened. A *Number Reveal* "
        "stands for who asked, and for managers and auditors who may see the document it is about."
    )


def _numbers() -> str:
    names = {masking.PERSONAL_ID: "Personal ID", masking.ACCOUNT: "Account number", masking.PHONE: "Phone"}
    examples = {
        masking.PERSONAL_ID: "020150001234",
        masking.ACCOUNT: "060123456789",
        masking.PHONE: "0911234567",
    }
    rows = [
        [names[kind], ", ".join(rule.full), ", ".join(rule.reveal), f"`{masking.mask(kind, examples[kind])}`"]
        for kind, rule in masking.RULES.items()
    ]
    except_ = [
        f"On a *{doctype}* {', '.join(roles)} see the {names[kind].lower()} masked and may ask for it."
        for (doctype, kind), roles in masking.LESS.items()
    ] + [
        f"On an *{doctype}* {', '.join(roles)} see the {names[kind].lower()} in full."
        for (doctype, kind), roles in masking.MORE.items()
    ]
    papers = ", ".join(f"*{name}*" for name in sorted(masking.FULL_PAPERS))
    return (
        "## Numbers of people\n\nWhoever is not named sees the masked number. Asking to see one in full needs a reason and "
        "is logged (*Number Reveal*, *Personal Data Log*).\n\n"
        + _table(["Number", "Seen in full by", "May ask for it", "Everybody else sees"], rows)
        + "\n\n" + " ".join(except_)
        + f"\n\nPapers whose reader needs the full number, whoever prints them: {papers}."
    )  # fmt: skip


def _reports() -> str:
    rows = [
        [one["name"], one["ref_doctype"], ", ".join(_in_order(row["role"] for row in one.get("roles", ())))]
        for one in files("report")
    ]
    return (
        "## Reports\n\nEach shows the rows of the reader's own area; the province gets sums and never a person.\n\n"
        + _table(["Report", "On", "Roles"], rows)
    )


def _papers() -> str:
    rows = []
    for one in files("print_format"):
        document = _document(one["doc_type"])
        rows.append(
            [one["name"], one["doc_type"], ", ".join(role for role in ROLES if "P" in _cell(document, role))]
        )
    return "## Papers\n\nPrinted by who may print the document, of rows in the own area.\n\n" + _table(
        ["Paper", "Of", "Roles"], rows
    )


def _pages() -> str:
    rows = [
        [f"*{one['name']}*", ", ".join(_in_order(row["role"] for row in one.get("roles", ())))]
        for one in files("workspace")
    ]
    readers = [role for role in ROLES if "R" in _cell(_document("Payout Batch"), role)]
    rows += [
        ["`/leader`", ", ".join(_in_order(leader.ROLES))],
        ["`/counter`", ", ".join(_in_order(counter.ROLES))],
        ["`/cash-list`", ", ".join(_in_order(signed_lists.ROLES))],
        ["`/seal-check`", f"whoever reads the *Payout Batch*: {', '.join(readers)}"],
    ]
    return (
        "## Desks and pages\n\nA desk lists what its role works with; its cards and charts count what the reader may list."
        "\n\n" + _table(["Desk or page", "Roles"], rows)
    )


@cache
def _document(name: str) -> dict:
    return next(one for one in files("doctype") if one["name"] == name)


def _label(document: dict, fieldname: str) -> str:
    field = next(field for field in document["fields"] if field["fieldname"] == fieldname)
    return f"*{field['label']}*" if field.get("label") else f"*{fieldname}*"


def _in_order(roles) -> list[str]:
    return sorted(set(roles), key=lambda role: ROLES.index(role) if role in ROLES else len(ROLES))


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


if __name__ == "__main__":
    PAGE.write_text(write())
    print(f"{PAGE.relative_to(APP.parent)} is written.")
