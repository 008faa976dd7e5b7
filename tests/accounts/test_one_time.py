"""Passwords that the server makes: they open the choice of another one and nothing else."""

from __future__ import annotations

from uuid import uuid4

import pytest

from server.accounts import choosing
from tests.accounts.desk import (
    CHOSEN,
    act,
    code,
    create,
    entries,
    sign_in_first,
    signs_in,
    user_of,
)
from tests.conftest import client_of
from tests.factories import (
    MEI,
    PASSWORD,
    QIN,
    WEI,
    ZHOU,
    make_session,
)

# --- one-time passwords -----------------------------------------------------------------------------------


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(app, login):
    password = create(login(ZHOU)).json["password"]
    assert code(sign_in_first(app, "xiaohua", password, None)) == (403, "password_change_required")
    reply = sign_in_first(app, "xiaohua", password)
    assert (reply.status_code, reply.json["user"]["username"]) == (200, "xiaohua")
    assert signs_in(app, "xiaohua", CHOSEN)
    assert not signs_in(app, "xiaohua", password)
    assert len(entries(app, "account.choose_password")) == 1


def test_choosing_sent_again_after_a_lost_answer_signs_in(app, login):
    password = create(login(ZHOU)).json["password"]
    assert sign_in_first(app, "xiaohua", password).status_code == 200
    assert sign_in_first(app, "xiaohua", password).status_code == 200
    other = sign_in_first(app, "xiaohua", password, "another-choice-8")
    assert code(other) == (401, "wrong_credentials")


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ("short7", "too_short"),
        ("x1" * 65, "too_long"),
        ("onlyletters", "one_kind"),
        ("8264917305", "one_kind"),
        ("xiaohua-2026", "has_name"),
        ("XiaoHua-2026", "has_name"),
        ("abcd1234", "guessable"),
        ("a1a1a1a1a1", "guessable"),
        ("password123", "guessable"),
        ("same", "same"),
    ],
)
def test_a_weak_choice_is_refused_with_the_reason(app, login, chosen, why):
    password = create(login(ZHOU)).json["password"]
    reply = sign_in_first(app, "xiaohua", password, password if chosen == "same" else chosen)
    assert code(reply) == (422, "invalid")
    assert reply.json["errors"]["new_password"][0]["code"] == why
    assert user_of(app, "xiaohua").one_time_until is not None


def test_a_one_time_password_lasts_a_week(app, login, clock):
    password = create(login(ZHOU)).json["password"]
    clock.advance(days=7)
    assert code(sign_in_first(app, "xiaohua", password)) == (403, "one_time_expired")


def test_a_wrong_one_counts_like_any_wrong_password(app, login):
    create(login(ZHOU))
    replies = [code(sign_in_first(app, "xiaohua", "wrong-one", "also-wrong-1")) for _ in range(6)]
    assert replies == [(401, "wrong_credentials")] * 5 + [(429, "too_many_attempts")]


def test_a_one_time_password_is_of_many_signs_and_easy_to_read(app):
    with app.app_context():
        found = {choosing.one_time_password(str(seed)) for seed in range(500)}
    assert len(found) == 500
    assert {len(one) for one in found} == {14}
    assert not set("".join(found)) & set("01ilo")


# --- reset ------------------------------------------------------------------------------------------------


def test_a_reset_ends_every_sign_in_and_forgets_wrong_tries(app, login):
    mei = client_of(app, make_session(app, MEI))
    for _ in range(6):
        sign_in_first(app, "mei", "wrong-one", None)
    reply = act(login(ZHOU), MEI, "password-reset")
    assert code(mei.get("/api/v1/me")) == (401, "token_invalid")
    assert not signs_in(app, "mei", PASSWORD)
    assert sign_in_first(app, "mei", reply.json["password"]).status_code == 200
    assert len(entries(app, "account.reset_password")) == 1


def test_a_reset_sent_again_is_one_reset(app, login, clock):
    body = {"op_id": str(uuid4()), "version": 1, "reason": ""}
    zhou, address = login(ZHOU), f"/api/v1/users/{MEI.id}/password-reset"
    first, again = (zhou.post(address, json=body) for _ in range(2))
    assert (first.status_code, first.json["password"]) == (200, again.json["password"])
    assert len(entries(app, "account.reset_password")) == 1
    assert sign_in_first(app, "mei", first.json["password"]).status_code == 200
    assert zhou.post(address, json=body).json["password"] is None  # it was used


def test_the_county_resets_a_first_secretary(app, login):
    reply = act(login(QIN), WEI, "password-reset")
    assert sign_in_first(app, "wei", reply.json["password"]).status_code == 200


def test_a_switched_off_account_gets_no_password(app, login):
    act(login(ZHOU), MEI, "state", active=False)
    assert code(act(login(ZHOU), MEI, "password-reset", version=2)) == (409, "user_disabled")
