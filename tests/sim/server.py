"""The real Flask app in this process, with the ways in which a server fails."""

from __future__ import annotations

import io
import json
import secrets
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import jwt.api_jws
import jwt.api_jwt
from flask_jwt_extended import tokens
from sqlalchemy import event

from server import config
from server.accounts.routes import issue_tokens, recovery_secret
from server.app import create_app
from server.core import clock as core_clock
from server.core import jobs
from server.core.db import Base, db
from server.photos import services as photo_services
from server.photos.store import FULL, ORIGINAL, THUMB
from tests.factories import Person
from tests.sim import county, engines

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC).timestamp() * 1000
SECRET = "a secret only the simulator knows, long enough"
COMMIT_ERRORS = {"disk_full": "database or disk is full", "locked": "database is locked"}


class Crash(BaseException):
    """The server process dies here; no handler of the app may catch it."""


@dataclass(frozen=True)
class Answer:
    """What came back, or would have."""

    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.text)


@dataclass
class Doom:
    """What is to go wrong in the request being served: at which commit, and how."""

    kind: str = ""
    countdown: int = 0
    struck: bool = False

    def strikes(self, kind: str) -> bool:
        """Whether this is the moment."""
        if self.kind != kind:
            return False
        self.countdown -= 1
        self.struck = self.struck or self.countdown < 0
        return self.countdown < 0


class Server:
    """One app with one database, used by one seed after the other."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.folder = folder
        self.engine = engines.make(engine, folder)
        self.time: Callable[[], float] = lambda: START
        self.doom = Doom()
        self.troubles: list[str] = []
        self._stand_ins = ExitStack()
        self.app = create_app(
            config.from_values(
                {
                    "data_dir": folder / "data",
                    "database_url": self.engine.url,
                    "jobs_url": "memory:",
                    "secret_key": SECRET,
                    "pwa_dir": folder / "no-pwa",
                    "access_token_minutes": 60,  # it still ends in the middle of many an outing
                    "login_attempts_per_minute": 1_000_000,
                    "log_level": "ERROR",
                }
            )
        )
        self.photos = folder / "data" / "photos"
        self._fail_on_demand()
        with self.clock(), self.app.app_context():
            Base.metadata.create_all(db.engine)
            county.settle(self.app)
            self.engine.keep(db.engine)

    # --- time and determinism -------------------------------------------------------------------------------

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Server code lives by the simulation's time."""
        with core_clock.clock_at(lambda: datetime.fromtimestamp(self.time() / 1000, UTC)):
            yield

    def begin(self, seed: int, dice: Callable[[int], bytes]) -> None:
        """A fresh county for a seed."""
        uuid.os.urandom = dice  # type: ignore[attr-defined]
        self.doom, self.troubles = Doom(), []
        self.app.extensions["job_queue"].flush()
        with self.app.app_context():
            self.engine.fresh(db.engine)
        shutil.rmtree(self.photos, ignore_errors=True)
        self.photos.mkdir(parents=True)

    # --- requests -------------------------------------------------------------------------------------------

    def handle(
        self, method: str, path: str, headers: dict[str, str], body: bytes, declared: int | None = None
    ) -> Answer:
        """Serve a request. ``declared`` is the length the phone announced when the body was cut.

        Raises:
            Crash: the process died; what was committed before is there.
        """
        given: list[Any] = []
        environ = _environ(method, path, headers, body, declared)
        try:
            chunks = self.app.wsgi_app(environ, lambda *told: given.extend(told[:2]))
            text = b"".join(chunks)
            chunks.close()  # type: ignore[attr-defined]
        except Crash:
            with self.app.app_context():
                db.session.remove()
            self.app.extensions["job_queue"].flush()
            raise
        finally:
            self.doom = Doom()
        status = int(given[0].split()[0])
        shown = text.decode("utf-8", "replace")
        if status == 500:
            self.troubles.append(f"{method} {path}: {shown[:300]}")
        return Answer(status, dict(given[1]), shown)

    def tokens(self, person: Person, device_id: str, version: str) -> dict[str, str]:
        """Tokens of a new sign-in."""
        session = county.sign_in(self.app, person, device_id, version)
        with self.app.app_context():
            return issue_tokens(session) | {"recovery_secret": recovery_secret(session.user_id, device_id)}

    def run_jobs(self) -> None:
        """Let the job process do what waits."""
        jobs.run_pending(self.app)

    def sweep(self) -> None:
        """Let the job process do what it does once a minute."""
        with self.app.app_context():
            for name in sorted(jobs._sweeps):
                self.app.extensions["job_task"](name, ())
        self.run_jobs()

    # --- faults ---------------------------------------------------------------------------------------------

    def _fail_on_demand(self) -> None:
        with self.app.app_context():
            event.listen(db.engine, "connect", _never_wait_for_the_disk)
            self._fail_at_commits(db.engine.dialect)
        time = _simulated(lambda: self.time())  # noqa: PLW0108 - each seed sets another
        # Each request reads the same token three times, and does nothing else for a quarter of a millisecond.
        load = lru_cache(1024)(jwt.api_jws.PyJWS._load)
        for place, name, stand_in in (
            (jwt.api_jws.PyJWS, "_load", load),
            (jwt.api_jwt, "datetime", time),
            (tokens, "datetime", time),
            (photo_services, "inspect", _inspect_quickly),
        ):
            self._stand_ins.enter_context(mock.patch.object(place, name, stand_in))

    def close(self) -> None:
        """Leave the process as it was: other tests run in it."""
        self._stand_ins.close()

    def _fail_at_commits(self, dialect: Any) -> None:
        """Where every commit of the app passes, whichever session or connection asks for it.

        A transaction whose COMMIT fails is gone: both databases undo it before they say so.
        """
        commit = dialect.do_commit

        def commit_or_not(connection: Any) -> None:
            if self.doom.strikes("crash_before"):
                raise Crash
            for kind, text in COMMIT_ERRORS.items():
                if self.doom.strikes(kind):
                    dialect.do_rollback(connection)
                    raise dialect.loaded_dbapi.OperationalError(text)
            commit(connection)
            if self.doom.strikes("crash_after"):
                raise Crash

        dialect.do_commit = commit_or_not


