"""The work of a worker process in a run: judge the households of some grids and name those that differ."""

from __future__ import annotations

from typing import Any

from server.core.processes import Work
from server.core.rawrows import Source, key_text
from server.policy import stored
from server.policy.generated import program_from

ENTRY = "server.flags.recheck:open_work"


def open_work(setup: dict[str, Any]) -> Work:
    """A function of (first grid, last grid); ``setup`` has ``source`` and ``program`` (None: all differ)."""
    source = Source(**setup["source"])
    if setup["program"] is None:
        return lambda task: _result([(key_text(row[0]), row[-1] is not None) for row in source.rows(*task)])
    program = program_from(setup["program"])
    judge, names, ready = program.judge(), program.names(), program.shape.ready

    def differs(met: str, kind: str | None, facts: bytes) -> bool:
        found = stored.read(facts)
        if not ready(found):
            return True  # generated code must not look at it; whoever asked judges it the slow way
        mask, _, within = judge(found)
        return names.text(mask) != met or names.kind(found, mask, within) != kind

    def work(task: tuple[str, str]) -> dict[str, Any]:
        rows, unreadable, differing = 0, 0, []
        for key, met, kind, facts in source.rows(*task):
            rows += 1
            if facts is None:
                unreadable += 1
            elif differs(met, kind, facts):
                differing.append(key_text(key))
        return {"households": rows, "differing": differing, "unreadable": unreadable}

    return work


def _result(rows: list[tuple[str, bool]]) -> dict[str, Any]:
    readable = [key for key, opened in rows if opened]
    return {"households": len(rows), "differing": readable, "unreadable": len(rows) - len(readable)}
