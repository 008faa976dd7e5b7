"""Faults planted into the server: the run finds each."""

from __future__ import annotations

import pytest
from sqlalchemy import select, true

from server.core import cursors, permissions, scope
from server.core.crypto import sign
from server.core.db import db
from server.core.scope import EVERYTHING, region_scope
from server.photos import queries as photos
from server.proposals import queries as proposals
from server.regions import queries as regions
from server.reviews import queries as reviews
from server.visits import queries as visits
from server.visits.bodies import open_own_body
from tests.matrix.people import BY_NAME
from tests.matrix.run import Run


def _no_scope(patch):
    patch.setattr(scope, "code_range", lambda _prefix: ("0", ":"))


def _every_visit(patch):
    patch.setattr(visits, "visible_to", lambda _actor: visits.Visit.seq > 0)


def _anybodys_cursor(patch):
    patch.setattr(cursors, "_signature", lambda body, _bound: sign("cursor", body))


def _any_role(patch):
    patch.setattr(permissions, "allows", lambda *_: True)


def _any_place(patch):
    patch.setattr(permissions, "fits", lambda *_: True)


def _count_everything(patch):
    counted = reviews.groups

    def groups(*args):
        with region_scope(EVERYTHING):
            return counted(*args)

    patch.setattr(reviews, "groups", groups)


def _whole_numbers(patch):
    patch.setattr(visits, "open_body", open_own_body)


def _any_level(patch):
    patch.setattr(proposals, "_of_level", lambda _actor: true())


def _photo_said_to_exist(patch):
    def get_visible(actor, photo_id):
        photo = db.session.scalar(select(photos.Photo).where(photos.Photo.id == photo_id))
        if photo is not None:
            visits.check_visible(actor, photo.visit_id)
        return real(actor, photo_id)

    real = photos.get_visible
    patch.setattr(photos, "get_visible", get_visible)


def _whole_tree(patch):
    under = regions.under
    patch.setattr(regions, "under", lambda _prefix: under(""))


PLANTED = [
    (_no_scope, "town-450321100", "reviews.read_household"),
    (_every_visit, "county-450321", "reviews.read_visit"),
    (_anybodys_cursor, "first-450321100200", "reviews.list_visits"),
    (_any_role, "department-450321", "reviews.list_visits"),
    (_any_place, "secretary-of-a-county", "accounts.me"),
    (_count_everything, "first-450321100200", "reviews.list_visits"),
    (_whole_numbers, "first-450321100200", "reviews.read_visit"),
    (_any_level, "first-450321100200", "proposals.decide_proposal"),
    (_photo_said_to_exist, "county-450321", "photos.read_photo"),
    (_whole_tree, "grid-45032110020001", "regions.list_regions"),
]


@pytest.mark.parametrize(
    ("plant", "name", "operation"), PLANTED, ids=[plant.__name__.strip("_") for plant, *_ in PLANTED]
)
def test_the_run_finds_a_planted_fault(world, state, monkeypatch, plant, name, operation):
    plant(monkeypatch)
    monkeypatch.setattr(world, "cursors", {})  # those given before were signed without the fault
    outcome = Run(world, state, BY_NAME[name]).all({operation})
    assert outcome.faults
