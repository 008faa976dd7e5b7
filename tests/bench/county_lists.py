"""How long the lists of a county of 150,000 households and 200,000 visits take, on both engines.

Every list is asked for through the app, as the county and as a township: first pages with their counts, pages
far behind, and each filter.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select

from server.app import create_app
from server.config import from_values
from server.core import cursors
from server.core.db import db
from server.core.scope import EVERYTHING, region_scope
from server.households.models import Household
from server.policy.model import RISKS
from server.rechecks.services import CAUSES
from server.visits.models import SEVERITIES
from tests.bench.big_county import HOUSEHOLDS, grids
from tests.bench.common import Bench, County, Result, machine, percentile
from tests.bench.listed_county import BEGAN, CLERK, FAMILY, GIVEN, OFFICER, STATES, TOWNSHIP, fill
from tests.conftest import client_of
from tests.factories import Person, make_session
from tests.support import postgres

ROUNDS = 25
LIT = SEVERITIES[:3]
Row = dict[str, Any]
Asking = Callable[[Random], tuple[FlaskClient, str]]


def askings(app: Flask, homes: list[UUID]) -> dict[str, Asking]:
    """Every list of the desks, each with filters and places drawn anew."""
    with app.app_context():
        clerk, officer = (client_of(app, make_session(app, one)) for one in (CLERK, OFFICER))
    villages = sorted({code[:12] for code in grids()})
    towns = sorted({code[:9] for code in grids()})

    def behind(asker: Person, listing: str, *parts: str | int) -> str:
        with app.test_request_context():
            g.actor = asker  # a cursor is of use to nobody but whoever was given it
            return cursors.pack(listing, *parts)

    def far(rng: Random, asker: Person = CLERK) -> str:
        return behind(asker, "queue", rng.randrange(1, 6), rng.randrange(20_000, 190_000))

    def moment(rng: Random, listing: str, asker: Person = CLERK) -> str:
        at = BEGAN + timedelta(days=rng.randrange(80))
        said = at.date().isoformat() if listing == "rechecks" else at.isoformat()
        return behind(asker, listing, said, str(uuid4()))

    flagged = "/visits?flagged=true&latest=true"
    return {
        "visits": lambda rng: (clerk, f"{flagged}&breakdown=true"),
        "visits, far": lambda rng: (clerk, f"{flagged}&cursor={far(rng)}"),
        "visits by township": lambda rng: (clerk, f"{flagged}&breakdown=true&region={rng.choice(towns)}"),
        "visits by village": lambda rng: (clerk, f"{flagged}&breakdown=true&region={rng.choice(villages)}"),
        "visits by severity": lambda rng: (clerk, f"{flagged}&breakdown=true&severity={rng.choice(LIT)}"),
        "visits by risk": lambda rng: (clerk, f"{flagged}&breakdown=true&risk={rng.choice(RISKS)}"),
        "visits by state": lambda rng: (clerk, f"{flagged}&state={rng.choice(STATES)}&cursor={far(rng)}"),
        "township's visits": lambda rng: (officer, "/visits?state=submitted"),
        "township's visits, far": lambda rng: (
            officer,
            f"/visits?cursor={far(rng, OFFICER)}&region={village(rng)}",
        ),
        "handed up": lambda rng: (clerk, "/county/cases"),
        "handed up, far": lambda rng: (clerk, f"/county/cases?cursor={moment(rng, 'cases')}"),
        "handed up, narrowed": lambda rng: (
            clerk,
            f"/county/cases?region={rng.choice(towns)}&cause={rng.choice(CAUSES)}&assigned=nobody",
        ),
        "county's re-checks": lambda rng: (clerk, f"/rechecks?month=2026-{rng.choice(('09', '10', '11'))}"),
        "month's list": lambda rng: (officer, f"/rechecks?month=2026-{rng.choice(('09', '10', '11'))}"),
        "month's list, far": lambda rng: (
            officer,
            f"/rechecks?cursor={moment(rng, 'rechecks', OFFICER)}",
        ),
        "overdue": lambda rng: (officer, f"/rechecks?state=overdue&region={village(rng)}"),
        "ledger": lambda rng: (officer, "/ledger"),
        "county's ledger": lambda rng: (clerk, f"/ledger?first=2026-10&cause={rng.choice(CAUSES)}"),
        "county's ledger, far": lambda rng: (clerk, f"/ledger?cursor={moment(rng, 'ledger')}"),
        "search": lambda rng: (rng.choice((clerk, officer)), f"/households/search?q={typed(rng)}"),
        "a household's history": lambda rng: (clerk, f"/households/{rng.choice(homes)}/timeline"),
    }


def village(rng: Random) -> str:
    """A village of the township."""
    return f"{TOWNSHIP}20{rng.randrange(10)}"


def typed(rng: Random) -> str:
    """What somebody may type: names, letters, numbers."""
    name = rng.choice(list(FAMILY)) + rng.choice(("", *GIVEN))
    letters = rng.choice(("w", "wx", "weixiao", "hys", "zz"))
    return rng.choice(
        (name, letters, f"{rng.choice(grids())[:12]}{rng.randrange(100)}", f"{rng.randrange(1000):03}X")
    )


def timed(askings: dict[str, Asking]) -> dict[str, list[float]]:
    """Milliseconds of every call; each list is asked once before."""
    rng, found = Random(7), {}
    for name, asking in askings.items():
        found[name] = [once(asking, rng) for _ in range(ROUNDS + 1)][1:]
        print(f"    {name}: {percentile(found[name], 0.95):.0f} ms", file=sys.stderr, flush=True)
    return found


def once(asking: Asking, rng: Random) -> float:
    """Milliseconds of one call, which must succeed."""
    client, address = asking(rng)
    started = time.perf_counter()
    reply = client.get(f"/api/v1{address}")
    took = (time.perf_counter() - started) * 1000
    if reply.status_code != 200:
        raise RuntimeError(f"{address}: {reply.status_code} {reply.text}")
    return took


def on(engine: str, folder: Path) -> Result:
    """Fill a database of an engine, ask for everything, and name the slowest list."""
    values: Row = {"data_dir": folder, "jobs_url": "memory:", "secret_key": "s" * 40, "log_level": "WARNING"}
    folder.mkdir()
    server = None
    if engine == "postgresql":
        place = folder / "server"
        place.mkdir()
        port = postgres.start(place, durable=True)
        server, values["database_url"] = place, f"postgresql://tester@127.0.0.1:{port}/postgres"
    try:
        app = create_app(from_values(values))
        print(f"==> writing {HOUSEHOLDS} households into {engine}", file=sys.stderr, flush=True)
        fill(app)
        settle(values.get("database_url"))
        gc.collect()
        gc.freeze()  # as the server does with the loaded app
        with app.app_context(), region_scope(EVERYTHING):
            homes = list(db.session.scalars(select(Household.id).limit(500)))
            db.session.rollback()
        found = timed(askings(app, homes))
        with app.app_context():
            db.engine.dispose()
    finally:
        if server is not None:
            postgres.stop(server)
    return result(engine, found)


def settle(url: str | None) -> None:
    """What PostgreSQL does by itself after so many rows."""
    if url is not None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def result(engine: str, found: dict[str, list[float]]) -> Result:
    """The p95 of the slowest list, with those of all in the note."""
    each = {name: percentile(times, 0.95) for name, times in found.items()}
    slowest = max(each, key=lambda name: each[name])
    said = ", ".join(f"{name} {value:.0f}" for name, value in sorted(each.items(), key=lambda pair: -pair[1]))
    note = f"{engine}, slowest list: {slowest}; p95 of each in ms: {said}; {machine()}"
    return Result("county_lists_p95_ms", each[slowest], "ms", sum(map(len, found.values())), note)


def county_lists(county: County) -> Iterator[Result]:
    """Every list of the county's and the townships' desks, p95, on both engines."""
    for engine in ("sqlite", "postgresql"):
        yield on(engine, county.folder / f"lists-{engine}")


BENCHES: dict[str, Bench] = {"county_lists_p95_ms": county_lists}
