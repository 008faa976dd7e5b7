"""Lets the story happen: every event goes through the services a phone's request goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from random import Random
from typing import Any, cast

from server.core import clock
from server.core.auth import Actor
from server.core.canonical import canonical, sha256_hex
from server.core.db import db, transaction
from server.demo.answers import VERSION, complete
from server.demo.story import Event, ReviewEvent, VisitEvent
from server.households.queries import Household
from server.households.roster import roster_facts, wire_facts
from server.reviews import services as reviews
from server.sync import services as sync
from server.visits.services import open_signed

BATCH = 50
Actors = Mapping[str, Actor]
"""Region code → who works there: grid members by grid, first secretaries by village."""


def play(events: Sequence[Event], actors: Actors, seed: int) -> None:
    """All events in the order of time, some in each transaction, the clock at each one's own moment."""
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    for first in range(0, len(ordered), BATCH):
        with transaction():
            for event in ordered[first : first + BATCH]:
                _happen(event, actors, seed)
        db.session.expunge_all()


def _happen(event: Event, actors: Actors, seed: int) -> None:
    with ExitStack() as stack:
        stack.enter_context(clock.clock_at(event.at))
        if isinstance(event, VisitEvent):
            body = _body(event, actors[event.home.region_code], Random(f"{seed}:{event.id}"))
            signed = open_signed(body, sha256_hex(canonical(body)))
            sync.accept(actors[event.home.region_code], signed)
        else:
            _decide(event, actors[event.home.region_code[:12]])


def _body(event: VisitEvent, author: Actor, rng: Random) -> dict[str, Any]:
    home, day = event.home, clock.local_date(event.finished_at)
    # A household to be registered has every attribute the facts are read from.
    roster = wire_facts(roster_facts(cast("Household", home), day))
    given = event.trouble.answers if event.trouble else {}
    note = event.trouble.note if event.trouble else None
    answers = complete(home, roster, given, day, rng)
    located = rng.random() < 0.92
    return {
        "id": str(event.id),
        "household_id": str(home.id),
        "revises": str(event.revises) if event.revises else None,
        "checklist_version": VERSION,
        "started_at": clock.iso(event.finished_at - timedelta(minutes=rng.randint(4, 22))),
        "finished_at": clock.iso(event.finished_at),
        "answers": answers,
        "notes": {note[0]: note[1]} if note and note[0] in answers else {},
        "roster": roster,
        "location": _location(event, rng) if located else None,
        "location_missing_reason": None if located else "no_signal",
        "photos": [],
        "device": {"id": f"demo-{author.id}", "app_version": "0.1.0"},
    }


def _location(event: VisitEvent, rng: Random) -> dict[str, str]:
    lat, lon = event.home.home or ("24.780000", "110.490000")
    return {
        "lat": f"{float(lat) + rng.uniform(-0.0006, 0.0006):.6f}",
        "lon": f"{float(lon) + rng.uniform(-0.0006, 0.0006):.6f}",
        "accuracy_m": str(rng.randint(5, 35)),
        "fixed_at": clock.iso(event.finished_at - timedelta(minutes=2)),
        "datum": "WGS-84",
    }


def _decide(event: ReviewEvent, secretary: Actor) -> None:
    remark = reviews.QuestionComment(question="policy_gap", text="请核对是否还有应享受未享受的政策。")
    form = reviews.ReviewForm(
        id=event.id,
        decision="approved" if event.approved else "returned",
        comment="" if event.approved else "请补充核实后再报。",
        comments=[] if event.approved else [remark],
    )
    reviews.review(secretary, event.visit, form)
