"""Settings as a county's office sends them, and a recorder of the judging they ask for."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import PASSWORD
from tests.visits.bodies import new_id

ADDRESS = "/api/v1/policy/settings"
TODAY, TOMORROW, YESTERDAY = "2026-11-23", "2026-11-24", "2026-11-22"
Form = dict[str, Any]


def parameter(value: str = "7000", name: str = "LINE_GX", **changes: Any) -> Form:
    """Another value for a parameter from today on."""
    form = {"id": new_id(), "kind": "parameter", "name": name, "value": value, "from": TODAY, "until": None}
    return form | {"reason": "县里公布的今年监测线", "password": PASSWORD} | changes


def rule_off(name: str = "R-BAS-01", **changes: Any) -> Form:
    """A rule switched off from today on."""
    given = {"value": None, "kind": "rule_off", "reason": "本县另有核查办法"} | changes
    return parameter(name=name, **given)


def sign(client: FlaskClient, form: Form) -> TestResponse:
    """Sign a setting."""
    return client.post(ADDRESS, json=form)


def signed(client: FlaskClient, form: Form) -> Any:
    """Sign a setting that must be taken, and give it back."""
    reply = sign(client, form)
    assert reply.status_code == 201, reply.json
    return reply.json


def revoke(client: FlaskClient, setting_id: str, **changes: Any) -> TestResponse:
    """Revoke a setting from today on."""
    form = {"id": new_id(), "reason": "县里另行发文", "password": PASSWORD} | changes
    return client.post(f"{ADDRESS}/{setting_id}/revoke", json=form)


def settings_of(client: FlaskClient) -> Any:
    """The settings as the caller sees them."""
    reply = client.get(ADDRESS)
    assert reply.status_code == 200, reply.json
    return reply.json["items"]
