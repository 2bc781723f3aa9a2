"""The provider's file of a sealed batch: same batch, same bytes, whenever it is written."""

import csv
import io

import frappe
from frappe import _
from frappe.utils import get_datetime

from ansinh_app.core import bankfile
from ansinh_app.core.errors import BadFile
from ansinh_app.exceptions import PeriodStateError, ResultFileError, SealedError
from ansinh_app.payouts import sealing
from ansinh_app.payouts.run import month_of
from ansinh_app.utils import workbooks

_CORE_FIELDS = {"amount": "total"}
_CORE_KINDS = {"amount": bankfile.AMOUNT, "date": bankfile.DATE}
_ASCII_FIELDS = {"payee_name_ascii", "memo"}


def write_provider_file(batch: str):
    """The private File of the batch, written anew only when it is missing. Refuses a broken seal."""
    document = frappe.get_doc("Payout Batch", batch)
    if document.docstatus != 1:
        frappe.throw(
            _("{0} is not approved: only a sealed batch goes to the provider.").format(frappe.bold(batch)),
            PeriodStateError,
        )
    lines = sealing.batch_lines(batch)
    if sealing.seal_of(lines) != document.seal:
        frappe.throw(
            _("The lines of {0} are not what was approved. No file is written.").format(frappe.bold(batch)),
            SealedError,
            title=_("Seal broken"),
        )
    name, content = build(document, lines)
    written = _present(document, content) or _attach(document, name, content)
    if document.provider_file != written.file_url:
        document.db_set("provider_file", written.file_url)
    return written


def build(batch, lines: list[dict]) -> tuple[str, bytes]:
    """File name and bytes; nothing in them depends on when or by whom they are written."""
    settings = frappe.get_doc("Provider File Profile", profile_name(batch.provider))
    profile = profile_of(settings)
    context = _context(batch)
    rows = [_line(line, context) for line in lines if line["total"]]
    try:
        grid = bankfile.build(profile, rows, context)
    except BadFile as error:
        frappe.throw(
            _("The file of {0} cannot be written: {1}").format(
                frappe.bold(batch.name), "<br>".join(map(frappe.utils.escape_html, error.data["problems"]))
            ),
            ResultFileError,
        )
    stem = f"{batch.name}-{batch.seal[:8]}"
    if settings.file_type == "CSV":
        return f"{stem}.csv", _csv(grid)
    sheet = sheet_of(grid, profile, settings)
    content = workbooks.write_workbook([sheet], created=get_datetime(batch.approved_on))
    return f"{stem}.xlsx", content


def sheet_of(grid: list[list], profile: bankfile.Profile, settings) -> workbooks.Sheet:
    """A provider's file as one sheet: what stands above the header row are its titles."""
    head = profile.header_row - 1
    return workbooks.Sheet(
        name=profile.sheet_name,
        titles=[row[0] if row else "" for row in grid[:head]],
        headers=grid[head],
        rows=grid[head + 1 :],
        widths=[column.width or 16 for column in settings.columns],
    )


def memos(batch, lines: list[dict]) -> dict[str, str]:
    """The memo of each line of the batch, by line, as the provider's file has it."""
    template = profile_of(frappe.get_doc("Provider File Profile", profile_name(batch.provider))).memo_template
    context = _context(batch)
    return {line["name"]: bankfile.memo(template, context | _line(line, context)) for line in lines}


def profile_name(provider: str) -> str:
    """The provider's file profile. Raises when it has none."""
    name = frappe.db.get_value("Payment Service Provider", provider, "file_profile")
    if not name:
        frappe.throw(_("Choose a file profile for {0} first.").format(frappe.bold(provider)), ResultFileError)
    return name


def profile_of(settings) -> bankfile.Profile:
    """A Provider File Profile as the core takes it."""
    return bankfile.Profile(
        columns=[
            bankfile.Column(
                field=_CORE_FIELDS.get(row.source_field, row.source_field),
                header=row.header,
                kind=_CORE_KINDS.get(row.kind, bankfile.TEXT),
                width=row.width or None,
                max_length=row.max_length
                or (settings.memo_length if row.source_field == "memo" else None)
                or None,
                ascii=row.source_field in _ASCII_FIELDS,
            )
            for row in settings.columns
        ],
        header_row=settings.header_row,
        sheet_name=settings.sheet_name or "data",
        title_rows=[settings.title] if settings.title else [],
        memo_template=settings.memo_template or _default_memo(),
        row_limit=settings.row_limit or None,
        file_type=(settings.file_type or "XLSX").lower(),
    )


def _default_memo() -> str:
    return (
        frappe.db.get_single_value("An Sinh Settings", "memo_template") or "TC {programme} T{month} {line_no}"
    )


def _context(batch) -> dict:
    month = month_of(batch.period)
    return {
        "office": frappe.db.get_value("Paying Office", batch.office, "office_name"),
        "programme": batch.programme,
        "month": month.label,
        "year": month.year,
        "batch": batch.name,
        "seal": batch.seal,
        "provider_name": frappe.db.get_value("Payment Service Provider", batch.provider, "provider_name"),
        "source_account": (
            batch.contract and frappe.db.get_value("Bank Contract", batch.contract, "deposit_account") or ""
        ),
        "units": _unit_names(batch.name),
    }


def _unit_names(batch: str) -> dict[str, str]:
    line, unit = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Administrative Unit")
    rows = (
        frappe.qb.from_(line)
        .join(unit)
        .on(line.administrative_unit == unit.name)
        .select(unit.name, unit.unit_name)
        .distinct()
        .where(line.batch == batch)
        .run()
    )
    return dict(rows)


def _line(line: dict, context: dict) -> dict:
    return {
        "line_no": str(line["line_no"]),
        "line_ref": line["name"],
        "payee_name": line["payee_name"],
        "payee_name_ascii": line["payee_name"],
        "full_name": line["full_name"],
        "account_no": line["account_no"] or "",
        "total": line["total"],
        "commune": context["units"].get(line["administrative_unit"], ""),
        "village": line["village"] or "",
        "programme": line["programme"],
        "blank": "",
    }


def _csv(grid: list[list]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(grid)
    # Excel takes a CSV for the local code page unless it begins with the mark.
    return out.getvalue().encode("utf-8-sig")


def _present(document, content: bytes):
    """The File written before, if it still holds these bytes; a host may have renamed it on disk."""
    names = frappe.get_all(
        "File",
        filters={
            "attached_to_doctype": document.doctype,
            "attached_to_name": document.name,
            "attached_to_field": "provider_file",
        },
        pluck="name",
        order_by="creation",
    )
    for name in names:
        found = frappe.get_doc("File", name)
        if _bytes(found) == content:
            return found
    return None


def _bytes(file) -> bytes:
    content = file.get_content()
    return content.encode() if isinstance(content, str) else content


def _attach(document, name: str, content: bytes):
    return frappe.get_doc(
        {
            "doctype": "File",
            "file_name": name,
            "attached_to_doctype": document.doctype,
            "attached_to_name": document.name,
            "attached_to_field": "provider_file",
            "is_private": 1,
            "content": content,
        }
    ).insert(ignore_permissions=True)
