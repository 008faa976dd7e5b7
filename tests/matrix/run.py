"""One caller, one operation: the calls that are made, and what is held against the table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.test import TestResponse

from tests.matrix import table
from tests.matrix.oracle import leaks
from tests.matrix.people import COUNTIES, GRIDS, REGIONS, STATUS, TOWNSHIPS, VILLAGES, Caller, of
from tests.matrix.records import UUID_TEXT, Record
from tests.matrix.requests import SENDING, filled
from tests.matrix.state import State
from tests.matrix.world import World

VARYING = ("request_id", "instance", "server_time")
WRITING = {"POST", "PUT", "PATCH", "DELETE"}
RANDOM = "random"


@dataclass(frozen=True)
class Operation:
    """An operation of the app and its row."""

    name: str
    method: str
    rule: Any
    row: dict[str, Any]

    def address(self, app: Flask, values: dict[str, Any]) -> str:
        return str(app.url_map.bind("localhost").build(self.name, values, method=self.method))


def operations(app: Flask) -> list[Operation]:
    """Every operation of the app, which are those of server/openapi.json.

    Raises:
        AssertionError: one has no row; the sentence says what to add.
    """
    rows = table.expected()["operations"]
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    names = {rule.endpoint for rule in rules}
    assert not names - set(rows), table.WANTED.format(names=", ".join(sorted(names - set(rows))))
    assert not set(rows) - names, f"expected.yaml speaks of {sorted(set(rows) - names)}: take it out"
    found = []
    for rule in rules:
        methods = rule.methods - {"OPTIONS"}
        method = next(iter(methods - {"HEAD"} or methods))
        found.append(Operation(rule.endpoint, method, rule, rows[rule.endpoint]))
    return found


@dataclass
class Outcome:
    """What the calls of a run came to."""

    requests: int = 0
    faults: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)


class Run:
    """All calls of one caller."""

    def __init__(self, world: World, state: State, caller: Caller) -> None:
        self.world, self.state, self.caller = world, state, caller
        self.client = world.client(caller)
        self.outcome = Outcome()
        self.random: dict[tuple[str, str], Any] = {}
        self.operations = operations(world.app)

    def all(self, only: set[str] | None = None) -> Outcome:
        """Call every operation, or some."""
        for operation in self.operations:
            if only is None or operation.name in only:
                self._operation(operation)
        return self.outcome

    def _operation(self, operation: Operation) -> None:
        row = operation.row
        for record, kind in self._targets(row.get("target")):
            for sending in row.get("send", [None]):
                self._ask(operation, record, kind, sending)
        if not self.state.is_sqlite and (wrote := set(self.state.changes())):
            # SQLite tells after every call whether anybody wrote; here it is asked once for all refused ones.
            told = f"{operation.name}: one of its refused calls wrote {wrote}"
            self.fault(told, operation.method in WRITING)
            self.state.restore()
        if "lists" in row or "cursor" in row or "count" in row:
            _Lists(self, operation).check()

    def _targets(self, kind: str | None) -> Iterator[tuple[Record, str]]:
        """A random record first: what is answered about it is what is answered about every foreign one."""
        if kind is None:
            yield Record("none", "none", ""), "none"
            return
        records = self.world.ledger.of(kind)
        more = {name: value for record in records for name, value in record.more.items()}
        ids = {name: str(uuid4()) for name in more if name.endswith("_id")}
        shape = more | ids | {"sha256": "0f" * 32, "number": "7K4M-29XQ"}
        key = str(uuid4()) if UUID_TEXT.fullmatch(records[0].id) else "9" * len(records[0].id)
        yield Record(kind, key, "9" * 14, None, RANDOM, shape), RANDOM
        seen = set()
        for record in records:
            relation = self._relation(record)
            own = record.owner == self.caller.id
            if (relation, record.variant, own) not in seen:
                seen.add((relation, record.variant, own))
                yield record, relation

    def _relation(self, record: Record) -> str:
        """Where a record lies as seen by the caller: own, or the smallest place both share."""
        place = self.caller.place if self.caller.place.isdigit() else GRIDS[0]
        if record.region.startswith(place):
            return "own"
        for digits, name in ((12, "village"), (9, "township"), (6, "county")):
            if record.region[:digits] == place[:digits]:
                return name
        return f"foreign {record.region[:6]}"

    # --- one call -------------------------------------------------------------------------------------------

    def _ask(self, operation: Operation, record: Record, kind: str, sending: str | None) -> None:
        row = operation.row
        sent = SENDING[sending](self.caller, record) if sending else self._template(row, record)
        values = {name: record.get(source) for name, source in row.get("path", {}).items()}
        values |= {name: str(value) for name, value in row.get("const", {}).items()} | sent.pop("path", {})
        reply, asked = self.send(operation, values, sent)
        where = f"{operation.name} {sending or ''} about {kind} {record.variant} {record.kind}"
        refused = self.check_common(operation, reply, asked, where)
        mine = not refused and record.kind != "none" and kind != RANDOM
        mine = mine and table.answers_about(row, self.caller, record)
        mine = mine or (not refused and kind == RANDOM and row.get("fresh", False))
        if not refused and (mine or record.kind == "none"):
            self._check_answered(operation, reply, where)
        elif not refused:
            self._check_absent(operation, reply, where, (operation.name, sending or ""), kind)
        self._check_written(operation, reply, where, mine=mine or (not refused and record.kind == "none"))

    def _template(self, row: dict[str, Any], record: Record) -> dict[str, Any]:
        sent = {"query_string": {k: str(v) for k, v in row["query"].items()}} if "query" in row else {}
        return sent | ({"json": filled(row["body"], self.caller, record)} if "body" in row else {})

    def send(
        self, operation: Operation, values: dict[str, Any], sent: dict[str, Any]
    ) -> tuple[TestResponse, str]:
        """Make a call; the reply, and all that was said in the call."""
        typed = {name: _uuid(value) for name, value in values.items()}
        address = operation.address(self.world.app, typed)
        reply = self.client.open(address, method=operation.method, **sent)
        self.outcome.requests += 1
        data = sent.get("data") or json.dumps(sent.get("json"), default=str)
        said = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
        return reply, f"{address} {sent.get('query_string')} {said}"

    def check_common(self, operation: Operation, reply: TestResponse, asked: str, where: str) -> bool:
        """What holds for every answer; whether the caller is nobody, or has no business here."""
        self.fault(f"{where}: {reply.status_code} {_start_of(reply)}", reply.status_code >= 500)
        if reply.mimetype == "text/html" and operation.method != "HEAD":
            self.fault(f"{where}: answered with a page")
        told = leaks(self.world.ledger, self.caller, asked, reply, operation.row)
        self.fault(f"{where}: {reply.status_code} tells {told[:4]}", bool(told))
        if table.is_public(operation.name):
            allowed = operation.row["everybody"]
            self.fault(f"{where}: {reply.status_code} to everybody", reply.status_code not in allowed)
            return True
        return self._is_refused(operation, reply, where)

    def _is_refused(self, operation: Operation, reply: TestResponse, where: str) -> bool:
        trouble = self.caller.trouble
        if trouble == "device_draining" and operation.name in table.permitted()["draining"]:
            return False
        if not trouble:
            if table.may_call(operation.name, self.caller.role):
                return False
            trouble = "role_not_allowed"
        wanted = (STATUS.get(trouble, 403 if trouble == "role_not_allowed" else 401), trouble)
        told = (reply.status_code, _code(reply) if operation.method != "HEAD" else trouble)
        self.fault(f"{where}: {told} instead of {wanted}", told != wanted)
        return True

    def _check_answered(self, operation: Operation, reply: TestResponse, where: str) -> None:
        allowed = operation.row.get("ok", [200])
        said = f"{reply.status_code} {_start_of(reply)}"
        self.fault(f"{where}: {said} instead of {allowed}", reply.status_code not in allowed)
        if reply.status_code in (*allowed, 200):
            self.outcome.answered.add(operation.name)

    def _check_absent(
        self, operation: Operation, reply: TestResponse, where: str, key: tuple[str, str], kind: str
    ) -> None:
        """A record out of reach is answered about exactly as one that does not exist."""
        shown = (reply.status_code, _shape(reply))
        if kind == RANDOM:
            self.random[key] = shown
        absent = operation.row.get("absent")
        self.fault(
            f"{where}: {reply.status_code} {_code(reply)} instead of {absent}",
            absent is not None and (reply.status_code != 404 or _code(reply) != absent),
        )
        if not operation.row.get("fresh"):
            self.fault(f"{where}: {shown} is not {self.random[key]}", shown != self.random[key])

    def _check_written(self, operation: Operation, reply: TestResponse, where: str, *, mine: bool) -> None:
        if operation.method not in WRITING and not self.state.is_sqlite:
            return
        if self.state.is_sqlite or reply.status_code < 400:
            changed = self.state.changes()
            if not changed:
                return
            kept = set(operation.row.get("writes", ()))
            self.fault(f"{where}: {reply.status_code}, yet wrote {set(changed) - kept}",
                       not mine and bool(set(changed) - kept))  # fmt: skip
            place = self.caller.place
            foreign = set() if self.caller.role == "admin" else {
                code for name, codes in changed.items() if name not in kept
                for code in codes if not code.startswith(place) and not place.startswith(code)
            }  # fmt: skip
            self.fault(f"{where}: wrote rows of {foreign}", bool(foreign))
            self.state.restore()

    def fault(self, text: str, happened: bool = True) -> None:
        if happened:
            self.outcome.faults.append(f"{self.caller.name}: {text}")


class _Lists:
    """Lists: exactly the records in reach, whatever place or cursor is asked for."""

    def __init__(self, run: Run, operation: Operation) -> None:
        self.run, self.operation, self.row = run, operation, operation.row
        self.is_body = "cursor" in self.row and operation.method == "POST"

    def check(self) -> None:
        if not self._is_open():
            return
        if "lists" in self.row:
            self._compare({}, "")
            for region in self._regions():
                self._compare({self.row["region"]: region}, region)
        if "cursor" in self.row:
            self._cursors()

    def _is_open(self) -> bool:
        run, name = self.run, self.operation.name
        return not run.caller.trouble and table.may_call(name, run.caller.role)

    def _get(self, query: dict[str, Any], values: dict[str, Any] | None = None) -> TestResponse:
        merged = {k: str(v) for k, v in (self.row.get("query", {}) | query).items()}
        values = values if values is not None else self._values()
        reply, asked = self.run.send(self.operation, values, {"query_string": merged})
        where = f"{self.operation.name} {query}"
        self.run.check_common(self.operation, reply, asked, where)
        return reply

    def _values(self) -> dict[str, Any]:
        """The address of a list under a record: one in reach."""
        if "target" not in self.row:
            return {}
        records = self.run.world.ledger.of(self.row["target"])
        mine = next(r for r in records if table.answers_about(self.row, self.run.caller, r))
        return {name: mine.get(source) for name, source in self.row["path"].items()}

    def _regions(self) -> list[str]:
        if "region" not in self.row:
            return []
        digits = self.row.get("digits", (6, 9, 12, 14))
        # One of each length in each distance; places of the same are alike.
        found: dict[tuple[int, str], str] = {}
        for code in REGIONS:
            if len(code) in digits:
                relation = self.run._relation(Record("region", code, code))
                found.setdefault((len(code), relation), code)
        return list(found.values())

    def _reached(self, reach: Any, region: str) -> set[str]:
        records = self.run.world.ledger.of(self.row["lists"])
        words = reach.get(self.run.caller.role)
        return {
            record.id for record in records
            if record.region.startswith(region) and table.is_listed(self.row, record)
            and table.in_reach(words, self.run.caller, record)
        }  # fmt: skip

    def _compare(self, query: dict[str, Any], region: str) -> None:
        run, where = self.run, f"{self.operation.name} {query}"
        reply = self._get(query)
        run.fault(f"{where}: {reply.status_code} {reply.text[:120]}", reply.status_code != 200)
        if reply.status_code != 200:
            return
        run.outcome.answered.add(self.operation.name)
        reach = self.row.get("reach", table.expected()["seen"][self.row["lists"]])
        shown, wanted = (
            set(map(str, _at(reply.json, self.row.get("at", "items[].id")))),
            self._reached(reach, region),
        )
        run.fault(f"{where}: shows {sorted(shown - wanted)[:3]}", bool(shown - wanted))
        run.fault(f"{where}: leaves out {sorted(wanted - shown)[:3]}", bool(wanted - shown))
        if "count" in self.row:
            counted = len(self._reached(self.row.get("count_reach", reach), region))
            told = _at(reply.json, self.row["count"])[0]
            run.fault(f"{where}: counts {told} instead of {counted}", told != counted)

    def _cursors(self) -> None:
        """One's own cursor goes on; others' and other listings' are refused."""
        run, name = self.run, self.row["cursor"]
        own = self._get({"limit": 1})
        if (mine := _cursor_of(own)) is not None:
            follow = self._get({"limit": 1, name: mine})
            run.fault(f"{self.operation.name}: own cursor {follow.status_code}", follow.status_code != 200)
        for text in self._foreign_cursors():
            reply = self._get({"limit": 1, name: text})
            told = f"{self.operation.name}: a foreign cursor is taken: {reply.status_code}"
            run.fault(told, reply.status_code not in (400, 410))

    def _foreign_cursors(self) -> Iterator[str]:
        """Cursors of the same list given to other people, and of other lists given to the caller."""
        world, caller = self.run.world, self.run.caller
        for other in (of("county", COUNTIES[0]), of("county", COUNTIES[1]), of("township", TOWNSHIPS[3]),
                      of("first_secretary", VILLAGES[5]), of("grid_member", GRIDS[9])):  # fmt: skip
            if other.id != caller.id and table.may_call(self.operation.name, other.role):
                yield from self._given(Run(world, self.run.state, other), self.operation)
        for operation in self.run.operations:
            if "cursor" not in operation.row or "target" in operation.row:
                continue
            if operation.name != self.operation.name and table.may_call(operation.name, caller.role):
                yield from self._given(self.run, operation)

    def _given(self, run: Run, operation: Operation) -> list[str]:
        """The cursor that somebody is given with the first line of a list, if it has more; asked for once."""
        key = (operation.name, run.caller.name)
        if key not in run.world.cursors:
            run.world.cursors[key] = _cursor_of(_Lists(run, operation)._get({"limit": 1}))
        found = run.world.cursors[key]
        return [] if found is None else [found]


