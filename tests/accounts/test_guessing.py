"""Guessing passwords: slow for strangers, harmless for the owner of the account."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest

from server.accounts import devices, services
from server.accounts.throttling import delay_after
from server.app import create_app
from server.core.crypto import blind_index
from server.core.db import Base, db, transaction
from server.core.problems import Problem
from tests import factories
from tests.accounts.test_login import DEVICE, sign_in
from tests.factories import PASSWORD, inside

STRANGER = {"id": "strange-phone", "name": "?", "app_version": "?"}
LIFETIME = timedelta(days=45)


def fail(client, times, username="mei", device=STRANGER):
    return [sign_in(client, username, "not-it-at-all", device).status_code for _ in range(times)]


def test_sixth_attempt_after_five_failures_has_to_wait(client):
    assert fail(client, 5) == [401] * 5
    reply = sign_in(client, device=STRANGER)
    assert (reply.status_code, reply.json["code"]) == (429, "too_many_attempts")
    assert reply.json["retry_after"] == 30
    assert reply.headers["Retry-After"] == "30"


def test_after_the_wait_the_right_password_gets_in(client, clock):
    fail(client, 5)
    clock.advance(seconds=31)
    assert sign_in(client, device=STRANGER).status_code == 200


def test_every_further_failure_doubles_the_wait_up_to_15_minutes(client, clock):
    fail(client, 5)
    waits = []
    for _ in range(6):
        clock.advance(minutes=16)
        fail(client, 1)
        waits.append(sign_in(client, device=STRANGER).json["retry_after"])
    assert waits == [60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, None), (4, None), (5, 30), (6, 60), (10, 900), (10_000, 900)]
)
def test_delay_by_number_of_failures(failures, seconds):
    assert delay_after(failures) == (seconds and timedelta(seconds=seconds))


def test_strangers_cannot_lock_the_owner_out_of_a_known_phone(client):
    assert sign_in(client).status_code == 200
    fail(client, 5)
    assert sign_in(client, device=STRANGER).status_code == 429
    assert sign_in(client, device=DEVICE).status_code == 200


def test_changing_the_device_name_gains_a_stranger_nothing(client):
    for n in range(5):
        fail(client, 1, device={**STRANGER, "id": f"phone-{n}"})
    assert fail(client, 1, device={**STRANGER, "id": "yet-another"}) == [429]


def test_unknown_account_is_slowed_down_exactly_like_a_known_one(client):
    assert fail(client, 6, username="nobody") == fail(client, 6) == [401] * 5 + [429]


def test_success_forgets_the_failures(client):
    fail(client, 4)
    sign_in(client, device=STRANGER)
    assert fail(client, 4) == [401] * 4
    assert sign_in(client, device=STRANGER).status_code == 200


def test_failures_of_another_day_are_forgotten(client, clock):
    fail(client, 4)
    clock.advance(hours=25)
    assert fail(client, 4) == [401] * 4
    assert sign_in(client, device=STRANGER).status_code == 200


def test_a_wait_given_while_the_servers_clock_was_years_ahead_ends_when_it_is_put_right(client, clock):
    clock.advance(days=2000)
    fail(client, 6)
    clock.advance(days=-2000)
    assert sign_in(client, device=STRANGER).status_code == 200


def test_guesses_sent_side_by_side_learn_nothing_beyond_the_limit(app):
    """Ten attempts are judged before any is recorded; the right one is among the last."""
    device = devices.ClientDevice(id="x", name="", app_version="")
    forms = [
        services.LoginForm(username="mei", password=p, device=device) for p in ["wrong-one"] * 9 + [PASSWORD]
    ]
    outcomes = []
    with inside(app):
        attempts = [services.judge_login(form) for form in forms]
        for attempt in attempts:
            try:
                with transaction():
                    session = services.record_login(attempt, device, LIFETIME)
                outcomes.append("in" if session else "wrong")
            except Problem as problem:
                outcomes.append(problem.code)
    assert outcomes == ["wrong"] * 5 + ["too_many_attempts"] * 5


def test_of_ten_thousand_guesses_an_hour_a_hundred_at_most_are_tried(app, client, clock, monkeypatch):
    """From ever new devices, evenly over an hour (make fuzz sends them all, make test fewer).

    What is refused unheard costs no hash and tells nothing.
    """
    guesses = int(os.environ.get("GUESSES", "500"))
    assert sign_in(client).status_code == 200
    heard = []
    monkeypatch.setattr(services.passwords, "matches", lambda *_: heard.append(1))
    told = Counter()
    with inside(app):
        for n in range(guesses):
            device = devices.ClientDevice(id=f"strange-{n}", name="", app_version="")
            form = services.LoginForm(username="mei", password=f"guess-{n}", device=device)
            told[_guess(form)] += 1
            db.session.rollback()
            clock.advance(seconds=3600 / guesses)
    assert told["wrong"] == len(heard) <= 100
    assert told == {"wrong": len(heard), "too_many_attempts": guesses - len(heard)}
    monkeypatch.undo()
    assert sign_in(client, device=DEVICE).status_code == 200


def _guess(form):
    try:
        attempt = services.judge_login(form)
        with transaction():
            return "in" if services.record_login(attempt, form.device, LIFETIME) else "wrong"
    except Problem as problem:
        return problem.code


def test_account_is_kept_as_a_keyed_digest(app, client):
    fail(client, 1)
    with inside(app):
        stored = db.session.execute(db.select(services.LoginThrottle.account)).scalar_one()
        assert stored == blind_index("login:mei")


def test_one_address_may_try_only_so_often_a_minute(app, make_settings, engine):
    strict = create_app(make_settings(engine, login_attempts_per_minute=3))
    with strict.app_context():
        Base.metadata.create_all(db.engine)
    factories.build_world(strict)
    replies = [sign_in(strict.test_client(), f"nobody{n}") for n in range(4)]
    assert [reply.status_code for reply in replies] == [401, 401, 401, 429]
    assert replies[3].json["code"] == "too_many_attempts"
    assert 1 <= replies[3].json["retry_after"] <= 60
    with strict.app_context():
        db.engine.dispose()
