"""PUT /visits/{id}: a visit is taken in exactly once, whatever the network does to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from server.core.audit import AuditEntry
from server.core.db import db
from server.flags.models import Flag
from server.photos.models import Photo
from server.visits import receipts
from server.visits.models import Visit
from tests.factories import (
    FANG,
    GRID_IN_OTHER_VILLAGE,
    LAN,
    MEI,
    PING,
    WEI,
    inside,
    make_household,
)
from tests.visits.bodies import CLEAN, DRY, NOW, ROSTER, hash_of, new_id, send, visit_of

SHA = "ab" * 32


def count(app, model):
    with inside(app):
        return db.session.scalar(select(func.count()).select_from(model))


def stored(app, visit_id):
    with inside(app):
        return db.session.scalar(select(Visit).where(Visit.id == visit_id))


@pytest.fixture
def household(app):
    return make_household(app)


@pytest.fixture
def mei(login):
    return login(MEI)


def test_a_clean_visit_is_accepted_without_lights_and_gets_a_receipt(app, mei, household):
    body = visit_of(household.id)
    reply = send(mei, body)
    assert reply.status_code == 201
    assert reply.json | {"receipt": None} == {
        "id": body["id"],
        "sha256": hash_of(body),
        "state": "accepted",
        "revision": 1,
        "severity": "none",
        "receipt": None,
        "lights": [],
        "unknown": [],
        "photos": [],
    }
    receipt = reply.json["receipt"]
    assert receipts.is_well_formed(receipt["number"])
    assert receipt["received_at"] == "2026-11-23T02:00:00.000Z"
    assert reply.headers["X-Sync"] == "1"


def test_water_out_of_reach_switches_on_a_red_light_with_article_and_cause(app, mei, household):
    reply = send(mei, visit_of(household.id, DRY))
    assert reply.status_code == 201, reply.json
    assert reply.json["severity"] == "red"
    light = next(each for each in reply.json["lights"] if each["rule"] == "R-WAT-01")
    assert light["articles"][0]["text"]
    assert "water_fix" in {cause["fact"] for cause in light["causes"]}
    with inside(app):
        flag = db.session.scalar(select(Flag).where(Flag.rule == "R-WAT-01"))
    assert (flag.severity, flag.state, str(flag.household_id)) == ("red", "open", str(household.id))


def test_sending_again_after_a_lost_reply_answers_the_same_and_stores_nothing(app, mei, household, clock):
    photo = {"sha256": SHA, "length": 9, "kind": "water", "taken_at": None}
    body = visit_of(household.id, DRY, photos=[photo])
    first = send(mei, body)
    before = [count(app, model) for model in (Visit, Flag, Photo, AuditEntry)]
    clock.advance(days=2)
    again = send(mei, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert [count(app, model) for model in (Visit, Flag, Photo, AuditEntry)] == before


def test_another_body_under_the_same_number_is_a_conflict_and_changes_nothing(app, mei, household):
    body = visit_of(household.id)
    send(mei, body)
    reply = send(mei, body | {"answers": DRY})
    assert (reply.status_code, reply.json["code"]) == (409, "visit_conflict")
    assert stored(app, UUID(body["id"])).severity == "none"


def test_two_copies_at_once_make_one_visit_and_one_answer(app, mei, household):
    body = visit_of(household.id, DRY)
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: send(mei, body), range(6)))
    assert sorted(reply.status_code for reply in replies) == [200] * 5 + [201]
    assert len({reply.data for reply in replies}) == 1
    assert count(app, Visit) == 1


@pytest.mark.parametrize("stranger", [PING, LAN, FANG])
def test_a_household_of_another_grid_looks_absent(app, login, household, stranger):
    reply = send(login(stranger), visit_of(household.id))
    assert (reply.status_code, reply.json["code"]) == (404, "household_not_found")
    absent = send(login(stranger), visit_of(uuid4()))
    assert absent.json | {"instance": "", "request_id": ""} == reply.json | {"instance": "", "request_id": ""}


def test_a_number_taken_out_of_sight_is_a_conflict_that_tells_nothing(app, login, mei, household):
    body = visit_of(household.id, DRY)
    send(mei, body)
    mine = make_household(app, GRID_IN_OTHER_VILLAGE)
    reply = send(login(LAN), visit_of(mine.id, id=body["id"]))
    assert (reply.status_code, reply.json["code"]) == (409, "visit_conflict")
    assert str(household.id) not in reply.text


def test_a_secretary_cannot_make_visits(login, household):
    reply = send(login(WEI), visit_of(household.id))
    assert (reply.status_code, reply.json["code"]) == (403, "role_not_allowed")


@pytest.mark.parametrize("sent", ["0" * 64, "", "nonsense"])
def test_a_hash_that_does_not_fit_is_refused_for_another_try(app, mei, household, sent):
    reply = send(mei, visit_of(household.id), **{"X-Content-SHA256": sent})
    assert (reply.status_code, reply.json["code"]) == (400, "body_hash_mismatch")
    assert count(app, Visit) == 0


def test_a_body_without_hash_is_refused(mei, household):
    body = visit_of(household.id)
    reply = mei.put(f"/api/v1/visits/{body['id']}", json=body)
    assert (reply.status_code, reply.json["code"]) == (400, "body_hash_mismatch")


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("id", 7),
        ("id", "{0190f2b4-0000-7000-8000-000000000000}"),
        ("household_id", None),
        ("revises", "yesterday"),
        ("checklist_version", 1),
        ("finished_at", "2026-11-23"),
        ("finished_at", "2026-11-23T10:00:00"),
        ("finished_at", "0001-01-01T00:00:00Z"),
        ("answers", []),
        ("notes", {"photos": "x" * 501}),
        ("notes", {"photos": 3}),
        ("roster", "none"),
        ("location", {"lat": "24.7"}),
        ("photos", [{"sha256": SHA, "length": "9", "kind": "house"}]),
        ("photos", [{"sha256": SHA, "length": 9, "kind": "selfie"}]),
        ("photos", [{"sha256": SHA, "length": 3_000_000, "kind": "house"}]),
        ("photos", [{"sha256": SHA, "length": 9, "kind": "house"}] * 2),
        ("photos", [{"sha256": f"{n:064x}", "length": 9, "kind": "house"} for n in range(7)]),
        ("device", None),
    ],
)
def test_a_wrong_type_in_the_envelope_is_named(app, mei, household, field, bad):
    body = visit_of(household.id)
    address = f"/api/v1/visits/{body['id']}"
    body |= {field: bad}
    reply = mei.put(address, json=body, headers={"X-Content-SHA256": hash_of(body)})
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")
    assert {name.split(".")[0] for name in reply.json["errors"]} == {field}
    assert count(app, Visit) == 0


def test_a_fraction_is_refused_because_it_has_no_canonical_form(mei, household):
    body = visit_of(household.id) | {"roster": ROSTER | {"n_members": 2.5}}
    reply = mei.put(f"/api/v1/visits/{body['id']}", json=body, headers={"X-Content-SHA256": "0" * 64})
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")


@pytest.mark.parametrize("missing", sorted(visit_of(new_id()).keys() - {"location_missing_reason"}))
def test_a_missing_part_of_the_envelope_is_named(mei, household, missing):
    body = visit_of(household.id)
    address = f"/api/v1/visits/{body['id']}"
    del body[missing]
    reply = mei.put(address, json=body, headers={"X-Content-SHA256": hash_of(body)})
    assert (reply.status_code, list(reply.json["errors"])) == (422, [missing])


def test_the_number_of_the_address_must_be_that_of_the_body(mei, household):
    body = visit_of(household.id)
    reply = mei.put(f"/api/v1/visits/{new_id()}", json=body, headers={"X-Content-SHA256": hash_of(body)})
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["id"])


def test_an_answer_that_does_not_exist_is_named_by_its_question(app, mei, household):
    reply = send(mei, visit_of(household.id, CLEAN | {"water_state": "salty", "colour": "red"}))
    assert (reply.status_code, reply.json["code"]) == (422, "invalid_answers")
    codes = {question: errors[0]["code"] for question, errors in reply.json["errors"].items()}
    assert codes == {"water_state": "unknown_option", "colour": "unknown_question"}
    assert count(app, Visit) == 0


def test_a_note_on_an_unknown_question_is_refused(mei, household):
    reply = send(mei, visit_of(household.id, notes={"colour": "blue"}))
    assert (reply.status_code, reply.json["errors"]["colour"][0]["code"]) == (422, "unknown_question")


def test_an_unknown_checklist_version_keeps_the_visit_on_the_phone(mei, household):
    reply = send(mei, visit_of(household.id, checklist_version="2031-9"))
    assert (reply.status_code, reply.json["code"]) == (422, "unknown_checklist_version")


def test_fields_of_a_newer_phone_are_kept_in_the_stored_body(app, mei, household):
    from server.visits.queries import body_of, with_bodies

    body = visit_of(household.id, battery=71)
    assert send(mei, body).status_code == 201
    with inside(app):
        (visit,) = with_bodies([UUID(body["id"])]).values()
        assert body_of(visit)["battery"] == 71


def test_broken_json_is_told_apart_from_wrong_content(mei):
    reply = mei.put(f"/api/v1/visits/{new_id()}", data='{"id": ', content_type="application/json")
    assert (reply.status_code, reply.json["code"]) == (400, "malformed_json")


def test_only_json_is_read(mei):
    reply = mei.put(f"/api/v1/visits/{new_id()}", data={"id": "1"}, content_type="multipart/form-data")
    assert (reply.status_code, reply.json["code"]) == (415, "type_unsupported")


def test_a_lone_surrogate_is_hashed_as_the_phone_hashes_it(mei, household):
    body = visit_of(household.id, notes={"consent": "half \ud83d"})
    reply = send(mei, body)
    assert reply.status_code == 201, reply.json
    assert reply.json["sha256"] == hash_of(body | {"notes": {"consent": "half \ufffd"}})


def test_a_phone_whose_clock_is_ahead_does_not_date_a_visit_into_the_future(app, mei, household):
    body = visit_of(household.id, at=NOW + timedelta(days=400))
    assert send(mei, body).status_code == 201
    assert stored(app, UUID(body["id"])).visited_at == NOW


def test_an_accepted_visit_leaves_an_audit_entry_without_personal_data(app, mei, household):
    body = visit_of(household.id, DRY, notes={"water_state": "韦小山家"})
    send(mei, body)
    with inside(app):
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "visit.accept"))
    assert (entry.actor_id, entry.target_id, entry.region_code) == (MEI.id, body["id"], household.region_code)
    assert entry.details == {"sha256": hash_of(body), "revision": 1, "severity": "red"}


def test_the_register_and_not_the_phone_says_what_is_judged(app, mei):
    monitored = make_household(app, kind="marginal", monitored_since=NOW.date() - timedelta(days=500))
    answers = DRY | {"measure_ok": "no", "risk_now": "same"}
    reply = send(
        mei, visit_of(monitored.id, answers, roster=ROSTER | {"kind": "marginal", "months_tracked": 1})
    )
    assert reply.status_code == 201, reply.json
    assert {"R-MON-01", "R-MON-03"} <= {light["rule"] for light in reply.json["lights"]}
