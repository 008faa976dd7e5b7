"""Measurements over a whole county: judging all its households again, and asking what if."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import Flask

from server.core.db import db, transaction
from server.core.scope import EVERYTHING, region_scope
from server.flags import jobs, queries, rejudging
from server.flags.models import ASKED
from server.policy import engine, stored
from server.policy.codegen import compile_county, shape_of
from server.simulations import services
from server.simulations.services import Change, Curve
from tests.bench import big_county
from tests.bench.big_county import COUNTY, HOUSEHOLDS, OLD_LINE
from tests.bench.common import Bench, County, Result, clean_household, machine

_ROUNDS = 3


@lru_cache(maxsize=1)
def _app(county: County) -> Flask:
    return big_county.make(county.folder / "big")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _run() -> dict[str, Any]:
    with transaction():
        run, _ = rejudging.request(COUNTY, "benchmark", ASKED)
    run_id = run.id
    jobs.rejudge(str(run_id))
    db.session.rollback()
    done = queries.run_by_id(run_id)
    names = ("state", "done", "opened", "closed", "households_changed")
    return {name: getattr(done, name) for name in names}


def rejudge(county: County) -> Iterator[Result]:
    """Every household of a county by today's rules, from the database, changes written."""
    with _app(county).app_context(), region_scope(EVERYTHING):
        seconds, found = _timed(_run)
        note = (
            f"made-up database of {HOUSEHOLDS} households, line {OLD_LINE} to 5000: "
            f"{found['opened']} lights opened, {found['closed']} closed, "
            f"{found['households_changed']} households written; SQLite FULL; {machine()}"
        )
        yield Result("rejudge_s", seconds, "s", found["done"], note)
        times = [_timed(_run)[0] for _ in range(_ROUNDS)]
        yield Result(
            "rejudge_unchanged_s", min(times), "s", found["done"], f"best of {_ROUNDS}, nothing differs"
        )


def simulate(county: County) -> Iterator[Result]:
    """What if the line were 7,000, over the same county; and the curve of 11 values."""
    line = Change({"LINE_GX": Decimal(7000)})
    curve = Curve("LINE_GX", "4000", "9000", 11)
    with _app(county).app_context(), region_scope(EVERYTHING):
        _run()  # as in use: the county's last run was by today's rules
        rounds = [_timed(lambda: services.simulate(COUNTY, line)) for _ in range(_ROUNDS)]
        found = rounds[0][1]
        note = f"LINE_GX 7000: {found['entering']} households enter; best of {_ROUNDS}; {machine()}"
        yield Result("simulate_s", min(seconds for seconds, _ in rounds), "s", found["households"], note)
        seconds, _ = _timed(lambda: services.curve(COUNTY, Change(), curve))
        yield Result("simulate_curve_s", seconds, "s", found["households"], "11 values of LINE_GX")


def generated(_county: County) -> Iterator[Result]:
    """The generated function alone, over one household again and again, reading its stored text included."""
    bench = engine.bench("yangshuo", big_county.clock.today())
    code = compile_county(bench)
    facts = {name: value for name, value in clean_household().items() if name != "pcni"}
    text, judge = stored.store(facts, shape_of(bench)), code.bind(bench.params)
    count = 100_000
    seconds, _ = _timed(lambda: [judge(stored.read(text)) for _ in range(count)])
    note = f"{len(code.rules)} rules, one core, JSON decoding included; {machine()}"
    yield Result("generated_rules_s", seconds, "s", count, note)


BENCHES: dict[str, Bench] = {"rejudge": rejudge, "simulate": simulate, "generated_rules": generated}
