"""A provider's layout tried on the last list: the rows as they would be written or read, and a sample file."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import escape_html

from ansinh_app.core import account_answers, bankfile, profile_checks
from ansinh_app.core.errors import BadFile, BadTable, RuleError
from ansinh_app.core.money import format_dong
from ansinh_app.exceptions import AnSinhError
from ansinh_app.payouts import files, sealing
from ansinh_app.utils import workbooks
from ansinh_app.utils.sealed_numbers import opened

ROWS = 12
_SAMPLE = "sample"
# Made-up people, where the reader has no list of the provider yet: long names, diacritics, digits in front.
_MADE_UP = (
    ("Nguyễn Thị Mẫu Đức Hạnh", "0060123456789", 540_000),
    ("H'Mẫu Êban Đăk", "060100000002", 1_350_000),
    ("Lý Văn Mẫu", "35110000012345", 12_500_000),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the preview says."""

    html: str
    indicator: str


def show(profile) -> Shown:
    """The preview of a Provider File Profile document, saved or not. Writes nothing but the sample file."""
    problems = profile.problems()
    parts = []
    if problems:
        items = "".join(f"<li>{problem}</li>" for problem in problems)
        parts.append(f"<p><b>{_('The layout cannot be used yet:')}</b></p><ul>{items}</ul>")
    try:
        said, grid, sample = _tried(profile)
    except BadFile as error:
        items = "".join(f"<li>{text}</li>" for text in files.say_problems(error, ROWS))
        parts.append(f"<p><b>{_('The rows do not fit the layout:')}</b></p><ul>{items}</ul>")
        return Shown("".join(parts), "red")
    except RuleError:
        # A title or memo that names what is not known was said above.
        return Shown("".join(parts), "red")
    parts.append(f"<p>{escape_html(said)}</p>")
    if grid:
        parts.append(_table(grid, profile))
    if sample and not problems:
        link = _keep(profile, *sample)
        parts.append(
            f'<p><a href="{link}" target="_blank">{escape_html(_("Download the sample file"))}: '
            f"{escape_html(sample[0])}</a></p>"
        )
    return Shown("".join(parts), "red" if problems else "blue")


def _tried(profile) -> tuple[str, list[list], tuple[str, bytes] | None]:
    """What was tried, its first rows, and the sample file, if any."""
    purpose = profile.purpose or profile_checks.PAYMENT
    if purpose in (profile_checks.RESULTS, profile_checks.ANSWERS):
        return *_read(profile, purpose), None
    said, rows, context = _requests(profile) if purpose == profile_checks.REQUESTS else _payment(profile)
    core = files.profile_of(profile)
    first = rows[:ROWS]
    grid = bankfile.build(core, first, context | {"part": "1/1", "count": len(first), "total": _total(first)})
    made = len(bankfile.split(core, rows)) or 1
    if made > 1:
        said += " " + _("The provider takes {0} rows a file: the list goes out in {1} files.").format(
            core.row_limit, made
        )
    stem = f"{frappe.scrub(profile.profile_name)}-{_SAMPLE}"
    return said, grid, files.as_file(grid, core, profile, stem)


def _total(rows: list[dict]) -> int:
    return sum(row.get("total") or 0 for row in rows)


def _providers(profile, field: str) -> list[str]:
    return frappe.get_all("Payment Service Provider", filters={field: profile.name or ""}, pluck="name")


def _payment(profile) -> tuple[str, list[dict], dict]:
    batch = _last("Payout Batch", {"provider": ["in", _providers(profile, "file_profile") or [""]]}) or _last(
        "Payout Batch", {}
    )
    lines = [line for line in sealing.batch_lines(batch.name) if line["total"]] if batch else []
    if not lines:
        return _("No list yet: shown on made-up people."), _made_up_lines(), _made_up_context()
    context = files.context_of(frappe.get_doc("Payout Batch", batch.name))
    said = _("Shown on {0}, {1} lines; the first {2} follow.").format(
        batch.name, len(lines), min(ROWS, len(lines))
    )
    return said, [files.line_row(line, context) for line in lines], context


def _made_up_lines() -> list[dict]:
    return [
        {
            "line_no": str(number), "line_ref": f"a1b2c3d4e{number}", "payee_name": name, "payee_name_ascii": name,
            "full_name": name, "account_no": account_no, "total": total, "commune": "Phường Mẫu", "village": "Khối 1",
            "programme": "BTXH", "blank": "",
        }
        for number, (name, account_no, total) in enumerate(_MADE_UP, start=1)
    ]  # fmt: skip


def _made_up_context() -> dict:
    return {**profile_checks.EXAMPLE, "units": {}, "list": "ACL-2026-001"}


