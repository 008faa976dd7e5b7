"""A phone's line that breaks: connections that carry so many bytes and not one more."""

from __future__ import annotations

import http.client
import json
import random
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from server.config import ROOT

RULE = "src/core/outbox/chunks.ts"
TIMEOUT = 30


class Cut(Exception):
    """The connection is gone, and with it what was on its way."""


class Line:
    """One connection after another to a port; ``budget()`` says how many bytes the next one carries up."""

    def __init__(self, port: int, budget: Callable[[], float]) -> None:
        self.port, self.budget = port, budget
        self.socket: socket.socket | None = None
        self.left = 0.0
        self.cuts = 0

    def send(self, head: bytes, body: bytes) -> int:
        """Send a request; how many bytes of its body travelled.

        Raises:
            Cut: the connection broke on the way; ``args[0]`` says how many bytes of the body travelled.
        """
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
            self.left = self.budget()
        whole = head + body
        travels = int(min(len(whole), self.left))
        self.socket.sendall(whole[:travels])
        self.left -= travels
        if travels < len(whole):
            self.cut()
            raise Cut(max(0, travels - len(head)))
        return len(body)

    def receive(self, method: str) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON of the answer."""
        assert self.socket is not None
        reply = http.client.HTTPResponse(self.socket, method=method)
        reply.begin()
        text = reply.read()
        if reply.will_close:
            self.close()
        return reply.status, dict(reply.headers), json.loads(text) if text else None

    def cut(self) -> None:
        """Break the connection without a farewell."""
        assert self.socket is not None
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()
        self.cuts += 1

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
        self.socket = None


class Sender:
    """Sends one photo in pieces as the phone does; counts the photo's bytes that travelled."""

    def __init__(self, line: Line, token: str, path: str, data: bytes) -> None:
        self.line, self.token, self.path, self.data = line, token, path, data
        self.bytes, self.requests = 0, 0

    def offset(self) -> int:
        """Where to go on, as the server has it."""
        _, headers, _ = self._ask("HEAD", {}, b"")
        return int(headers["Upload-Offset"])

    def piece(self, offset: int, size: int) -> dict[str, Any]:
        """Send one piece; the answer."""
        body = self.data[offset : offset + size]
        headers = {"Upload-Offset": offset, "Upload-Length": len(self.data)}
        status, _, answer = self._ask("PATCH", headers, body)
        assert status in (200, 409), answer
        return answer

    def _ask(self, method: str, headers: dict[str, Any], body: bytes) -> tuple[int, dict[str, str], Any]:
        sent = {
            "Host": "phone",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/octet-stream",
            "Content-Length": len(body),
            "X-Content-SHA256": sha256(body).hexdigest(),
            **headers,
        }
        lines = [f"{method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        head = "\r\n".join([*lines, "", ""])
        self.requests += 1
        try:
            self.bytes += self.line.send(head.encode(), body)
        except Cut as cut:
            self.bytes += cut.args[0]
            raise
        return self.line.receive(method)


class ChunkRule:
    """The phone's own rule for the size of a piece, run by Node."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.size = self._read()

    def arrived(self, size: int) -> None:
        """A piece arrived."""
        self._tell(f"arrived {size}")

    def cut(self) -> None:
        """A piece was lost."""
        self._tell("cut")

    def _tell(self, what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        self.size = self._read()

    def _read(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


def bundled_rule(folder: Path) -> Path:
    """The rule in one file that Node can run."""
    out = folder / "chunks.mjs"
    command = ["node", "scripts/bundle_policy.mjs", str(out), RULE]
    subprocess.run(command, cwd=ROOT / "pwa", check=True, stdin=subprocess.DEVNULL)
    return out


@contextmanager
def chunk_rule(bundle: Path) -> Iterator[ChunkRule]:
    """The rule, for a line that nothing is known of."""
    runner = Path(__file__).with_name("chunk_sizes.mjs")
    with subprocess.Popen(
        ["node", str(runner), str(bundle)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield ChunkRule(process)
        assert process.stdin is not None
        process.stdin.close()


def carry(sender: Sender, rule: ChunkRule) -> dict[str, Any]:
    """Send the whole photo, whatever the line does; the last answer."""
    offset: int | None = 0
    for _ in range(2000):
        try:
            if offset is None:
                offset = sender.offset()
            size = min(rule.size, len(sender.data) - offset)
            answer = sender.piece(offset, size)
        except (Cut, OSError, http.client.HTTPException):
            rule.cut()
            sender.line.close()
            offset = None
            continue
        if answer.get("state") in ("stored", "ready", "stray"):
            sender.line.close()
            return answer
        if answer["offset"] == offset + size:
            rule.arrived(size)
        offset = answer["offset"]
    raise AssertionError("the photo never arrived")


def upload(port: int, token: str, path: str, data: bytes, seed: int) -> Any:
    """One of several processes that send the same photo; what each was told in the end."""
    dice = random.Random(seed)
    sender = Sender(Line(port, lambda: float("inf")), token, path, data)
    answer: dict[str, Any] = {"offset": 0}
    while answer.get("state") not in ("stored", "ready"):
        answer = sender.piece(answer["offset"], dice.randint(1, 64) * 1024)
    sender.line.close()
    return answer["position"]
