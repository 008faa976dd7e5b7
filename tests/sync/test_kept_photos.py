"""A photo whose visit is held waits as long as the decision on the visit does."""

import pytest
from sqlalchemy import update

from server.core.db import db
from server.photos import jobs as photo_jobs
from server.sync import jobs
from server.sync.models import DECLINED, HeldOperation
from tests.factories import MEI, OTHER_GRID, inside, make_household, writing
from tests.photos.conftest import Phone, audited
from tests.photos.pictures import picture
from tests.sync.pushing import op_of, results, told
from tests.visits.bodies import visit_of

PHOTO = picture()


@pytest.fixture
def phone(app, login):
    return Phone(app, login(MEI))


@pytest.fixture
def visit_id(app, phone):
    """A held visit, on a household that is another grid's, whose photo is here."""
    body = visit_of(make_household(app, OTHER_GRID).id)
    assert told(results(phone.client, op_of(body))) == [("held", "scope")]
    assert phone.patch(body["id"], PHOTO).json["state"] == "stray"
    return body["id"]


def a_while_later(app, clock):
    """Twenty days, and what the worker does in them."""
    clock.advance(days=20)
    with inside(app):
        jobs.keep_photos_of_held()
        photo_jobs.tidy()


def test_the_photo_of_a_held_visit_outlives_thirty_days(app, clock, login, phone, visit_id):
    for _ in range(3):
        a_while_later(app, clock)
    assert Phone(app, login(MEI)).head(visit_id, PHOTO) == ("stray", len(PHOTO))
    assert len(audited(app, "photo.stray_kept")) == 3


def test_the_photo_of_a_declined_visit_goes(app, clock, login, phone, visit_id):
    a_while_later(app, clock)
    with writing(app):
        db.session.execute(update(HeldOperation).values(state=DECLINED))
    a_while_later(app, clock)
    assert Phone(app, login(MEI)).head(visit_id, PHOTO) == ("stray", len(PHOTO))
    a_while_later(app, clock)
    assert Phone(app, login(MEI)).head(visit_id, PHOTO) == ("absent", 0)
