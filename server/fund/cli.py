"""``flask fund calculate``: claims as JSON lines in, payments as JSON lines out. Needs no database."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import click
from flask.cli import AppGroup
from marshmallow import ValidationError

from server.core import clock
from server.core.problems import flatten
from server.fund import services
from server.fund.claims import Claim, ClaimError
from server.fund.schemas import FundClaimSchema
from server.fund.scheme import READINGS

group = AppGroup("fund", help="The poverty-prevention fund.")
MAX_BYTES = 1024 * 1024
_SCHEMA = FundClaimSchema()
_AMOUNTS = "paid_by"


class LineError(ValueError):
    """A line that cannot be calculated; the message names the field."""


@group.command("calculate")
@click.option("--reading", type=click.Choice(READINGS), default=None, help="How the tiers are read.")
def calculate(reading: str | None) -> None:
    """Pay out on paper: one JSON object a line, for example {"id", "kind", "amount_cny"}."""
    today, good = clock.today(), True
    for number, raw in enumerate(sys.stdin.buffer, 1):
        if not raw.strip():
            continue
        try:
            answer = _answer(raw, reading, today)
        except LineError as error:
            good = False
            _send("stderr", {"line": number, "error": str(error)})
        else:
            _send("stdout", answer)
    if not good:
        raise SystemExit(1)


def _send(name: str, entry: dict[str, Any]) -> None:
    stream = getattr(sys, name).buffer
    stream.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    stream.flush()


def _answer(raw: bytes, reading: str | None, today: date) -> dict[str, Any]:
    given = _parsed(raw)
    number = given.pop("id", None)
    if number is not None and type(number) not in (str, int):
        raise LineError("id: expected text or a whole number")
    try:
        result = services.result_of(_claim(given), reading, today)
    except ClaimError as error:
        raise LineError(str(error)) from error
    return {
        "id": number,
        "pay_cny": f"{result.pay:f}",
        "reading": result.reading,
        "steps": [services.step_wire(step) for step in result.steps],
        "reason": services.reason_wire(result),
    }


def _claim(given: dict[str, Any]) -> Claim:
    try:
        claim: Claim = _SCHEMA.load(_amounts_as_text(given))
    except ValidationError as error:
        wrong = flatten(error.messages)
        raise LineError("; ".join(f"{name}: {each[0]['message']}" for name, each in wrong.items())) from error
    return claim


def _parsed(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise LineError(f"line: longer than {MAX_BYTES} bytes")
    try:
        # A fraction is kept as it is written: a float would already have lost it.
        given = json.loads(
            raw.decode(), object_pairs_hook=_object, parse_float=str, parse_constant=_no_number
        )
    except RecursionError as error:
        raise LineError("line: nested too deeply") from error
    except LineError:
        raise
    except ValueError as error:
        raise LineError(f"line: not JSON: {error}") from error
    if not isinstance(given, dict):
        raise LineError("line: expected an object")
    return given


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise LineError("line: a key is written twice")
    return found


def _no_number(text: str) -> Any:
    raise LineError(f"line: {text} is not a number")


def _amounts_as_text(value: Any, amount: bool = False) -> Any:
    """Amounts written as JSON numbers become the text they were written as; the schema judges that."""
    if isinstance(value, dict):
        return {
            k: _amounts_as_text(v, amount or k.endswith("_cny") or k == _AMOUNTS) for k, v in value.items()
        }
    if isinstance(value, list):
        return [_amounts_as_text(each, amount) for each in value]
    return str(value) if amount and type(value) is int else value
