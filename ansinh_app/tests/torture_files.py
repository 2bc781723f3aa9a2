"""The same cells in the other shapes that lists come in: a web page, an XML Spreadsheet, an OpenDocument."""

import io
import zipfile
from datetime import date
from xml.sax.saxutils import escape

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def _shown(value: object) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def as_html(grid: list[list]) -> bytes:
    """A web system's table named .xls: letters as entities, nothing closed, the first two lines outside of it."""
    page = ["<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><style>td{border:1}</style></head>"]
    page += [f"<p>{_entities(row[0])}</p>" for row in grid[:2]]
    page.append("<table>")
    for row in grid[2:]:
        page.append("<tr>" + "".join(f"<td>&nbsp;{_entities(value)}<br>" for value in row))
    return "\n".join([*page, "</table></html>"]).encode("ascii")


def _entities(value: object) -> str:
    return escape(_shown(value)).encode("ascii", "xmlcharrefreplace").decode("ascii")


def as_spreadsheet_xml(grid: list[list]) -> bytes:
    """What Excel 2003 called an XML Spreadsheet: empty cells left out, the next one numbered."""
    rows = []
    for number, row in enumerate(grid, start=1):
        cells = []
        for place, value in enumerate(row, start=1):
            if value != "":
                kind = "Number" if isinstance(value, int) else "String"
                data = f'<Data ss:Type="{kind}">{escape(_shown(value))}</Data>'
                cells.append(f'<Cell ss:Index="{place}">{data}</Cell>')
        if cells:
            rows.append(f'<Row ss:Index="{number}">{"".join(cells)}</Row>')
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f'<Worksheet ss:Name="DS"><Table>{"".join(rows)}</Table></Worksheet>'
    return f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">{sheet}</Workbook>'.encode()


def as_ods(grid: list[list]) -> bytes:
    """An OpenDocument sheet, its empty rest written as a million repeated rows."""
    empty = '<table:table-cell table:number-columns-repeated="{}"/>'
    rows = []
    for row in grid:
        cells = [
            f'<table:table-cell office:value-type="float" office:value="{value}"/>'
            if isinstance(value, int)
            else f'<table:table-cell office:value-type="string"><text:p>{escape(_shown(value))}</text:p></table:table-cell>'
            if value != ""
            else "<table:table-cell/>"
            for value in row
        ]
        rows.append(f"<table:table-row>{''.join(cells)}{empty.format(16000)}</table:table-row>")
    rows.append(f'<table:table-row table:number-rows-repeated="1048000">{empty.format(16384)}</table:table-row>')
    spaces = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="DS">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0">'
        f"{entry.format('/', _ODS)}{entry.format('content.xml', 'text/xml')}</manifest:manifest>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", _ODS, zipfile.ZIP_STORED)
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()
