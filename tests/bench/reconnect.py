"""Five hundred phones that were without a network come back at the same moment, each with twenty visits."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from server import config
from server.accounts import services as accounts
from server.accounts.devices import ClientDevice
from server.accounts.queries import user_by_name
from server.accounts.routes import issue_tokens
from server.app import create_app
from server.core.db import transaction
from server.core.scope import EVERYTHING, region_scope
from server.households.queries import page_of_households
from server.households.services import present
from tests.bench import phones
from tests.bench.common import Bench, County, Result, machine, percentile
from tests.bench.server import ANSWERS
from tests.support import postgres
from tests.support.live_server import LiveServer

PHONES, VISITS = 500, 20
HOUSEHOLDS = PHONES * 35  # the demo county has a grid member to 35 households
CLIENT = ClientDevice(id="bench", name="bench", app_version="bench")


@dataclass
class Phone(threading.Thread):
    """One phone: its sign-in is old, its operations are written, and nobody else uses its connection."""

    port: int
    refresh_token: str
    ops: list[bytes]
    start_together: threading.Event
    seconds: list[float] = field(default_factory=list)
    accepted: int = 0
    failure: str = ""

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Wait for the network, then do what the app does."""
        self.start_together.wait()
        try:
            self._send_all()
        except (OSError, AssertionError, KeyError) as error:
            self.failure = f"{type(error).__name__}: {error}"

    def _send_all(self) -> None:
        line = phones.Line(self.port)
        token = self._asked(line, phones.request("POST", "/auth/refresh", self.refresh_token))["access_token"]
        hello = self._asked(line, phones.request("GET", "/s1/hello", token))
        limit = hello["limits"]["ops"]
        for start in range(0, len(self.ops), limit):
            part = self.ops[start : start + limit]
            body = phones.push_body(part, len(self.ops) - start, hello["server_time"])
            answer = self._asked(line, phones.push_request(token, body))
            self.accepted += [each["st"] for each in answer["results"]].count("accepted")
        line.close()

    def _asked(self, line: phones.Line, data: bytes) -> Any:
        started = time.perf_counter()
        status, answer = line.send(data)
        self.seconds.append(time.perf_counter() - started)
        assert status == 200, (status, answer[:300])
        return json.loads(answer)


def prepared(server: LiveServer, users: Sequence[dict[str, Any]]) -> Iterator[tuple[str, list[bytes]]]:
    """For each grid member a refresh token and twenty written operations; not over HTTP: that takes long."""
    app = create_app(config.load(server.variables()))
    with app.app_context():
        for place, user in enumerate(users):
            with region_scope(EVERYTHING), transaction():
                account = user_by_name(user["username"])
                assert account is not None
                session = accounts.open_session(account, CLIENT, timedelta(days=45))
            with region_scope(user["region_code"]):
                page, _ = page_of_households(None, VISITS)
                households = present(page)
            token = issue_tokens(session)["refresh_token"]
            yield token, phones.operations(households, ANSWERS, serial=place * 1000)


def reconnect(server: LiveServer, users: Sequence[dict[str, Any]]) -> tuple[float, list[Phone]]:
    """The seconds until the last phone was done, and the phones."""
    together = threading.Event()
    work = list(prepared(server, users))
    server.start()
    try:
        ready = [Phone(server.port, token, ops, together) for token, ops in work]
        for phone in ready:
            phone.start()
        started = time.perf_counter()
        together.set()
        for phone in ready:
            phone.join()
        return time.perf_counter() - started, ready
    finally:
        server.stop()


def results(engine: str, seconds: float, ready: Sequence[Phone]) -> Iterator[Result]:
    """Seconds until all were done, and how long a request took; every failure is told."""
    failures = [phone.failure for phone in ready if phone.failure]
    accepted = sum(phone.accepted for phone in ready)
    times = [one for phone in ready for one in phone.seconds]
    if failures or accepted < len(ready) * VISITS:
        print(f"{len(failures)} phones failed, {accepted} visits accepted: {failures[:3]}", file=sys.stderr)
    note = f"{len(ready)} phones x {VISITS} visits at once on {engine}: refresh, hello, pushes; "
    note += f"{len(failures)} errors; {machine()}, clients on it too"
    yield Result(f"phones_reconnect_{engine}_s", seconds, "s", accepted, f"{note}; limit 10")
    p95 = percentile(times, 0.95)
    yield Result(f"phones_reconnect_{engine}_p95_s", p95, "s", len(times), f"a request; {note}; limit 3")


def phones_reconnect(_county: County) -> Iterator[Result]:
    """On SQLite, then on PostgreSQL with its commits on the disk."""
    threading.stack_size(256 * 1024)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liangdeng-reconnect-")))
        yield from measured("sqlite", seeded(folder / "sqlite", ""))
        data = folder / "server"
        data.mkdir()
        folder.chmod(0o755)
        port = postgres.start(data, durable=True)
        stack.callback(postgres.stop, data)
        address = f"postgresql://tester@127.0.0.1:{port}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE county")
        yield from measured("postgresql", seeded(folder / "postgresql", f"{address}/county"))


def seeded(folder: Path, database_url: str) -> LiveServer:
    """A county with as many grid members as there are phones, not started."""
    folder.mkdir()
    print(f"==> seeding {HOUSEHOLDS} households", file=sys.stderr, flush=True)
    made = LiveServer(folder, database_url, environ={"LIANGDENG_LOG_LEVEL": "WARNING"})
    made.seed(HOUSEHOLDS)
    return made


def measured(engine: str, server: LiveServer) -> Iterator[Result]:
    """What one engine does."""
    users = [user for user in server.users() if user["role"] == "grid_member"][:PHONES]
    yield from results(engine, *reconnect(server, users))


BENCHES: dict[str, Bench] = {"phones_reconnect": phones_reconnect}
