"""What became of each row: kept as Registry Import Row, told in the document, sent back in the workbook."""

import json

import frappe
from frappe import _
from frappe.utils import cint, now

from ansinh_app.core import cells
from ansinh_app.core.identity import cccd
from ansinh_app.core.sheets import LeftOut
from ansinh_app.gate.plain_text import plain, plain_rows
from ansinh_app.registry.imports import words
from ansinh_app.registry.imports.lookups import Lookups
from ansinh_app.registry.imports.reading import Reading
from ansinh_app.registry.imports.rows import Row
from ansinh_app.registry.imports.writer import CREATED, UNCHANGED, UPDATED, Trace
from ansinh_app.utils.sealed_numbers import TEXTS, without_numbers
from ansinh_app.utils.workbooks import Sheet, annotate_workbook

_AT_ONCE = 1000
_SHOWN = 5
_VERDICTS = {CREATED: "New", UPDATED: "Changed", UNCHANGED: "Unchanged"}
_COLUMNS = (
    "name creation modified owner modified_by docstatus idx registry_import sheet row_no verdict full_name born "
    "personal_id beneficiary entitlement reasons repairs doubts assumed candidates choice candidate made"
).split()


class Results:
    """Counts the rows of an import and keeps what is said of each."""

    def __init__(self, doc, choices: dict[tuple[str, int], tuple[str, str | None]], known: Lookups) -> None:
        self.doc, self.choices, self.known = doc, choices, known
        self.counts = dict.fromkeys(
            (
                "rows_total",
                "rows_created",
                "rows_updated",
                "rows_unchanged",
                "rows_rejected",
                "rows_repaired",
                "rows_undecided",
                "rows_left_out",
            ),
            0,
        )
        self.per_sheet: dict[str, list[int]] = {}
        self.remarks: dict[str, dict[int, str]] = {}
        self.doubtful = 0
        self.first_reasons: list[str] = []
        self._waiting: list[tuple] = []
        self._stamp = now()
        self._number = 0
        frappe.db.delete("Registry Import Row", {"registry_import": doc.name})

    def left_out(self, row: LeftOut) -> None:
        """A row that is no person's."""
        self.counts["rows_left_out"] += 1
        self.per_sheet.setdefault(row.sheet, [0, 0])[1] += 1
        if row.kind not in ("title", "numbering"):
            self._keep(
                row.sheet,
                row.row,
                verdict="Left Out",
                full_name=row.text,
                reasons=words.left_out(row.kind),
            )

    def person(self, row: Row, outcome: str | None, trace: Trace | None) -> None:
        """A person's row: `outcome` None when it was refused."""
        counts = self.counts
        counts["rows_total"] += 1
        self.per_sheet.setdefault(row.record.sheet, [0, 0])[0] += 1
        if outcome is None:
            counts["rows_rejected"] += 1
            counts["rows_undecided"] += bool(row.undecided)
            said = " ".join(row.errors)
            self.remarks.setdefault(row.record.sheet, {})[row.record.row] = said
            if len(self.first_reasons) < _SHOWN:
                self.first_reasons.append(f"{row.place}: {said}")
        else:
            counts[f"rows_{outcome}"] += 1
            counts["rows_repaired"] += bool(row.repairs)
        self.doubtful += bool(row.doubts or row.assumed)
        verdict = _VERDICTS.get(outcome) or ("To Decide" if row.undecided else "Returned")
        choice, candidate = self.choices.get((row.record.sheet, row.record.row), ("", None))
        number = row.get("personal_id") or row.get("old_id")
        self._keep(
            row.record.sheet,
            row.record.row,
            numbers=(row.get("account_no"), row.get("birth_certificate_no")),
            verdict=verdict,
            full_name=str(row.get("full_name") or "")[:140],
            born=_born(row),
            personal_id=cccd.mask(number) if number else None,
            beneficiary=_real(row.beneficiary),
            entitlement=_real(row.entitlement),
            reasons="\n".join(row.errors),
            repairs="\n".join(row.repairs),
            doubts="\n".join(row.doubts),
            assumed="\n".join(row.assumed),
            candidates="\n".join(self.say(name) for name in filter(_real, row.undecided)),
            choice=choice,
            candidate=candidate or (row.undecided[0] if row.undecided and _real(row.undecided[0]) else None),
            made=_trace(trace),
        )

    def finish(self) -> None:
        if self._waiting:
            frappe.db.bulk_insert("Registry Import Row", _COLUMNS, plain_rows(self._waiting))
            self._waiting = []

    def summary(self) -> str:
        """The first reasons in words; all of them stand in the rows and in the error workbook."""
        left = cint(self.counts["rows_rejected"]) - len(self.first_reasons)
        more = [_("and {0} more rows: see the error workbook").format(left)] if left > 0 else []
        return plain(without_numbers("\n".join(self.first_reasons + more)))

    def say(self, beneficiary: str) -> str:
        """A person somebody may have to choose: document, name, birth, where."""
        person = self.known.people[beneficiary]
        parts = (person.full_name, _born(person), person.village)
        return f"{beneficiary}: {', '.join(filter(None, parts))}"

    def _keep(self, sheet: str, row_no: int, numbers: tuple = (), **values) -> None:
        self._number += 1
        user = frappe.session.user
        known = {
            "name": f"{self.doc.name}-{self._number:06d}",
            "creation": self._stamp,
            "modified": self._stamp,
            "owner": user,
            "modified_by": user,
            "docstatus": 0,
            "idx": 0,
            "registry_import": self.doc.name,
            "sheet": sheet[:140],
            "row_no": row_no,
            **values,
        }
        known |= {column: without_numbers(known.get(column), *numbers) for column in TEXTS["Registry Import Row"]}
        self._waiting.append(tuple(known.get(column) for column in _COLUMNS))
        if len(self._waiting) >= _AT_ONCE:
            self.finish()


