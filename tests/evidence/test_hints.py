"""What a reviewer is told to look at twice, from the visit on the phone to the detail on the desk."""

import io
from datetime import timedelta
from random import Random

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select, update

from server.core import state
from server.core.db import db
from server.core.jobs import run_pending
from server.evidence import jobs, queries, services
from server.evidence.models import EvidenceHint, VisitTrace
from server.photos.decode import likeness
from tests.factories import LAN, MEI, PING, QIN, TAN, WEI, inside, make_household, make_member, writing
from tests.photos.conftest import digest
from tests.visits.bodies import CLEAN, DRY, NOW, send, visit_of


def scene(seed: int, stamp: str = "", quality: int = 85) -> bytes:
    """A picture of its own for each seed, with a stamp at its lower edge as the app draws one."""
    dice, picture = Random(seed), Image.new("RGB", (480, 640))
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = dice.randrange(480), dice.randrange(640)
        colour = tuple(dice.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + dice.randrange(30, 200), y + dice.randrange(30, 200)), fill=colour)
    draw.rectangle((0, 520, 480, 640), fill="black")
    draw.text((10, 540), stamp, fill="white", font_size=40)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def shape(data: bytes) -> str | None:
    with Image.open(io.BytesIO(data)) as opened:
        return likeness(opened.convert("RGB"))


def apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def hints(client, visit_id):
    reply = client.get(f"/api/v1/visits/{visit_id}")
    assert reply.status_code == 200
    return reply.json["hints"]


@pytest.fixture
def desk(app, login):
    """Sends visits as somebody, lets the worker look, and reads hints as somebody."""

    class Desk:
        def send(self, who, household, answers=CLEAN, **changes):
            body = visit_of(household.id, answers, **changes)
            reply = send(login(who), body)
            assert reply.status_code == 201, reply.json
            run_pending(app)
            return body["id"]

        def photo(self, who, household, data, **changes):
            promised = {"sha256": digest(data), "length": len(data), "kind": "house", "taken_at": None}
            visit_id = self.send(who, household, photos=[promised | changes])
            address = f"/api/v1/visits/{visit_id}/photos/{digest(data)}"
            reply = login(who).put(address, data=data, content_type="application/octet-stream")
            assert reply.status_code in (200, 201), reply.json
            run_pending(app)
            return visit_id

        def hints(self, visit_id, who=WEI):
            return hints(login(who), visit_id)

    return Desk()


def test_a_calm_visit_has_no_hints(app, desk):
    assert desk.hints(desk.send(MEI, make_household(app))) == []


def test_a_hurried_visit_says_how_hurried(app, desk):
    quick = visit_of(make_household(app).id)["finished_at"]
    visit_id = desk.send(MEI, make_household(app), started_at=quick)
    assert desk.hints(visit_id) == [
        {
            "kind": "quick",
            "details": {"seconds": 0, "steps": 13},
            "of_revision": visit_id,
            "compared": False,
            "other": None,
        }
    ]


def test_two_homes_in_half_a_minute_hint_at_the_later_look(app, desk):
    first, second = make_household(app, members=[make_member(name="莫家宝")]), make_household(app)
    early = desk.send(MEI, first, at=NOW - timedelta(seconds=90))
    late = desk.send(MEI, second, at=NOW - timedelta(seconds=60))
    (hint,) = desk.hints(late)
    assert (hint["kind"], hint["details"]["seconds"], hint["compared"]) == ("close", 30, True)
    assert hint["other"]["visit_id"] == early
    assert hint["other"]["head_name"] == "莫家宝"
    assert desk.hints(early) == []


def test_another_visitor_at_the_same_minute_is_no_hint(app, desk):
    desk.send(MEI, make_household(app), at=NOW - timedelta(seconds=90))
    other = make_household(app, region_code=PING.region_code)
    assert desk.hints(desk.send(PING, other, at=NOW - timedelta(seconds=60))) == []


def test_visits_that_come_in_one_batch_are_compared_with_each_other(app, login, desk):
    sent = [visit_of(make_household(app).id, at=NOW - timedelta(seconds=30 * n)) for n in (3, 2)]
    for body in sent:
        assert send(login(MEI), body).status_code == 201
    run_pending(app)
    kinds = [[hint["kind"] for hint in desk.hints(body["id"])] for body in sent]
    assert kinds == [["close"], ["close"]]


def test_the_same_amounts_in_three_homes(app, desk):
    homes = [make_household(app) for _ in range(3)]
    times = [NOW - timedelta(hours=n) for n in (9, 6, 3)]
    sent = [desk.send(MEI, home, DRY, at=at) for home, at in zip(homes, times, strict=True)]
    kinds = [[hint["kind"] for hint in desk.hints(visit_id)] for visit_id in sent]
    assert kinds == [[], [], ["alike"]]
    (hint,) = desk.hints(sent[-1])
    assert (hint["details"], hint["other"]["visit_id"]) == ({"households": 2}, sent[1])


def test_a_correction_keeps_the_hints_of_what_it_replaces_and_repeats_none(app, login, desk):
    home = make_household(app)
    finished = visit_of(home.id)["finished_at"]
    first = desk.send(MEI, home, started_at=finished)
    second = desk.send(MEI, home, started_at=finished, revises=first)
    assert [hint["of_revision"] for hint in desk.hints(second)] == [first]


