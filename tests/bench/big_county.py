"""A county of 150,000 households written straight into a database, to time runs over a whole county on.

The facts are made up, not asked: most households have nothing wrong, some have an illness, a student, an
unsafe house, a loss or a low income. They were "last judged" with an income line of 4,900 yuan, so that a run
by today's line finds a few households that differ.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import insert

from server.accounts.models import User
from server.app import create_app
from server.config import from_values
from server.core import clock
from server.core.db import Base, db
from server.core.sources import bound, row_sealer
from server.flags.facts import TABLE
from server.flags.models import Flag, HouseholdFacts
from server.households.models import Household
from server.policy import engine, stored
from server.policy.codegen import program, shape_of
from server.regions.models import LEVEL_BY_LENGTH, Region
from server.visits.models import SEVERITIES, Visit
from tests.bench.common import clean_household

COUNTY, HOUSEHOLDS, GRIDS, AT_ONCE = "450321", 150_000, 1500, 5000
OLD_LINE = Decimal(4900)
VISITED = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """One made-up household."""

    id: UUID
    visit: UUID
    region: str
    met: list[str]
    facts: Row
    kind: str | None


def make(folder: Path) -> Flask:
    """An app over the filled database in a folder; filled only once."""
    print(f"==> writing {HOUSEHOLDS} households", file=sys.stderr, flush=True)
    folder.mkdir()
    values = {"data_dir": folder, "jobs_url": "memory:", "secret_key": "s" * 40, "log_level": "WARNING"}
    app = create_app(from_values(values))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        author = uuid4()
        with db.engine.begin() as connection:
            connection.execute(insert(Region), regions())
            connection.execute(insert(User), [user(author)])
        households = made()
        while batch := list(islice(households, AT_ONCE)):
            write(batch, author)
    return app


def grids() -> list[str]:
    """Codes of all grids: 15 townships of 10 villages of 10 grids."""
    return [f"{COUNTY}{100 + n // 100}{200 + n // 10 % 10}{n % 10 + 1:02}" for n in range(GRIDS)]


def regions() -> list[Row]:
    """Every region of the county, parents first."""
    codes = sorted({code[:length] for code in grids() for length in LEVEL_BY_LENGTH}, key=len)
    lengths = list(LEVEL_BY_LENGTH)
    return [
        {
            "code": code,
            "name": f"区域{code}",
            "level": LEVEL_BY_LENGTH[len(code)],
            "parent_code": code[: lengths[lengths.index(len(code)) - 1]] if len(code) > 6 else None,
        }
        for code in codes
    ]


def user(key: UUID) -> Row:
    """Somebody who made all the visits."""
    return {
        "id": key, "username": "bench", "password_hash": "-", "display_name": "Bench", "role": "grid_member",
        "region_code": COUNTY, "department": None, "active": True, "locale": "zh-CN", "created_at": VISITED,
    }  # fmt: skip


def made() -> Iterator[Judged]:
    """The households, judged by the rules of today with the old line."""
    rng, places = Random(20261122), grids()
    bench = engine.bench("yangshuo", clock.today())
    rules = program(bench, {**bench.params, "LINE_GX": OLD_LINE})
    judge, names, shape = rules.judge(), rules.names(), shape_of(bench)
    for number in range(HOUSEHOLDS):
        facts = plausible(rng)
        found = stored.read(stored.store(facts, shape))
        assert shape.ready(found), "these facts are not like those of a visit"
        mask, _, within = judge(found)
        kind = names.kind(found, mask, within)
        key, visit = UUID(int=rng.getrandbits(128)), UUID(int=rng.getrandbits(128))
        yield Judged(key, visit, places[number * GRIDS // HOUSEHOLDS], names.ids(mask), found, kind)


def plausible(rng: Random) -> Row:
    """Facts of one household: mostly nothing wrong."""
    facts = clean_household() | {"n_members": rng.randint(1, 7), "lifted": rng.random() < 0.2}
    facts.pop("pcni", None)
    facts |= {"dibao": rng.random() < 0.05, "pcni_prev": Decimal(rng.randint(400_000, 3_000_000)) / 100}
    if rng.random() < 0.3:
        facts |= income(rng, facts["n_members"])
    for share, trouble in ((0.06, illness), (0.05, student), (0.05, house), (0.05, loss)):
        if rng.random() < share:
            facts |= trouble(rng)
    return facts


def income(rng: Random, members: int) -> Row:
    """The five amounts of the last 12 months; one in a hundred about the line."""
    low, high = (4000, 6000) if rng.random() < 0.03 else (6000, 30_000)
    total = members * rng.randint(low * 100, high * 100)
    amounts = {"inc_wage": total * 3 // 5, "inc_biz": total // 5, "inc_prop": 0, "inc_trans": total // 5}
    facts: Row = {name: Decimal(fen) / 100 for name, fen in amounts.items()}
    return facts | {"exp_biz": Decimal(0), "inc_claim": Decimal(0), "income_skipped": None}


def illness(rng: Random) -> Row:
    """One ill member."""
    paid = Decimal(rng.randint(1000, 40_000))
    item = {
        "who": "m1",
        "ill_type": rng.choice(("serious", "chronic", "other")),
        "ill_setting": ["inpatient"],
    }
    return {"ill": [item | {"ill_selfpay": paid, "ill_selffund": paid / 4}], "ill_who": ["m1"]} | {
        "ill_untreated": rng.choice(("no", "no", "yes")),
        "hardship_src": ["medical"],
    }


def student(rng: Random) -> Row:
    """One student at college."""
    item = {"who": "m2", "stage": "college", "stu_nature": "public", "stu_aid": ["loan"]}
    return {"stu": [item | {"stu_selfpay": Decimal(rng.randint(4000, 15_000))}], "n_college": 1}


def house(rng: Random) -> Row:
    """Doubts about the house."""
    causes = ("age", "disaster", "site")
    fix = rng.choice(("can", "cannot", "costly"))
    return {
        "house_state": rng.choice(("doubt", "C", "D")),
        "house_cause": rng.choice(causes),
        "house_fix": fix,
    }


def loss(rng: Random) -> Row:
    """A loss in farming, or no steady work."""
    return {"biz_event": "market", "job_state": rng.choice(("stable", "unstable")), "hardship_src": ["work"]}


def write(batch: list[Judged], author: UUID) -> None:
    """Households with their visits, flags and facts."""
    flags = [flag(each, rule) for each in batch for rule in each.met]
    with db.engine.begin() as connection:
        connection.execute(insert(Household), [household(each) for each in batch])
        connection.execute(insert(Visit), [visit(each, author) for each in batch])
        connection.execute(insert(HouseholdFacts), [facts(each) for each in batch])
        connection.execute(insert(Flag), flags)


def household(each: Judged) -> Row:
    """The register's row."""
    named = {"number": each.id.hex[:20], "head_name": "韦小山", "pinyin": "weixiaoshan", "initials": "wxs"}
    last = {"last_visit_id": each.visit, "last_visited_at": VISITED}
    return {"id": each.id, "region_code": each.region, "kind": "none", "revision": 1, **named, **last}


