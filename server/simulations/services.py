"""Simulations over the latest facts of a county: the figures, the households behind one, the curve."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from server.core import clock, cursors, processes
from server.core.db import db
from server.core.problems import Problem
from server.flags.services import facts_source, today_bench
from server.households.services import summarise
from server.policy.codegen import compile_county, whole_params
from server.policy.engine import Bench
from server.policy.local import LocalRefused
from server.policy.model import BY_CAUSE
from server.regions import queries as regions
from server.simulations import fold, queries
from server.simulations.change import Change, ChangeRefused, Plan, plan, read_change, read_parameter
from server.simulations.tally import Tally

__all__ = ["Change", "ChangeRefused", "Curve", "Look", "curve", "households", "read_change", "simulate"]

RANGE = 5000
COUNTY_DIGITS = 6
Wire = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """Which number of a simulation: of a rule, kind, township or risk; of none: flagged at all."""

    rule: str | None = None
    kind: str | None = None
    township: str | None = None
    risk: str | None = None
    direction: str = "entering"


@dataclass(frozen=True)
class Curve:
    """A parameter and the values it takes, both ends included."""

    parameter: str
    first: str
    last: str
    steps: int


def simulate(region_code: str, change: Change, bench: Bench | None = None) -> Wire:
    """Households and persons that enter and leave every rule and kind, by township and by cause.

    Args:
        region_code: whose latest facts.
        change: the question, checked by ``read_change``.
        bench: the rules as they are; today's of the county when not given.
    """
    bench = bench or today_bench(region_code)
    asked = plan(bench, change)
    tally = Tally(bench, asked.whole.names(), asked.affected)
    unreadable = 0
    for result in _results(fold.COUNT, region_code, bench, asked):
        tally.add(result["groups"])
        unreadable += result["unreadable"]
    names = regions.names_of(tally.of_township)
    return {
        "profile": bench.profile,
        "day": clock.today(),
        "without_facts": queries.without_facts(region_code),
        "unreadable": unreadable,
        **tally.wire(names),
    }


def households(region_code: str, change: Change, look: Look, after: str | None, limit: int) -> Wire:
    """The households behind one number of a simulation, a page of them.

    Raises:
        Problem: bad_request.
    """
    bench = today_bench(region_code)
    asked = plan(bench, change)
    extra = {"want": _want(bench, look), "direction": look.direction}
    found = [line for lines in _results(fold.LIST, region_code, bench, asked, **extra) for line in lines]
    start = _position(after)
    page = [line for line in found if (line[0], line[1]) > start][: limit + 1]
    shown = page[:limit]
    summaries = summarise(UUID(line[1]) for line in shown)
    return {
        "items": [_line(line, summaries[UUID(line[1])]) for line in shown],
        "next": cursors.pack("simulation", *shown[-1][:2]) if len(page) > limit else None,
        "total": len(found),
    }


def curve(region_code: str, change: Change, wish: Curve) -> Wire:
    """Households flagged at all, for values of one parameter on top of the other changes.

    Raises:
        ChangeRefused: naming the part that is wrong.
    """
    if wish.parameter in change.params:
        twice = {"code": "varied", "message": "the curve gives this parameter its values"}
        raise ChangeRefused({f"parameters.{wish.parameter}": [twice]})
    bench = today_bench(region_code)
    values = curve_values(bench, wish)
    # Any other value than today's marks the rules that use the parameter.
    widest = {**change.params, wish.parameter: next(v for v in values if v != bench.params[wish.parameter])}
    asked = plan(bench, Change(widest, change.off))
    code = compile_county(bench, asked.touched - asked.off)
    params = {**bench.params, **change.params}
    bound = [whole_params(code.names, {**params, wish.parameter: value}) for value in values]
    red = [r.rule.id for r in (*bench.first, *bench.last) if r.rule.severity == "red"]
    totals = [[0, 0, 0] for _ in values]
    for counts in _results(fold.CURVE, region_code, bench, asked, values=bound, red=red):
        totals = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(totals, counts, strict=True)]
    points = [
        {"value": f"{value}", "households": n, "persons": people, "red": red_ones}
        for value, (n, people, red_ones) in zip(values, totals, strict=True)
    ]
    return {"parameter": wish.parameter, "current": bench.params[wish.parameter], "points": points}


def curve_values(bench: Bench, wish: Curve) -> list[Decimal | int]:
    """The values of a curve, evenly spaced and fit for the parameter. Raises ChangeRefused."""
    ends = {}
    for key, text in (("from", wish.first), ("to", wish.last)):
        try:
            ends[key] = Decimal(read_parameter(bench, wish.parameter, text))
        except LocalRefused as error:
            field = "parameter" if error.field == "name" else key
            raise ChangeRefused({field: [{"code": error.code, "message": error.message}]}) from error
    if ends["from"] >= ends["to"]:
        raise ChangeRefused({"to": [{"code": "not_above", "message": "expected more than 'from'"}]})
    whole = isinstance(bench.params[wish.parameter], int)
    step = (ends["to"] - ends["from"]) / (wish.steps - 1)
    exact = [ends["from"] + step * n for n in range(wish.steps)]
    return list(dict.fromkeys(int(v) if whole else v.quantize(Decimal("0.01")) for v in exact))


def county_of(region_code: str) -> str:
    """The county of a region code; everything for the scope of everything."""
    return region_code[:COUNTY_DIGITS]


def _results(entry: str, region_code: str, bench: Bench, asked: Plan, **extra: Any) -> Iterator[Any]:
    tasks = queries.ranges(region_code, RANGE)
    setup = _setup(region_code, bench, asked) | extra
    db.session.rollback()  # no transaction stays open while the workers read
    with processes.working(entry, setup, processes.how_many(len(tasks))) as through:
        yield from through(tasks)


def _setup(region_code: str, bench: Bench, asked: Plan) -> Wire:
    programs = {name: getattr(asked, name).as_json() for name in ("whole", "then")}
    return programs | {
        "source": asdict(facts_source(*fold.COLUMNS)),
        "touched": sorted(asked.touched),
        "by_cause": sorted(asked.by_cause),
        "version": bench.version,
        "cutoff": _cutoff(region_code, bench),
    }


def _cutoff(region_code: str, bench: Bench) -> str:
    """Judgements before this instant hold under another version too: a run has been over them since."""
    run = queries.latest_run(county_of(region_code)) if region_code else None
    if run is None or run.version != bench.version or run.finished_at is None or run.started_at is None:
        return ""
    return fold.instant(run.started_at)


def _want(bench: Bench, look: Look) -> Wire:
    if look.kind is not None:
        return {"kind": look.kind}
    if look.township is not None:
        return {"township": look.township}
    if look.rule is not None:
        return {"rules": [look.rule]}
    if look.risk is None:
        return {}
    own: Callable[[Any], bool] = lambda rule: rule.risks != (BY_CAUSE,) and look.risk in rule.risks  # noqa: E731
    rulings = (*bench.first, *bench.last)
    return {"risk": look.risk, "rules": [ruling.rule.id for ruling in rulings if own(ruling.rule)]}


def _position(after: str | None) -> tuple[str, str]:
    if after is None:
        return "", ""
    parts = cursors.unpack("simulation", after)
    if len(parts) != 2:
        raise Problem("bad_request")
    return str(parts[0]), str(parts[1])


def _line(line: list[Any], household: Mapping[str, Any]) -> Wire:
    _, _, visit, visited_at, persons, now, then, kind_now, kind_then = line
    return {
        "household": household,
        "persons": persons,
        "visit_id": UUID(visit),
        "visited_at": fold.read_instant(visited_at),
        "now": now,
        "then": then,
        "kind_now": kind_now,
        "kind_then": kind_then,
    }