def _simulated(time: Callable[[], float]) -> type[datetime]:
    """The token libraries ask the machine's clock; here they ask the simulation's."""

    class SimulatedTime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> SimulatedTime:
            return cls.fromtimestamp(time() / 1000, tz)

    return SimulatedTime


def _never_wait_for_the_disk(connection: Any, _record: Any) -> None:
    """The simulator tests logic, not power cuts; those are for real machines."""
    if hasattr(connection, "executescript"):
        connection.execute("PRAGMA synchronous = OFF")


def _inspect_quickly(store: Any, file_id: uuid.UUID) -> photo_services.Verdict | None:
    """Stands in for the decoder, a process a photo: keeps the bytes as the picture, to be checked."""
    original = store.path(file_id, ORIGINAL)
    data = original.read_bytes()
    if b"bomb" in data:
        return photo_services.Verdict(reason="bomb")
    for part in (FULL, THUMB):
        store.path(file_id, part).write_bytes(data)
    return photo_services.Verdict(width=8, height=8)


def _environ(
    method: str, path: str, headers: dict[str, str], body: bytes, declared: int | None
) -> dict[str, Any]:
    place, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": place,
        "QUERY_STRING": query,
        "SERVER_NAME": "phone.example",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body or declared is not None:
        environ["CONTENT_LENGTH"] = str(len(body) if declared is None else declared)
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def digest(data: bytes) -> str:
    """SHA-256, hex."""
    return sha256(data).hexdigest()


def number_source(seed: int) -> Callable[[int], bytes]:
    """Bytes that follow from a seed, in the place of the system's."""
    import random

    return random.Random(seed).randbytes


__all__ = ["Answer", "Crash", "Doom", "Server", "digest", "number_source", "secrets"]
