"""Work carried by others: once, as its author's, and nobody on the way reads or changes it."""

from __future__ import annotations

import json
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.accounts.models import Device, User
from server.core.audit import AuditEntry
from server.core.db import db
from server.photos.models import Photo
from server.visits.models import Visit
from tests.factories import ADMIN, GRID, LAN, MEI, OTHER_GRID, PING, WEI, ZHOU, inside, make_session, writing
from tests.support.pictures import jpeg
from tests.sync.pushing import assign, count, dump, edit_of, op_of, refusal, results, told
from tests.sync.relaying import bring, bring_all, key_of, make_file, op_record, photo_records, result
from tests.visits.bodies import DRY, visit_of

PHOTO = jpeg(3, (320, 240))
PROMISED = {"sha256": sha256(PHOTO).hexdigest(), "length": len(PHOTO), "kind": "water", "taken_at": None}


@pytest.fixture
def key(app, mei):
    """Mei's phone has signed in; this is what it seals its files by."""
    return key_of(app, MEI)


@pytest.fixture
def secretary(login):
    return login(WEI)


def order_phone(app, order):
    with writing(app):
        device = db.session.scalar(select(Device).where(Device.user_id == MEI.id))
        device.order = order


# --- what arrives -------------------------------------------------------------------------------------------


def test_a_sign_in_and_a_renewal_hand_over_the_key(app, client):
    from tests.accounts.test_login import sign_in

    signed = sign_in(client, device={"id": "phone-1", "name": "", "app_version": ""}).json
    headers = {"Authorization": f"Bearer {signed['refresh_token']}"}
    renewed = client.post("/api/v1/auth/refresh", headers=headers).json
    assert signed["relay_key"] == renewed["relay_key"] == key_of(app, MEI)
    assert key_of(app, MEI, "phone-2") != key_of(app, MEI) != key_of(app, PING)


def test_a_carried_visit_is_its_authors_and_the_audit_names_both(app, secretary, key, homes):
    body = visit_of(homes[0].id, DRY, photos=[PROMISED])
    file = make_file(key, op_record(op_of(body)), *photo_records(body["id"], PHOTO, 1000))
    answers = bring_all(secretary, file)
    assert result(answers[0]) == ("accepted", None)
    assert answers[0]["of"] == {"op_id": body["id"], "sha256": op_of(body)["sha256"], "visit_id": None}
    assert [one["body"]["state"] for one in answers[1:]] == ["partial"] * (len(answers) - 2) + ["stored"]
    with inside(app):
        visit = db.session.scalar(select(Visit))
        assert (visit.author_id, visit.region_code) == (MEI.id, GRID)
        assert db.session.scalar(select(Photo.state)) == "stored"
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.actor_id == MEI.id)).all()
        carried = [e for e in entries if e.details.get("carried_by") == str(WEI.id)]
        assert {e.action for e in carried} >= {"visit.accept", "photo.store"}
        assert all(e.actor_role == "grid_member" for e in carried)


def test_carried_and_sent_is_taken_once_with_the_same_receipt(app, mei, secretary, key, homes):
    first, second = (op_of(visit_of(home.id)) for home in homes[:2])
    (sent,) = results(mei, first)
    file = make_file(key, op_record(first), op_record(second))
    answers = bring_all(secretary, file)
    assert answers[0]["body"]["results"][0] == sent
    before = dump(app)
    again = [one["body"]["results"] for one in bring_all(secretary, file)]
    assert again == [one["body"]["results"] for one in answers]
    assert told(results(mei, first, second)) == [("accepted", None)] * 2
    assert count(app) == 2
    after = dump(app)
    assert {name for name in after if after[name] != before[name]} <= {"device"}  # its last contact


