"""Visits as phones send them: one with nothing wrong, and ways to make it differ."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core.canonical import canonical, sha256_hex

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
Body = dict[str, Any]

ROSTER: Body = {
    "lifted": False, "kind": "none", "released": False, "months_tracked": 0, "n_members": 2,
    "n_compulsory": 0, "n_student": 0, "n_college": 0, "n_60plus": 0, "n_labour": 2, "n_half_labour": 0,
    "dibao": False, "tekun": False, "tekun_scattered": False, "orphan": False, "severe_disabled": False,
    "highrisk_job": False, "pcni_prev": "15000.00", "net_prev": "60000.00", "poor10": False,
    "online_flag": False,
}  # fmt: skip
CLEAN: Body = {
    "consent": "yes", "roster_change": [], "basic_lack": [], "ins_gap": [], "ill_who": [],
    "house_state": "safe", "water_state": "ok", "job_state": "stable", "biz_event": "none",
    "inc_band": "above", "shock": [], "policy_gap": [], "ask_help": "none",
}  # fmt: skip
# Water cannot be had and the family cannot pay for it: R-WAT-01, red.
DRY: Body = CLEAN | {
    "water_state": "seasonal", "water_fix": "cannot", "inc_wage": "42000.00", "inc_biz": "6000.00",
    "inc_prop": "0.00", "inc_trans": "2400.00", "exp_biz": "1500.00", "inc_claim": "0.00", "inc_drop": "no",
    "neg_items": [], "hardship_src": ["water"], "sign": "signed",
}  # fmt: skip
_dice = random.Random(20261123)


def new_id() -> str:
    """An identifier such as a phone makes (UUIDv7); the same sequence in every run."""
    value = _dice.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | (7 << 76) | (2 << 62)
    return str(UUID(int=value))


def instant(moment: datetime) -> str:
    """The wire form of an instant."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def visit_of(household_id: object, answers: Body | None = None, **changes: Any) -> Body:
    """A visit of a household finished a minute ago; ``at`` moves it in time."""
    at: datetime = changes.pop("at", NOW - timedelta(minutes=1))
    body: Body = {
        "id": new_id(),
        "household_id": str(household_id),
        "revises": None,
        "checklist_version": "2026-1",
        "started_at": instant(at - timedelta(minutes=6)),
        "finished_at": instant(at),
        "answers": deepcopy(CLEAN if answers is None else answers),
        "notes": {},
        "roster": dict(ROSTER),
        "location": None,
        "location_missing_reason": "no_signal",
        "photos": [],
        "device": {"id": "phone-1", "app_version": "0.1.0"},
    }
    return body | changes


def hash_of(body: Any) -> str:
    """The hash a phone sends with a body."""
    return sha256_hex(canonical(body))


def send(phone: FlaskClient, body: Body, **headers: str) -> TestResponse:
    """PUT a visit as the phone does."""
    sent = {"X-Content-SHA256": hash_of(body)} | headers
    address = f"/api/v1/visits/{body['id']}"
    return phone.put(address, data=json.dumps(body), content_type="application/json", headers=sent)


def send_batch(phone: FlaskClient, *bodies: Any) -> TestResponse:
    """POST several visits in one batch."""
    entries = [{"sha256": hash_of(body), "body": body} for body in bodies]
    text = json.dumps({"visits": entries})
    return phone.post("/api/v1/visits/batch", data=text, content_type="application/json")
