"""The restore drill: phones send, backups are made, one is restored, nothing that was accepted is lost."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from server.backups import making, queries
from server.core.changes import Change, Position
from server.core.db import db
from server.photos.jobs import check_stored
from server.photos.models import Photo
from server.sync import ledger, routes
from server.visits.models import Visit
from tests.backups.meanwhile import meanwhile
from tests.conftest import client_of
from tests.factories import HONG, LAN, MEI, PING, inside, make_household, make_session
from tests.photos.pictures import picture
from tests.support.small_phone import SmallPhone
from tests.visits.bodies import visit_of

PEOPLE = (MEI, PING, LAN, HONG)
TRIES = 5


def line_of(client: FlaskClient):
    """The wire between a phone and the app."""

    def call(method, path, body, headers):
        reply = client.open(f"/api/v1{path}", method=method, data=body, headers=headers)
        return reply.status_code, reply.get_json(silent=True)

    return call


class Crew:
    """Four phones in the field, and what must be true of the server in the end."""

    def __init__(self, office):
        self.office, self.pictures = office, iter(range(10**6))
        self.homes = {p: [make_household(office.app, p.region_code) for _ in range(2)] for p in PEOPLE}
        self.phones = {p: self._phone(p) for p in PEOPLE}

    def _phone(self, person):
        session = make_session(self.office.app, person, f"phone-{person.username}")
        return SmallPhone(line_of(client_of(self.office.app, session)), f"phone-{person.username}")

    def visit(self, person, photos=0):
        """One more visit on a phone, not sent."""
        taken = [picture(size=(64 + next(self.pictures), 48), quality=80) for _ in range(photos)]
        home = self.homes[person][len(self.phones[person].known()) % 2]
        self.phones[person].save(visit_of(home.id), *taken)

    def round(self, photos=0):
        """Everybody makes a visit and sends it."""
        for person in PEOPLE:
            self.visit(person, photos)
        self.sync()

    def sync(self):
        """Everybody syncs until nothing is left; photos are checked."""
        for phone in self.phones.values():
            for _ in range(TRIES):
                if phone.sync() and not phone.unsent:
                    break
            assert phone.unsent == 0
        with inside(self.office.app):
            assert check_stored()

    def accepted(self):
        """Everything the server ever signed for, by visit."""
        return {
            key: e for phone in self.phones.values() for key, e in phone.known().items() if e.was_accepted
        }

    def lost(self):
        """Accepted visits that are not there with the text that was accepted, and photos that are not."""
        there = {str(key): sha for key, sha in self.office.rows(select(Visit.id, Visit.sha256))}
        photos = {
            (str(visit), sha)
            for visit, sha in self.office.rows(
                select(Photo.visit_id, Photo.sha256).where(Photo.state.in_(("stored", "ready")))
            )
        }
        texts = [key for key, entry in self.accepted().items() if there.get(key) != entry.op["sha256"]]
        pictures = [sha for key, e in self.accepted().items() for sha in e.photos if (key, sha) not in photos]
        return texts, pictures

    def twice(self):
        """Visits that are there more than once."""
        query = select(Visit.id).group_by(Visit.id).having(func.count() > 1)
        return self.office.rows(query)


def sending(crew):
    """Every phone goes on visiting and sending meanwhile."""

    def work(person, number):
        crew.visit(person, photos=number % 3 == 0)
        crew.phones[person].sync()

    return meanwhile(work, PEOPLE)


def restore(office, path):
    office.run("restore", str(path), "--force", "--url", "http://127.0.0.1:9/healthz")


def forgotten(crew):
    return sum(len(phone.forgotten) for phone in crew.phones.values())


@pytest.mark.parametrize("which", ["newest", "second newest"])
def test_after_a_restore_phones_bring_back_what_the_backup_lacks(office, which):
    crew = Crew(office)
    crew.round()
    with sending(crew):
        backups = [office.create(busy=True)]
    crew.round(photos=1)
    with sending(crew):
        backups.append(office.create(busy=True))
    crew.round(photos=1)
    assert crew.lost() == ([], [])
    assert forgotten(crew) > 0  # what both hold has left the phones: only the backup can bring it back
    before, total = office.epoch(), len(crew.accepted())

    shutil.rmtree(office.settings.photo_dir)
    office.settings.photo_dir.mkdir()
    restore(office, backups[-1 if which == "newest" else 0])
    assert office.epoch() != before
    assert len(crew.lost()[0]) > 0  # the drill would be none if nothing had been missing
    crew.sync()

    assert crew.lost() == ([], [])
    assert crew.twice() == []
    assert len(crew.accepted()) == total
    assert {phone.resets for phone in crew.phones.values()} == {1}
    for name in office.photo_files():
        assert not name.endswith(".part")


def test_receipts_of_before_are_those_of_after(office):
    crew = Crew(office)
    crew.round()
    path = office.create()
    receipts = {key: entry.receipt for key, entry in crew.accepted().items()}
    restore(office, path)
    crew.sync()
    assert {key: entry.receipt for key, entry in crew.accepted().items()} == receipts


def the_newest_broken(office, crew):
    """Two backups, phones that forget, the newest turns out broken, the older one is restored."""
    crew.round()
    older = office.create()
    crew.round(photos=1)
    newest = office.create()
    crew.sync()
    crew.sync()
    newest.write_bytes(newest.read_bytes()[:-100])
    office.run("verify", str(newest), code=101)
    restore(office, older)
    crew.sync()


def test_the_newest_backup_may_turn_out_broken(office):
    crew = Crew(office)
    the_newest_broken(office, crew)
    assert forgotten(crew) == len(PEOPLE)  # the first round: both backups held it
    assert crew.lost() == ([], [])


def newest_alone():
    """The planted bug: what the newest backup holds is called durable."""
    from server.core import state

    (found,) = queries.newest(state.epoch(), 1) or [None]
    return Position(found.xid, found.seq) if found else Position(0, 0)


def test_durable_by_the_newest_backup_is_caught(office, monkeypatch):
    monkeypatch.setattr(routes, "durable_position", newest_alone)
    crew = Crew(office)
    the_newest_broken(office, crew)
    texts, pictures = crew.lost()
    assert len(texts) == len(PEOPLE)
    assert len(pictures) == len(PEOPLE)


@contextmanager
def slow_commit(monkeypatch, crew, person):
    """A phone's visit that has its place in the change log but commits only when the block ends."""
    noted, go, real = threading.Event(), threading.Event(), ledger.write

    def wait(user_id, *given, **named):
        if user_id == person.id:
            noted.set()
            assert go.wait(60)
        return real(user_id, *given, **named)

    crew.visit(person)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "write", wait)
        sender = threading.Thread(target=crew.phones[person].sync)
        sender.start()
        assert noted.wait(60)
        try:
            yield
        finally:
            go.set()
            sender.join()


def late_committer(office, crew, monkeypatch):
    """The snapshot of the first backup is taken while a visit with a lower number has not committed."""
    crew.round()
    with slow_commit(monkeypatch, crew, MEI):
        crew.visit(PING)
        assert crew.phones[PING].sync()
        first = office.create(busy=True)
    office.create(busy=True)
    crew.sync()
    crew.sync()
    restore(office, first)
    crew.sync()


def test_a_visit_that_commits_late_is_not_lost(postgres_office, monkeypatch):
    """Only where transactions run side by side; SQLite has one writer."""
    crew = Crew(postgres_office)
    late_committer(postgres_office, crew, monkeypatch)
    assert crew.lost() == ([], [])


def by_greatest_number(engine, whole, oldest_running):
    """The planted bug: durable up to the greatest sequence number in the dump."""
    return Position(int(db.session.scalar(select(func.max(Change.xid))) or 0), whole.last_change + 1)


def test_durable_by_the_greatest_number_is_caught(postgres_office, monkeypatch):
    monkeypatch.setattr(making, "_position", by_greatest_number)
    crew = Crew(postgres_office)
    late_committer(postgres_office, crew, monkeypatch)
    assert [len(each) for each in crew.lost()] == [1, 0]