def test_corrections_and_wrong_visits_get_the_answers_of_a_push(app, secretary, key, homes):
    wrong = op_of(visit_of(homes[0].id, DRY | {"water_state": "salty"}))
    newer = op_of(visit_of(homes[1].id), schema_v=2)
    edit = edit_of(homes[2].id, homes[2].revision, (None, "phone", "13800138000"))
    orphan = op_of(visit_of(homes[3].id), needs=[str(UUID(int=9))])
    file = make_file(key, *(op_record(op) for op in (wrong, newer, edit, orphan)), (({"kind": "op"}), b"{"))
    replies = [bring(secretary, file, place) for place in range(5)]
    answers = [file.opened(reply) for reply in replies]
    assert [result(one) for one in answers[:4]] == [
        ("rejected", "invalid_answers"),
        ("held", "version"),
        ("accepted", None),
        ("wait", "parent_missing"),
    ]
    assert (answers[4]["status"], answers[4]["body"]["code"]) == (400, "malformed_json")
    assert [reply.json["done"] for reply in replies] == [True, True, True, False, True]
    known = {"record", "done", "answer"}
    assert all(set(reply.json) == known for reply in replies)


def test_pieces_go_on_where_the_phone_itself_left_off_and_wait_where_one_is_missing(
    mei, secretary, key, homes
):
    body = visit_of(homes[0].id, photos=[PROMISED])
    results(mei, op_of(body))
    head = PHOTO[:1500]
    headers = {
        "Upload-Offset": "0",
        "Upload-Length": str(len(PHOTO)),
        "X-Content-SHA256": sha256(head).hexdigest(),
    }
    address = f"/api/v1/s1/visits/{body['id']}/photos/{PROMISED['sha256']}"
    sent = mei.patch(address, data=head, headers=headers, content_type="application/octet-stream")
    assert sent.json["offset"] == 1500
    file = make_file(key, *photo_records(body["id"], PHOTO, 1000))
    last = len(file.records) - 1
    early = bring(secretary, file, last)
    assert early.json["done"] is False
    assert file.opened(early)["body"]["code"] == "upload_offset"
    states = [file.opened(bring(secretary, file, place))["body"] for place in range(last + 1)]
    assert [one["offset"] for one in states[:2]] == [1500, 2000]
    assert states[-1]["state"] == "stored"
    assert file.opened(bring(secretary, file, 0))["body"]["state"] == "stored"


def test_a_photo_may_come_before_its_visit_and_by_another_carrier(app, secretary, login, key, homes):
    body = visit_of(homes[0].id, photos=[PROMISED])
    file = make_file(key, op_record(op_of(body)), *photo_records(body["id"], PHOTO))
    assert file.opened(bring(login(PING), file, 1))["body"]["state"] == "stray"
    (answer,) = [file.opened(bring(secretary, file, 0))]
    assert answer["body"]["results"][0]["result"]["photos"][0]["state"] == "stored"


# --- who may ------------------------------------------------------------------------------------------------


def test_the_carriers_own_area_does_not_count(app, login, key, homes):
    file = make_file(key, op_record(op_of(visit_of(homes[0].id))))
    assert [result(one) for one in bring_all(login(LAN), file)] == [("accepted", None)]


def test_an_administrator_carries_nothing(app, login, key, homes):
    file = make_file(key, op_record(op_of(visit_of(homes[0].id))))
    assert refusal(bring(login(ADMIN), file, 0)) == (403, "role_not_allowed")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("active", False, "account_disabled"), ("role", "township", "role_not_allowed")],
)
def test_an_author_who_may_not_send_any_more_is_told_so_sealed(
    app, secretary, key, homes, column, value, code
):
    with writing(app):
        setattr(db.session.scalar(select(User).where(User.id == MEI.id)), column, value)
    file = make_file(key, op_record(op_of(visit_of(homes[0].id, photos=[PROMISED]))))
    (answer,) = bring_all(secretary, file)
    assert answer["body"]["code"] == code
    assert count(app) == 0


def test_a_phone_that_is_to_be_wiped_brings_nothing_and_its_carrier_is_not_wiped(app, secretary, key, homes):
    order_phone(app, "kill")
    body = visit_of(homes[0].id, photos=[PROMISED])
    file = make_file(key, op_record(op_of(body)), *photo_records(body["id"], PHOTO))
    reply = bring(secretary, file, 0)
    assert "device_wiped" not in reply.text
    assert "Clear-Site-Data" not in reply.headers
    assert [one["body"]["code"] for one in bring_all(secretary, file)] == ["device_wiped"] * 2
    assert count(app) == 0


