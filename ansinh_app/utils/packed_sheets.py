"""A workbook's sheets as packed rows; run as a program, of a workbook from a stranger within bounds of memory and time.

The reader believes what a file says of its own size, and ends its whole process where there is no room for that.
"""

import io
import pickle
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

# What the process that reads a stranger's file may take: bytes (a list of 100,000 people takes 250 MB), seconds.
MOST_MEMORY, _MOST_SECONDS = 280 * 1024 * 1024, 60
# Two cells in far corners make a reader allot the whole rectangle between them.
MAX_CELLS = 4_000_000
_PACKED_ROWS = 500
# By the system, when its time was over; Windows has none of them, and no bounds either.
_KILLED = {getattr(signal, name, None) for name in ("SIGXCPU", "SIGKILL")}

Packed = tuple[str, int, list[bytes]]  # a sheet's name, how many rows it has, the rows in portions


class UnreadableError(Exception):
    """The file is damaged or made up."""


class ProtectedError(Exception):
    """The file is under a password."""


class TooLargeError(Exception):
    """There is no room for the file; `rows` and `columns` where one sheet reaches too far."""

    def __init__(self, rows: int = 0, columns: int = 0) -> None:
        super().__init__(rows, columns)
        self.rows, self.columns = rows, columns


_ERRORS = {error.__name__: error for error in (UnreadableError, ProtectedError, TooLargeError)}


def read(content: bytes) -> list[Packed]:
    """The visible sheets of an XLSX, XLS or ODS. Raises UnreadableError, ProtectedError, TooLargeError."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            _packed(meta.name, book.get_sheet_by_name(meta.name))
            for meta in book.sheets_metadata
            if meta.visible == calamine.SheetVisibleEnum.Visible and meta.typ == calamine.SheetTypeEnum.WorkSheet
        ]
    except calamine.PasswordError:
        raise ProtectedError from None
    except (calamine.CalamineError, OSError, ValueError):
        raise UnreadableError from None
    except BaseException as error:
        # The reader is written in Rust; when it gives up on a file its error is no ordinary exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableError from None


def read_apart(content: bytes) -> list[Packed]:
    """The same, by a process of its own that may take MOST_MEMORY: whatever becomes of it, this one goes on."""
    import python_calamine

    library = str(Path(python_calamine.__file__).parents[1])
    command = [sys.executable, "-I", "-S", __file__, library]
    done = subprocess.run(command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 (our own words)
    if -done.returncode in _KILLED:
        raise UnreadableError
    if done.returncode:
        raise TooLargeError
    kind, answer = pickle.loads(done.stdout)  # noqa: S301 - written below, by our own program
    if kind:
        raise _ERRORS[kind](*answer)
    return answer


def unpack(packed: bytes) -> list[list[object]]:
    """A portion's rows."""
    return pickle.loads(zlib.decompress(packed))  # noqa: S301 - packed below, by this program


def _packed(name: str, sheet) -> Packed:
    """One sheet's rows from the first row and column on: a list of 100,000 takes a few MB.

    A cell merged over several rows counts for each of them, as the eye reads it.
    """
    last_row, last_column = sheet.end or (-1, -1)
    height, width = last_row + 1, last_column + 1
    if height * width > MAX_CELLS:
        raise TooLargeError(height, width)
    merged: dict[int, list[tuple[int, int]]] = {}
    below = 0
    for (top, column), (bottom, _last) in sheet.merged_cell_ranges or ():
        bottom = min(bottom, last_row)
        below += max(bottom - top, 0)
        if below > MAX_CELLS:
            raise UnreadableError
        for row in range(top + 1, bottom + 1):
            merged.setdefault(row, []).append((column, top))
    return name, height, [_pack(rows) for rows in _portions(_rows(sheet, merged))]


def _rows(sheet, merged: dict[int, list[tuple[int, int]]]) -> Iterator[list[object]]:
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    above: dict[tuple[int, int], object] = {}
    first = {(column, top) for pairs in merged.values() for column, top in pairs}
    tops: dict[int, list[int]] = {}
    for column, top in first:
        tops.setdefault(top, []).append(column)
    for index, row in enumerate(sheet.iter_rows()):
        row = left + row if left else row
        for column, top in merged.get(index, ()):
            if column < len(row) and row[column] == "":
                row[column] = above.get((column, top), "")
        above.update({(column, index): row[column] for column in tops.get(index, ()) if column < len(row)})
        yield row


def _portions(rows: Iterator[list[object]]) -> Iterator[list[list[object]]]:
    while some := list(islice(rows, _PACKED_ROWS)):
        yield some


def _pack(rows: list[list[object]]) -> bytes:
    """Rows as bytes; the same text in many cells is kept once."""
    same: dict[str, str] = {}
    for row in rows:
        row[:] = [same.setdefault(value, value) if type(value) is str else value for value in row]
    return zlib.compress(pickle.dumps(rows, protocol=pickle.HIGHEST_PROTOCOL), 1)


def main(library: str) -> None:
    """A workbook from the standard input; to the output (error, its values) or ("", sheets)."""
    with suppress(ImportError):
        import resource

        bounds = {"AS": (MOST_MEMORY,) * 2, "CPU": (_MOST_SECONDS, _MOST_SECONDS + 1), "CORE": (0, 0)}
        for name, bound in bounds.items():
            with suppress(ValueError, OSError):  # a system that does not bound this
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), bound)
    sys.path.append(library)
    try:
        answer = "", read(sys.stdin.buffer.read())
    except tuple(_ERRORS.values()) as error:
        answer = type(error).__name__, error.args
    pickle.dump(answer, sys.stdout.buffer)


if __name__ == "__main__":
    main(*sys.argv[1:])
