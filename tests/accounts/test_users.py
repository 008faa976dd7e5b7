"""The accounts desk: who is listed, made and edited, by whom, and how often."""

from __future__ import annotations

from uuid import uuid4

import pytest

from server.accounts import users
from tests.accounts.desk import (
    act,
    code,
    create,
    entries,
    new_account,
    user_of,
)
from tests.factories import (
    ADMIN,
    AUDITOR,
    COUNTY,
    DENG,
    GONG,
    GRID,
    GRID_IN_OTHER_COUNTY,
    GRID_IN_OTHER_TOWNSHIP,
    LU,
    MEI,
    OTHER_COUNTY,
    OTHER_GRID,
    OTHER_VILLAGE,
    PING,
    QIN,
    TAN,
    TOWNSHIP,
    VILLAGE,
    WEI,
    ZHOU,
    make_session,
    make_user,
)
from tests.support import interrupting


def names(reply):
    return {row["username"] for row in reply.json["items"]}


# --- the list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        (WEI, {"mei", "ping", "wei"}),
        (ZHOU, {"mei", "ping", "lan", "wei", "tan", "zhou"}),
        (QIN, {"mei", "ping", "lan", "hong", "wei", "tan", "zhou", "lu", "qin", "deng", "auditor"}),
        (GONG, {"fang", "gong"}),
        (ADMIN, None),
    ],
    ids=lambda value: value.username if hasattr(value, "username") else "",
)
def test_each_sees_the_accounts_of_the_own_area_and_no_other(app, login, person, seen):
    found = names(login(person).get("/api/v1/users"))
    assert found == seen if seen else {"admin", "fang", "mei", "qin"} < found


def test_pages_follow_one_another_and_miss_nobody(app, login):
    qin, found, cursor = login(QIN), [], ""
    for _ in range(20):
        page = qin.get(f"/api/v1/users?limit=2{cursor}").json
        found += [row["username"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(found) == len(set(found)) == 11


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("q=MEI", {"mei"}),
        ("q=%25", set()),
        ("role=township", {"zhou", "lu"}),
        (f"place={OTHER_VILLAGE}", {"lan", "tan"}),
        (f"place={OTHER_COUNTY}", set()),
        ("state=disabled", {"ping"}),
        ("state=waiting", {"xiaohua"}),
    ],
)
def test_the_list_is_narrowed(app, login, query, seen):
    assert create(login(ZHOU)).status_code == 200
    assert act(login(ZHOU), PING, "state", active=False).status_code == 200
    assert names(login(QIN).get(f"/api/v1/users?{query}")) == seen


def test_counts_are_of_what_is_seen(app, login):
    create(login(ZHOU))
    counts = login(ZHOU).get("/api/v1/users?role=grid_member").json["counts"]
    assert counts["roles"] == {"grid_member": 4, "first_secretary": 2, "township": 1}
    assert (counts["active"], counts["disabled"], counts["waiting"]) == (4, 0, 1)


def test_a_cursor_of_another_list_is_refused(app, login):
    qin = login(QIN)
    page = qin.get("/api/v1/devices?limit=1").json["next"]
    assert code(qin.get(f"/api/v1/users?cursor={page or 'AAAA'}")) == (400, "bad_request")


def test_the_page_about_a_person_says_what_the_caller_may_do(app, login):
    make_session(app, MEI)
    found = login(ZHOU).get(f"/api/v1/users/{MEI.id}").json
    assert found["may"] == ["edit", "transfer", "reset", "sign_out", "disable"]
    assert [one["name"] for one in found["devices"]] == ["Test phone"]
    assert [one["current"] for one in found["sessions"]] == [False]
    assert login(QIN).get(f"/api/v1/users/{MEI.id}").json["may"] == ["transfer"]
    assert login(WEI).get(f"/api/v1/users/{MEI.id}").json["may"] == ["ask_reset", "ask_revoke"]
    assert login(ADMIN).get(f"/api/v1/users/{ADMIN.id}").json["may"] == []