def test_a_phone_that_is_emptied_has_its_work_held(app, secretary, key, homes):
    order_phone(app, "drain")
    file = make_file(key, op_record(op_of(visit_of(homes[0].id))))
    assert [result(one) for one in bring_all(secretary, file)] == [("held", "quarantine")]


def test_a_household_that_moved_away_is_held_for_its_new_owner(app, secretary, key, homes):
    assign(app, MEI, OTHER_GRID)
    file = make_file(key, op_record(op_of(visit_of(homes[0].id))))
    assert [result(one) for one in bring_all(secretary, file)] == [("held", "scope")]


def test_a_phone_without_a_live_sign_in_may_still_be_carried_for(app, secretary, key, homes):
    from server.accounts.models import LoginSession

    with writing(app):
        for session in db.session.scalars(select(LoginSession).where(LoginSession.user_id == MEI.id)):
            session.revoked_at = session.created_at
    file = make_file(key, op_record(op_of(visit_of(homes[0].id))))
    assert [result(one) for one in bring_all(secretary, file)] == [("accepted", None)]


def test_two_people_of_one_phone_have_a_key_each(app, secretary, key, homes):
    make_session(app, ZHOU)
    file = make_file(key_of(app, ZHOU), op_record(op_of(visit_of(homes[0].id))))
    (answer,) = bring_all(secretary, file)
    assert answer["body"]["code"] == "role_not_allowed"  # Zhou reviews


# --- what is no file of ours --------------------------------------------------------------------------------


def one_visit(sealed_by, homes, **changes):
    return make_file(sealed_by, op_record(op_of(visit_of(homes[0].id))), **changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"v": 2}, "relay_version"),
        ({"v": "1"}, "relay_unreadable"),
        ({"what": "answers"}, "relay_unreadable"),
        ({"count": 0}, "relay_unreadable"),
        ({"count": True}, "relay_unreadable"),
        ({"device": None}, "relay_unreadable"),
        ({"device": "phone-2"}, "relay_key_unknown"),
        ({"key": "0" * 16}, "relay_key_unknown"),
    ],
)
def test_a_header_that_is_not_ours(app, secretary, key, homes, changes, code):
    reply = bring(secretary, one_visit(key, homes, **changes), 0)
    assert reply.json["code"] == code
    assert count(app) == 0


@pytest.mark.parametrize("header", [b"", b"[]", b"{", b"[" * 900, b"\xff\xfe", b"{}" + b" " * 1100])
def test_a_header_that_is_none(app, secretary, key, homes, header):
    file = one_visit(key, homes)
    file.header = header
    reply = bring(secretary, file, 0)
    assert reply.status_code == 422
    assert reply.json["code"] in ("relay_unreadable", "invalid")


def test_the_bytes_on_the_line_are_checked_before_anything_else(secretary, key, homes):
    file = one_visit(key, homes)
    wrong = {"X-Relay-Header": "e30", "X-Relay-Record": "0", "X-Content-SHA256": "0" * 64}
    send = {"headers": wrong, "content_type": "application/octet-stream"}
    assert refusal(secretary.post("/api/v1/s1/relay", data=b"x", **send)) == (400, "body_hash_mismatch")
    assert refusal(bring(secretary, file, 0, bytes(263_169))) == (413, "too_large")
    assert refusal(secretary.post("/api/v1/s1/relay", data=b"x", headers=wrong)) == (415, "type_unsupported")


