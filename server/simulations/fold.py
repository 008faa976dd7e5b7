"""The work of a worker process: households of some grids, counted by what they are now and would be then.

Most households agree with many others in everything that is counted, so a range comes back as a few hundred
groups with the number of their households and persons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from server.core.processes import Work
from server.core.rawrows import Source, key_text
from server.policy import stored
from server.policy.generated import program_from
from server.policy.risks import risks_by_cause

COUNT, LIST, CURVE = (f"server.simulations.fold:{name}" for name in ("count_work", "list_work", "curve_work"))
COLUMNS = ("region_code", "visit_id", "visited_at", "persons", "met", "kind", "version", "judged_at")
TOWNSHIP_DIGITS = 9


class Seen(NamedTuple):
    """One household, now and then; ``cause`` are the risks behind rules that name none themselves."""

    row: Any
    now: int
    then: int
    kind_now: str | None
    kind_then: str | None
    cause: str


class Skipped(NamedTuple):
    """A household that could not be counted."""

    row: Any


def _judge(setup: dict[str, Any]) -> Callable[[tuple[str, str]], Iterator[Seen | Skipped]]:
    """A function that judges the households of a range, now and then."""
    source = Source(**setup["source"])
    whole, then = program_from(setup["whole"]), program_from(setup["then"])
    judge_all, judge_then = whole.judge(), then.judge()
    names, ready = whole.names(), whole.shape.ready
    touched, by_cause = names.mask(setup["touched"]), names.mask(setup["by_cause"])
    version, cutoff = setup["version"], setup["cutoff"]

    def judged(task: tuple[str, str]) -> Iterator[Seen | Skipped]:
        for row in source.rows(*task):
            *_, met_text, kind, own_version, judged_at, raw = row
            found = None if raw is None else stored.read(raw)
            if found is None or not ready(found):
                yield Skipped(row)
                continue
            if own_version == version or (cutoff and instant(judged_at) < cutoff):
                was = names.mask_of(met_text)
            else:
                was, _, within = judge_all(found)
                kind = names.kind(found, was, within)
            is_then, _, within_then = judge_then(found)
            will = was & ~touched | is_then
            cause = "|".join(risks_by_cause(found)) if (was | will) & by_cause else ""
            yield Seen(row, was, will, kind, names.kind(found, will, within_then), cause)

    return judged


def instant(value: Any) -> str:
    """An instant as SQLite keeps it, whichever way the driver gives it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


def count_work(setup: dict[str, Any]) -> Work:
    """A function of a range: groups of households that agree, with how many households and persons."""
    judged = _judge(setup)

    def work(task: tuple[str, str]) -> dict[str, Any]:
        groups: dict[tuple[Any, ...], list[int]] = {}
        unreadable = 0
        for seen in judged(task):
            if isinstance(seen, Skipped):
                unreadable += 1
                continue
            key = (seen.row[1][:TOWNSHIP_DIGITS], *seen[1:])
            group = groups.get(key)
            if group is None:
                group = groups[key] = [0, 0]
            group[0] += 1
            group[1] += seen.row[4]
        return {"groups": [[*key, *counts] for key, counts in groups.items()], "unreadable": unreadable}

    return work


def list_work(setup: dict[str, Any]) -> Work:
    """A function of a range: the households that are counted where the question looks (``setup["want"]``)."""
    judged, names = _judge(setup), program_from(setup["whole"]).names()
    chosen = _chosen(setup, names.mask)

    def work(task: tuple[str, str]) -> list[list[Any]]:
        found = []
        for seen in judged(task):
            if not isinstance(seen, Skipped) and chosen(seen):
                household, region, visit, visited_at, persons, *_ = seen.row
                line = [region, key_text(household), key_text(visit), instant(visited_at), persons]
                found.append(
                    [*line, names.ids(seen.now), names.ids(seen.then), seen.kind_now, seen.kind_then]
                )
        return sorted(found)

    return work


def _chosen(setup: dict[str, Any], mask: Callable[[list[str]], int]) -> Callable[[Seen], bool]:
    """Whether a household is behind the number that the setup asks for."""
    want, direction = setup["want"], setup["direction"]
    bits = mask(want["rules"]) if "rules" in want else -1
    kind, township, risk = want.get("kind"), want.get("township", ""), want.get("risk")
    causes = mask(setup["by_cause"]) if risk else 0

    def before_after(seen: Seen) -> tuple[bool, bool]:
        if kind is not None:
            return seen.kind_now == kind, seen.kind_then == kind
        if risk is not None and risk in seen.cause.split("|"):
            return bool(seen.now & (bits | causes)), bool(seen.then & (bits | causes))
        return bool(seen.now & bits), bool(seen.then & bits)

    def chosen(seen: Seen) -> bool:
        if not seen.row[1].startswith(township):
            return False
        was, will = before_after(seen)
        return {"now": was, "then": will, "entering": will and not was, "leaving": was and not will}[
            direction
        ]

    return chosen


def curve_work(setup: dict[str, Any]) -> Work:
    """A function of a range: households flagged at all, their persons, and those with red, for each value."""
    judged = _judge(setup)
    program, names = program_from(setup["then"]), program_from(setup["whole"]).names()
    judges = [
        program_from([program.source, values, *setup["then"][2:]]).judge() for values in setup["values"]
    ]
    touched, red = names.mask(setup["touched"]), names.mask(setup["red"])

    def work(task: tuple[str, str]) -> list[list[int]]:
        counts = [[0, 0, 0] for _ in judges]
        for seen in judged(task):
            if isinstance(seen, Skipped):
                continue
            found, kept = stored.read(seen.row[-1]), seen.now & ~touched
            for count, judge in zip(counts, judges, strict=True):
                mask = kept | judge(found)[0]
                if mask:
                    count[0] += 1
                    count[1] += seen.row[4]
                    count[2] += 1 if mask & red else 0
        return counts

    return work


def read_instant(text: str) -> datetime:
    """The instant that ``instant`` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
