"""What phones say of pictures, places and clocks: kept when right, refused when wrong, shown to reviewers."""

import random
from uuid import UUID

import pytest
from sqlalchemy import select

from server.core import audit
from server.core.db import db
from server.visits.bodies import seal_body
from server.visits.models import Visit
from server.visits.photo_schemas import PHOTO_FACTS, PhotoFactsSchema, photo_facts
from server.visits.services import clocks_of
from tests.factories import MEI, WEI, inside, make_household
from tests.visits.bodies import send, visit_of

SHA = "ab" * 32
PLACE = {"lat": "24.778060", "lon": "110.496670", "datum": "WGS-84"}
QUALITY = {"luminance": 31, "sharpness": 210, "dhash": "00ff00ff00ff00ff", "hints": ["dark", "repeated"]}
FACTS = {
    "original_sha256": "cd" * 32,
    "exif_time": "2026-11-20T08:11:00",
    "exif_position": PLACE,
    "quality": QUALITY,
}
FIX = {
    "lat": "24.780100",
    "lon": "110.490000",
    "accuracy_m": "180",
    "datum": "WGS-84",
    "fixed_at": "2026-11-23T01:58:00.000Z",
}
CLOCK = {"started_mono_ms": 61_000, "finished_mono_ms": 421_000, "offset_ms": -1_200}


def photo(**facts):
    return {"sha256": SHA, "length": 1000, "kind": "house", "taken_at": None} | facts


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def household(app):
    return make_household(app)


def shown(login, body):
    return login(WEI).get(f"/api/v1/visits/{body['id']}").json


def test_a_reviewer_sees_what_the_phone_found_out(login, mei, household):
    body = visit_of(household.id, photos=[photo(**FACTS)])
    assert send(mei, body).status_code == 201
    (seen,) = shown(login, body)["photos"]
    assert (
        seen | {"id": None}
        == {
            "id": None,
            "sha256": SHA,
            "kind": "house",
            "state": "expected",
            "reason": None,
            "position": None,
            "width": None,
            "height": None,
            "taken_at": None,
        }
        | FACTS
    )


def test_an_older_phone_says_nothing_and_that_is_no_answer(login, mei, household):
    body = visit_of(household.id, photos=[photo()], location=FIX)
    assert send(mei, body).status_code == 201
    found = shown(login, body)
    assert {name: found["photos"][0][name] for name in PHOTO_FACTS} == dict.fromkeys(PHOTO_FACTS)
    assert found["clock"] is None
    assert found["location"] == FIX


def test_what_a_newer_phone_adds_is_left_alone(login, mei, household):
    newer = photo(**FACTS | {"quality": QUALITY | {"noise": 3}}, lens="wide")
    body = visit_of(household.id, photos=[newer], clock=CLOCK | {"boot_id": "x"})
    assert send(mei, body).status_code == 201
    assert shown(login, body)["photos"][0]["quality"] == QUALITY


def test_a_fix_keeps_why_it_was_accepted_and_why_it_is_far(login, mei, household):
    fix = FIX | {"accepted_reason": "valley", "far_reason": "elsewhere"}
    body = visit_of(household.id, location=fix, clock=CLOCK)
    assert send(mei, body).status_code == 201
    found = shown(login, body)
    assert (found["location"], found["clock"]) == (fix, CLOCK)


WRONG = [
    {"original_sha256": "CD" * 32},
    {"original_sha256": "cd" * 31},
    {"original_sha256": 7},
    {"exif_time": "2026:11:20 08:11:00"},
    {"exif_time": "2026-02-30T08:11:00"},
    {"exif_time": "2026-11-20T08:11:00Z"},
    {"exif_time": "2026-11-20T08:11:00\n"},
    {"exif_position": {"lat": "24.7"}},
    {"exif_position": {"lat": "91", "lon": "0"}},
    {"exif_position": {"lat": "0", "lon": "-180.5"}},
    {"exif_position": {"lat": 24, "lon": 110}},
    {"exif_position": PLACE | {"datum": "GCJ-02"}},
    {"quality": {}},
    {"quality": QUALITY | {"luminance": 256}},
    {"quality": QUALITY | {"luminance": "31"}},
    {"quality": QUALITY | {"sharpness": -1}},
    {"quality": QUALITY | {"dhash": "00ff"}},
    {"quality": QUALITY | {"hints": ["dark", "dark"]}},
    {"quality": QUALITY | {"hints": ["ugly"]}},
]


@pytest.mark.parametrize("facts", WRONG, ids=str)
def test_facts_in_a_wrong_form_are_refused(mei, household, facts):
    reply = send(mei, visit_of(household.id, photos=[photo(**facts)]))
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")
    assert any(name.startswith("photos") for name in reply.json["errors"])


@pytest.mark.parametrize(
    "change",
    [
        {"location": FIX | {"accepted_reason": "because"}},
        {"location": FIX | {"far_reason": "because"}},
        {"location": FIX | {"datum": "GCJ-02"}},
        {"clock": {"started_mono_ms": 1}},
        {"clock": CLOCK | {"finished_mono_ms": -1}},
        {"clock": CLOCK | {"offset_ms": "12"}},
    ],
    ids=str,
)
def test_places_and_clocks_in_a_wrong_form_are_refused(mei, household, change):
    assert send(mei, visit_of(household.id, **change)).status_code == 422


def test_what_an_older_server_let_through_is_left_out_and_hides_nothing_else(app, login, mei, household):
    body = visit_of(household.id, photos=[photo()], clock=CLOCK)
    assert send(mei, body).status_code == 201
    odd = body | {"photos": [photo(quality="fine", exif_time=9)], "clock": "noon"}
    with inside(app):
        visit = db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"])))
        audit.record("visit.store", ("visit", visit.id), visit.region_code)
        visit.body = seal_body(visit.id, app.json.dumps(odd))
        db.session.commit()
    found = shown(login, body)
    assert found["clock"] is None
    assert {name: found["photos"][0][name] for name in PHOTO_FACTS} == dict.fromkeys(PHOTO_FACTS)


def test_no_stored_text_can_trip_the_reader():
    dice = random.Random(20261129)
    odd = [
        None,
        1,
        -1.5,
        True,
        "",
        "x",
        [],
        {},
        [1],
        {"lat": "1"},
        QUALITY,
        PLACE,
        SHA,
        "2026-11-20T08:11:00",
    ]
    names = (*PHOTO_FACTS, "clock")
    for _ in range(2000):
        said = {name: dice.choice(odd) for name in dice.sample(names, dice.randrange(len(names)))}
        found = photo_facts({"photos": [{"sha256": SHA} | said]})[SHA]
        assert found.keys() == set(PHOTO_FACTS)
        assert not PhotoFactsSchema().validate(found)
        assert clocks_of({"clock": said.get("clock")}) is None
