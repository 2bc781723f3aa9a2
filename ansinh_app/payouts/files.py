"""The provider's files of a sealed batch: same batch, same bytes, whenever they are written."""

import csv
import hashlib
import io
from dataclasses import dataclass, replace
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint, get_datetime

from ansinh_app.core import bankfile
from ansinh_app.core.account_answers import OPENED, REJECTED
from ansinh_app.core.errors import BadCell, BadFile
from ansinh_app.core.ledger import FAILED, PAID
from ansinh_app.core.payout import SEALED
from ansinh_app.core.profile_checks import ANSWERS, PAYMENT, REQUESTS
from ansinh_app.exceptions import PeriodStateError, ResultFileError, SealedError
from ansinh_app.payouts import lost_lists, seal_book, sealing
from ansinh_app.payouts.run import month_of
from ansinh_app.utils import workbooks

_CORE_FIELDS = {"amount": "total"}
_CORE_KINDS = {kind: kind for kind in bankfile.AMOUNTS} | {"date": bankfile.DATE}
_ASCII_FIELDS = {"payee_name_ascii", "holder_name_ascii", "account_name", "memo"}
_SEPARATORS = {"Tab": "\t"}
# Excel takes a CSV for the local code page unless it begins with the mark.
_ENCODINGS = {"UTF-8": "utf-8"}
_WITH_MARK = "utf-8-sig"
_DAY_IN_TEXT = "%d/%m/%Y"
# What `line_row` needs of a line.
LINE_COLUMNS = ("name", "line_no", "payee_name", "full_name", "account_no", "total") + (
    "administrative_unit",
    "village",
    "programme",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file for the provider: `part` is "1/3" of three; `total` in đồng; lines by their numbers."""

    part: str
    file_name: str
    content: bytes
    line_count: int
    total: int
    first_line: int
    last_line: int


def write_provider_files(batch: str) -> list:
    """The private Files of the batch, written anew only where missing. Refuses a broken seal.

    More than one where the provider takes fewer rows a file than the batch has. Each stands on the batch
    with its control totals and checksum.
    """
    document = frappe.get_doc("Payout Batch", batch)
    if document.docstatus != 1:
        frappe.throw(
            _("{0} is not approved: only a sealed batch goes to the provider.").format(frappe.bold(batch)),
            PeriodStateError,
        )
    lost_lists.check_send(document)
    lines = sealing.batch_lines(batch, columns=dict.fromkeys((*LINE_COLUMNS, *SEALED)))
    if sealing.seal_of(lines) != document.seal:
        frappe.throw(
            _("The lines of {0} are not what was approved. No file is written.").format(frappe.bold(batch)),
            SealedError,
            title=_("Seal broken"),
        )
    parts = build(document, lines)
    written = [
        _present(document, part.content) or _attach(document, part.file_name, part.content) for part in parts
    ]
    if document.provider_file != written[0].file_url:
        document.db_set("provider_file", written[0].file_url)
    _list_on(document, parts, written)
    if document.status == "Approved":
        seal_book.note(batch, seal_book.WRITTEN)
    return written


def build(batch, lines: list[dict]) -> list[Part]:
    """The batch's files; nothing in them depends on when or by whom they are written."""
    settings = frappe.get_doc("Provider File Profile", profile_name(batch.provider))
    context = context_of(batch)
    rows = [line_row(line, context) for line in lines if line["total"]]
    try:
        return write_parts(
            settings, rows, context, f"{batch.name}-{batch.seal[:8]}", get_datetime(batch.approved_on)
        )
    except BadFile as error:
        refuse(batch.name, error)


def write_parts(
    settings, rows: list[dict], context: dict, stem: str, created: datetime | None = None
) -> list[Part]:
    """Rows as the profile's files, in as many parts as its row limit asks for. Raises BadFile.

    The parts follow the order of the rows; the same rows give the same bytes where `created` is given.
    """
    profile = profile_of(settings)
    pieces = bankfile.split(profile, rows) or [[]]
    parts = []
    for number, piece in enumerate(pieces, start=1):
        part = f"{number}/{len(pieces)}"
        total = sum(row.get("total") or 0 for row in piece)
        facts = context | {"part": part, "count": len(piece), "total": total}
        grid = bankfile.build(_titled(profile, part, len(pieces)), piece, facts)
        name = stem if len(pieces) == 1 else f"{stem}-{part.replace('/', 'of')}"
        numbers = [int(row["line_no"]) for row in piece if row.get("line_no")] or [0]
        file_name, content = as_file(grid, profile, settings, name, created)
        parts.append(Part(part, file_name, content, len(piece), total, numbers[0], numbers[-1]))
    return parts


def as_file(
    grid: list[list], profile: bankfile.Profile, settings, stem: str, created: datetime | None = None
) -> tuple[str, bytes]:
    """File name and bytes of a grid in the profile's type."""
    if settings.file_type == "CSV":
        return f"{stem}.csv", _csv(grid, settings)
    return f"{stem}.xlsx", workbooks.write_workbook([sheet_of(grid, profile, settings)], created=created)


def refuse(name: str, error: BadFile):
    """Says in the reader's language every cell that keeps a file from being written. Raises ResultFileError."""
    frappe.throw(
        _("The file of {0} cannot be written: {1}").format(
            frappe.bold(name), "<br>" + "<br>".join(say_problems(error))
        ),
        ResultFileError,
    )


def say_problems(error: BadFile, most: int = 20) -> list[str]:
    """What does not fit, cell by cell, as a clerk reads it; escaped for HTML."""
    found = error.data.get("cells") or []
    said = [
        _("Line {0}, column {1}: {2} ({3})").format(number, header, say_cell(cell), cell.data["value"])
        for number, header, cell in found[:most]
    ]
    if not found:
        said = [str(problem) for problem in error.data["problems"][:most]]
    left = max(len(found), len(error.data["problems"])) - most
    if left > 0:
        said.append(_("and {0} more").format(left))
    return [frappe.utils.escape_html(text) for text in said]


def say_cell(error: BadCell) -> str:
    """Why a value does not fit its column."""
    problem = error.data["problem"]
    if problem.startswith("longer than"):
        return _("longer than {0} characters").format(problem.split()[2])
    said = {
        "not an amount in whole đồng": _("not an amount in whole đồng"),
        "not a date": _("not a date"),
        "must not leave the office": _("tells the group a person belongs to and must not leave the office"),
        "is not a field of the line": _("is not known of a line of this list"),
        "is not known": _("is not known of a line of this list"),
        "its braces do not close": _("its braces do not close"),
    }
    return said.get(problem, problem)


def _titled(profile: bankfile.Profile, part: str, parts: int) -> bankfile.Profile:
    """A file in parts says which one it is, also where the layout's title does not."""
    titles = list(profile.title_rows)
    if parts == 1 or not titles or any("{part}" in title for title in titles):
        return profile
    titles[0] += f" ({_('file {0}', lang='vi').format(part)})"
    return replace(profile, title_rows=titles)


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
    profile = profile_of(frappe.get_doc("Provider File Profile", profile_name(batch.provider)))
    context = context_of(batch)
    return {
        line["name"]: bankfile.memo(
            profile.memo_template, context | line_row(line, context), profile.ascii_memo
        )
        for line in lines
    }


def profile_name(provider: str) -> str:
    """The profile of the provider's payment files. Raises when it has none."""
    name = frappe.db.get_value("Payment Service Provider", provider, "file_profile")
    if not name:
        frappe.throw(_("Choose a file profile for {0} first.").format(frappe.bold(provider)), ResultFileError)
    return name


def layouts(provider: str, *fields: str) -> list:
    """The profiles a provider has for these purposes, as documents, in the order of its fields."""
    found = frappe.db.get_value("Payment Service Provider", provider, list(fields), as_dict=True) or {}
    return [frappe.get_doc("Provider File Profile", found[field]) for field in fields if found.get(field)]


def profile_of(settings) -> bankfile.Profile:
    """A Provider File Profile as the core takes it, also one still being typed."""
    return bankfile.Profile(
        columns=[
            bankfile.Column(
                field=_CORE_FIELDS.get(row.source_field, row.source_field) or "blank",
                header=row.header or "",
                kind=_CORE_KINDS.get(row.kind, bankfile.TEXT),
                width=cint(row.width) or None,
                max_length=cint(row.max_length)
                or (cint(settings.memo_length) if row.source_field == "memo" else None)
                or None,
                ascii=row.source_field in _ASCII_FIELDS,
            )
            for row in settings.columns
        ],
        header_row=cint(settings.header_row),
        sheet_name=settings.sheet_name or "data",
        title_rows=[settings.title] if settings.title else [],
        memo_template=settings.memo_template or _default_memo(),
        row_limit=(cint(settings.row_limit) or None) if (settings.purpose or PAYMENT) == PAYMENT else None,
        file_type=(settings.file_type or "XLSX").lower(),
        ascii_memo=bool(settings.memo_ascii),
        good_words=_words(settings.good_words),
        bad_words=_words(settings.bad_words),
    )


def missing_status(settings) -> str:
    """What a row without a word of its outcome counts as, by the profile: a status, "" where it says nothing."""
    is_account = settings.purpose in (REQUESTS, ANSWERS)
    through, back = (OPENED, REJECTED) if is_account else (PAID, FAILED)
    return {"Went Through": through, "Did Not Go Through": back}.get(settings.missing_status or "", "")


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, (text or "").splitlines())))