def test_hints_are_for_who_reviews_and_only_within_their_place(app, login, desk):
    home = make_household(app)
    visit_id = desk.send(MEI, home, DRY, started_at=visit_of(home.id)["finished_at"])
    assert [hint["kind"] for hint in desk.hints(visit_id, QIN)] == ["quick"]
    assert desk.hints(visit_id, MEI) == []
    assert login(TAN).get(f"/api/v1/visits/{visit_id}").status_code == 404


def test_a_bug_on_one_visit_does_not_stop_the_others(app, login, desk, monkeypatch):
    bad, good = (
        visit_of(make_household(app).id),
        visit_of(make_household(app).id, at=NOW - timedelta(hours=1)),
    )
    for body in (bad, good):
        assert send(login(MEI), body).status_code == 201
    real = services.signs.far

    def far(body, metres):
        if body["id"] == bad["id"]:
            raise ZeroDivisionError
        return real(body, metres)

    monkeypatch.setattr(services.signs, "far", far)
    run_pending(app)
    with inside(app):
        looked = {str(t.visit_id): t.looked for t in db.session.scalars(select(VisitTrace))}
    assert looked == {bad["id"]: False, good["id"]: True}
    monkeypatch.undo()
    with inside(app):
        assert jobs.look()
        assert all(trace.looked for trace in db.session.scalars(select(VisitTrace)))


def test_the_mark_moves_once_visits_are_not_new_any_more(app, desk, clock):
    desk.send(MEI, make_household(app))
    with inside(app):
        first = queries.newest()
        assert services.waiting(10) == []
        assert int(state.read(services.MARK) or 0) < first
    clock.advance(minutes=6)
    desk.send(MEI, make_household(app), at=NOW + timedelta(minutes=5))
    with inside(app):
        assert state.read(services.MARK) == str(first)
        assert services.waiting(10) == []


def test_looking_again_adds_nothing(app, desk):
    home = make_household(app)
    visit_id = desk.send(MEI, home, started_at=visit_of(home.id)["finished_at"])
    with writing(app):
        db.session.execute(update(VisitTrace).values(looked=False))
    with inside(app):
        assert jobs.look()
        assert len(db.session.scalars(select(EvidenceHint)).all()) == 1
    assert len(desk.hints(visit_id)) == 1


def test_a_picture_shown_again_elsewhere_with_another_stamp(app, desk):
    first, second = make_household(app, members=[make_member(name="莫家宝")]), make_household(app)
    early = desk.photo(MEI, first, scene(1, "2026-10-01 莫家宝"))
    late = desk.photo(MEI, second, scene(1, "2026-11-23 覃秀兰", quality=60))
    found = [hint for hint in desk.hints(late) if hint["kind"] == "photo_reused"]
    assert [(hint["details"], hint["other"]["visit_id"]) for hint in found] == [({"exact": False}, early)]
    assert [hint for hint in desk.hints(early) if hint["kind"] == "photo_reused"] == []


def test_the_very_same_file_and_the_same_original(app, desk):
    home = make_household(app)
    early = desk.photo(MEI, home, scene(2), original_sha256="a" * 64)
    same_file = desk.photo(MEI, make_household(app), scene(2))
    same_original = desk.photo(MEI, home, scene(3), original_sha256="a" * 64)
    exact = [hint for hint in desk.hints(same_file) if hint["kind"] == "photo_reused"]
    assert [(hint["details"], hint["other"]["visit_id"]) for hint in exact] == [({"exact": True}, early)]
    again = [hint["details"] for hint in desk.hints(same_original) if hint["kind"] == "photo_reused"]
    assert again == [{"exact": True, "same_household": True}]


def test_a_picture_from_a_place_out_of_sight_is_told_without_a_name(app, desk):
    other = make_household(app, region_code=LAN.region_code)
    desk.photo(LAN, other, scene(4))
    late = desk.photo(MEI, make_household(app), scene(4))
    (hint,) = [one for one in desk.hints(late) if one["kind"] == "photo_reused"]
    assert (hint["compared"], hint["other"]) == (True, None)


def test_a_correction_with_its_own_picture_is_no_hint(app, login, desk):
    home = make_household(app)
    first = desk.photo(MEI, home, scene(5))
    promised = {"sha256": digest(scene(5)), "length": len(scene(5)), "kind": "house", "taken_at": None}
    second = desk.send(MEI, home, photos=[promised], revises=first)
    assert desk.hints(second) == []


def test_different_scenes_are_different_and_the_stamp_does_not_count():
    shapes = [shape(scene(n)) for n in range(60)]
    assert None not in shapes
    pairs = [apart(one, other) for n, one in enumerate(shapes) for other in shapes[:n]]
    assert min(pairs) > services.LIKE_BITS
    same = [apart(shape(scene(n, "A 2026")), shape(scene(n, "B 1999", quality=40))) for n in range(60)]
    assert sum(bits <= services.LIKE_BITS for bits in same) >= 57


@pytest.mark.parametrize("colour", ["black", "white", (120, 118, 121)])
def test_a_wall_or_the_night_looks_like_nothing(colour):
    assert likeness(Image.new("RGB", (320, 240), colour)) is None
