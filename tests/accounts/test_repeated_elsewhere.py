"""What is sent again after the account has left the caller's area, and numbers that were used before."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.accounts.desk import act, code, entries, new_account, sign_in_first, user_of
from tests.accounts.test_import import apply, check, member
from tests.accounts.test_requests import COLLEAGUE, ask, decide
from tests.accounts.workbooks import book
from tests.factories import ADMIN, GRID_IN_OTHER_TOWNSHIP, MEI, PASSWORD, QIN, WEI, ZHOU, make_user

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
ABSENT = (404, "user_not_found")


def move_away(app, login, username="xiaohua"):
    user = user_of(app, username)
    reply = act(login(QIN), user, "transfer", version=user.version, region_code=GRID_IN_OTHER_TOWNSHIP)
    assert reply.status_code == 200


def test_an_account_made_here_and_moved_away_is_absent_also_to_who_made_it(app, login):
    zhou, body = login(ZHOU), new_account()
    password = zhou.post("/api/v1/users", json=body).json["password"]
    assert zhou.post("/api/v1/users", json=body).json["password"] == password
    move_away(app, login)
    again = zhou.post("/api/v1/users", json=body)
    assert code(again) == ABSENT
    assert password not in again.text
    assert GRID_IN_OTHER_TOWNSHIP not in again.text


def test_an_import_sent_again_leaves_out_who_moved_away(app, login):
    data, zhou, key = book(member(), member("ping2", "莫小平")), login(ZHOU), str(uuid4())
    digest = check(zhou, data).json["digest"]
    assert len(apply(zhou, data, digest, key).json["created"]) == 2
    move_away(app, login)
    again = apply(zhou, data, digest, key).json["created"]
    assert [(one["username"], one["password"] is not None) for one in again] == [("ping2", True)]


def test_a_decision_sent_again_gives_no_password_of_who_moved_away(app, login):
    request, key = ask(login(WEI), MEI).json, str(uuid4())
    password = decide(login(ZHOU), request, op_id=key).json["password"]
    assert decide(login(ZHOU), request, op_id=key).json["password"] == password
    move_away(app, login, "mei")
    again = decide(login(ZHOU), request, op_id=key)
    assert code(again) == ABSENT
    assert password not in again.text


def test_the_number_of_another_request_is_a_conflict_and_no_fault_of_the_server(app, login):
    request = ask(login(WEI), MEI).json
    reply = login(ADMIN).post("/api/v1/users", json=new_account(**COLLEAGUE, op_id=request["id"]))
    assert code(reply) == (409, "operation_conflict")
    colleague = make_user(app, "county", "450321", "colleague")
    assert code(act(login(ADMIN), colleague, "password-reset", op_id=request["id"])) == (
        409,
        "operation_conflict",
    )
    assert len(entries(app, "account.ask")) == 1


def test_a_password_is_asked_for_once_until_somebody_decided(app, login):
    first, second = (ask(login(WEI), MEI).json["id"] for _ in range(2))
    assert first == second
    password = decide(login(ZHOU), {"id": first}).json["password"]
    assert sign_in_first(app, "mei", password).status_code == 200
    assert ask(login(WEI), MEI).json["id"] != first


def test_an_act_that_takes_two_is_proposed_once_whoever_proposes_it(app, login):
    admins = login(ADMIN), login(make_user(app, "admin", "-", "admin2"))
    body = {"op_id": str(uuid4()), "version": 1, "reason": ""}
    address = f"/api/v1/users/{QIN.id}/password-reset"
    first = act(admins[0], QIN, "password-reset").json["request"]["id"]
    second = [admins[1].post(address, json=body).json["request"] for _ in range(2)]
    assert [(one["id"], one["may_decide"]) for one in second] == [(first, True)] * 2
    assert [entry.target_id for entry in entries(app, "account.ask")] == [first] * 2


NUMBER = "45032119800307123X"


def test_numbers_that_somebody_wrote_into_a_request_are_shown_to_nobody(app, login):
    request = ask(login(WEI), MEI, reason=f"本人 {NUMBER} 用 13812345678 来电").json
    decide(login(ZHOU), request, "declined", comment=f"核对 {NUMBER}")
    for person, state in ((WEI, "decided"), (ADMIN, "decided")):
        reply = login(person).get(f"/api/v1/account-requests?state={state}")
        (shown,) = reply.json["items"]
        assert (shown["reason"], shown["comment"]) == (
            "本人 450321********123X 用 138****5678 来电",
            "核对 450321********123X",
        )


# --- one try a request ------------------------------------------------------------------------------------


def test_a_sign_in_tries_one_password(app):
    replies = [code(sign_in_first(app, "mei", f"wrong-one-{n}", PASSWORD)) for n in range(6)]
    assert replies == [(401, "wrong_credentials")] * 5 + [(429, "too_many_attempts")]


def test_a_one_time_password_of_somebody_else_opens_no_second_try(app, login):
    password = login(ZHOU).post("/api/v1/users", json=new_account()).json["password"]
    assert code(sign_in_first(app, "mei", password, PASSWORD)) == (401, "wrong_credentials")


def test_the_one_in_force_is_not_taken_for_the_one_chosen(app, login):
    """Beside one that was replaced: it would become the password that stays."""
    zhou = login(ZHOU)
    first = act(zhou, MEI, "password-reset").json["password"]
    second = act(zhou, MEI, "password-reset", version=2).json["password"]
    assert code(sign_in_first(app, "mei", first, second)) == (401, "wrong_credentials")


def test_a_password_chosen_after_an_import_may_be_sent_again(app, login, clock):
    data, zhou = book(member()), login(ZHOU)
    made = apply(zhou, data, check(zhou, data).json["digest"]).json["created"][0]
    assert sign_in_first(app, "xiaohua", made["password"]).status_code == 200
    clock.advance(days=1)
    assert sign_in_first(app, "xiaohua", made["password"]).status_code == 200
    clock.advance(days=7)
    assert code(sign_in_first(app, "xiaohua", made["password"])) == (401, "wrong_credentials")


def test_a_change_of_the_own_password_tries_one_as_well(app, login, clock):
    mei = login(MEI)
    change = {"password": "wrong-one", "new_password": PASSWORD}
    replies = [code(mei.post("/api/v1/me/password", json=change)) for _ in range(6)]
    assert replies == [(403, "wrong_password")] * 5 + [(429, "too_many_attempts")]
    clock.advance(minutes=1)
    done = {"password": PASSWORD, "new_password": "river-and-7-hills"}
    assert [mei.post("/api/v1/me/password", json=done).status_code for _ in range(2)] == [204, 204]
    clock.advance(minutes=11)
    assert code(mei.post("/api/v1/me/password", json=done)) == (403, "wrong_password")
