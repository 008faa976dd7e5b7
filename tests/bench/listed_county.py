"""A county of 150,000 households and 200,000 visits as lists see it, written straight into its tables.

Nobody was asked and no rule was run: lights, decisions and re-checks are drawn. Bodies and judgements are as
long as real ones, so that reading a row costs what it costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import insert

from server.accounts.models import User
from server.core.db import Base, db
from server.core.scope import EVERYTHING, region_scope
from server.flags.models import Flag
from server.households.models import Household
from server.policy.model import RISKS
from server.rechecks.models import Recheck
from server.rechecks.services import CAUSES
from server.regions.models import Region
from server.visits import jobs as visit_jobs
from server.visits.models import SEVERITIES, Visit
from tests.bench.big_county import AT_ONCE, COUNTY, GRIDS, HOUSEHOLDS, grids, regions
from tests.factories import Person

AGAIN = 50_000  # households with a second, older visit
TOWNSHIP = f"{COUNTY}104"
CLERK, OFFICER = Person("bench-county", "county", COUNTY), Person("bench-township", "township", TOWNSHIP)
MEMBER = Person("bench-member", "grid_member", grids()[0])
FAMILY = {
    "韦": "wei",
    "莫": "mo",
    "覃": "qin",
    "黄": "huang",
    "李": "li",
    "廖": "liao",
    "秦": "qin",
    "徐": "xu",
}
GIVEN = {
    "小": "xiao",
    "山": "shan",
    "水": "shui",
    "兰": "lan",
    "福": "fu",
    "玉": "yu",
    "梅": "mei",
    "贵": "gui",
}
BEGAN = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
SHARES = ((0.04, 0), (0.12, 1), (0.25, 2), (1.0, 3))  # of red, yellow, attention, none
STATES = ("submitted", "approved", "approved", "approved", "returned", "escalated")
Row = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """Rows that belong together, parents first."""

    households: list[Row]
    visits: list[Row]
    flags: list[Row]
    rechecks: list[Row]


def made() -> Iterator[Batch]:
    """The whole county, a few thousand households at a time."""
    rng, places = Random(20261130), grids()
    numbers = iter(range(HOUSEHOLDS))
    while chosen := list(islice(numbers, AT_ONCE)):
        batch = Batch([], [], [], [])
        for number in chosen:
            add(batch, rng, places[number * GRIDS // HOUSEHOLDS], number)
        yield batch


def add(batch: Batch, rng: Random, region: str, number: int) -> None:
    """One household with one visit or two, their lights, and where the newest stands."""
    home = UUID(int=rng.getrandbits(128))
    visits = [visit(rng, home, region, newest=True)]
    if number % (HOUSEHOLDS // AGAIN) == 0:
        visits.insert(0, visit(rng, home, region, newest=False))
    batch.households.append(household(rng, home, region, number, visits[-1]))
    batch.visits.extend(visits)
    batch.flags.extend([flag(each, rule) for each in visits for rule in range(3 - each["severity_rank"])])
    batch.rechecks.extend([recheck(rng, each) for each in visits if is_rechecked(each)])


def household(rng: Random, key: UUID, region: str, number: int, last: Row) -> Row:
    """The register's row."""
    parts = [rng.choice(list(FAMILY)), rng.choice(list(GIVEN)), rng.choice(list(GIVEN))]
    sounds = [FAMILY[parts[0]], GIVEN[parts[1]], GIVEN[parts[2]]]
    named = {
        "head_name": "".join(parts),
        "pinyin": "".join(sounds),
        "initials": "".join(s[0] for s in sounds),
    }
    tail = f"{rng.randrange(1000):03}{rng.choice('0123456789X')}"
    seen = {"last_visit_id": last["id"], "last_visited_at": last["visited_at"]}
    return {
        "id": key,
        "region_code": region,
        "number": f"{region[:12]}{number:06}",
        "kind": "none",
        "revision": 1,
        "id_tail": tail,
        **named,
        **seen,
    }