# --- out of scope looks absent ----------------------------------------------------------------------------

ACTS = {
    "": {"display_name": "别人"},
    "transfer": {"region_code": GRID},
    "state": {"active": False},
    "password-reset": {},
    "sign-out": {},
}


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize("person", [LU, GONG], ids=lambda person: person.username)
def test_an_account_of_another_area_is_as_if_it_did_not_exist(app, login, person, what):
    client = login(person)
    foreign = act(client, MEI, what, **ACTS[what])
    absent = act(client, make_nobody(), what, **ACTS[what])
    assert code(foreign) == code(absent) == (404, "user_not_found")
    assert user_of(app, "mei").version == 1


def make_nobody():
    return type("Nobody", (), {"id": uuid4()})()


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize(
    ("person", "target"),
    [(ZHOU, WEI), (ZHOU, TAN), (QIN, AUDITOR), (QIN, make_nobody)],
    ids=["secretary", "other secretary", "auditor", "colleague"],
)
def test_only_the_level_above_looks_after_an_account(app, login, person, target, what):
    if target is make_nobody:
        target = make_user(app, "county", COUNTY, "colleague")
    assert code(act(login(person), target, what, **ACTS[what])) == (403, "role_not_allowed")
    assert user_of(app, target.username).version == 1


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize("person", [ZHOU, QIN, ADMIN], ids=lambda person: person.username)
def test_nobody_acts_on_the_own_account(app, login, person, what):
    assert code(act(login(person), person, what, **ACTS[what])) == (409, "own_account")
    assert user_of(app, person.username).version == 1


@pytest.mark.parametrize("what", sorted(set(ACTS) - {"transfer"}))
def test_the_county_leaves_grid_members_to_their_township(app, login, what):
    assert code(act(login(QIN), MEI, what, **ACTS[what])) == (403, "role_not_allowed")


# --- making accounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "role", "place", "expected"),
    [
        (ZHOU, "grid_member", OTHER_GRID, (200, None)),
        (ZHOU, "grid_member", GRID_IN_OTHER_TOWNSHIP, (404, "region_not_found")),
        (ZHOU, "grid_member", "45032110020077", (404, "region_not_found")),
        (ZHOU, "grid_member", VILLAGE, (422, "region_not_fitting")),
        (ZHOU, "first_secretary", VILLAGE, (403, "role_not_allowed")),
        (QIN, "first_secretary", VILLAGE, (200, None)),
        (QIN, "township", TOWNSHIP, (200, None)),
        (QIN, "department", COUNTY, (200, None)),
        (QIN, "grid_member", GRID, (403, "role_not_allowed")),
        (QIN, "county", COUNTY, (403, "role_not_allowed")),
        (QIN, "first_secretary", OTHER_COUNTY + "100200", (404, "region_not_found")),
        (ADMIN, "grid_member", GRID_IN_OTHER_COUNTY, (200, None)),
        (ADMIN, "township", "-", (422, "region_not_fitting")),
        (WEI, "grid_member", GRID, (403, "role_not_allowed")),
        (MEI, "grid_member", GRID, (403, "role_not_allowed")),
        (AUDITOR, "grid_member", GRID, (403, "role_not_allowed")),
    ],
)
def test_who_makes_which_accounts(app, login, person, role, place, expected):
    assert code(create(login(person), role=role, region_code=place)) == expected
    assert len(entries(app, "account.create")) == (expected[0] == 200)


def test_the_same_request_again_makes_one_account_and_gives_the_same_password(app, login, clock):
    zhou, body = login(ZHOU), new_account()
    first, again = (zhou.post("/api/v1/users", json=body) for _ in range(2))
    assert first.json["password"] == again.json["password"]
    assert first.json["user"]["id"] == again.json["user"]["id"]
    assert len(entries(app, "account.create")) == 1
    clock.advance(minutes=11)
    assert zhou.post("/api/v1/users", json=body).json["password"] is None


