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
from server.policy.lines import LineError, read_id, read_number, read_object

group = AppGroup("fund", help="The poverty-prevention fund.")
_SCHEMA = FundClaimSchema()
_AMOUNTS = "paid_by"


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
    given = read_object(raw)
    number = read_id(given.pop("id", None))
    try:
        result = services.result_of(_claim(given), reading, today)
    except ClaimError as error:
        raise LineError(str(error)) from error
    except RecursionError:
        raise LineError("line: nested too deeply") from None
    return {
        "id": number,
        "pay_cny": f"{result.pay:f}",
        "reading": result.reading,
        "steps": [services.step_wire(step) for step in result.steps],
        "reason": services.reason_wire(result),
    }


def _claim(given: dict[str, Any]) -> Claim:
    try:
        claim: Claim = _SCHEMA.load(_amounts_as_text("", given))
    except ValidationError as error:
        wrong = flatten(error.messages)
        raise LineError("; ".join(f"{name}: {each[0]['message']}" for name, each in wrong.items())) from error
    return claim


def _amounts_as_text(place: str, value: Any, amount: bool = False) -> Any:
    """Amounts written as JSON numbers become plain digits as text; the schema judges that."""
    inside = f"{place}." if place else ""
    if isinstance(value, dict):
        return {
            key: _amounts_as_text(f"{inside}{key}", each, amount or key.endswith("_cny") or key == _AMOUNTS)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_amounts_as_text(f"{inside}{n}", each, amount) for n, each in enumerate(value)]
    if not amount or value is None or isinstance(value, str | bool):
        return value
    number = read_number(place[:80], value, "an amount in yuan")
    return f"{abs(number).normalize():f}"  # abs: JSON also writes -0
