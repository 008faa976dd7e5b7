"""Who may search the trail for what: an auditor a county, a reviewer an area, others themselves."""

from __future__ import annotations

import base64
from uuid import uuid4

import pytest

from server.audit import queries, services
from server.core import audit, jobs
from server.core.db import db, transaction
from server.households.models import Household
from tests.audit import tampering
from tests.factories import (
    ADMIN,
    AUDITOR,
    COUNTY,
    DENG,
    GRID,
    GRID_IN_OTHER_COUNTY,
    GRID_IN_OTHER_VILLAGE,
    LAN,
    MEI,
    QIN,
    VILLAGE,
    WEI,
    ZHOU,
    inside,
    make_household,
    make_session,
)
from tests.visits.bodies import DRY, send, visit_of


def search(client, **query):
    reply = client.get("/api/v1/audit", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json["items"]


@pytest.fixture
def busy(app, login):
    """A visit in Mei's grid, things done in other places, and one that concerns no county."""
    household = make_household(app)
    assert send(login(MEI), visit_of(household.id, DRY)).status_code == 201
    for place in (GRID_IN_OTHER_VILLAGE, GRID_IN_OTHER_COUNTY):
        make_household(app, place)
    login(LAN)
    with inside(app), transaction():
        audit.record("server.initialise", ("server", "epoch"), "0")
    return household


def test_an_auditor_reads_the_whole_county_and_nothing_of_another(busy, login):
    found = search(login(AUDITOR), limit=100)
    assert {row["chain"] for row in found} == {COUNTY}
    assert {GRID, GRID_IN_OTHER_VILLAGE} <= {row["region_code"] for row in found}
    assert found == sorted(found, key=lambda row: row["at"], reverse=True)


@pytest.mark.parametrize(("person", "place"), [(WEI, VILLAGE), (ZHOU, ZHOU.region_code), (QIN, COUNTY)])
def test_a_reviewer_reads_what_happened_in_their_area(busy, login, person, place):
    found = search(login(person), limit=100)
    assert found
    assert all(row["region_code"].startswith(place) for row in found)
    assert any(row["action"] == "visit.accept" for row in found)


@pytest.mark.parametrize("person", [MEI, DENG])
def test_who_works_reads_only_what_they_did(app, busy, login, person):
    client = login(person)
    assert all(row["actor_id"] == str(person.id) for row in search(client, limit=100))
    assert [row["action"] for row in search(login(MEI))] == ["visit.accept"]
    assert search(client, household=str(busy.id), actor=str(LAN.id)) == []


def test_an_administrator_reads_what_concerns_no_county_and_no_household(busy, login):
    found = search(login(ADMIN), limit=100)
    assert "server.initialise" in {row["action"] for row in found}
    assert {row["chain"] for row in found} == {"-"}
    assert search(login(ADMIN), household=str(busy.id)) == []


def test_the_trail_is_searched_by_person_object_action_and_time(app, busy, login, clock):
    auditor = login(AUDITOR)
    (accepted,) = search(auditor, actor=str(MEI.id))
    assert (accepted["action"], accepted["actor_name"], accepted["target_type"]) == (
        "visit.accept",
        "Mei",
        "visit",
    )
    (signed_in,) = search(auditor, action="account.login", target=str(LAN.id))
    assert (signed_in["actor_name"], signed_in["target_name"]) == (None, "Lan")
    assert search(auditor, target=accepted["target_id"], target_type="visit") == [accepted]
    assert search(auditor, action="visit.accept") == [accepted]
    assert search(auditor, action="visit.*") == [accepted]
    of_household = search(auditor, household=str(busy.id))
    assert {row["action"] for row in of_household} == {"visit.accept", "household.register"}
    clock.advance(hours=1)
    assert search(auditor, since=clock.now.isoformat()) == []
    assert accepted in search(auditor, until=clock.now.isoformat(), limit=100)
    assert search(auditor, target=str(uuid4())) == []


def test_the_trail_is_searched_by_what_an_auditor_has_on_paper(app, busy, login):
    auditor = login(AUDITOR)
    with inside(app):
        number = db.session.get(Household, busy.id).number
    assert search(auditor, q=number) == search(auditor, household=str(busy.id)) != []
    of_lan = search(auditor, q="lan", limit=100)
    assert "account.login" in {row["action"] for row in of_lan}
    assert all(str(LAN.id) in (row["actor_id"], row["target_id"]) for row in of_lan)
    assert search(auditor, q="%") == search(auditor, q=number[:-1]) == []


def test_nobody_is_lost_when_many_have_a_name(app, busy, login, monkeypatch):
    auditor = login(AUDITOR)
    whole = search(auditor, q="a", limit=100)
    about = {row["actor_id"] for row in whole} | {row["target_id"] for row in whole}
    assert {str(LAN.id), str(AUDITOR.id)} <= about
    monkeypatch.setattr(queries, "FEW", 1)
    assert search(auditor, q="a", limit=100) == whole


def test_pages_follow_each_other_without_gap_or_double(app, login, clock):
    tampering.write_trail(app, each=12)
    auditor = login(AUDITOR)
    whole, cursor, seen = search(auditor, limit=100), None, []
    while True:
        query = {"limit": 5} | ({"cursor": cursor} if cursor else {})
        page = auditor.get("/api/v1/audit", query_string=query).json
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole
    assert auditor.get("/api/v1/audit?cursor=xyz").json["code"] == "bad_request"


@pytest.mark.parametrize(
    "query", ["actor=1", "action=visit", "target=a%20b", "since=yesterday", "limit=101", "q=%00"]
)
def test_what_is_no_question_is_refused(app, login, query):
    assert login(AUDITOR).get(f"/api/v1/audit?{query}").status_code == 422


def test_the_state_says_up_to_where_the_trail_was_verified(app, login, clock):
    auditor = login(AUDITOR)
    before = auditor.get("/api/v1/audit/state").json
    assert (before["chain"], before["check"]) == (COUNTY, None)
    asked = auditor.post("/api/v1/audit/checks")
    assert asked.status_code == 202
    jobs.run_pending(app)
    after = auditor.get("/api/v1/audit/state").json
    assert after["check"]["findings"] == []
    assert after["check"]["number"] == before["count"] + 1  # the question itself is in the trail
    assert after["count"] == after["check"]["number"] + 1  # and so is the answer


def test_an_altered_trail_is_told_in_the_state(app, login):
    make_session(app, MEI)
    with inside(app):
        tampering.unguard()
        row = next(row for row in tampering.rows() if row["chain"] == COUNTY)
        tampering.put({"action": "test.other"}, row["seq"])
        tampering.guard()
    login(AUDITOR).post("/api/v1/audit/checks")
    jobs.run_pending(app)
    found = login(AUDITOR).get("/api/v1/audit/state").json["check"]["findings"]
    assert found == [{"number": row["number"], "kind": "edited"}]


def test_every_chain_is_verified_once_a_day(app, login, clock):
    from server.audit.jobs import sweep

    tampering.write_trail(app, each=2)
    with inside(app):
        assert set(services.due()) == set(tampering.CHAINS)
        sweep()
        assert services.due() == []
        clock.advance(hours=25)
        assert set(services.due()) == set(tampering.CHAINS)


def test_the_signed_head_of_the_state_is_what_the_command_takes(app, login):
    from server.audit import heads

    document = login(AUDITOR).get("/api/v1/audit/state").json["document"]
    with app.app_context():
        assert heads.read(document) == [(COUNTY, document["heads"][0]["count"], document["heads"][0]["hash"])]
        key = base64.urlsafe_b64decode(document["public_key"] + "=")
        assert key == app.extensions["keyring"].signer.public_key