def test_another_body_under_the_same_number_changes_nothing(app, login):
    zhou, body = login(ZHOU), new_account()
    zhou.post("/api/v1/users", json=body)
    other = zhou.post("/api/v1/users", json=body | {"display_name": "别人"})
    assert code(other) == (409, "operation_conflict")
    assert code(login(LU).post("/api/v1/users", json=body)) == (409, "operation_conflict")
    assert user_of(app, "xiaohua").display_name == "韦小花"


def test_a_user_name_is_given_once(app, login):
    assert code(create(login(ZHOU), username="fang")) == (409, "username_taken")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "Xiao Hua"),
        ("username", "x"),
        ("username", "-x1"),
        ("username", "小花"),
        ("display_name", "  "),
        ("display_name", "=1+1"),
        ("display_name", "＝cmd|' /C calc'!A0"),
        ("display_name", "\u200b=1+1"),
        ("display_name", "\u2066\u2069"),
        ("department", "=cmd|x"),
        ("display_name", "韦" * 41),
        ("display_name", "a\u0000"),
        ("display_name", "450321198005049912"),
        ("display_name", "韦小花 138-1234-5678"),
        ("department", "教育局13812345678"),
        ("role", "king"),
        ("region_code", "4503"),
        ("op_id", "1"),
        ("reason", "x" * 201),
    ],
)
def test_what_is_not_whole_is_named_and_nothing_is_made(app, login, field, value):
    reply = create(login(ZHOU), **{field: value})
    assert (reply.status_code, list(reply.json["errors"])) == (422, [field])
    assert entries(app, "account.create") == []


def test_the_audit_entry_holds_no_name(app, login):
    reply = create(login(ZHOU))
    (entry,) = entries(app, "account.create")
    assert (entry.actor_id, entry.target_id) == (ZHOU.id, reply.json["user"]["id"])
    assert (entry.region_code, entry.details) == (GRID, {"role": "grid_member"})


# --- edit, version ----------------------------------------------------------------------------------------


def test_a_name_is_edited_and_an_old_version_refused(app, login):
    zhou = login(ZHOU)
    assert act(zhou, MEI, "", display_name=" 梅·秀英 ").json["user"]["display_name"] == "梅·秀英"
    assert code(act(zhou, MEI, "", display_name="旧的")) == (409, "user_changed")
    assert act(zhou, MEI, "", version=2, display_name="新的").json["user"]["version"] == 3


def test_a_department_is_edited_for_departments_only(app, login):
    qin = login(QIN)
    assert act(qin, DENG, "", department="民政局").json["user"]["department"] == "民政局"
    assert act(qin, WEI, "", department="民政局").json["user"]["department"] is None


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_names_are_tidied_as_in_a_sheet(app, login):
    made = create(login(ZHOU), display_name=" 吾\u202e买尔•阿\u2066 不\u200b都 ").json["user"]
    assert made["display_name"] == "吾买尔·阿 不都"
    department = {"username": "d-dept", "role": "department", "region_code": COUNTY}
    assert create(login(QIN), **department, department="   ").json["user"]["department"] is None
    assert act(login(QIN), DENG, "", department="民政\u200b局").json["user"]["department"] == "民政局"
    assert act(login(QIN), DENG, "", version=2, department=" ").json["user"]["department"] is None


def test_two_administrators_who_switch_each_other_off_leave_one(app, login, monkeypatch):
    other = make_user(app, "admin", "-")
    first, theirs = login(ADMIN), login(other)
    back = lambda: act(theirs, ADMIN, "state", active=False)  # noqa: E731
    second = interrupting.before(monkeypatch, users, "switch", back)
    assert act(first, other, "state", active=False).status_code == 200
    assert code(second.result()) == (401, "account_disabled")
    assert user_of(app, ADMIN.username).active
