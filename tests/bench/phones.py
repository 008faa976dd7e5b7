"""Phones for benchmarks: their pushes are made beforehand, so that they take little of the machine."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tests.support.api import canonical, sha256, visit_body

ACCEPTED = b'"st":"accepted"'
Wire = dict[str, Any]


def pushes(households: Sequence[Wire], answers: Wire, *, serial: int, batch: int) -> list[bytes]:
    """Bodies of the pushes of a phone that has a visit of each household to send."""
    ops, now = operations(households, answers, serial=serial), now_text()
    starts = range(0, len(ops), batch)
    return [push_body(ops[start : start + batch], len(ops) - start, now) for start in starts]


def operations(
    households: Sequence[Wire], answers: Wire, *, serial: int, photos: Sequence[Wire] = ()
) -> list[bytes]:
    """A written operation for a visit of each household."""
    now = now_text()
    bodies = [
        visit_body(household, answers, serial=serial + place, photos=list(photos))
        for place, household in enumerate(households)
    ]
    return [_bytes(_op(body, place + 1, now)) for place, body in enumerate(bodies)]


def _op(body: Wire, count: int, now: str) -> Wire:
    return {
        "op_id": body["id"],
        "n": count,
        "kind": "visit",
        "entity": body["id"],
        "base_rev": None,
        "needs": [],
        "schema_v": 1,
        "app_v": "bench",
        "client_time": now,
        "mono_ms": 1000 + count,
        "offset_ms": 0,
        "sha256": sha256(canonical(body)),
        "body": body,
    }


def push_body(ops: Sequence[bytes], unsent: int, now: str) -> bytes:
    """The body of a push of written operations, with the report of a phone that has so many to send."""
    report = {"outbox_count": unsent, "photos_unsent": 0, "oldest_unsent": now, "dead": 0}
    report |= {"storage_persisted": True, "app_version": "bench", "offset_ms": 0}
    envelope = {"v": 1, "device": "bench", "client_time": now, "report": report}
    return _bytes(envelope)[:-1] + b',"ops":[' + b",".join(ops) + b"]}"


def _bytes(value: Wire) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def now_text() -> str:
    """The time as the wire has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def request(method: str, path: str, token: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP request as bytes."""
    lines = [f"{method} /api/v1{path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    lines += [f"Content-Length: {len(body)}"] if body or method != "GET" else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def push_request(token: str, body: bytes) -> bytes:
    """The request that sends a push."""
    return request(
        "POST", "/s1/push", token, body, Content_Type="application/json", X_Content_SHA256=sha256(body)
    )


@lru_cache(maxsize=64)
def hash_of(picture: bytes) -> str:
    """Its SHA-256, worked out once: the clients share the machine with the server."""
    return sha256(picture)


def photo_requests(token: str, op: bytes, pictures: Sequence[bytes]) -> Iterator[bytes]:
    """The requests that send the photos of a visit, each in one piece."""
    visit_id = json.loads(op)["op_id"]
    for picture in pictures:
        digest = hash_of(picture)
        path, size = f"/s1/visits/{visit_id}/photos/{digest}", str(len(picture))
        yield request(
            "PATCH",
            path,
            token,
            picture,
            Content_Type="application/octet-stream",
            Upload_Offset="0",
            Upload_Length=size,
            X_Content_SHA256=digest,
        )


class Line:
    """One kept connection that sends ready-made requests and reads whole answers."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = self._connect()

    def _connect(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self._port), timeout=120)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def send(self, data: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        self._socket.sendall(data)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        fields = head.lower().split(b"\r\n")
        length = next(int(each.split(b":")[1]) for each in fields if each.startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()
        if b"connection: close" in fields:  # the worker is about to be replaced by a fresh one
            self._socket.close()
            self._socket = self._connect()
        return int(head.split(None, 2)[1]), body

    def _more(self) -> bytes:
        found = self._socket.recv(1 << 18)
        if not found:
            raise ConnectionError("the server hung up")
        return found

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@dataclass
class Tally:
    """What the answers to some requests were."""

    accepted: int = 0
    failures: list[tuple[int, bytes]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Client(threading.Thread):
    """One connection over which one phone after the other sends."""

    def __init__(self, port: int, work: Iterable[bytes]) -> None:
        super().__init__(daemon=True)
        self.line, self.work, self.tally = Line(port), work, Tally()

    def run(self) -> None:
        """Send everything; count what was accepted."""
        for data in self.work:
            started = time.perf_counter()
            status, answer = self.line.send(data)
            self.tally.seconds.append(time.perf_counter() - started)
            self.tally.accepted += answer.count(ACCEPTED)
            if status != 200:
                self.tally.failures.append((status, answer[:200]))
        self.line.close()


def send_all(port: int, work: Sequence[bytes], clients: int) -> tuple[Tally, float]:
    """All answers and the seconds they took, with the requests dealt to so many connections at once."""
    return send_each(port, [work[first::clients] for first in range(clients)])


def send_each(port: int, works: Iterable[Iterable[bytes]]) -> tuple[Tally, float]:
    """All answers and the seconds they took, each work over a connection of its own."""
    senders = [Client(port, work) for work in works]
    started = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.perf_counter() - started
    return _together(sender.tally for sender in senders), seconds


def _together(tallies: Iterator[Tally] | Iterable[Tally]) -> Tally:
    whole = Tally()
    for each in tallies:
        whole.accepted += each.accepted
        whole.failures += each.failures
        whole.seconds += each.seconds
    if whole.failures:
        raise AssertionError(f"{len(whole.failures)} requests failed, the first: {whole.failures[0]}")
    return whole