def _requests(profile) -> tuple[str, list[dict], dict]:
    from ansinh_app.payee_accounts import request_lists

    found = _last(
        "Account Request List", {"provider": ["in", _providers(profile, "request_profile") or [""]]}
    ) or _last("Account Request List", {})
    names = (
        frappe.get_list(
            "Account Request", filters={"request_list": found.name}, order_by="name", pluck="name", limit_page_length=0
        )
        if found
        else []
    )  # fmt: skip
    if not names:
        rows = [
            request_lists.row_of(frappe._dict(name=f"ACR-2026-0000{number}", holder_name=name, full_name=name,
                                              holder_type="Self", holder_id="020180000011"), {}) | {"line_no": str(number)}
            for number, (name, _account, _total) in enumerate(_MADE_UP, start=1)
        ]  # fmt: skip
        return _("No list yet: shown on made-up people."), rows, _made_up_context()
    requests = [frappe.get_doc("Account Request", name) for name in names[:ROWS]]
    rows, context = request_lists.rows_and_context(
        frappe.get_doc("Account Request List", found.name), requests
    )
    said = _("Shown on {0}, {1} lines; the first {2} follow.").format(found.name, len(names), len(rows))
    return said, rows, context


def _read(profile, purpose: str) -> tuple[str, list[list]]:
    """The provider's last answer as this layout understands it."""
    is_results = purpose == profile_checks.RESULTS
    doctype, field = ("Provider Result", "file") if is_results else ("Account Request List", "answer_file")
    found = _last(doctype, {field: ["is", "set"]})
    if not found:
        return _("No answer of a provider has come yet to try the layout on."), []
    core, default = files.profile_of(profile), files.missing_status(profile)
    try:
        from ansinh_app.payouts.results import read_file

        for _sheet, grid in workbooks.read_workbook(read_file(found.get(field)), found.get(field)):
            try:
                parsed = (
                    bankfile.parse_result(grid, core, default)
                    if is_results
                    else account_answers.parse(grid, [core], default)
                )
            except BadTable:
                continue
            if parsed:
                said = _("{0} is understood so; {1} rows, {2} of them without an outcome.").format(
                    found.name, len(parsed), sum(not row.status for row in parsed)
                )
                return said, [_understood(is_results), *map(_cells, parsed[:ROWS])]
    except AnSinhError as error:
        frappe.clear_last_message()
        return frappe.utils.strip_html(str(error)), []
    return _("No table of answers was found in {0} by this layout.").format(found.name), []


def _understood(is_results: bool) -> list[str]:
    if is_results:
        return [_("Row"), _("Reference"), _("Account No"), _("Payee"), _("Amount"), _("Status"), _("Reason")]
    return [_("Row"), _("Reference"), _("Account No"), _("Account Name"), _("Status"), _("Reason")]


def _cells(row) -> list:
    if isinstance(row, bankfile.ResultRow):
        return [
            row.row,
            row.line_ref,
            row.account_no,
            row.name,
            row.amount,
            _(row.status) if row.status else "",
            row.reason,
        ]
    return [
        row.row,
        row.ref,
        row.account_no,
        row.account_name,
        _(row.status) if row.status else "",
        row.reason,
    ]


def _last(doctype: str, filters: dict):
    """The newest the reader may see, where he works with these lists: a file shows whole account numbers."""
    if not frappe.has_permission(doctype, "write"):
        return None
    rows = frappe.get_list(
        doctype, filters=filters, fields=["*"], order_by="creation desc, name desc", limit_page_length=1
    )
    return opened(rows)[0] if rows else None


def _table(grid: list[list], profile) -> str:
    """The rows as Excel shows them: numbered, with column letters; a title runs over all columns."""
    width = max(map(len, grid), default=0)
    letters = "".join(f"<th>{_letter(column)}</th>" for column in range(width))
    is_list = profile.purpose not in (profile_checks.RESULTS, profile_checks.ANSWERS)
    head = (profile.header_row or 1) if is_list else 1
    rows = []
    for number, row in enumerate(grid, start=1):
        tag = "th" if number == head else "td"
        if number < head:
            cells = f'<td colspan="{width}">{_shown(row[0] if row else "")}</td>'
        else:
            cells = "".join(f"<{tag}>{_shown(value)}</{tag}>" for value in [*row, *[""] * (width - len(row))])
        rows.append(f"<tr><th>{number}</th>{cells}</tr>")
    return (
        '<div class="table-responsive"><table class="table table-bordered text-nowrap">'
        f"<thead><tr><th></th>{letters}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _shown(value) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return format_dong(value)
    return escape_html(
        value.strftime("%d/%m/%Y") if hasattr(value, "strftime") else str(value if value is not None else "")
    )


def _letter(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _keep(profile, file_name: str, content: bytes) -> str:
    """The sample as a private file, on the profile where it is saved; the sample before it goes."""
    on = {"attached_to_doctype": "Provider File Profile", "attached_to_name": profile.name} if profile.name and frappe.db.exists(
        "Provider File Profile", profile.name
    ) else {}  # fmt: skip
    mine = {**on, "owner": frappe.session.user, "attached_to_field": _SAMPLE}
    if on:
        for name in frappe.get_all("File", filters=mine, pluck="name"):
            frappe.delete_doc("File", name, ignore_permissions=True)
    return (
        frappe.get_doc(
            {
                "doctype": "File", "file_name": file_name, "is_private": 1, "content": content, **on,
                "attached_to_field": _SAMPLE if on else None,
            }
        )
        .insert(ignore_permissions=True)
        .file_url
    )  # fmt: skip
