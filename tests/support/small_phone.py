"""A phone in a few lines: it keeps what is not durable, and offers everything again to a restored server.

It speaks the protocol as the app does (hello, push, photos), but forgets as soon as it may: the week that the
app waits besides would hide a server that promises too much.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Wire = dict[str, Any]
Position = list[int]
# Method, path below /api/v1, body, headers: status and JSON. Raises OSError when nobody answers.
Line = Callable[[str, str, bytes | None, dict[str, str]], tuple[int, Any]]
OPS, OCTETS, JSON = 50, "application/octet-stream", "application/json"
KEPT_STATES = ("stored", "ready")


def canonical(value: Any) -> bytes:
    """The form whose hash an operation carries."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(data: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(data).hexdigest()


@dataclass
class Entry:
    """A visit on the phone with its photos; positions are None until the server has signed for them."""

    op: Wire
    photos: dict[str, bytes]
    signed: bool = False
    position: Position | None = None
    receipt: Wire | None = None
    photo_positions: dict[str, Position | None] = field(default_factory=dict)
    was_accepted: bool = False

    def reset(self) -> None:
        """Everything is to be offered again."""
        self.signed, self.position, self.photo_positions = False, None, {}

    def may_go(self, durable: Position) -> bool:
        """Whether two backups hold the text and every photo."""
        places = [self.position, *(self.photo_positions.get(sha) for sha in self.photos)]
        return self.signed and all(place is not None and place < durable for place in places)


@dataclass
class SmallPhone:
    """One device of one person."""

    line: Line
    device: str = "phone-1"
    entries: dict[str, Entry] = field(default_factory=dict)
    forgotten: dict[str, Entry] = field(default_factory=dict)
    epoch: str = ""
    durable: Position = field(default_factory=lambda: [0, 0])
    resets: int = 0

    def save(self, body: Wire, *photos: bytes) -> None:
        """A visit is finished."""
        by_hash = {digest(data): data for data in photos}
        listed = [
            {"sha256": sha, "length": len(d), "kind": "house", "taken_at": None} for sha, d in by_hash.items()
        ]
        body = body | {"photos": listed}
        head = {"op_id": body["id"], "entity": body["id"], "n": len(self.entries) + len(self.forgotten) + 1}
        op = head | {"kind": "visit", "base_rev": None, "needs": [], "schema_v": 1, "app_v": "0.2.0"}
        op |= {"client_time": body["finished_at"], "mono_ms": None, "offset_ms": 0}
        self.entries[body["id"]] = Entry(op | {"sha256": digest(canonical(body)), "body": body}, by_hash)

    def sync(self) -> bool:
        """Say hello, send what is to be sent, forget what may be forgotten; False when the line broke."""
        try:
            status, said = self.line("GET", "/s1/hello", None, {})
            if status != 200:
                return False
            self._heard(said)
            return self._push() and self._send_photos() and self._forget()
        except OSError:
            return False

    @property
    def unsent(self) -> int:
        """How many visits the server has not signed for whole."""
        done = (e for e in self.entries.values() if e.signed and len(e.photo_positions) == len(e.photos))
        return len(self.entries) - sum(1 for _ in done)

    def known(self) -> dict[str, Entry]:
        """Everything that was ever on this phone."""
        return self.forgotten | self.entries

    def _heard(self, said: Wire) -> None:
        if self.epoch not in ("", said["epoch"]):
            self.resets += 1
            for entry in self.entries.values():
                entry.reset()
        self.epoch, self.durable = said["epoch"], said["durable"]

    def _push(self) -> bool:
        waiting = [entry for entry in self.entries.values() if not entry.signed]
        for start in range(0, len(waiting), OPS):
            part = waiting[start : start + OPS]
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            push = {"v": 1, "device": self.device, "client_time": now, "report": None}
            data = json.dumps(push | {"ops": [entry.op for entry in part]}).encode()
            headers = {"Content-Type": JSON, "X-Content-SHA256": digest(data)}
            status, answer = self.line("POST", "/s1/push", data, headers)
            if status != 200:
                return False
            self._take(part, answer)
        return True

    def _take(self, part: list[Entry], answer: Wire) -> None:
        for entry, result in zip(part, answer["results"], strict=True):
            assert (result["op_id"], result["sha256"]) == (entry.op["op_id"], entry.op["sha256"])
            if result["st"] == "accepted":
                entry.signed, entry.was_accepted = True, True
                entry.position, entry.receipt = result["position"], result["result"]["receipt"]
            elif result["st"] != "wait":
                raise AssertionError(f"a right visit was not accepted: {result}")
        self._heard(answer)

    def _send_photos(self) -> bool:
        for entry in self.entries.values():
            for sha, data in entry.photos.items():
                if entry.signed and sha not in entry.photo_positions and not self._send(entry, sha, data):
                    return False
        return True

    def _send(self, entry: Entry, sha: str, data: bytes) -> bool:
        headers = {"Upload-Offset": "0", "Upload-Length": str(len(data)), "X-Content-SHA256": digest(data)}
        path = f"/s1/visits/{entry.op['entity']}/photos/{sha}"
        status, answer = self.line("PATCH", path, data, headers | {"Content-Type": OCTETS})
        if status != 200 or answer["state"] not in KEPT_STATES:
            return False
        entry.photo_positions[sha] = answer["position"]
        return True

    def _forget(self) -> bool:
        for op_id in [op_id for op_id, entry in self.entries.items() if entry.may_go(self.durable)]:
            self.forgotten[op_id] = self.entries.pop(op_id)
        return True
