"""The drill on a real server: gunicorn, the commands as a clerk runs them, a lost disk, phones over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.backups.conftest import PASSPHRASE
from tests.backups.meanwhile import meanwhile
from tests.conftest import new_postgres_database
from tests.support import postgres
from tests.support.api import Api, visit_body
from tests.support.live_server import ROOT, LiveServer
from tests.support.pictures import jpeg
from tests.support.small_phone import SmallPhone
from tests.support.waiting import eventually
from tests.visits.bodies import CLEAN

pytestmark = pytest.mark.xdist_group("restore_drill")
PHONES = 6


class Wire:
    """A phone's connection: signs in when it must, raises OSError when nobody answers."""

    def __init__(self, live, user):
        self.live, self.user, self.api = live, user, None

    def __call__(self, method, path, body, headers):
        try:
            return self._call(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            raise OSError(str(error)) from error

    def _call(self, method, path, body, headers):
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        for _ in range(2):
            if self.api is None:
                self.api = Api(self.live.port, self.user["username"], self.user["password"])
            status, answer = self.api.call(method, path, body, **named)
            if status != 401:
                return status, answer
            self.hang_up()
        return status, answer

    def hang_up(self):
        """The next call makes a new connection."""
        if self.api is not None:
            self.api.close()
        self.api = None


class Field:
    """Phones with households, all in one county."""

    def __init__(self, live):
        self.live, self.phones, self.homes, self.serial = live, [], [], 0
        members = [user for user in live.users() if user["role"] == "grid_member"]
        for user in members[:PHONES]:
            wire = Wire(live, user)
            wire("GET", "/s1/hello", None, {})
            if homes := wire.api.households():
                self.phones.append(SmallPhone(wire, device=user["username"]))
                self.homes.append(homes)
            wire.hang_up()

    def visit(self, place, photos=0):
        self.serial += 1
        serial = self.serial * 100 + place
        home = self.homes[place][self.serial % len(self.homes[place])]
        self.phones[place].save(
            visit_body(home, CLEAN, serial=serial), *(jpeg(serial, (64, 48)) for _ in range(photos))
        )

    def sync(self):
        for phone in self.phones:
            eventually(lambda phone=phone: phone.sync() and not phone.unsent, bool, seconds=30)
            assert phone.unsent == 0

    def sending(self):
        def work(place, number):
            self.visit(place, photos=number % 4 == 0)
            self.phones[place].sync()

        return meanwhile(work, range(len(self.phones)))

    def accepted(self):
        return {key: entry for p in self.phones for key, entry in p.known().items() if entry.was_accepted}

    def lost(self):
        """Accepted visits and photos that the server does not have."""
        texts = {(plain(row["id"]), row["sha256"]) for row in self.live.rows("SELECT id, sha256 FROM visit")}
        query = "SELECT visit_id, sha256 FROM photo WHERE state IN ('stored', 'ready')"
        photos = {(plain(row["visit_id"]), row["sha256"]) for row in self.live.rows(query)}
        wanted = {(plain(key), entry.op["sha256"]) for key, entry in self.accepted().items()}
        pictures = {(plain(key), sha) for key, entry in self.accepted().items() for sha in entry.photos}
        return sorted(wanted - texts), sorted(pictures - photos)


def plain(key):
    """An identifier as SQLite keeps it."""
    return str(key).replace("-", "")


@pytest.fixture
def field(engine, tmp_path):
    url = new_postgres_database(f"drill_{tmp_path.name}") if engine == "postgresql" else ""
    made = LiveServer(tmp_path / "server", url, environ={"LIANGDENG_BACKUP_PASSPHRASE": PASSPHRASE})
    made.folder.mkdir()
    made.environ["LIANGDENG_BACKUP_DIR"] = str(tmp_path / "backups")
    made.seed(40)
    made.start()
    field = Field(made)
    yield field
    for phone in field.phones:
        phone.line.hang_up()
    made.stop()


def backup(live, *words):
    """A command as a clerk runs it."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", *words]
    return subprocess.run(
        command, cwd=ROOT, env=live.variables(), capture_output=True, text=True, check=False
    )


def made(live):
    done = backup(live, "create")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[0]


def power_cut(live):
    """Every process of the server ends at once, in the middle of its work."""
    master = live.process.pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for pid in (master, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    live.stop()


def lose_everything(live):
    """The machine's disk is gone: the database and the photos."""
    for path in live.folder.iterdir():
        if path.name != "server.log":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if live.database_url:
        name = live.database_url.rsplit("/", 1)[1]
        address = f"postgresql://tester@127.0.0.1:{postgres.server_port()}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_lost_disk_costs_no_accepted_visit(field, tmp_path):
    live = field.live
    for place in range(len(field.phones)):
        field.visit(place, photos=1)
    field.sync()
    with field.sending():
        older = made(live)
    field.sync()
    with field.sending():
        newest = made(live)
    field.sync()
    field.sync()
    epoch = field.phones[0].epoch
    assert sum(len(phone.forgotten) for phone in field.phones) > 0
    assert field.lost() == ([], [])
    listed = json.loads(backup(live, "list", "--json").stdout)
    assert [row["name"] for row in listed if row["needed"]] == [newest, older]

    running = backup(live, "restore", newest, "--force")
    assert (running.returncode, "stop" in running.stderr) == (1, True)
    with field.sending():
        power_cut(live)
    lose_everything(live)
    path = tmp_path / "backups" / newest
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    assert backup(live, "restore", newest).returncode == 101
    done = backup(live, "restore", older)
    assert done.returncode == 0, done.stderr
    live.flask("setup")
    live.start()

    assert len(field.lost()[0]) > 0
    field.sync()
    assert field.lost() == ([], [])
    assert {phone.resets for phone in field.phones} == {1}
    assert field.phones[0].epoch != epoch
    twice = live.rows("SELECT id FROM visit GROUP BY id HAVING count(*) > 1")
    assert twice == []
    ready = "SELECT count(*) AS waiting FROM photo WHERE state = 'stored'"
    assert eventually(lambda: live.rows(ready)[0]["waiting"], lambda n: n == 0) == 0
    assert live.rows("SELECT count(*) AS n FROM photo WHERE state <> 'ready'")[0]["n"] == 0
