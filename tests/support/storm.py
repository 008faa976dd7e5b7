"""Bad weather between phones and a server: a line that cuts, delays, doubles and lies, and a hand that kills.

What happens when is drawn from a seed. Faults come from shuffled decks, one for each kind of request, so that
a short storm holds every one of them.
"""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

LOST, HALF, UNHEARD, BROKEN = "request lost", "request cut", "answer lost", "answer cut"
SLOW, TWICE, AT_ONCE, PORTAL = "delayed", "sent twice", "sent twice at once", "portal"
FAULTS = (LOST, HALF, UNHEARD, BROKEN, SLOW, TWICE, AT_ONCE, PORTAL)
NONE = "none"
TEXTS, PHOTOS, OTHER = "texts", "photos", "other"
TIMEOUT = 60
LONGEST_DELAY = 1.5
HTML = b"<!doctype html><title>Wi-Fi</title><h1>Welcome. Please sign in.</h1>"
PORTAL_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
    % (
        len(HTML),
        HTML,
    )
)


class Weather:
    """Draws what happens to each request while it ``rages``; before and after all is well.

    Texts and photos get a fault every time, from a deck each, the rest every third time.
    """

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._decks: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self.rages = False
        self.seen: dict[str, Counter[str]] = {TEXTS: Counter(), PHOTOS: Counter(), OTHER: Counter()}

    def draw(self, request: bytes) -> tuple[str, float]:
        """A fault for a request, and a number from 0 to 1 that says where in it."""
        with self._lock:
            if not self.rages:
                return NONE, 0.0
            kind = _kind_of(request)
            deck = self._decks.setdefault(kind, [])
            if not deck:
                deck += FAULTS if kind != OTHER else [*FAULTS, *[NONE] * 2 * len(FAULTS)]
                self._dice.shuffle(deck)
            fault = deck.pop()
            self.seen[kind][fault] += 1
            return fault, self._dice.random()

    def is_spent(self, kind: str) -> bool:
        """Whether requests of a kind have met every fault."""
        return set(FAULTS) <= self.seen[kind].keys()


def _kind_of(request: bytes) -> str:
    head, body = request.split(b"\r\n\r\n", 1)
    if b"/s1/push " in head and b'"op_id"' in body:
        return TEXTS
    return PHOTOS if head.startswith(b"PATCH ") else OTHER


class Line(socketserver.ThreadingTCPServer):
    """Listens where the phones think the server is. A connection carries one request."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Carrier)
        self.upstream = port
        self.weather = Weather(seed)

    @property
    def url(self) -> str:
        """What the phones open."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is what this is for."""


class _Carrier(socketserver.BaseRequestHandler):
    server: Line

    def handle(self) -> None:
        self.request.settimeout(TIMEOUT)
        whole = _read_request(self.request)
        if not whole:
            return
        fault, where = self.server.weather.draw(whole)
        try:
            self._carry(whole, fault, where)
        except OSError:  # the server was killed in the middle of it
            _hang_up(self.request)

    def _carry(self, whole: bytes, fault: str, where: float) -> None:
        if fault == SLOW:
            time.sleep(where * LONGEST_DELAY)
        if fault == PORTAL:
            self.request.sendall(PORTAL_ANSWER)
        elif fault in (LOST, HALF):
            if fault == HALF:
                _begin(self.server.upstream, whole[: int(len(whole) * where)])
            _hang_up(self.request)
        else:
            answer = self._ask(whole, fault)
            if fault in (UNHEARD, BROKEN):
                self.request.sendall(answer[: int(len(answer) * where)] if fault == BROKEN else b"")
                _hang_up(self.request)
            else:
                self.request.sendall(answer)

    def _ask(self, whole: bytes, fault: str) -> bytes:
        port = self.server.upstream
        if fault == AT_ONCE:
            other = threading.Thread(target=_ask_quietly, args=(port, whole))
            other.start()
            answer = _ask(port, whole)
            other.join()
            return answer
        if fault == TWICE:
            _ask_quietly(port, whole)
        return _ask(port, whole)


def _read_request(line: socket.socket) -> bytes:
    """One request whole, with a note that its connection ends with it; empty when nobody asked anything."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65_536)
        if not part:
            return b""
        data += part
    head, body = data.split(b"\r\n\r\n", 1)
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        part = line.recv(65_536)
        if not part:
            return b""
        body += part
    head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
    return head + b"\r\nConnection: close\r\n\r\n" + body


def _ask(port: int, whole: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as upstream:
        upstream.sendall(whole)
        return b"".join(iter(lambda: upstream.recv(65_536), b""))


def _ask_quietly(port: int, whole: bytes) -> None:
    with suppress(OSError):
        _ask(port, whole)


def _begin(port: int, part: bytes) -> None:
    """Send the beginning of a request and break off."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as upstream:
        upstream.sendall(part)
        time.sleep(0.05)
        _hang_up(upstream)


def _hang_up(line: socket.socket) -> None:
    """Break a connection without a farewell."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


@contextmanager
def bad_line(port: int, seed: int) -> Iterator[Line]:
    """A line to a server's port; its weather is fine until somebody says otherwise."""
    with Line(port, seed) as line:
        threading.Thread(target=line.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield line
        finally:
            line.shutdown()  # else its thread asks a closed socket for ever, and that with a whole core


def workers_of(master: int) -> list[int]:
    """The web workers of a gunicorn master; not what watches its job worker, forked like them."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            after_name = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
            is_web = (entry / "comm").read_text().strip() != "job-watch"
            if int(after_name[1]) == master and is_web:
                found.append(int(entry.name))
    return sorted(found)


class Reaper(threading.Thread):
    """Strikes at moments drawn from the seed, between ``pauses`` seconds apart, until stopped."""

    def __init__(
        self, seed: int, pauses: tuple[float, float], strike: Callable[[random.Random], None]
    ) -> None:
        super().__init__(daemon=True)
        self._dice, self._pauses, self._strike = random.Random(seed), pauses, strike
        self._over = threading.Event()
        self.strikes = 0

    def run(self) -> None:
        """Wait, strike, and again."""
        while not self._over.wait(self._dice.uniform(*self._pauses)):
            self._strike(self._dice)
            self.strikes += 1

    def stop(self) -> None:
        """No more of it; waits for the last blow."""
        self._over.set()
        self.join()


def kill_worker(master: int, dice: random.Random) -> None:
    """End one web worker as the kernel does when memory is short."""
    workers = workers_of(master)
    if workers:
        with suppress(ProcessLookupError):
            os.kill(dice.choice(workers), signal.SIGKILL)
