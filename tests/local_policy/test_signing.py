"""Signing and revoking a county's settings: who, with which password, once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from server.core.audit import AuditEntry
from server.core.db import db
from server.local_policy import routes, services
from server.local_policy.models import LocalSetting
from tests.conftest import client_of
from tests.factories import COUNTY, GONG, MEI, PASSWORD, QIN, WEI, ZHOU, inside, make_session
from tests.local_policy.settings import (
    ADDRESS,
    TODAY,
    TOMORROW,
    YESTERDAY,
    parameter,
    revoke,
    rule_off,
    settings_of,
    sign,
    signed,
)
from tests.support import interrupting
from tests.visits.bodies import new_id


def stored(app):
    with inside(app):
        return db.session.scalar(select(func.count()).select_from(LocalSetting))


def audited(app, action):
    with inside(app):
        return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_a_signed_setting_is_listed_with_who_when_and_why(qin):
    form = parameter()
    setting = signed(qin, form)
    assert settings_of(qin) == [setting]
    given = {key: setting[key] for key in ("id", "kind", "name", "from", "until", "reason")}
    assert given == {key: form[key] for key in given}
    assert (setting["value"], setting["unit"]) == ("7000.00", "CNY_per_person_year")
    assert (setting["signer_name"], setting["signed_at"]) == ("Qin", "2026-11-23T02:00:00.000Z")
    assert (setting["state"], setting["revoked"]) == ("in_force", None)


def test_signing_is_audited_without_the_reason(app, qin):
    setting = signed(qin, parameter())
    (entry,) = audited(app, "policy.set")
    assert (entry.actor_id, entry.target_id, entry.region_code) == (QIN.id, setting["id"], COUNTY)
    assert entry.details["value"] == "7000.00"
    assert "reason" not in entry.details


def test_a_setting_asks_for_judging_the_county_anew_once(qin, asked):
    form = parameter()
    signed(qin, form)
    sign(qin, form)
    assert asked == [("flags.rejudge_when_rules_changed", COUNTY, form["reason"])]


def test_the_same_setting_sent_twice_is_one(app, qin):
    form = parameter()
    first, second = sign(qin, form), sign(qin, form)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert stored(app) == 1


def test_another_setting_under_the_same_number_is_refused(app, qin):
    form = parameter()
    signed(qin, form)
    reply = sign(qin, form | {"value": "8000"})
    assert (reply.status_code, reply.json["code"]) == (409, "setting_conflict")
    assert stored(app) == 1


def test_a_number_that_another_county_used_is_refused_and_tells_nothing(qin, login):
    form = parameter()
    signed(qin, form)
    reply = sign(login(GONG), form)
    assert (reply.status_code, reply.json["code"]) == (409, "setting_conflict")
    assert "7000" not in reply.text


def test_two_acts_signed_at_the_same_moment_both_count(qin, monkeypatch):
    """The second one still sees the chain without the first; the place it takes is gone."""
    stale, true = [()], services.acts_of
    signed(qin, parameter("6000"))
    monkeypatch.setattr(services, "acts_of", lambda county: stale.pop() if stale else true(county))
    signed(qin, parameter("6500"))
    assert (stale, [each["value"] for each in settings_of(qin)]) == ([], ["6500.00", "6000.00"])


# --- the password -----------------------------------------------------------------------------------------


def test_a_wrong_password_signs_nothing_and_is_written_down(app, qin, asked):
    reply = sign(qin, parameter(password="not-it-at-all"))
    assert (reply.status_code, reply.json["code"]) == (403, "wrong_password")
    assert (stored(app), asked, settings_of(qin)) == (0, [], [])
    (entry,) = audited(app, "account.signature_failed")
    assert (entry.actor_id, entry.details) == (QIN.id, {"failures": 1})


def test_guessing_the_password_is_slowed_down_like_signing_in(qin, clock):
    for _ in range(5):
        sign(qin, parameter(password="not-it-at-all"))
    reply = sign(qin, parameter())
    assert (reply.status_code, reply.json["code"], reply.json["retry_after"]) == (
        429,
        "too_many_attempts",
        30,
    )
    clock.advance(seconds=31)
    assert sign(qin, parameter()).status_code == 201


def test_the_right_password_forgets_the_wrong_ones(qin):
    for _ in range(2):
        for _ in range(4):
            sign(qin, parameter(password="not-it-at-all"))
        assert sign(qin, parameter()).status_code == 201


@pytest.mark.parametrize("wrong_between", [0, 1], ids=["forgotten before", "wrong again before the resend"])
def test_a_setting_sent_again_after_a_wrong_password_is_the_same_and_writes_nothing(app, qin, wrong_between):
    sign(qin, parameter(password="not-it-at-all"))
    form = parameter()
    first = signed(qin, form)
    for _ in range(wrong_between):
        sign(qin, form | {"password": "not-it-at-all"})
    again = sign(qin, form)
    assert (again.status_code, again.json) == (200, first)
    assert (stored(app), len(audited(app, "policy.set"))) == (1, 1)


def test_a_revocation_sent_again_after_a_wrong_password_is_the_same(app, qin):
    setting, key = signed(qin, parameter()), new_id()
    revoke(qin, setting["id"], id=key, password="not-it-at-all")
    first, again = revoke(qin, setting["id"], id=key), revoke(qin, setting["id"], id=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json, stored(app)) == (again.json, 2)


def test_what_is_sent_again_does_not_forget_the_wrong_passwords(qin):
    form = parameter()
    signed(qin, form)
    for _ in range(4):
        sign(qin, parameter(password="not-it-at-all"))
    assert sign(qin, form).status_code == 200
    sign(qin, parameter(password="not-it-at-all"))
    assert sign(qin, parameter()).json["code"] == "too_many_attempts"


@pytest.mark.parametrize("wrong_before", [0, 1])
def test_the_same_setting_sent_side_by_side_is_one(app, login, asked, wrong_before):
    form = parameter()
    session = make_session(app, QIN)
    for _ in range(wrong_before):
        sign(client_of(app, session), parameter(password="not-it-at-all"))
    with ThreadPoolExecutor(5) as pool:
        replies = list(
            pool.map(lambda client: sign(client, form), [client_of(app, session) for _ in range(5)])
        )
    assert sorted(reply.status_code for reply in replies) == [200, 200, 200, 200, 201]
    assert (stored(app), len(asked)) == (1, 1)


def test_a_password_replaced_while_it_was_checked_signs_nothing(app, login, asked, monkeypatch):
    change = {"password": PASSWORD, "new_password": "river-and-7-hills"}
    phone, desk = login(QIN), login(QIN)
    replacing = interrupting.after(
        monkeypatch, routes, "judge_signature", lambda: phone.post("/api/v1/me/password", json=change)
    )
    reply = sign(desk, parameter())
    assert replacing.result().status_code < 300
    assert reply.status_code in (401, 403)
    assert reply.json["code"] == "wrong_password"
    assert (stored(app), asked) == (0, [])


def test_a_revocation_needs_the_password_too(qin):
    setting = signed(qin, parameter())
    assert revoke(qin, setting["id"], password="not-it-at-all").json["code"] == "wrong_password"
    assert settings_of(qin)[0]["revoked"] is None


def test_the_password_is_nowhere_in_the_answer_or_the_audit(app, qin):
    form = parameter()
    assert form["password"] not in sign(qin, form).text
    with inside(app):
        assert form["password"] not in str(
            [entry.details for entry in db.session.scalars(select(AuditEntry))]
        )


# --- who --------------------------------------------------------------------------------------------------


def test_another_county_sees_nothing_of_it_and_is_not_changed(qin, login):
    setting = signed(qin, parameter())
    gong = login(GONG)
    assert settings_of(gong) == []
    assert revoke(gong, setting["id"]).json["code"] == "setting_not_found"
    assert settings_of(qin)[0]["revoked"] is None
    own = signed(gong, parameter("6500"))
    assert (settings_of(gong), len(settings_of(qin))) == ([own], 1)


@pytest.mark.parametrize("person", [WEI, ZHOU], ids=lambda person: person.username)
def test_village_and_township_read_the_countys_settings_and_sign_none(qin, login, person):
    setting = signed(qin, parameter())
    client = login(person)
    assert settings_of(client) == [setting]
    assert sign(client, parameter()).json["code"] == "role_not_allowed"
    assert revoke(client, setting["id"]).json["code"] == "role_not_allowed"


def test_a_grid_member_lists_no_settings(login):
    assert login(MEI).get(ADDRESS).json["code"] == "role_not_allowed"


# --- what does not fit ------------------------------------------------------------------------------------

WRONG = {
    "an unknown parameter": (parameter(name="LINE_XX"), "name"),
    "a parameter of another profile": (parameter(name="LINE_NX"), "name"),
    "a rule of another profile": (rule_off("R-NEG-01"), "name"),
    "a rule that cannot be chosen": (rule_off(kind="rule_on"), "name"),
    "a rule as a parameter": (parameter(name="R-BAS-01"), "name"),
    "an unknown kind": (parameter(kind="rule_gone"), "kind"),
    "no value": (parameter(value=None), "value"),
    "a value for a rule": (rule_off(value="1"), "value"),
    "negative money": (parameter("-1"), "value"),
    "too fine money": (parameter("5000.001"), "value"),
    "not a number": (parameter("NaN"), "value"),
    "a number without end": (parameter("1e400"), "value"),
    "a bare number": (parameter(value=7000), "value"),
    "half a month": (parameter("1.5", name="TRACK_MONTHS"), "value"),
    "no month": (parameter("0", name="TRACK_MONTHS"), "value"),
    "a ratio of nothing": (parameter("0", name="RIGID_RATIO"), "value"),
    "a multiple that nothing is above": (parameter("0.9999", name="NEAR"), "value"),
    "a list": (parameter(value=["7000"]), "value"),
    "30 February": (parameter(**{"from": "2027-02-30"}), "from"),
    "an instant for a day": (parameter(**{"from": "2026-11-23T00:00:00Z"}), "from"),
    "no first day": (parameter(**{"from": None}), "from"),
    "a day before the policy": (parameter(**{"from": "2015-01-01"}), "from"),
    "a day of another century": (parameter(**{"from": "2099-01-01"}), "from"),
    "an end before the beginning": (parameter(until=YESTERDAY), "until"),
    "a reason too short": (parameter(reason="错了"), "reason"),
    "a reason of blanks": (parameter(reason="          "), "reason"),
    "no password": (parameter(password=""), "password"),
    "an identifier in capitals": (parameter(id=new_id().upper()), "id"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_named_and_changes_nothing(app, qin, asked, what):
    form, field = WRONG[what]
    reply = sign(qin, form)
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")
    assert list(reply.json["errors"]) == [field]
    assert (stored(app), asked) == (0, [])


@pytest.mark.parametrize(("name", "value"), [("NEAR", "1"), ("NEAR", "1.2"), ("RIGID_RATIO", "0.5")])
def test_a_ratio_from_its_least_on_is_taken(qin, name, value):
    assert signed(qin, parameter(value, name=name))["value"] == value


def test_a_setting_may_begin_in_the_past_or_the_future(qin):
    past, coming = parameter(**{"from": "2026-01-01"}), parameter(**{"from": TOMORROW})
    signed(qin, past)
    signed(qin, coming)
    assert [each["state"] for each in settings_of(qin)] == ["coming", "in_force"]


# --- ending one -------------------------------------------------------------------------------------------


def test_a_revoked_setting_says_who_when_and_why(app, qin, asked):
    setting = signed(qin, parameter(**{"from": "2026-11-01"}))
    reply = revoke(qin, setting["id"])
    assert reply.status_code == 201
    ended = reply.json
    assert (ended["state"], ended["revoked"]["from"]) == ("revoked", TODAY)
    assert (ended["revoked"]["signer_name"], ended["revoked"]["reason"]) == ("Qin", "县里另行发文")
    assert len(asked) == 2
    assert audited(app, "policy.revoke")[0].target_id == setting["id"]


def test_the_same_revocation_sent_twice_is_one(app, qin):
    setting = signed(qin, parameter())
    key = new_id()
    first, second = revoke(qin, setting["id"], id=key), revoke(qin, setting["id"], id=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert (first.json, stored(app)) == (second.json, 2)


def test_a_revocation_sent_again_the_next_day_is_still_the_same(qin, clock, login):
    setting = signed(qin, parameter())
    key = new_id()
    revoke(qin, setting["id"], id=key)
    clock.advance(days=1)
    again = revoke(login(QIN), setting["id"], id=key)
    assert (again.status_code, again.json["revoked"]["from"]) == (200, TODAY)


def test_a_setting_is_revoked_once(qin):
    setting = signed(qin, parameter())
    revoke(qin, setting["id"])
    assert revoke(qin, setting["id"]).json["code"] == "setting_revoked"


def test_an_end_to_come_is_brought_forward_by_an_act_of_its_own(app, qin, clock, login, asked):
    setting = signed(qin, parameter("7000"))
    later, sooner = new_id(), new_id()
    revoke(qin, setting["id"], id=later, **{"from": "2026-12-20"})
    reply = revoke(qin, setting["id"], id=sooner, reason="提前结束这条设置", **{"from": "2026-12-01"})
    assert (reply.status_code, reply.json["revoked"]["from"]) == (201, "2026-12-01")
    assert (reply.json["revoked"]["id"], reply.json["revoked"]["reason"]) == (sooner, "提前结束这条设置")
    assert (stored(app), len(asked)) == (3, 3)
    assert [entry.target_id for entry in audited(app, "policy.revoke")] == [setting["id"]] * 2
    resent = [revoke(qin, setting["id"], id=later, **{"from": "2026-12-20"}), None]
    resent[1] = revoke(qin, setting["id"], id=sooner, reason="提前结束这条设置", **{"from": "2026-12-01"})
    assert [again.status_code for again in resent] == [200, 200]
    assert stored(app) == 3
    clock.advance(days=8)
    assert settings_of(login(QIN))[0]["state"] == "revoked"


def test_an_end_is_brought_forward_again_and_to_today(qin):
    setting = signed(qin, parameter())
    for day in ("2026-12-20", "2026-12-01", TODAY):
        ended = revoke(qin, setting["id"], **{"from": day}).json
        assert ended["revoked"]["from"] == day
    assert ended["state"] == "revoked"
    assert revoke(qin, setting["id"], **{"from": YESTERDAY}).json["code"] == "setting_revoked"


@pytest.mark.parametrize("day", ["2026-12-01", "2026-12-02"])
def test_an_end_to_come_is_not_put_off(app, qin, day):
    setting = signed(qin, parameter())
    revoke(qin, setting["id"], **{"from": "2026-12-01"})
    reply = revoke(qin, setting["id"], **{"from": day})
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["from"])
    assert stored(app) == 2


def test_a_revocation_under_the_number_of_another_settings_is_refused(app, qin):
    first, second, key = signed(qin, parameter()), signed(qin, parameter()), new_id()
    revoke(qin, first["id"], id=key)
    assert revoke(qin, second["id"], id=key).json["code"] == "setting_conflict"
    assert stored(app) == 3


def test_a_setting_ends_on_a_day_to_come(qin):
    setting = signed(qin, parameter())
    ended = revoke(qin, setting["id"], **{"from": "2026-12-01"}).json
    assert (ended["state"], ended["revoked"]["from"]) == ("in_force", "2026-12-01")


def test_a_setting_cannot_end_after_it_has_ended(qin):
    setting = signed(qin, parameter(**{"from": "2026-01-01", "until": "2026-02-28"}))
    reply = revoke(qin, setting["id"])
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["from"])


def test_a_revocation_cannot_be_revoked(qin):
    setting = signed(qin, parameter())
    ended = revoke(qin, setting["id"]).json
    assert revoke(qin, ended["revoked"]["id"]).json["code"] == "setting_not_found"


def test_a_later_setting_takes_the_place_of_an_earlier_one(qin):
    first, second = signed(qin, parameter("6000")), signed(qin, parameter("6500"))
    states = {each["id"]: each["state"] for each in settings_of(qin)}
    assert states == {first["id"]: "superseded", second["id"]: "in_force"}
    revoke(qin, second["id"])
    states = {each["id"]: each["state"] for each in settings_of(qin)}
    assert states == {first["id"]: "in_force", second["id"]: "revoked"}


def test_a_setting_that_is_over_is_past(qin, clock, login):
    signed(qin, parameter(until=TODAY))
    clock.advance(days=1)
    assert settings_of(login(QIN))[0]["state"] == "past"
