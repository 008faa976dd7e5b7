"""Excel workbooks that come from outside, read within limits, and those the desk hands out.

openpyxl is loaded when somebody imports: no phone's request needs it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from server.core.names import tidied
from server.core.problems import Problem

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 2_000
MAX_COLUMNS = 20
LAST_ROW = 1_048_576  # of any sheet there is
MAX_PARTS, MAX_UNPACKED = 100, 8 * 1024 * 1024
MAX_CELL = 200
_FOREIGN = re.compile(
    r"vbaproject|macrosheets|externallinks|embeddings|activex|connections\.xml|querytables|customui",
    re.IGNORECASE,
)
_MACRO_TYPES = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_EXACT = 10**15  # a float beyond has lost digits


@dataclass(frozen=True)
class SheetRow:
    """One row that is not blank: its number in the sheet, and the text of its cells from column A on."""

    number: int
    cells: tuple[str, ...]


def read_rows(data: bytes, is_header: Callable[[SheetRow], bool]) -> list[SheetRow]:
    """The rows of the first visible sheet, header included, blank ones left out.

    Another one may explain something; one whose first row is a header, too, would be left out unsaid.

    Raises:
        Problem: sheet_unreadable, sheet_unsafe, sheet_too_long, sheet_too_wide, sheet_several, too_large.
    """
    if len(data) > MAX_BYTES:
        raise Problem("too_large")
    try:
        _check_parts(data)
        return list(_rows(data, is_header))
    except Problem:
        raise
    except Exception as error:  # whatever a library says of a broken file, it is a broken file
        raise Problem("sheet_unreadable") from error


def _check_parts(data: bytes) -> None:
    """Look at the archive before anybody parses it: sizes, macros, links, and declarations in its XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        names = [part.filename for part in parts]
        too_big = len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED
        if too_big or len(set(names)) != len(names) or "[Content_Types].xml" not in names:
            raise Problem("sheet_unreadable")
        if any(_FOREIGN.search(name) for name in names):
            raise Problem("sheet_unsafe")
        for name in names:
            _check_part(name, archive.read(name))  # reads no more than the size that was declared


def _check_part(name: str, content: bytes) -> None:
    if name == "[Content_Types].xml" and _MACRO_TYPES.search(content):
        raise Problem("sheet_unsafe")
    plain = content.replace(b"\0", b"").upper()  # also as UTF-16
    if name.endswith((".xml", ".rels")) and any(word in plain for word in _DECLARATIONS):
        raise Problem("sheet_unreadable")


def _rows(data: bytes, is_header: Callable[[SheetRow], bool]) -> Iterator[SheetRow]:
    from openpyxl import load_workbook  # noqa: PLC0415 - see above

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        first, *others = [one for one in book.worksheets if one.sheet_state == "visible"]
        if any(is_header(row) for sheet in others for row in islice(_filled(sheet), 1)):
            raise Problem("sheet_several")
        for row in islice(_filled(first), 1):
            _refuse_wider(first, row.number)
        yield from _filled(first)
    finally:
        book.close()


def _filled(sheet: Any) -> Iterator[SheetRow]:
    sheet.reset_dimensions()  # what a file says of its own size is not to be believed
    bounds = {"max_row": LAST_ROW, "max_col": MAX_COLUMNS, "values_only": True}
    for number, values in enumerate(sheet.iter_rows(**bounds), start=1):
        if values.count(None) == len(values):
            continue  # a gap may be of a million rows
        cells = tuple(cell_text(value) for value in values)
        if any(cells):
            if number > MAX_ROWS + 1:
                raise Problem("sheet_too_long")
            yield SheetRow(number, cells)


def _refuse_wider(sheet: Any, number: int) -> None:
    """Whoever named a column behind the last one that is read would miss what stands in it."""
    for values in sheet.iter_rows(min_row=number, max_row=number, values_only=True):
        if any(cell_text(value) for value in values[MAX_COLUMNS:]):
            raise Problem("sheet_too_wide")


def cell_text(value: Any) -> str:
    """A cell's value as somebody meant it: full-width signs as plain ones, a long number with its digits.

    Blanks around and within are tidied, signs that nobody sees go, the dots of names become ``·``.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return tidied(str(value)[: 4 * MAX_CELL])[:MAX_CELL].rstrip()


def workbook(sheets: Sequence[tuple[str, Sequence[Sequence[str]], Sequence[int]]]) -> bytes:
    """A workbook of (title, rows, column widths). Every cell is text: nothing in it is a formula."""
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook()
    book.remove(book.active)
    for title, rows, widths in sheets:
        sheet = book.create_sheet(title)
        for at, width in enumerate(widths):
            sheet.column_dimensions[chr(ord("A") + at)].width = width
        for row_at, row in enumerate(rows, start=1):
            for column_at, text in enumerate(row, start=1):
                cell = sheet.cell(row_at, column_at)
                cell.value, cell.number_format = text, "@"
                cell.data_type = "s"  # also a text that begins like a formula
                if row_at == 1:
                    cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
