"""Importing people from a sheet: dry run, digest, exactly that, once."""

from __future__ import annotations

import base64
import io
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from server.accounts.sheets import MAX_BYTES
from tests.accounts.desk import code, entries, sign_in_first, user_of
from tests.accounts.workbooks import HEADER, XLSX, book, part, with_part, with_sheet
from tests.factories import (
    ADMIN,
    COUNTY,
    FANG,
    GRID,
    MEI,
    OTHER_GRID,
    OTHER_VILLAGE,
    QIN,
    TOWNSHIP,
    VILLAGE,
    WEI,
    ZHOU,
)

GRID_NAME, VILLAGE_NAME, TOWNSHIP_NAME = f"区域{GRID}", f"区域{VILLAGE}", f"区域{TOWNSHIP}"


def member(username="xiaohua", name="韦小花", role="网格员", grid=GRID_NAME, **more):
    row = {"township": "", "village": VILLAGE_NAME, "code": "", "department": ""} | more
    return (username, name, role, row["township"], row["village"], grid, row["code"], row["department"])


def check(client, data, kind=XLSX):
    return client.post("/api/v1/users/imports/check", data=data, content_type=kind)


def apply(client, data, digest, op_id=None):
    query = {"op_id": op_id or str(uuid4()), "digest": digest}
    return client.post("/api/v1/users/imports", data=data, query_string=query, content_type=XLSX)


def outcome(reply, at=0):
    row = reply.json["rows"][at]
    return row["status"], [(fault["cell"], fault["code"]) for fault in row["faults"]]


def only(client, *row):
    return outcome(check(client, book(row)))


# --- the dry run ------------------------------------------------------------------------------------------


def test_a_dry_run_changes_nothing(app, login):
    reply = check(login(ZHOU), book(member(), member("ping2", "莫小平", grid=f"区域{OTHER_GRID}")))
    assert [row["status"] for row in reply.json["rows"]] == ["create", "create"]
    assert reply.json["counts"] == {"create": 2}
    assert reply.json["rows"][0]["place"][-1] == GRID_NAME
    assert (entries(app, "account.create"), entries(app, "account.import")) == ([], [])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (member(code=GRID, grid="", village=""), ("create", [])),
        (member(username=" ＸＩＡＯｈｕａ１ "), ("create", [])),
        (member(username=13800001234), ("create", [])),
        (member(username=13800001234.0), ("create", [])),
        (member(username="1.38E+10"), ("error", [("A2", "scientific")])),
        (member(code=4.5e13), ("error", [("G2", "place_unknown")])),
        (member(code="4.5032E+13"), ("error", [("G2", "scientific")])),
        (member(username="小花"), ("error", [("A2", "username_form")])),
        (member(username=None), ("error", [("A2", "missing")])),
        (member(name="\ufeff 吾买尔•阿不都 "), ("create", [])),
        (member(name=""), ("error", [("B2", "missing")])),
        (member(name="＝1+1"), ("error", [("B2", "formula")])),
        (member(name="\u2066=1+1"), ("error", [("B2", "formula")])),
        (member(name="韦" * 41), ("error", [("B2", "too_long")])),
        (member(role="镇长"), ("error", [("C2", "role_unknown")])),
        (member(role="第一书记"), ("error", [("C2", "role_not_yours")])),
        (member(role="县级"), ("error", [("C2", "role_grave")])),
        (member(role="Grid member"), ("create", [])),
        (member(grid="没有的网格"), ("error", [("F2", "place_unknown")])),
        (member(grid=GRID_NAME.replace("区", " 区").replace("4", "４")), ("create", [])),
        (member(grid=""), ("error", [("F2", "missing")])),
        (member(code="45032110120001"), ("error", [("G2", "place_unknown")])),
        (member(code=VILLAGE), ("error", [("G2", "place_level")])),
        (member(township="区域450321101"), ("error", [("F2", "place_unknown")])),
        (member("mei", "Mei"), ("same", [])),
        (member("mei", "别人"), ("conflict", [("A2", "taken")])),
        (member("fang", "Fang"), ("conflict", [("A2", "taken")])),
        (member("zhou", "Zhou"), ("conflict", [("A2", "taken")])),
    ],
)
def test_each_row_says_what_would_become_of_it(app, login, row, expected):
    assert only(login(ZHOU), *row) == expected


def test_faults_are_said_in_both_languages(app, login):
    reply = check(login(ZHOU), book(member(role="镇长")))
    (fault,) = reply.json["rows"][0]["faults"]
    assert fault["text"] == {"zh": "没有这个角色", "en": "There is no such role"}


def test_what_is_tidied_is_shown(app, login):
    row = check(login(ZHOU), book(member(" ＸＩＡＯｈｕａ１ ", " 吾买尔•阿 不都 "))).json["rows"][0]
    assert (row["username"], row["display_name"]) == ("xiaohua1", "吾买尔·阿 不都")


