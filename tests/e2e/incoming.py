"""Corrections and records that wait for a decision: one of every kind, sent as a phone sends them."""

from __future__ import annotations

import json
import uuid
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from tests.e2e.pages import PASSWORD
from tests.e2e.story import untouched
from tests.support.api import Api, canonical, sha256, visit_body

LONG_NAME = "买买提江·吐尔逊阿依·阿不都热合曼·卡德尔"
LONG_ADDRESS = "月亮湾屯沿河路老粮所后面第三排靠山脚的那一栋二层砖房，门口有两棵枇杷树"
LONG_REASON = "户口簿上的名字和身份证不一样，派出所的人来村里核对过，让按户口簿改过来，村委会也盖了章。"
REFUSED = {"consent": "no"}


def operation(kind: str, body: dict[str, Any], entity: str, **changes: Any) -> dict[str, Any]:
    """One operation as it travels."""
    head = {"op_id": str(uuid.uuid4()), "n": 1, "kind": kind, "entity": entity, "base_rev": None, "needs": []}
    said = {"schema_v": 1, "app_v": "test", "client_time": datetime.now(UTC).isoformat(), "mono_ms": 1}
    return head | said | {"offset_ms": 0, "sha256": sha256(canonical(body)), "body": body} | changes


def push(api: Api, *ops: dict[str, Any]) -> list[str]:
    """Send operations; what became of each."""
    whole = {"v": 1, "device": "test", "client_time": ops[0]["client_time"], "report": None, "ops": list(ops)}
    data = json.dumps(whole).encode()
    headers = {"X_Content_SHA256": sha256(data), "Content_Type": "application/json"}
    return [f"{one['st']} {one['code']}" for one in api.ok("POST", "/s1/push", data, **headers)["results"]]


def edit(home: dict[str, Any], *fields: tuple[str | None, str, Any], reason: str = "") -> dict[str, Any]:
    """A correction of a household as it is served now."""
    body = {
        "household_id": home["id"],
        "reason": reason,
        "set": [{"member_id": member, "field": field, "value": value} for member, field, value in fields],
    }
    return operation("household.edit", body, home["id"], base_rev=home["revision"])


def held_visits(home: dict[str, Any]) -> list[dict[str, Any]]:
    """A second text under one number, and a record of a newer app."""
    body = visit_body(home, REFUSED, serial=1)
    other = body | {"notes": {"consent": LONG_REASON}}
    return [
        operation("visit", body, body["id"], op_id=body["id"]),
        operation("visit", other, body["id"], op_id=body["id"]),
        operation("visit", {"id": "a later form"}, str(uuid.uuid4()), schema_v=99),
    ]


def corrections(homes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A protected field with a long value, an overlap, a removal, and one more to be decided."""
    first, second, third, fourth = homes
    return [
        edit(first, (first["members"][-1]["id"], "name", LONG_NAME), reason=LONG_REASON),
        edit(second, (None, "address", "新址 1 号")),
        edit(second, (None, "address", LONG_ADDRESS)),
        edit(third, (None, "removed", True), reason="全家搬到县城"),
        edit(fourth, (fourth["members"][-1]["id"], "name", "韦改名"), reason="写错了字"),
    ]


def fill(port: int) -> None:
    """Leave the first secretary one of every kind, and one that was decided; once for a server."""
    grid, neighbour, first = (Api(port, name, PASSWORD) for name in ("grid1", "grid2", "first1"))
    with closing(grid), closing(neighbour), closing(first):
        if first.ok("GET", "/held")["items"]:
            return
        homes = untouched(grid)[-4:]
        assert push(grid, *corrections(homes)).count("held conflict") == 4
        assert push(grid, *held_visits(homes[0]))[1:] == ["held conflict", "held version"]
        foreign = visit_body(homes[1], REFUSED, serial=2)
        assert push(neighbour, operation("visit", foreign, foreign["id"], op_id=foreign["id"])) == [
            "held scope"
        ]
        last = first.ok("GET", "/proposals?state=open")["items"][-1]
        words = {"decision": "declined", "comment": LONG_REASON}
        first.ok("POST", f"/proposals/{last['id']}/decision", words)