def visit(rng: Random, home: UUID, region: str, *, newest: bool) -> Row:
    """A visit as lists see it, its sealed body and its judgement as long as real ones."""
    draw, at = rng.random(), BEGAN + timedelta(minutes=rng.randrange(60 * 24 * 85))
    rank = next(rank for share, rank in SHARES if draw < share)
    risks = sorted(rng.sample(RISKS[:11], rng.randint(1, 2))) if rank < 3 else []
    key = UUID(int=rng.getrandbits(128))
    named = {"zh": "住房", "en": "house"}
    lights = [
        {
            "rule": f"R-{n}",
            "label": named,
            "severity": SEVERITIES[rank],
            "risks": risks,
            "causes": [],
            "articles": [],
            "pack": "common",
            "pack_version": "1",
        }
        for n in range(3 - rank)
    ]
    return {
        "id": key,
        "household_id": home,
        "region_code": region,
        "author_id": MEMBER.id,
        "author_name": "网格员",
        "root_id": key,
        "revision": 1,
        "checklist_version": "2026-1",
        "body": "x" * 3000,
        "sha256": "0" * 64,
        "visited_at": at,
        "received_at": at,
        "photo_count": 0,
        "state": (state := rng.choice(STATES)),
        "handed_up": state == "escalated",
        "latest": newest,
        "severity": SEVERITIES[rank],
        "severity_rank": rank,
        "red_count": int(rank == 0),
        "yellow_count": int(rank == 1),
        "attention_count": int(rank == 2),
        "risks": f"|{'|'.join(risks)}|" if risks else "",
        "packs": {},
        "judgement": {"lights": lights, "unknown": []},
        "not_asked": [],
        "changes": [],
        "changed_count": int(rng.random() < 0.3),
        "result": "y" * 500,
    }


def flag(seen: Row, rule: int) -> Row:
    """An open light."""
    return {
        "visit_id": seen["id"],
        "household_id": seen["household_id"],
        "region_code": seen["region_code"],
        "rule": f"R-{rule}",
        "severity": seen["severity"],
        "risks": [],
        "causes": [],
        "articles": [],
        "pack": "common",
        "pack_version": "1",
        "state": "open",
        "opened_at": seen["received_at"],
    }


def is_rechecked(seen: Row) -> bool:
    """Whether the village let it through with a light, or handed it up."""
    return seen["state"] == "escalated" or (seen["state"] == "approved" and seen["severity_rank"] < 2)


def recheck(rng: Random, seen: Row) -> Row:
    """Where it stands at the township: half are due, the others handed up, settled or decided."""
    on = seen["received_at"].date()
    state = rng.choice(("due", "due", "due", "handed_up", "handed_up", "settled", "monitor", "no_risk"))
    outcome = None if state == "due" else seen["received_at"] + timedelta(days=2)
    return {
        "visit_id": seen["id"],
        "household_id": seen["household_id"],
        "region_code": seen["region_code"],
        "month": f"{on:%Y-%m}",
        "decided_on": on,
        "reviewer_id": MEMBER.id,
        "reviewer_name": "韦书记",
        "escalated": seen["state"] == "escalated",
        "severity_rank": seen["severity_rank"],
        "risks": seen["risks"],
        "state": state,
        "starts_on": on,
        "rounds": 0,
        "persons": rng.randint(1, 6),
        "cause": rng.choice(CAUSES) if outcome else None,
        "outcome_at": outcome,
        "officer_name": "周主任",
        "handed_up_at": None if state in ("due", "settled") else outcome,
        "assignee_id": CLERK.id if rng.random() < 0.3 else None,
        "assignee_name": None,
        "department": None,
    }


def fill(app: Flask) -> None:
    """Make the tables and write the county into them."""
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with db.engine.begin() as connection:
            connection.execute(insert(Region), regions())
            connection.execute(insert(User), [user(one) for one in (CLERK, OFFICER, MEMBER)])
        for batch in made():
            with db.engine.begin() as connection:
                for model, rows in (
                    (Household, batch.households),
                    (Visit, batch.visits),
                    (Flag, batch.flags),
                    (Recheck, batch.rechecks),
                ):
                    connection.execute(insert(model), rows)
        with region_scope(EVERYTHING):
            visit_jobs.fold_tallies()


def user(person: Person) -> Row:
    """Somebody who asks."""
    return {
        "id": person.id,
        "username": person.username,
        "password_hash": "-",
        "display_name": person.username,
        "role": person.role,
        "region_code": person.region_code,
        "department": None,
        "active": True,
        "locale": "zh-CN",
        "created_at": BEGAN,
    }
