"""A real server for tests and benchmarks: gunicorn as in deploy/, its job worker, a demo county."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60.0
SECRET = "only the tests of this folder know this secret"

#: In one process, for loading the app takes as long as either.
_SET_UP_AND_SEED = """
import sys
from wsgi import app
for words in (["setup"], ["demo", "seed", *sys.argv[1:]]):
    done = app.test_cli_runner().invoke(args=words, catch_exceptions=False)
    if done.exit_code:
        sys.exit(done.output)
"""


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def steady_free_port() -> int:
    """A free port that the system gives nobody by itself: a server may come back to it again and again."""
    for port in random.sample(range(20_000, 32_000), 1_000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free between 20000 and 32000")


def build_pwa() -> None:
    """Build the phone app unless the build is fresh; safe when several workers call it at once."""
    _run([str(ROOT / "scripts/build_pwa.sh")], os.environ.copy())


def _run(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


@dataclass
class LiveServer:
    """One installation in a folder of its own. ``database_url`` empty means SQLite in that folder."""

    folder: Path
    database_url: str = ""
    port: int = field(default_factory=free_port)
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def variables(self) -> dict[str, str]:
        """The whole environment of its processes."""
        own = {
            "LIANGDENG_DATA_DIR": str(self.folder),
            "LIANGDENG_SECRET_KEY": SECRET,
            "LIANGDENG_LOG_LEVEL": "INFO",
            "LIANGDENG_LOGIN_ATTEMPTS_PER_MINUTE": "1000",
            "LIANGDENG_DISK_PHOTO_RESERVE_PERCENT": "1",  # whoever runs the tests may have a full disk
            "LIANGDENG_DISK_RESERVE_PERCENT": "1",
            "PORT": str(self.port),
        }
        if self.database_url:
            own["LIANGDENG_DATABASE_URL"] = self.database_url
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LIANGDENG_")}
        return inherited | own | self.environ

    def flask(self, *words: str) -> str:
        """Run a flask command; gives what it printed."""
        return _run([sys.executable, "-m", "flask", "--app", "wsgi", *words], self.variables())

    def seed(self, households: int, seed: int = 7) -> None:
        """Make the database and the demo county."""
        words = ["--county", "450321", "--households", str(households), "--seed", str(seed)]
        _run([sys.executable, "-c", _SET_UP_AND_SEED, *words], self.variables())

    def users(self) -> list[dict[str, Any]]:
        """The demo users with their passwords."""
        listed: list[dict[str, Any]] = json.loads(self.flask("demo", "users", "--json"))
        return listed

    def copy_of(self, other: LiveServer) -> LiveServer:
        """Take over another's data (SQLite only), which is quicker than seeding again."""
        shutil.copytree(other.folder, self.folder, dirs_exist_ok=True)
        return self

    def start_over(self, other: LiveServer) -> LiveServer:
        """Forget everything and begin with another's data (SQLite only), at the same address."""
        self.stop()
        shutil.rmtree(self.folder)
        return self.copy_of(other).start()

    def start(self) -> LiveServer:
        """Start it and wait until it is healthy."""
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app"],
            cwd=ROOT,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._is_healthy():
                return self
            time.sleep(0.1)
        self.stop()
        raise RuntimeError("the server did not start:\n" + self.log()[-4000:])

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def stop(self) -> None:
        """Stop it and wait for the end."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def log(self) -> str:
        """Everything its processes wrote."""
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Rows of the database as it is now, past every scope."""
        engine = self._engine()
        try:
            with engine.connect() as connection:
                return list(connection.execute(sa.text(query), values).mappings())
        finally:
            engine.dispose()

    def change(self, statement: str, **values: Any) -> None:
        """Change the database behind the server's back."""
        engine = self._engine()
        try:
            with engine.begin() as connection:
                connection.execute(sa.text(statement), values)
        finally:
            engine.dispose()

    def _engine(self) -> sa.Engine:
        url = self.database_url or f"sqlite:///{self.folder}/liangdeng.db"
        return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