def _default_memo() -> str:
    return (
        frappe.db.get_single_value("An Sinh Settings", "memo_template") or "TC {programme} T{month} {line_no}"
    )


def context_of(batch) -> dict:
    """What title, memo and columns may say of the whole batch."""
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


def line_row(line: dict, context: dict) -> dict:
    """A payout line as the columns of a provider's file name it; no group, no article."""
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


def _csv(grid: list[list], settings) -> bytes:
    out = io.StringIO()
    separator = settings.csv_separator or ","
    rows = [
        [value.strftime(_DAY_IN_TEXT) if hasattr(value, "strftime") else value for value in row]
        for row in grid
    ]
    csv.writer(out, delimiter=_SEPARATORS.get(separator, separator), lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(_ENCODINGS.get(settings.csv_encoding, _WITH_MARK))


def _list_on(document, parts: list[Part], files: list) -> None:
    """Control totals of each file on the batch; rows that say the same already stay."""
    rows = [
        {
            "part": part.part,
            "file": file.file_url,
            "line_count": part.line_count,
            "total_amount": part.total,
            "first_line": part.first_line,
            "last_line": part.last_line,
            "checksum": hashlib.sha256(part.content).hexdigest(),
        }
        for part, file in zip(parts, files, strict=True)
    ]
    known = [(row.part, row.file, row.checksum) for row in document.provider_files]
    if known == [(row["part"], row["file"], row["checksum"]) for row in rows]:
        return
    frappe.db.delete("Payout Batch File", {"parent": document.name, "parenttype": document.doctype})
    for number, row in enumerate(rows, start=1):
        frappe.get_doc(
            {
                "doctype": "Payout Batch File",
                "parent": document.name,
                "parenttype": document.doctype,
                "parentfield": "provider_files",
                "idx": number,
                "docstatus": document.docstatus,
                **row,
            }
        ).db_insert()
    frappe.clear_document_cache(document.doctype, document.name)


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