def _real(name: str | None) -> str | None:
    """The name of a document that is there; the ones a mere check made up are not."""
    return name if name and not name.startswith("?") else None


def _born(row) -> str:
    """The birth of a row or a person as far as it is known."""
    born = row.get("date_of_birth")
    if not born:
        return ""
    shape = {"Year": "%Y", "Month": "%m/%Y"}.get(row.get("dob_precision"), "%d/%m/%Y")
    return born.strftime(shape)


def _trace(trace: Trace | None) -> str | None:
    if trace is None or not (trace.made or trace.before):
        return None
    return json.dumps({"made": trace.made, "before": trace.before}, default=str)


def return_workbook(doc, reading: Reading, results: Results) -> str | None:
    """The sender's workbook with the reasons; nothing goes back when there is nothing to say."""
    _remove_old(doc)
    if not results.remarks and not results.doubtful:
        return None
    extra = Sheet(
        name=_("Remarks"),
        headers=(_("Sheet"), _("Row"), _("Who"), _("Kind"), _("Remark")),
        rows=_notes(doc.name),
        widths=(18, 8, 28, 16, 90),
    )
    stem = (reading.file_name or doc.name).rsplit(".", 1)[0]
    content = annotate_workbook(
        reading.content,
        reading.grids,
        results.remarks,
        _("Result of the check"),
        reading.header_rows,
        extra,
    )
    written = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": f"{doc.name} - {stem} - {_('returned')}.xlsx",
            "attached_to_doctype": "Registry Import",
            "attached_to_name": doc.name,
            "attached_to_field": "error_file",
            "is_private": 1,
            "content": content,
        }
    )
    written.flags.ignore_permissions = True
    written.save(ignore_permissions=True)
    return written.file_url


def _notes(registry_import: str):
    """Every doubt and repair of the rows taken, as rows of the extra sheet."""
    start = 0
    while True:
        rows = frappe.get_all(
            "Registry Import Row",
            filters={"registry_import": registry_import, "verdict": ["!=", "Left Out"]},
            fields=["sheet", "row_no", "full_name", "verdict", "doubts", "assumed", "repairs"],
            order_by="name",
            limit_start=start,
            limit_page_length=_AT_ONCE,
        )
        for row in rows:
            taken = row.verdict not in ("Returned", "To Decide")
            for kind, text in (
                (_("Please check"), row.doubts),
                (_("Assumed"), row.assumed),
                (_("Repaired"), row.repairs if taken else None),
            ):
                for line in filter(None, (text or "").split("\n")):
                    yield row.sheet, row.row_no, cells.text(row.full_name), kind, line
        start += _AT_ONCE
        if len(rows) < _AT_ONCE:
            return


def _remove_old(doc) -> None:
    filters = {
        "attached_to_doctype": "Registry Import",
        "attached_to_name": doc.name,
        "attached_to_field": "error_file",
    }
    for name in frappe.get_all("File", filters=filters, pluck="name"):
        frappe.delete_doc("File", name, ignore_permissions=True)
