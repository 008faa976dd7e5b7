"""What takes two persons: a first secretary's requests, and accounts with power over a whole county."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import update

from server.accounts.models import User
from server.core.db import db
from tests.accounts.desk import act, code, create, entries, new_account, sign_in_first, signs_in, user_of
from tests.accounts.devices import known, make_phone
from tests.factories import (
    ADMIN,
    AUDITOR,
    COUNTY,
    GONG,
    GRID_IN_OTHER_TOWNSHIP,
    HONG,
    LU,
    MEI,
    OTHER_GRID,
    PASSWORD,
    PING,
    QIN,
    TAN,
    WEI,
    ZHOU,
    make_user,
    writing,
)


def ask(client, person, **changes):
    body = {"id": str(uuid4()), "kind": "reset", "reason": "忘记密码"} | changes
    return client.post(f"/api/v1/users/{person.id}/requests", json=body)


def decide(client, request, decision="done", **changes):
    body = {"op_id": str(uuid4()), "decision": decision, "comment": ""} | changes
    return client.post(f"/api/v1/account-requests/{request['id']}/decision", json=body)


def listed(client, state="open"):
    return [item["id"] for item in client.get(f"/api/v1/account-requests?state={state}").json["items"]]


# --- a first secretary asks -------------------------------------------------------------------------------


def test_the_township_resets_what_a_first_secretary_asks_for(app, login):
    request = ask(login(WEI), MEI).json
    assert (request["asked_by"], request["about"]["display_name"], request["may_decide"]) == (
        "Wei",
        "Mei",
        False,
    )
    assert listed(login(ZHOU)) == listed(login(WEI)) == [request["id"]]
    done = decide(login(ZHOU), request).json
    assert sign_in_first(app, "mei", done["password"]).status_code == 200
    assert (listed(login(ZHOU)), listed(login(WEI), "decided")) == ([], [request["id"]])


def test_the_password_is_not_for_who_asked(app, login):
    request = ask(login(WEI), MEI).json
    password = decide(login(ZHOU), request).json["password"]
    for state in ("open", "decided"):
        assert password not in login(WEI).get(f"/api/v1/account-requests?state={state}").text


def test_declined_nothing_happens(app, login):
    request = ask(login(WEI), MEI).json
    reply = decide(login(ZHOU), request, "declined", comment="先电话核实").json
    assert (reply["password"], reply["request"]["comment"]) == (None, "先电话核实")
    assert signs_in(app, "mei", PASSWORD)
    assert code(decide(login(ZHOU), request)) == (409, "request_decided")


def test_asked_and_decided_again_is_once(app, login):
    wei, key = login(WEI), str(uuid4())
    first, again = (ask(wei, MEI, id=key) for _ in range(2))
    assert first.json["id"] == again.json["id"] == key
    assert code(ask(wei, PING, id=key)) == (409, "operation_conflict")
    body = {"op_id": str(uuid4())}
    replies = [decide(login(ZHOU), first.json, **body).json["password"] for _ in range(2)]
    assert replies[0] == replies[1] != None  # noqa: E711 - both at once
    assert len(entries(app, "account.reset_password")) == 1


@pytest.mark.parametrize("order", ["drain", "kill"])
def test_a_device_is_taken_back_when_the_township_agrees(app, login, order):
    phone = make_phone(app, MEI)
    request = ask(login(WEI), MEI, kind="revoke", device_id=str(phone.id), order=order).json
    assert known(app, MEI).order == "active"
    assert decide(login(ZHOU), request).status_code == 200
    assert (known(app, MEI).order, known(app, MEI).order_reason) == (order, "忘记密码")


def test_a_device_of_somebody_else_is_not_found(app, login):
    phone = make_phone(app, HONG)
    for device in (str(phone.id), str(uuid4()), None):
        assert code(ask(login(WEI), MEI, kind="revoke", device_id=device)) == (404, "device_not_found")


@pytest.mark.parametrize(
    ("person", "expected"), [(TAN, (404, "user_not_found")), (ZHOU, (403, "role_not_allowed"))]
)
def test_only_the_first_secretary_of_the_village_asks(app, login, person, expected):
    assert code(ask(login(person), MEI)) == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (LU, "request_not_found"),
        (GONG, "request_not_found"),
        (QIN, "role_not_allowed"),
        (WEI, "role_not_allowed"),
    ],
)
def test_who_does_not_decide_on_a_reset(app, login, person, expected):
    request = ask(login(WEI), MEI).json
    assert decide(login(person), request).json["code"] == expected
    assert signs_in(app, "mei", PASSWORD)


def test_who_moves_away_takes_no_request_along(app, login):
    """Nobody could carry it out: it is closed and says why, and is asked anew at the new place."""
    there = make_user(app, "first_secretary", GRID_IN_OTHER_TOWNSHIP[:12])
    request = ask(login(WEI), MEI, reason="村里的话").json
    assert act(login(QIN), MEI, "transfer", region_code=GRID_IN_OTHER_TOWNSHIP).status_code == 200
    assert code(decide(login(ZHOU), request)) == (409, "request_decided")
    (shown,) = login(WEI).get("/api/v1/account-requests?state=decided").json["items"]
    assert (shown["id"], shown["state"], shown["decided_by"]) == (request["id"], "moved", "Qin")
    (entry,) = entries(app, "account.decide")
    assert entry.details == {"kind": "reset", "decision": "moved"}
    assert login(LU).get(f"/api/v1/users/{MEI.id}").json["requests"] == []
    anew = ask(login(there), MEI, reason="新村的话").json
    assert (anew["id"] != request["id"], anew["reason"]) == (True, "新村的话")
    assert decide(login(LU), anew).status_code == 200


def test_a_request_of_another_place_that_still_waits_is_not_handed_out_here(app, login):
    """As in installations where people were moved before moving closed what was asked about them."""
    there = make_user(app, "first_secretary", GRID_IN_OTHER_TOWNSHIP[:12])
    old = ask(login(WEI), MEI, reason="村里的话").json
    with writing(app):
        there_now = {"region_code": GRID_IN_OTHER_TOWNSHIP}
        db.session.execute(update(User).where(User.id == MEI.id).values(there_now))
    anew = ask(login(there), MEI, reason="新村的话").json
    assert (anew["id"] != old["id"], anew["reason"]) == (True, "新村的话")
    (shown,) = login(LU).get(f"/api/v1/users/{MEI.id}").json["requests"]
    assert shown["id"] == anew["id"]


@pytest.mark.parametrize("changes", [{"order": "drain"}, {"reason": "另一个理由"}])
def test_the_same_number_for_something_else_is_a_conflict(app, login, changes):
    phone = make_phone(app, MEI)
    body = {"id": str(uuid4()), "kind": "revoke", "device_id": str(phone.id), "order": "kill"}
    first, again = (ask(login(WEI), MEI, **body) for _ in range(2))
    assert (first.status_code, again.json["id"]) == (200, first.json["id"])
    assert code(ask(login(WEI), MEI, **body | changes)) == (409, "operation_conflict")


# --- grave accounts ---------------------------------------------------------------------------------------

COLLEAGUE = {"username": "chen-county", "display_name": "陈主任", "role": "county", "region_code": COUNTY}


@pytest.fixture
def proposal(app, login):
    reply = create(login(ADMIN), **COLLEAGUE)
    assert (reply.json["user"], reply.json["password"]) == (None, None)
    return reply.json["request"]


def test_a_county_account_is_made_once_another_person_confirms(app, login, proposal):
    assert not signs_in(app, "chen-county", "x" * 8)
    done = decide(login(QIN), proposal).json
    assert sign_in_first(app, "chen-county", done["password"]).status_code == 200
    assert user_of(app, "chen-county").region_code == COUNTY


def test_nobody_confirms_what_they_proposed(app, login, proposal):
    assert code(decide(login(ADMIN), proposal)) == (409, "own_request")


@pytest.mark.parametrize("person", [GONG, ZHOU], ids=lambda person: person.username)
def test_nor_does_anybody_of_another_county_or_below(app, login, person, proposal):
    assert code(decide(login(person), proposal)) == (404, "request_not_found")


def test_another_administrator_confirms(app, login, proposal):
    other = make_user(app, "admin", "-", "admin2")
    assert decide(login(other), proposal).json["user"]["role"] == "county"


@pytest.mark.parametrize("person", [QIN, GONG], ids=lambda person: person.username)
def test_an_administrators_account_belongs_to_no_county_and_any_confirms(app, login, person):
    request = create(login(ADMIN), username="root2", role="admin", region_code="-").json["request"]
    assert decide(login(person), request).json["user"]["region_code"] == "-"


@pytest.mark.parametrize(
    ("what", "more"), [("password-reset", {}), ("state", {"active": True})], ids=["reset", "enable"]
)
def test_an_administrator_alone_does_not_get_into_a_county_account(app, login, what, more):
    """A new password for it is as good as the account."""
    colleague = make_user(app, "county", COUNTY, "colleague")
    version = 1
    if what == "state":
        assert act(login(ADMIN), colleague, "state", active=False).json["user"]["active"] is False
        version = 2
    reply = act(login(ADMIN), colleague, what, version=version, **more).json
    assert (reply["password"], reply["request"]["state"]) == (None, "open")
    done = decide(login(QIN), reply["request"]).json
    assert (done["user"]["active"], done["password"] is not None) == (True, what == "password-reset")


def test_nobody_confirms_what_is_about_themselves(app, login):
    reply = act(login(ADMIN), QIN, "password-reset").json
    assert code(decide(login(QIN), reply["request"])) == (409, "own_request")


def test_an_auditors_account_takes_two_as_well(app, login):
    assert act(login(ADMIN), AUDITOR, "password-reset").json["request"]["kind"] == "reset"


def test_a_proposal_sent_again_is_one(app, login):
    body = new_account(**COLLEAGUE)
    admin = login(ADMIN)
    first, again = (admin.post("/api/v1/users", json=body).json["request"]["id"] for _ in range(2))
    assert first == again
    assert len(entries(app, "account.ask")) == 1


def test_a_name_taken_since_is_said_when_confirming(app, login, proposal):
    make_user(app, "grid_member", OTHER_GRID, "chen-county")
    assert code(decide(login(QIN), proposal)) == (409, "username_taken")
    assert listed(login(QIN)) == [proposal["id"]]
