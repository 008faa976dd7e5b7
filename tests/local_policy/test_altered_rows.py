"""Settings that somebody changed in the database: nothing is judged by them, and nothing is lost."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from server.core.db import db
from server.local_policy.models import LocalSetting
from tests.factories import GONG, MEI, make_household, writing
from tests.local_policy.settings import parameter, revoke, settings_of, sign, signed
from tests.visits.bodies import CLEAN, new_id, send, send_batch, visit_of

ADDRESSES = [f"/api/v1/policy{part}" for part in ("", "/parameters", "/rules", "/settings")]


@pytest.fixture
def settings(qin):
    """Three acts: two settings, the first one revoked."""
    first = signed(qin, parameter("6000"))
    second = signed(qin, parameter("6500"))
    revoke(qin, first["id"])
    return [UUID(first["id"]), UUID(second["id"])]


def alter(app, key, **changes):
    with writing(app):
        db.session.execute(update(LocalSetting).where(LocalSetting.id == key).values(**changes))


def codes(client):
    return {(reply.status_code, reply.json.get("code")) for reply in map(client.get, ADDRESSES)}


ALTERED = {
    "value": "1000000.00",
    "name": "LINE_YEAR",
    "kind": "rule_off",
    "since": date(2021, 1, 1),
    "until": date(2026, 11, 23),
    "reason": "另一个理由",
    "signer_name": "别人",
    "previous": "0" * 64,
    "signature": "0" * 64,
    "position": 9,
}


def test_settings_that_nobody_touched_are_believed(qin, settings):
    assert codes(qin) == {(200, None)}


@pytest.mark.parametrize("column", ALTERED)
def test_a_changed_column_is_refused_wherever_it_would_count(app, qin, settings, column):
    alter(app, settings[1], **{column: ALTERED[column]})
    assert codes(qin) == {(503, "policy_altered")}
    assert sign(qin, parameter()).json["code"] == "policy_altered"


def test_a_setting_taken_out_is_noticed(app, qin, settings):
    with writing(app):
        db.session.execute(delete(LocalSetting).where(LocalSetting.id == settings[1]))
    assert codes(qin) == {(503, "policy_altered")}


def test_a_setting_moved_to_another_county_is_noticed_there(app, qin, login, settings):
    alter(app, settings[1], region_code="451381", position=1)
    assert codes(login(GONG)) == {(503, "policy_altered")}


def test_a_copy_slipped_in_is_noticed(app, qin, settings):
    with writing(app):
        row = db.session.get(LocalSetting, settings[1])
        copied = {column.name: getattr(row, column.name) for column in LocalSetting.__table__.columns}
        db.session.add(LocalSetting(**copied | {"id": UUID(new_id()), "position": 4}))
    assert codes(qin) == {(503, "policy_altered")}


def test_other_counties_go_on(app, qin, login, settings):
    gong = login(GONG)
    own = signed(gong, parameter())
    alter(app, settings[1], value="1.00")
    assert settings_of(gong) == [own]


def test_a_visit_waits_on_the_phone_until_the_settings_are_right_again(app, qin, login, settings):
    mei, household = login(MEI), make_household(app)
    alter(app, settings[1], value="1.00")
    body = visit_of(household.id, CLEAN)
    reply = send(mei, body)
    assert (reply.status_code, reply.json["code"], reply.json["retry_after"]) == (503, "policy_altered", 300)
    (result,) = send_batch(mei, body).json["results"]
    assert (result["state"], result["problem"]["status"]) == ("rejected", 503)
    alter(app, settings[1], value="6500.00")
    assert send(mei, body).status_code == 201
