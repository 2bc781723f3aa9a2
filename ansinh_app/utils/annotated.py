"""An XLSX with one more column and one more sheet, everything else left as its sender made it.

The package is copied part by part; of the sheets only the rows that are spoken of are changed, as they
stream by. So pictures, formats and formulas stay, and a list of 100,000 rows needs no memory.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import column_index_from_string, get_column_letter

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ROW = re.compile(rb"<row\b[^>]*?(?:/>|>.*?</row>)", re.DOTALL)
_ROW_NUMBER = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
_CELL_PLACE = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})\d+"')
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SHEET_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_WIDTH, _LONGEST, _CHUNK = 70, 32_000, 1 << 20


class UnusualPackageError(ValueError):
    """The package is written in a way this module does not change; nothing is wrong with it."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is said of one sheet: the column (from 1), its heading and the heading's row, row -> text."""

    column: int
    header: str
    header_row: int
    rows: dict[int, str]


def annotate(
    content: bytes,
    remarks: dict[str, Remarks],
    extra_name: str,
    extra_rows: Iterable[Sequence[object]],
    widths: Sequence[int] = (),
) -> bytes:
    """The workbook with the remarks (sheet -> Remarks) and a further sheet. Raises UnusualPackageError."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out,
    ):
        package = _Package(source)
        said = {package.part_of(name): found for name, found in remarks.items()}
        changed = package.with_sheet(extra_name)
        styles, heads, cells = _styled(source)
        if styles is not None:
            changed["xl/styles.xml"] = styles
        for info in source.infolist():
            if info.filename in said:
                with source.open(info) as part, out.open(info.filename, "w", force_zip64=True) as copy:
                    _copy_sheet(part, copy, said[info.filename], heads, cells)
            elif info.filename in changed:
                out.writestr(info.filename, changed[info.filename])
            else:
                out.writestr(info.filename, source.read(info))
        with out.open(package.new_part, "w") as part:
            for text in _sheet_text(extra_rows, widths):
                part.write(text)
    return target.getvalue()


class _Package:
    """Where the sheets of a package lie."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        try:
            self.book = source.read("xl/workbook.xml").decode("utf-8")
            self.relations = source.read("xl/_rels/workbook.xml.rels").decode("utf-8")
            self.types = source.read("[Content_Types].xml").decode("utf-8")
        except (KeyError, UnicodeDecodeError) as error:
            raise UnusualPackageError(str(error)) from error
        if "</sheets>" not in self.book or "</Types>" not in self.types:
            raise UnusualPackageError("prefixed names")
        self.tags = re.findall(r"<sheet\b[^>]*>", self.book)
        self.targets = {
            _attribute(tag, "Id"): _attribute(tag, "Target")
            for tag in re.findall(r"<Relationship\b[^>]*>", self.relations)
        }
        names, number = set(source.namelist()), 1
        while (part := f"xl/worksheets/sheet{number}.xml") in names:
            number += 1
        self.new_part = part

    def part_of(self, sheet: str) -> str:
        for tag in self.tags:
            if unescape(_attribute(tag, "name")) == sheet:
                target = self.targets.get(_attribute(tag, r"\w+:id"), "")
                return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        raise UnusualPackageError(f"no sheet {sheet}")

    def with_sheet(self, name: str) -> dict[str, str]:
        """The parts that have to name a further sheet, changed."""
        prefix = re.search(r"(\w+):id=", self.tags[0]) if self.tags else None
        if not prefix or "</Relationships>" not in self.relations:
            raise UnusualPackageError("prefixed names")
        number = max(int(_attribute(tag, "sheetId") or 0) for tag in self.tags) + 1
        tag = f'<sheet name={quoteattr(name)} sheetId="{number}" {prefix[1]}:id="rIdRemarks"/></sheets>'
        relation = f'<Relationship Id="rIdRemarks" Type="{_SHEET_RELATION}" Target="/{self.new_part}"/></Relationships>'
        override = f'<Override PartName="/{self.new_part}" ContentType="{_SHEET_TYPE}"/></Types>'
        return {
            "xl/workbook.xml": self.book.replace("</sheets>", tag),
            "xl/_rels/workbook.xml.rels": self.relations.replace("</Relationships>", relation),
            "[Content_Types].xml": self.types.replace("</Types>", override),
        }


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""(?<![\w:]){name}=["']([^"']*)["']""", tag)
    return found[1] if found else ""


def _styled(source: zipfile.ZipFile) -> tuple[str | None, int | None, int | None]:
    """The styles with a bold red one and one on pale red, and their numbers; None where they are unusual."""
    try:
        text = source.read("xl/styles.xml").decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None, None, None
    text, font = _appended(text, "fonts", "font", '<font><b/><color rgb="FF9C0006"/></font>')
    pale = '<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/></patternFill></fill>'
    text, fill = _appended(text, "fills", "fill", pale)
    if font is None or fill is None:
        return None, None, None
    common = 'numFmtId="0" borderId="0" xfId="0" applyAlignment="1"'
    align = '<alignment vertical="top" wrapText="1"/></xf>'
    heads = f'<xf {common} fontId="{font}" fillId="0" applyFont="1">{align}'
    text, head_style = _appended(text, "cellXfs", "xf", heads)
    cells = f'<xf {common} fontId="0" fillId="{fill}" applyFill="1">{align}'
    text, cell_style = _appended(text, "cellXfs", "xf", cells)
    if head_style is None or cell_style is None:
        return None, None, None
    return text, head_style, cell_style


def _appended(text: str, group: str, item: str, new: str) -> tuple[str, int | None]:
    """The text with one more item in the group, and the item's number."""
    found = re.search(rf"<{group}\b([^>]*)>(.*?)</{group}>", text, re.DOTALL)
    if not found:
        return text, None
    number = len(re.findall(rf"<{item}\b", found[2]))
    attributes = re.sub(r'\bcount="\d+"', f'count="{number + 1}"', found[1])
    whole = f"<{group}{attributes}>{found[2]}{new}</{group}>"
    return text[: found.start()] + whole + text[found.end() :], number