def test_rows_are_compared_with_those_above(app, login):
    rows = [member(), member(), member(name="别人"), ("", "", "", "", "", "", "", "")]
    reply = check(login(ZHOU), book(*rows))
    assert [outcome(reply, at) for at in range(3)] == [
        ("create", []),
        ("same", [("A3", "twice_same")]),
        ("conflict", [("A4", "twice")]),
    ]
    assert len(reply.json["rows"]) == 3


def test_the_county_imports_secretaries_by_names_of_places(app, login):
    rows = [
        ("a-first", "甲", "第一书记", TOWNSHIP_NAME, VILLAGE_NAME, "", "", ""),
        ("b-first", "乙", "第一书记", "", f"区域{OTHER_VILLAGE}", "", "", ""),
        ("c-town", "丙", "乡镇", TOWNSHIP_NAME, "", "", "", ""),
        ("d-dept", "丁", "部门", "", "", "", "", "民政局"),
        ("e-grid", "戊", "网格员", "", VILLAGE_NAME, GRID_NAME, "", ""),
    ]
    sheet = book(*rows)  # made a second later it is another file
    reply = check(login(QIN), sheet)
    assert [row["status"] for row in reply.json["rows"]] == ["create"] * 4 + ["error"]
    assert outcome(reply, 4) == ("error", [("C6", "role_not_yours")])
    assert apply(login(QIN), sheet, reply.json["digest"]).status_code == 200
    assert (user_of(app, "d-dept").department, user_of(app, "d-dept").region_code) == ("民政局", COUNTY)


def test_an_administrator_has_to_say_which_county(app, login):
    row = ("d-dept", "丁", "部门", "", "", "", "", "民政局")
    assert only(login(ADMIN), *row) == ("error", [("2", "place_ambiguous")])
    assert only(login(ADMIN), *row[:6], COUNTY, "民政局") == ("create", [])


def test_columns_may_stand_in_any_order_and_language(app, login):
    data = book(("网格员", GRID, "xiaohua", "韦小花"), header=("Role*", "Code", "User Name", "name"))
    assert check(login(ZHOU), data).json["counts"] == {"create": 1}


# --- files that nobody should send ------------------------------------------------------------------------

