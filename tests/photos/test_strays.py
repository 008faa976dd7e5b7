"""Photos that come before their visit: kept for their sender alone, linked when the visit is stored."""

from datetime import timedelta
from itertools import cycle
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from server.accounts.models import User
from server.core import audit
from server.core.db import db, transaction
from server.core.jobs import run_pending
from server.core.scope import EVERYTHING, region_scope
from server.photos import jobs, queries, uploads
from server.photos.models import Photo, StrayPhoto
from tests.factories import MEI, OTHER_GRID, PING, WEI, inside, make_household, writing
from tests.photos.conftest import Phone, age_parts, audited, digest, files
from tests.photos.pictures import picture
from tests.visits.bodies import new_id, send, visit_of

PHOTO = picture(size=(300, 200), quality=95)


def promised(data):
    return [{"sha256": digest(data), "length": len(data), "kind": "house", "taken_at": None}]


def strays(app):
    with inside(app):
        return db.session.scalar(select(func.count()).select_from(StrayPhoto))


def photo_rows(app):
    with inside(app):
        return db.session.scalars(select(Photo)).all()


def test_a_photo_of_a_visit_that_is_not_here_is_kept_as_a_stray(app, phone):
    visit_id = new_id()
    assert phone.patch(visit_id, PHOTO, 0, 500).json["state"] == "partial"
    reply = phone.patch(visit_id, PHOTO, 500)
    assert (reply.status_code, reply.json["state"], reply.json["position"]) == (200, "stray", None)
    assert phone.head(visit_id, PHOTO) == ("stray", len(PHOTO))
    assert phone.patch(visit_id, PHOTO).json == reply.json
    assert [name.rsplit(".", 1)[1] for name in files(app)] == ["orig"]
    (entry,) = audited(app, "photo.stray")
    assert (entry.target_id, entry.actor_id) == (visit_id, MEI.id)


def test_the_visit_finds_its_photo_stored_and_the_check_passes_it(app, login, phone):
    visit_id = new_id()
    phone.patch(visit_id, PHOTO)
    body = visit_of(phone.household.id, id=visit_id, photos=promised(PHOTO))
    answer = send(phone.client, body)
    assert [photo["state"] for photo in answer.json["photos"]] == ["stored"]
    (photo,) = phone.photos(visit_id)
    assert (photo["state"], photo["position"] is not None, strays(app)) == ("stored", True, 0)
    early = login(WEI).get(f"/api/v1/photos/{photo['id']}/full")
    assert (early.status_code, early.json["code"]) == (409, "photo_not_ready")
    run_pending(app)
    assert login(WEI).get(f"/api/v1/photos/{photo['id']}/full").status_code == 200
    assert len(audited(app, "photo.link")) == 1


def test_nobody_opens_a_stray(app, login, phone):
    visit_id = new_id()
    phone.patch(visit_id, PHOTO)
    run_pending(app)
    with inside(app):
        file_id = db.session.scalar(select(StrayPhoto.file_id))
    assert [name for name in files(app) if name.endswith(".jpg")] == []
    for person in (MEI, WEI):
        assert login(person).get(f"/api/v1/photos/{file_id}/full").status_code == 404


def test_a_hostile_stray_is_refused_after_its_visit_came_and_the_reason_reaches_the_phone(app, phone):
    data, visit_id = b"\xff\xd8\xff\xe0" + b"hello" * 50, new_id()
    assert phone.patch(visit_id, data).json["state"] == "stray"
    phone.visit(data, id=visit_id)
    run_pending(app)
    (photo,) = phone.photos(visit_id)
    assert (photo["state"], photo["reason"]) == ("refused", "truncated")
    again = phone.patch(visit_id, data).json
    assert (again["state"], again["reason"], again["position"]) == ("refused", "truncated", photo["position"])
    assert files(app) == []


def test_a_stray_is_not_given_to_the_visit_of_another(app, login, phone):
    visit_id = new_id()
    phone.patch(visit_id, PHOTO)
    other = Phone(app, login(PING))
    body = visit_of(make_household(app, OTHER_GRID).id, id=visit_id, photos=promised(PHOTO))
    answer = send(other.client, body)
    assert [photo["state"] for photo in answer.json["photos"]] == ["expected"]
    assert other.head(visit_id, PHOTO) == ("absent", 0)
    with inside(app):
        jobs.link_strays()
    assert [row.state for row in photo_rows(app)] == ["expected"]
    assert phone.head(visit_id, PHOTO) == ("stray", len(PHOTO))


def test_somebody_elses_visit_takes_no_photo_but_keeps_a_stray(app, login, phone):
    visit_id = phone.visit(PHOTO)
    other = Phone(app, login(PING))
    assert other.patch(visit_id, PHOTO).json["state"] == "stray"
    assert phone.head(visit_id, PHOTO) == ("absent", 0)
    assert [photo["state"] for photo in phone.photos(visit_id)] == ["expected"]
    with inside(app):
        jobs.link_strays()
    assert [photo["state"] for photo in phone.photos(visit_id)] == ["expected"]
    assert phone.patch(visit_id, PHOTO).json["state"] == "stored"
    assert len(files(app)) == 2


def test_a_photo_the_visit_does_not_list_is_refused(app, phone):
    visit_id = phone.visit(PHOTO)
    reply = phone.patch(visit_id, picture(size=(50, 50)))
    assert (reply.status_code, reply.json["code"]) == (409, "photo_not_expected")
    assert files(app) == []


