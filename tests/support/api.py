"""A plain HTTP client of the API: what a phone does, without a browser."""

from __future__ import annotations

import hashlib
import http.client
import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

IDLE_SECONDS = 15


def canonical(value: Any) -> bytes:
    """The canonical form of a visit's body."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(data).hexdigest()


class Api:
    """One signed-in device."""

    def __init__(self, port: int, username: str, password: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.token, self.used = "", time.monotonic()
        device = {"id": str(uuid.uuid4()), "name": "test", "app_version": "test"}
        account = {"username": username, "password": password, "device": device}
        try:
            signed_in = self.ok("POST", "/auth/login", account)
        except BaseException:
            self.close()
            raise
        self.token, self.user = signed_in["access_token"], signed_in["user"]

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of one request; ``body`` may be bytes or anything JSON."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if data is not None:
            kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
            sent["Content-Type"] = kind
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self._hang_up_if_idle()
        self.connection.request(method, f"/api/v1{path}", data, sent)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def _hang_up_if_idle(self) -> None:
        """The server closes a connection that says nothing for a while; the next request opens another."""
        now = time.monotonic()
        if now - self.used > IDLE_SECONDS:
            self.connection.close()
        self.used = now

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """JSON of a request that must succeed."""
        status, answer = self.call(method, path, body, **headers)
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer

    def households(self) -> list[dict[str, Any]]:
        """All households of the caller's scope."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.ok("GET", f"/households?limit=500{cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&after={page['next']}"

    def send(self, body: dict[str, Any]) -> tuple[int, Any]:
        """PUT one visit."""
        data = canonical(body)
        return self.call(
            "PUT",
            f"/visits/{body['id']}",
            data,
            X_Content_SHA256=sha256(data),
            Content_Type="application/json",
        )


def visit_id(serial: int, moment: datetime) -> str:
    """A UUIDv7 that is the same for the same serial and moment."""
    millis = int(moment.timestamp() * 1000)
    random = int.from_bytes(hashlib.sha256(f"{serial}".encode()).digest()[:10], "big")
    value = (
        (millis << 80) | (7 << 76) | ((random >> 66 & 0xFFF) << 64) | (2 << 62) | (random & ((1 << 62) - 1))
    )
    return str(uuid.UUID(int=value))


def visit_body(
    household: dict[str, Any], answers: dict[str, Any], *, serial: int = 0, **changes: Any
) -> dict[str, Any]:
    """A visit finished just now, with the roster facts of the household as served."""
    now = datetime.now(UTC)
    body = {
        "id": visit_id(serial, now),
        "household_id": household["id"],
        "revises": None,
        "checklist_version": "2026-1",
        "started_at": _iso(now - timedelta(minutes=9)),
        "finished_at": _iso(now),
        "answers": answers,
        "notes": {},
        "roster": household["roster"],
        "location": None,
        "location_missing_reason": "no_signal",
        "photos": [],
        "device": {"id": "test-device", "app_version": "test"},
    }
    return body | changes


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