@settings(
    max_examples=25,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
    database=None,
)
@given(data=st.data())
def test_whatever_happens_to_a_file_each_record_is_right_or_damaged(app, secretary, key, homes, data):
    """Flipped bytes, swapped, cut and foreign records, a changed header: nothing else is harmed."""
    ops = [op_of(visit_of(home.id)) for home in homes[:3]]
    file, other = (make_file(key, *(op_record(op) for op in ops)) for _ in range(2))
    places = st.integers(0, 2)
    whole = dict(enumerate(file.records))
    harmed = set()
    for _ in range(data.draw(st.integers(1, 3))):
        at, kind = data.draw(places), data.draw(st.sampled_from(["flip", "cut", "swap", "foreign", "empty"]))
        record = file.records[at]
        kind = kind if record else "foreign"
        if kind == "flip":
            where = data.draw(st.integers(0, len(record) - 1))
            flipped = record[where] ^ data.draw(st.integers(1, 255))
            file.records[at] = record[:where] + bytes([flipped]) + record[where + 1 :]
        elif kind == "cut":
            file.records[at] = record[: data.draw(st.integers(0, len(record) - 1))]
        elif kind == "swap":
            to = data.draw(places)
            file.records[at], file.records[to] = file.records[to], record
        elif kind == "foreign":
            file.records[at] = other.records[at]
        else:
            file.records[at] = b""
    harmed = {place for place, record in enumerate(file.records) if record != whole[place]}
    for place in range(3):
        reply = bring(secretary, file, place)
        if place in harmed:
            assert refusal(reply) == (422, "relay_damaged")
        else:
            assert result(file.opened(reply)) == ("accepted", None)
    with inside(app):
        stored = {str(visit_id) for visit_id in db.session.scalars(select(Visit.id))}
    assert {ops[place]["op_id"] for place in range(3) if place not in harmed} <= stored


def test_a_changed_header_opens_nothing(app, secretary, key, homes):
    file = one_visit(key, homes)
    head = json.loads(file.header)
    file.header = json.dumps(head | {"made_at": "2020-01-01T00:00:00Z"}).encode()
    assert refusal(bring(secretary, file, 0)) == (422, "relay_damaged")
    assert refusal(bring(secretary, file, 0, b"")) == (422, "relay_damaged")
    assert count(app) == 0


# --- a record that is strange is its own affair -------------------------------------------------------------


@pytest.mark.parametrize("name", ["op_id", "sha256", "visit_id"])
@pytest.mark.parametrize("strange", ["\ud800", "x" * 500, 7, ["x"], None])
def test_a_strange_head_is_not_repeated_in_the_answer(app, secretary, key, homes, name, strange):
    head, payload = op_record(op_of(visit_of(homes[0].id)))
    file = make_file(key, (head | {name: strange}, payload))
    (answer,) = bring_all(secretary, file)
    assert result(answer) == ("accepted", None)
    assert answer["of"][name] is None
    assert count(app) == 1


@pytest.mark.parametrize("strange", ["\ud800", 7, None])
def test_a_piece_of_a_photo_of_no_visit_is_refused_and_the_next_record_goes_on(app, secretary, key, strange):
    (head, piece), *_ = photo_records("x", PHOTO)
    file = make_file(key, (head | {"visit_id": strange}, piece), op_record({"op_id": "x"}))
    assert [answer["status"] for answer in bring_all(secretary, file)] == [422, 200]


def test_a_record_that_trips_a_bug_waits_and_the_others_go_on(app, secretary, key, homes, monkeypatch):
    from server.sync import relay

    def trip(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(relay, "_photo", trip)
    (piece, *_) = photo_records(str(homes[0].id), PHOTO)
    file = make_file(key, piece, op_record(op_of(visit_of(homes[0].id))))
    first, second = bring(secretary, file, 0), bring(secretary, file, 1)
    assert (first.status_code, first.json["done"]) == (200, False)
    assert second.json["done"]
    assert count(app) == 1


def test_an_operation_that_is_too_deep_is_judged_as_in_a_push(app, secretary, key, homes):
    op = op_of(visit_of(homes[0].id))
    op["body"]["answers"] = json.loads("[" * 30 + "]" * 30)
    (answer,) = bring_all(secretary, make_file(key, op_record(op)))
    assert result(answer) == ("rejected", "invalid")
    assert count(app) == 0