def severity(met: list[str]) -> str:
    """The worst light of some rules."""
    return min((severities()[rule] for rule in met), key=SEVERITIES.index, default="none")


@lru_cache(maxsize=1)
def severities() -> dict[str, str]:
    """The severity of every rule."""
    bench = engine.bench("yangshuo", clock.today())
    return {ruling.rule.id: ruling.rule.severity for ruling in (*bench.first, *bench.last)}


def visit(each: Judged, author: UUID) -> Row:
    """The visit's row; nobody opens its body."""
    worst = severity(each.met)
    return {
        "id": each.visit, "household_id": each.id, "region_code": each.region, "author_id": author,
        "author_name": "Bench", "root_id": each.visit, "revision": 1, "checklist_version": "2026-1",
        "body": "-", "sha256": "0" * 64, "visited_at": VISITED, "received_at": VISITED, "photo_count": 0,
        "state": "approved", "severity": worst, "severity_rank": SEVERITIES.index(worst), "risks": "",
        "packs": {}, "judgement": {"lights": [], "unknown": []}, "not_asked": [], "changes": [], "result": "",
    }  # fmt: skip


def facts(each: Judged) -> Row:
    """What the household was last judged on, sealed."""
    text = stored_text(each.facts)
    return {
        "household_id": each.id, "region_code": each.region, "visit_id": each.visit, "visited_at": VISITED,
        "persons": each.facts["n_members"], "met": f"|{'|'.join(each.met)}|" if each.met else "",
        "severity": severity(each.met), "kind": each.kind, "version": "0" * 16, "judged_at": VISITED,
        "facts": row_sealer().seal(text.encode(), bound(TABLE, each.id)),
    }  # fmt: skip


def stored_text(found: Row) -> str:
    """Stored facts as JSON again."""
    return stored.json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def flag(each: Judged, rule: str) -> Row:
    """An open light."""
    return {
        "visit_id": each.visit, "household_id": each.id, "region_code": each.region, "rule": rule,
        "severity": "yellow", "risks": [], "causes": [], "articles": [], "pack": "common",
        "pack_version": "0", "state": "open", "opened_at": VISITED,
    }  # fmt: skip