def _copy_sheet(part, copy, said: Remarks, head_style: int | None, cell_style: int | None) -> None:
    """Copy a sheet's XML, adding the remark's cell to the rows that have one."""
    buffer, number, started = b"", 0, False
    while True:
        chunk = part.read(_CHUNK)
        buffer += chunk
        if not started:
            if b"<sheetData" not in buffer:
                if not chunk:
                    raise UnusualPackageError("no sheet data")
                continue
            place = buffer.index(b"<sheetData")
            copy.write(_with_column(buffer[:place], said.column))
            buffer, started = buffer[place:], True
        done, pieces = 0, []
        for row in _ROW.finditer(buffer):
            stated = _ROW_NUMBER.match(row[0])
            number = int(stated[1]) if stated else number + 1
            text, style = said.rows.get(number), cell_style
            if number == said.header_row:
                text, style = said.header, head_style
            if text is not None:
                pieces += [buffer[done : row.start()], _with_cell(row[0], number, said.column, text, style)]
                done = row.end()
        end = buffer.rfind(b"</row>")
        complete = end + len(b"</row>") if end >= 0 else 0
        keep = max(done, complete) if chunk else len(buffer)
        pieces.append(buffer[done:keep])
        copy.write(b"".join(pieces))
        buffer = buffer[keep:]
        if not chunk:
            return


def _with_column(head: bytes, column: int) -> bytes:
    """What stands before the rows, with the width of the new column and the larger extent."""
    width = f'<col min="{column}" max="{column}" width="{_WIDTH}" customWidth="1"/>'.encode()
    if b"</cols>" in head:
        widest = max((int(found) for found in re.findall(rb'<col\b[^>]*?\bmax="(\d+)"', head)), default=0)
        if widest < column:
            head = head.replace(b"</cols>", width + b"</cols>")
    elif b"<cols" not in head:
        head += b"<cols>" + width + b"</cols>"

    def wider(found: re.Match) -> bytes:
        letters = get_column_letter(max(column, column_index_from_string(found[2].decode())))
        return found[1] + letters.encode() + found[3]

    return re.sub(rb'(<dimension ref="[A-Z]+\d+:)([A-Z]+)(\d+")', wider, head)


def _with_cell(row: bytes, number: int, column: int, text: str, style: int | None) -> bytes:
    """The row with one more cell, where its column belongs; an empty cell there gives way."""
    cell = _text_cell(f"{get_column_letter(column)}{number}", text, style).encode()
    if row.endswith(b"/>") and b"</row>" not in row:
        return row[:-2] + b">" + cell + b"</row>"
    opening = row.index(b">") + 1
    head, body = re.sub(rb'\s*\bspans="[^"]*"', b"", row[:opening]), row[opening : -len(b"</row>")]
    for found in _CELL_PLACE.finditer(body):
        place = column_index_from_string(found[1].decode())
        if place == column:
            end = re.compile(rb"[^>]*?/>|.*?</c>", re.DOTALL).match(body, found.end()).end()
            return head + body[: found.start()] + cell + body[end:] + b"</row>"
        if place > column:
            return head + body[: found.start()] + cell + body[found.start() :] + b"</row>"
    return head + body + cell + b"</row>"


def _text_cell(place: str, text: str, style: int | None = None) -> str:
    look = f' s="{style}"' if style is not None else ""
    shown = escape(_ILLEGAL.sub("", text)[:_LONGEST])
    return f'<c r="{place}"{look} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _sheet_text(rows: Iterable[Sequence[object]], widths: Sequence[int]) -> Iterator[bytes]:
    """The XML of a plain sheet, row by row."""
    columns = "".join(
        f'<col min="{index}" max="{index}" width="{width}" customWidth="1"/>'
        for index, width in enumerate(widths, start=1)
    )
    yield (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
        f"{'<cols>' + columns + '</cols>' if columns else ''}<sheetData>"
    ).encode()
    for number, row in enumerate(rows, start=1):
        cells = []
        for index, value in enumerate(row, start=1):
            place = f"{get_column_letter(index)}{number}"
            if isinstance(value, int):
                cells.append(f'<c r="{place}"><v>{value}</v></c>')
            elif value not in (None, ""):
                cells.append(_text_cell(place, str(value)))
        yield f'<row r="{number}">{"".join(cells)}</row>'.encode()
    yield b"</sheetData></worksheet>"
