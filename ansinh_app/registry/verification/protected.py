"""A workbook somebody else fills in: only its white columns can be written, with drop-downs, ready to print."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from frappe import _

# A4 on its side, the head of the table on every page.
_A4 = 9
_FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True}
_SHADE = "#F2F2F2"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in characters, and what may be written: "" nothing, text, digits, date, choice."""

    heading: str
    width: int
    kind: str = ""
    choices: tuple[str, ...] = ()
    hint: str = ""
    group: str = ""


def write(
    heading: tuple[str, str, str],
    title: str,
    place: str,
    hint: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    signatures: tuple[str, str],
) -> bytes:
    """The workbook's bytes. `heading`: superior body, office, place and day; `rows` fill the locked columns.

    The sheet is protected without a password: it keeps from slips; what was written over nonetheless is
    found when the answer is read, by code, ID and name.
    """
    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, {"in_memory": True, **options}) as book:
        _Writer(book, columns).write(heading, title, place, hint, rows, signatures)
    return target.getvalue()


class _Writer:
    def __init__(self, book, columns: Sequence[Column]) -> None:
        self.columns, self.sheet = columns, book.add_worksheet(_("List", lang="vi"))
        self.plain = book.add_format(_FONT)
        self.middle = book.add_format({**_FONT, "align": "center"})
        self.bold = book.add_format({**_FONT, "bold": True, "align": "center"})
        self.title = book.add_format({**_FONT, "bold": True, "align": "center", "font_size": 14})
        self.italic = book.add_format({**_FONT, "italic": True, "align": "center"})
        box = {**_FONT, "border": 1}
        self.head = book.add_format({**box, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#D9E2F3"})
        self.locked = book.add_format({**box, "num_format": "@", "bg_color": _SHADE})
        self.number = book.add_format({**box, "align": "center", "bg_color": _SHADE})
        free = {**box, "locked": False}
        self.free = {
            "text": book.add_format({**free, "num_format": "@"}),
            "digits": book.add_format({**free, "num_format": "@"}),
            "choice": book.add_format(free),
            "date": book.add_format({**free, "num_format": "dd/mm/yyyy"}),
        }

    def write(self, heading, title, place, hint, rows, signatures) -> None:
        sheet, last = self.sheet, len(self.columns) - 1
        half = last // 2
        lines = (
            (heading[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", self.middle, self.bold),
            (heading[1], "Độc lập - Tự do - Hạnh phúc", self.bold, self.bold),
            ("", heading[2], self.middle, self.italic),
        )
        for row, (left, right, left_form, right_form) in enumerate(lines):
            self._merge(row, 0, half, left, left_form)
            self._merge(row, half + 1, last, right, right_form)
        for row, text, form in ((4, title, self.title), (5, place, self.italic), (6, hint, self.italic)):
            self._merge(row, 0, last, text, form)
        first = self._table(rows)
        end = first + len(rows)
        self._merge(end + 1, 0, half, signatures[0], self.bold)
        self._merge(end + 1, half + 1, last, signatures[1], self.bold)
        self._validate(first, end - 1)
        self._set_page(first, end, last)
        sheet.protect(
            "",
            {
                "select_locked_cells": True,
                "select_unlocked_cells": True,
                "format_columns": True,
                "format_rows": True,
                "autofilter": True,
            },
        )

    def _table(self, rows) -> int:
        """Group headings, headings and rows; returns the first row (from 0)."""
        groups = [index for index, column in enumerate(self.columns) if column.group]
        for start, end in zip(groups, [*groups[1:], len(self.columns)], strict=True):
            self._merge(8, start, end - 1, self.columns[start].group, self.head)
        for index, column in enumerate(self.columns):
            self.sheet.write_string(9, index, column.heading, self.head)
            self.sheet.set_column(index, index, column.width)
        self.sheet.set_row(9, 48)
        for offset, values in enumerate(rows, start=10):
            for index, column in enumerate(self.columns):
                value = values[index] if index < len(values) else None
                if column.kind:
                    self.sheet.write_blank(offset, index, None, self.free[column.kind])
                elif isinstance(value, int):
                    self.sheet.write_number(offset, index, value, self.number)
                else:
                    self.sheet.write_string(offset, index, str(value or ""), self.locked)
        return 10

    def _validate(self, first: int, last: int) -> None:
        if last < first:
            return
        for index, column in enumerate(self.columns):
            rule: dict = {"ignore_blank": True, "input_title": column.heading[:32], "input_message": column.hint}
            if column.kind == "choice":
                rule |= {"validate": "list", "source": list(column.choices)}
            elif column.kind == "digits":
                rule |= {"validate": "length", "criteria": "==", "value": 12, "error_message": column.hint}
            elif column.kind == "date":
                rule |= {
                    "validate": "custom",
                    "value": f"=ISNUMBER({xlsxwriter.utility.xl_rowcol_to_cell(first, index)})",
                    "error_message": _("Enter a day as 31/12/2025", lang="vi"),
                    "input_message": _("As 31/12/2025", lang="vi"),
                }
            elif column.kind and column.hint:
                rule |= {"validate": "any"}
            else:
                continue
            self.sheet.data_validation(first, index, last, index, rule)

    def _set_page(self, first: int, end: int, last: int) -> None:
        sheet = self.sheet
        sheet.freeze_panes(first, 3)
        sheet.autofilter(first - 1, 0, max(end - 1, first), last)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(first - 1)
        sheet.print_area(0, 0, end + 6, last)
        sheet.set_footer(f"&L&9{_('Personal data: only for verification', lang='vi')}&R&9&P/&N")

    def _merge(self, row: int, first: int, last: int, text: str, form) -> None:
        if last > first:
            self.sheet.merge_range(row, first, row, last, "", form)
        self.sheet.write_string(row, first, text or "", form)