GOOD = book(member())
TYPES = "[Content_Types].xml"
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"x", "sheet_unreadable"),
        (b"username,name\nx,y\n", "sheet_unreadable"),
        (GOOD[: len(GOOD) // 2], "sheet_unreadable"),
        (b"PK" + bytes(100), "sheet_unreadable"),
        (with_part(GOOD, "xl/vbaProject.bin", b"x"), "sheet_unsafe"),
        (with_part(GOOD, "xl/externalLinks/externalLink1.xml", b"<x/>"), "sheet_unsafe"),
        (with_part(GOOD, "xl/embeddings/oleObject1.bin", b"x"), "sheet_unsafe"),
        (
            with_part(GOOD, TYPES, part(GOOD, TYPES).replace(b"sheet.main", b"sheet.macroEnabled.main")),
            "sheet_unsafe",
        ),
        (with_part(GOOD, "xl/big.xml", b" " * (9 * 1024 * 1024)), "sheet_unreadable"),
        (with_part(GOOD, SHEET, b'<!DOCTYPE x [<!ENTITY a "b">]>' + part(GOOD, SHEET)), "sheet_unreadable"),
        (with_part(GOOD, SHEET, b"<worksheet>"), "sheet_unreadable"),
        (with_part(GOOD, "xl/workbook.xml", b"<workbook/>"), "sheet_unreadable"),
        (book(header=HEADER), "sheet_empty"),
        (book(member(), header=(*HEADER, "用户名")), "sheet_doubled"),
        (book(member(), header=(*HEADER, *[None] * 12, "部门")), "sheet_too_wide"),
        (with_sheet(GOOD, HEADER, ("zwei", "韦某", "网格员", "", "", "", GRID)), "sheet_several"),
        (book(member(), header=("甲", "乙")), "sheet_columns"),
        (book(*[(f"u{n}", "甲", "网格员", "", "", "", GRID, "") for n in range(2001)]), "sheet_too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_plain_workbook_is_refused(app, login, data, expected):
    assert code(check(login(ZHOU), data)) == (422, expected)


def test_another_sheet_that_explains_something_is_no_matter(app, login):
    reply = check(login(ZHOU), with_sheet(GOOD, ("怎么填",), ("用户名", "小写字母")))
    assert reply.json["counts"] == {"create": 1}


def test_too_large_and_other_kinds_are_refused(app, login):
    zhou = login(ZHOU)
    assert code(check(zhou, bytes(MAX_BYTES + 1))) == (413, "too_large")
    assert code(check(zhou, GOOD, "text/csv")) == (415, "type_unsupported")


def test_a_cell_in_the_last_corner_costs_nothing(app, login):
    """Some readers make a table of all cells up to the last one: seventeen thousand million of them."""
    far = part(GOOD, SHEET).replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    )
    assert far != part(GOOD, SHEET)
    reply = check(login(ZHOU), with_part(GOOD, SHEET, far))
    assert reply.json["counts"] == {"create": 1}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("number", [5000, 1_048_576])
def test_a_row_far_below_is_not_lost(app, login, number):
    row = f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    far = part(GOOD, SHEET).replace(b"</sheetData>", row.encode())
    assert code(check(login(ZHOU), with_part(GOOD, SHEET, far))) == (422, "sheet_too_long")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_a_department_is_judged_as_a_name_is(app, login):
    row = ("d-dept", "丁", "部门", "", "", "", "")
    assert only(login(QIN), *row, "＝cmd|x") == ("error", [("H2", "formula")])
    assert only(login(QIN), *row, "局 138 1234 5678") == ("error", [("H2", "number")])
    assert only(login(QIN), *row, "民" * 41) == ("error", [("H2", "too_long")])
    assert only(login(QIN), *row, " ") == ("create", [])


def test_two_thousand_rows_are_taken(app, login):
    rows = [(f"u{n}", "甲", "网格员", "", "", "", GRID, "") for n in range(2000)]
    data, zhou = book(*rows), login(ZHOU)
    reply = check(zhou, data)
    assert reply.json["counts"] == {"create": 2000}
    assert len(apply(zhou, data, reply.json["digest"]).json["created"]) == 2000


# --- confirming -------------------------------------------------------------------------------------------


def test_exactly_what_was_checked_is_made_and_the_rest_left_alone(app, login):
    data, zhou = book(member(), member("mei", "别人"), member(role="镇长")), login(ZHOU)
    reply = apply(zhou, data, check(zhou, data).json["digest"])
    (made,) = reply.json["created"]
    assert (made["username"], user_of(app, "xiaohua").region_code) == ("xiaohua", GRID)
    assert user_of(app, "mei").display_name == "Mei"
    assert sign_in_first(app, "xiaohua", made["password"]).status_code == 200
    (entry,) = entries(app, "account.import")
    assert (entry.details, len(entries(app, "account.create"))) == ({"count": 1}, 1)


def test_confirmed_again_it_is_one_import_and_shows_the_same_passwords_for_a_while(app, login, clock):
    data, zhou, key = book(member()), login(ZHOU), str(uuid4())
    digest = check(zhou, data).json["digest"]
    first, again = (apply(zhou, data, digest, key).json for _ in range(2))
    assert first["created"] == again["created"]
    assert len(entries(app, "account.create")) == 1
    clock.advance(minutes=11)
    assert apply(zhou, data, digest, key).json["created"][0]["password"] is None


def test_another_file_another_person_and_changed_accounts_are_refused(app, login):
    data, zhou = book(member()), login(ZHOU)
    digest = check(zhou, data).json["digest"]
    assert code(apply(zhou, book(member(name="别人")), digest)) == (409, "import_changed")
    assert code(apply(login(QIN), data, digest)) == (409, "import_changed")
    assert code(apply(zhou, data, "0" * 64)) == (409, "import_changed")
    other = book(member(username="other"), member())
    apply(zhou, other, check(zhou, other).json["digest"])
    assert code(apply(zhou, data, digest)) == (409, "import_changed")


def test_another_import_under_the_same_number_changes_nothing(app, login):
    zhou, key = login(ZHOU), str(uuid4())
    one, two = book(member()), book(member("other"))
    apply(zhou, one, check(zhou, one).json["digest"], key)
    reply = apply(zhou, two, check(zhou, two).json["digest"], key)
    assert code(reply) == (409, "operation_conflict")


def test_passwords_come_as_a_sheet_without_a_formula(app, login):
    data, zhou = book(member("a1"), member("a2", "乙")), login(ZHOU)
    reply = apply(zhou, data, check(zhou, data).json["digest"]).json
    sheet = load_workbook(io.BytesIO(base64.b64decode(reply["sheet"]))).active
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]][1] == "a1"
    assert [cell.value for cell in rows[1]][4] == reply["created"][0]["password"]
    assert {cell.data_type for row in rows for cell in row} == {"s"}


def test_the_template_can_be_filled_in_as_it_is(app, login):
    reply = login(ZHOU).get("/api/v1/users/imports/template")
    filled = load_workbook(io.BytesIO(reply.data))
    filled.worksheets[0].append(list(member()))
    out = io.BytesIO()
    filled.save(out)
    assert check(login(ZHOU), out.getvalue()).json["counts"] == {"create": 1}


@pytest.mark.parametrize("person", [MEI, WEI, FANG], ids=lambda person: person.username)
def test_who_imports_nobody(app, login, person):
    assert code(check(login(person), GOOD)) == (403, "role_not_allowed")
    assert code(apply(login(person), GOOD, "0" * 64)) == (403, "role_not_allowed")