def test_a_stray_follows_its_sender_to_another_grid(app, login, phone):
    visit_id = new_id()
    phone.patch(visit_id, PHOTO)
    with writing(app):
        db.session.execute(update(User).where(User.id == MEI.id).values(region_code=OTHER_GRID))
    household = make_household(app, OTHER_GRID)
    answer = send(login(MEI), visit_of(household.id, id=visit_id, photos=promised(PHOTO)))
    assert [photo["state"] for photo in answer.json["photos"]] == ["stored"]
    assert strays(app) == 0


def test_the_author_sends_the_photos_of_a_visit_whose_household_is_another_grids_by_now(app, login, phone):
    visit_id = phone.visit(PHOTO)
    with writing(app):
        db.session.execute(update(User).where(User.id == MEI.id).values(region_code=OTHER_GRID))
    moved = Phone(app, login(MEI))
    assert moved.head(visit_id, PHOTO) == ("absent", 0)
    assert moved.patch(visit_id, PHOTO).json["state"] == "stored"
    assert login(WEI).get(f"/api/v1/visits/{visit_id}/photos").json["items"][0]["state"] == "stored"


def moving_after(patch, step, grids):
    """Let the photo's household move to the next grid as soon as a step of storing the photo is done."""
    real = getattr(uploads, step)

    def then_move(*given):
        found = real(*given)
        with region_scope(EVERYTHING), transaction():
            db.session.execute(update(Photo).values(region_code=next(grids)))
            audit.record("test.move", ("test", "photo"), "0")
        return found

    patch.setattr(uploads, step, then_move)


def test_a_household_that_moves_while_its_photo_is_stored_costs_the_phone_nothing(app, phone, monkeypatch):
    visit_id = phone.visit(PHOTO)
    moving_after(monkeypatch, "settle_file", iter([OTHER_GRID]))
    reply = phone.patch(visit_id, PHOTO)
    assert (reply.status_code, reply.json["state"]) == (200, "stored")
    assert [row.region_code for row in photo_rows(app)] == [OTHER_GRID]


def test_a_household_that_never_rests_is_left_for_later(phone, monkeypatch):
    visit_id, grids = phone.visit(PHOTO), cycle([OTHER_GRID, MEI.region_code])
    with monkeypatch.context() as patch:
        for step in ("settle_file", "again"):
            moving_after(patch, step, grids)
        reply = phone.patch(visit_id, PHOTO)
    assert (reply.status_code, reply.json["code"]) == (503, "busy")
    assert phone.patch(visit_id, PHOTO, len(PHOTO)).json["state"] == "stored"


def test_a_visit_and_a_stray_that_did_not_see_each_other_are_brought_together(app, phone, monkeypatch):
    visit_id = new_id()
    phone.patch(visit_id, PHOTO)
    with monkeypatch.context() as patch:
        patch.setattr(queries, "strays", lambda *_: {})  # as in a transaction beside the stray's
        phone.visit(PHOTO, id=visit_id)
    assert [photo["state"] for photo in phone.photos(visit_id)] == ["expected"]
    with inside(app):
        jobs.link_strays()
    (photo,) = phone.photos(visit_id)
    assert (photo["state"], photo["position"] is not None, strays(app)) == ("stored", True, 0)
    run_pending(app)
    assert phone.photos(visit_id)[0]["state"] == "ready"


def test_a_stray_goes_after_thirty_days_and_its_removal_is_noted(app, phone, clock):
    early, late = new_id(), new_id()
    phone.patch(early, PHOTO)
    clock.advance(days=20)
    phone.patch(late, PHOTO)
    clock.advance(days=11)
    with inside(app):
        jobs.tidy()
    assert (strays(app), len(files(app))) == (1, 1)
    assert phone.head(early, PHOTO) == ("absent", 0)
    assert phone.head(late, PHOTO) == ("stray", len(PHOTO))
    (entry,) = audited(app, "photo.stray_removed")
    assert (entry.target_id, entry.region_code, entry.details) == (
        early,
        MEI.region_code,
        {"bytes": len(PHOTO)},
    )


def test_a_stray_whose_visit_came_in_time_stays(app, phone, clock):
    visit_id = new_id()
    phone.patch(visit_id, PHOTO)
    clock.advance(days=29)
    phone.visit(PHOTO, id=visit_id, at=clock.now - timedelta(minutes=1))
    clock.advance(days=29)
    with inside(app):
        jobs.tidy()
    run_pending(app)
    assert [row.state for row in photo_rows(app)] == ["ready"]


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_the_beginning_of_a_photo_goes_after_thirty_days(app, phone, clock, days, left):
    visit_id = phone.visit(PHOTO)
    phone.patch(visit_id, PHOTO, 0, 500)
    age_parts(app, clock.now, days=days)
    with inside(app):
        jobs.tidy()
    assert len(files(app)) == left
    assert [entry.details for entry in audited(app, "photo.part_removed")] == [{"bytes": 500}] * (1 - left)
    assert phone.patch(visit_id, PHOTO, 500 * left).json["state"] == "stored"


def test_what_is_not_ours_in_the_folder_is_left_alone(app, phone):
    folder = app.extensions["settings"].photo_dir / "staging" / str(UUID(int=1))
    folder.mkdir(parents=True)
    (folder / "notes.part").write_text("hello")
    with inside(app):
        jobs.tidy()
    assert files(app) == ["notes.part"]