def _cursor_of(reply: TestResponse) -> str | None:
    said = reply.json if reply.status_code == 200 and isinstance(reply.json, dict) else {}
    found = said.get("next", said.get("cursor"))
    return found if isinstance(found, str) else None


def _start_of(reply: TestResponse) -> str:
    return reply.get_data()[:160].decode("utf-8", "replace")


def _code(reply: TestResponse) -> Any:
    said = reply.json if reply.mimetype.endswith("json") and reply.get_data() else None
    return said.get("code") if isinstance(said, dict) else None


def _shape(reply: TestResponse) -> Any:
    """An answer without what differs from call to call: numbers the caller chose, times, positions."""
    if not reply.mimetype.endswith("json") or not reply.get_data():
        return {k: v for k, v in reply.headers.items() if k.startswith(("Upload-", "X-Photo-"))}
    return _without(reply.json)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        varying = (*VARYING, "op_id", "sha256", "position", "id", "visit_id", "durable")
        return {key: _without(each) for key, each in value.items() if key not in varying}
    return [_without(each) for each in value] if isinstance(value, list) else value


def _uuid(value: Any) -> Any:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else value
    except ValueError:
        return value


def _at(value: Any, path: str) -> list[Any]:
    """The values at a path such as ``items[].household.id``."""
    found = [value]
    for step in path.split("."):
        name = step.removesuffix("[]")
        found = [each[name] for each in found]
        if step.endswith("[]"):
            found = [one for each in found for one in each]
    return found
