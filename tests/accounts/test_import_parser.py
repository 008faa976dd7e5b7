"""Whatever is in a sheet or a file, it is read within limits, judged row by row, or refused with a code."""

from __future__ import annotations

import re
from datetime import datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.accounts.import_plan import COLUMNS, STATUSES, Known, Places, Planner, columns_of, is_header
from server.accounts.import_words import FAULTS
from server.accounts.services import NewUser
from server.accounts.sheets import MAX_CELL, SheetRow, cell_text, read_rows, workbook
from server.core.permissions import fits
from server.core.problems import Problem
from tests.accounts.workbooks import HEADER, book
from tests.factories import GRID, TOWNSHIP, VILLAGE, region_names

QUIET = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "网格员",
        "township",
        "1.38E+10",
        GRID,
        VILLAGE,
        f"区域{GRID}",
        "=1+1",
        "\ufeffx",
        "１３８",
        "a" * 41,
        "mei",
        " ",
        "·",
    ]
)
VALUES = TEXTS | st.none() | st.booleans() | st.integers() | st.floats() | st.datetimes(datetime(1900, 1, 1))  # noqa: DTZ001
PLACES = Places([pair for pair in region_names() if pair[0].startswith(TOWNSHIP)], dict(region_names()))
MEI = NewUser(username="mei", display_name="Mei", role="grid_member", region_code=GRID)
KNOWN = {"mei": Known(MEI), "fang": Known(None)}
COLUMN_AT = columns_of(SheetRow(1, HEADER))


def attempted(read):
    """What is read, or the code of what was said instead."""
    try:
        return read()
    except Problem as problem:
        return problem.code


@given(VALUES)
@QUIET
@example(1e300)
@example("e\u0301" * 300)
def test_a_cell_is_plain_short_text(value):
    text = cell_text(value)
    assert len(text) <= MAX_CELL
    assert text == " ".join(text.split())
    assert not re.search("[\u200b-\u200f\ufeff\x00-\x08\x7f]", text)
    assert cell_text(text) == text


@given(st.integers(0, 10**15 - 1))
@QUIET
def test_a_long_number_keeps_its_digits_as_number_and_as_text(number):
    assert cell_text(float(number)) == cell_text(number) == cell_text(str(number)) == str(number)


@given(st.lists(st.lists(TEXTS, max_size=12), max_size=8))
@QUIET
def test_every_row_is_judged_and_only_whole_ones_are_to_be_made(rows):
    planner = Planner(COLUMN_AT, ["grid_member"], PLACES, KNOWN)
    judged = [
        planner.judge(SheetRow(at, tuple(cell_text(text) for text in row)))
        for at, row in enumerate(rows, start=2)
    ]
    assert [row.number for row in judged] == list(range(2, len(rows) + 2))
    assert all(row.status in STATUSES for row in judged)
    assert all(
        fault.code in FAULTS and str(row.number) in fault.cell for row in judged for fault in row.faults
    )
    made = [row.form for row in judged if row.status == "create"]
    assert len({form.username for form in made}) == len(made)
    for form in made:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,39}", form.username)
        assert form.username not in KNOWN
        assert form.display_name[:1] not in ("", *"=+-@#")
        assert (form.role, form.region_code[:9]) == ("grid_member", TOWNSHIP)
        assert fits(form.role, form.region_code)


@given(st.lists(TEXTS, max_size=12))
@QUIET
def test_a_header_is_known_or_refused(cells):
    header = SheetRow(1, tuple(cell_text(text) for text in cells))
    found = attempted(lambda: columns_of(header))
    if found not in ("sheet_columns", "sheet_doubled"):
        assert {"username", "display_name", "role"} <= set(found) <= set(COLUMNS)


GOOD = book(("xiaohua", "韦小花", "网格员", "", "", "", GRID, ""))


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6),
    st.integers(0, len(GOOD)),
)
@settings(QUIET, max_examples=150)
def test_a_damaged_file_is_read_or_refused(changes, length):
    data = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    for damaged in (bytes(data), GOOD[:length]):
        found = attempted(lambda damaged=damaged: read_rows(damaged, is_header))
        assert len(found) <= 2 or found in ("sheet_unreadable", "sheet_unsafe", "sheet_too_long")


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=6
        ),
        max_size=6,
    )
)
@settings(QUIET, max_examples=60)
def test_what_is_handed_out_reads_back_as_text(rows):
    data = workbook([("甲", rows, (10,))])
    expected = [tuple(cell_text(text) for text in row) for row in rows]
    found = [
        tuple(row.cells[: len(want)])
        for row, want in zip(read_rows(data, is_header), [e for e in expected if any(e)], strict=True)
    ]
    assert found == [want for want in expected if any(want)]
