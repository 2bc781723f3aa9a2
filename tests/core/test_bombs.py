"""Files made to fill the memory: each is refused, in a process that never holds more than 300 MB."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest
import xlwt

from ansinh_app.tests.torture_files import as_ods
from ansinh_app.utils import packed_sheets
from ansinh_app.utils.tame_packages import is_tame
from ansinh_app.utils.workbooks import MAX_BYTES, open_workbook

MOST_MB = 300
OPEN = """
import json, resource, sys
from pathlib import Path
import benchless
benchless.activate()
from ansinh_app.utils import workbooks
def refused(message, *more, **values):
    raise ValueError(message)
workbooks.throw, workbooks._, workbooks.bold = refused, str, str
told = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        sheets = workbooks.open_workbook(path.read_bytes(), "file").sheets
        said = "read %d" % sum(len(row) for _name, grid in sheets for row in grid)
    except ValueError as error:
        said = "refused: " + str(error)
    # The peak of this process; what getrusage tells begins with its parent's.
    status = open("/proc/self/status")
    most = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    told[path.name] = said, max(most, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024
print(json.dumps(told))
"""
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def xlsx(sheet: bytes, parts: dict[str, bytes] | None = None, head: str = "") -> bytes:
    """A package of one sheet with these rows."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr(
            "xl/workbook.xml",
            f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        package.writestr("xl/worksheets/sheet1.xml", f"{head}<worksheet {_MAIN}><sheetData>".encode() + sheet)
        for name, part in (parts or {}).items():
            package.writestr(name, part)
    return target.getvalue()


END = b"</sheetData></worksheet>"
CELL = b'<c r="A1"><v>1</v></c>'


def spreadsheet_xml(rows: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<Workbook xmlns="{_SPREADSHEET}" xmlns:ss="{_SPREADSHEET}">'
        f'<Worksheet ss:Name="S"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def ods_bomb() -> bytes:
    """One cell said to stand in a million rows of sixteen thousand columns."""
    source, target = zipfile.ZipFile(io.BytesIO(as_ods([["a"]]))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            part = source.read(name)
            full = b'<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
            package.writestr(
                name,
                part.replace(b'<table:table-cell office:value-type="string">', full).replace(
                    b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">'
                ),
            )
    return target.getvalue()


def lying(part: bytes, told: int, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A package whose directory says that a part is small, with the checksum of that small beginning."""
    content = bytearray(xlsx(CELL + END, {"xl/sharedStrings.xml": part} if "shared" in name else None))
    if "shared" not in name:
        content = bytearray(xlsx(part))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        real = package.getinfo(name)
        crc = zlib.crc32(package.read(name)[:told])
    for offset, mark in ((real.header_offset + 14, b"PK\x03\x04"), (content.rindex(name.encode()) - 30, b"PK\x01\x02")):
        assert bytes(content[offset - (14 if mark == b"PK\x03\x04" else 16) :][:4]) == mark
        struct.pack_into("<I", content, offset, crc)
        struct.pack_into("<I", content, offset + 8, told)
    return bytes(content)


def overlapping(times: int) -> bytes:
    """Many names for one and the same compressed part."""
    source = xlsx(CELL + END, {"xl/media/a": b"\0" * 10_000_000})
    directory = source.rindex(b"PK\x01\x02")
    end = source.rindex(b"PK\x05\x06")
    entry = source[directory:end]
    copies = b"".join(entry.replace(b"xl/media/a", b"xl/media/%c" % (98 + n % 24)) for n in range(times))
    whole = source[:end] + copies + source[end:]
    at = whole.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", whole, at + 16)[0]
    count = struct.unpack_from("<H", whole, at + 10)[0] + times
    return whole[:at] + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, at - start, start, 0)


def many_entries(number: int) -> bytes:
    target = io.BytesIO(xlsx(CELL + END))
    with zipfile.ZipFile(target, "a") as package:
        for index in range(number):
            package.writestr(f"xl/media/{index}", b"")
    return target.getvalue()


def old_excel(*cells: tuple, sheets: int = 1) -> bytes:
    book, target = xlwt.Workbook(), io.BytesIO()
    for number in range(sheets):
        sheet = book.add_sheet(f"S{number}")
        for cell in cells:
            sheet.write(*cell)
    book.save(target)
    return target.getvalue()


CORNERS = (0, 0, "a"), (65_535, 255, "b")


def dimensions(rows: int, columns: int) -> bytes:
    """What an XLS says of a sheet's size."""
    return struct.pack("<HHIIHHH", 0x200, 14, 0, rows, 0, columns, 0)


def lying_old_excel(rows: int, columns: int, *cells: tuple) -> bytes:
    """An XLS whose sheet of these cells says that it has so many rows and columns."""
    whole = old_excel(*cells)
    true = dimensions(cells[-1][0] + 1, cells[-1][1] + 1)
    assert whole.count(true) == 1
    return whole.replace(true, dimensions(rows, columns))


def many_times_one_text(number: int) -> bytes:
    """A text as long as a cell takes, in so many cells."""
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, number + 1))
    texts = f"<sst {_MAIN}><si><t>{'x' * 32_000}</t></si></sst>".encode()
    linked = f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    source = zipfile.ZipFile(io.BytesIO(xlsx(rows + END, {"xl/sharedStrings.xml": texts})))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            package.writestr(name, source.read(name).replace(b"</Relationships>", linked.encode()))
    return target.getvalue()


ENTITIES = "<!DOCTYPE a [" + '<!ENTITY a0 "xxxxxxxxxx">' + "".join(
    f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 9)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY % b SYSTEM "http://127.0.0.1:9/x">]>'
BOMBS = {
    "ten million cells": lambda: xlsx(b"<row>" + CELL * 10_000_000 + b"</row>" + END),
    "far corner": lambda: xlsx(
        b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>' + END
    ),
    "zip bomb": lambda: xlsx(b" " * 250_000_000),
    "bomb beside": lambda: xlsx(CELL + END, {"xl/media/image1.png": b"\0" * 250_000_000}),
    "damaged": lambda: xlsx(CELL + END)[:-200],
    "macros": lambda: xlsx(CELL + END, {"xl/vbaProject.bin": b"x"}),
    "password": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
    "ods": ods_bomb,
    "entities": lambda: spreadsheet_xml("<Row><Cell><Data>&a8;</Data></Cell></Row>", ENTITIES),
    "rows far down": lambda: spreadsheet_xml('<Row ss:Index="2000000000"><Cell/></Row>'),
    "wide merge": lambda: spreadsheet_xml('<Row><Cell ss:MergeAcross="2000000000"/></Row>'),
    "web page of spans": lambda: b"<table>" + b"<tr><td colspan=10000 rowspan=10000>x" * 2000 + b"</table>",
    "web page of cells": lambda: b"<table><tr>" + b"<td>" * (MAX_BYTES // 4 - 10),
    "web page never closed": lambda: b"<table>" + b"<a " * (MAX_BYTES // 3 - 10),
    "sheet that says it is small": lambda: lying(b"<row>" + CELL * 10_000_000 + b"</row>" + END, 1000),
    "texts that say they are small": lambda: lying(b"<si><t>a</t></si>" * 5_000_000, 1000, "xl/sharedStrings.xml"),
    "one part under many names": lambda: overlapping(40),
    "twelve thousand parts": lambda: many_entries(12_000),
    "entities in a sheet": lambda: xlsx(b"<row><c t='str'><v>&a8;</v></c></row>" + END, head=ENTITIES),
    "a file of the server": lambda: xlsx(b"<row><c t='str'><v>&a;</v></c></row>" + END, head=OUTSIDE),
    "a file of the server in XML": lambda: spreadsheet_xml("<Row><Cell><Data>&a;</Data></Cell></Row>", OUTSIDE),
    "a span of many digits": lambda: b"<table><td colspan=" + b"9" * 5000 + b"><td colspan=9999>" * 200,
    "deep tags": lambda: spreadsheet_xml("<Row>" + "<Cell>" * 200_000),
    "deep page": lambda: b"<table><tr><td>" + b"<table><tr><td>" * 20_000,
    "old Excel, far corner": lambda: old_excel(*CORNERS),
    "old Excel, far corner, says it is small": lambda: lying_old_excel(1, 1, *CORNERS),
    "old Excel, says it is endless": lambda: lying_old_excel(2**28, 2**12, (0, 0, "a")),
    "old Excel, twenty sheets": lambda: old_excel((0, 0, "a"), (15_000, 255, "b"), sheets=20),
    "old Excel, one text in all cells": lambda: old_excel(*[(row, 0, "x" * 32_000) for row in range(20_000)]),
    "one text in all cells": lambda: many_times_one_text(40_000),
    "a far corner written otherwise": lambda: xlsx(b"<row r='1'>" + CELL + b"<c r='XFD20000'><v>1</v></c></row>" + END),
    "cells without a place": lambda: xlsx(
        b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 10_000 + END
    ),
    "separators": lambda: b"a;b\n" + b";" * (MAX_BYTES - 10),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What one process says to all of them, one after the other, and how much it held by then at most."""
    folder = tmp_path_factory.mktemp("bombs")
    for name, make in BOMBS.items():
        (folder / name).write_bytes(make())
    child = [sys.executable, "-c", OPEN, str(folder)]
    return json.loads(subprocess.run(child, capture_output=True, text=True, check=True, timeout=600).stdout)


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_fill_the_memory_is_refused_within_bounds(name, told):
    said, most = told[name]
    assert said.startswith("refused"), said
    assert most < MOST_MB


def test_merged_cells_that_never_end_take_no_time_and_no_memory():
    """A hundred ranges of a million rows over one row of cells."""
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:B1048576"/>' * 100 + b"</mergeCells></worksheet>"
    [(_name, grid)] = open_workbook(xlsx(b'<row r="1">' + CELL + b"</row>" + merged)).sheets
    assert list(grid) == [[1.0]]


def test_a_reader_that_dies_takes_nobody_along(monkeypatch):
    """Its file is refused, and the next one is read."""
    whole = old_excel((0, 0, "a"))
    with monkeypatch.context() as patched:
        patched.setattr(packed_sheets, "__file__", packed_sheets.__file__ + ".gone")
        with pytest.raises(packed_sheets.TooLargeError):
            packed_sheets.read_apart(whole)
    [(_name, rows, [packed])] = packed_sheets.read_apart(whole)
    assert (rows, packed_sheets.unpack(packed)) == (1, [["a"]])


@pytest.mark.parametrize(("content", "tame"), [
    (b'<row r="1"><c r="A1" s="3" t="s"><v>1</v></c><c r="B1"/></row>', True),
    (b'<row r="1"><c s="3" r="A1"><v>1</v></c></row>', True),
    (b"<row><c><v>1</v></c></row>", False),
    (b"<row><c r='A1'><v>1</v></c></row>", False),
    (b'<row><x:c r="A1"><v>1</v></x:c></row>', False),
    (b'<row><c r="&#65;1"><v>1</v></c></row>', False),
    (b"<row><c a=' r=\"A1\"' r='XFD9'><v>1</v></c></row>", False),
    (b'<row><!-- --><c r="A1"><v>1</v></c></row>', False),
    (b'<row><c r="A1048576"><v>1</v></c></row>', False),
])  # fmt: skip
def test_only_what_is_written_as_excel_writes_it_is_read_at_once(content, tame):
    with zipfile.ZipFile(io.BytesIO(xlsx(content + END))) as package:
        assert is_tame(package) is tame


def test_a_sheet_formatted_to_its_last_row_is_read():
    rows = b"".join(b'<row r="%d" s="1" customFormat="1"/>' % number for number in (*range(2, 20_000), 1_048_576))
    [(_name, grid)] = open_workbook(
        xlsx(b'<row r="1"><c r="A1" t="str"><v>a</v></c></row>' + rows + END)
    ).sheets
    assert list(grid) == [["a"]]
