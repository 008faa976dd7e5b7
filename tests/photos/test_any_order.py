"""Whatever a line and a dying server make of an upload: what is acknowledged is the photo, byte for byte."""

import os
from contextlib import suppress
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.core.jobs import run_pending
from server.photos import jobs, store, uploads
from server.photos.staging import Part, Upload
from tests.factories import MEI, inside
from tests.photos.conftest import age_parts
from tests.photos.pictures import picture
from tests.visits.bodies import new_id

PHOTO = picture(size=(60, 40))
LENGTH, NAME = len(PHOTO), sha256(PHOTO).hexdigest()
STORIES = int(os.environ.get("PHOTO_STORIES", "25"))
WHOLE = ("stored", "ready", "stray")
DYING = (
    (Part, "append"),
    (Part, "sync"),
    (store, "_link"),
    (store, "sync_folder"),
    (uploads, "note_arrival"),
    (Part, "drop"),
)


class Killed(BaseException):
    """The process ends here."""


def dying(*_args, **_kwargs):
    raise Killed


def cut_write(descriptor, data):
    """The process is killed while the bytes are written."""
    os.pwrite(descriptor, data[: len(data) // 2], os.fstat(descriptor).st_size)
    raise Killed


places = st.integers(0, LENGTH)
steps = st.one_of(
    st.tuples(st.just("goes on"), st.integers(1, LENGTH)),
    st.tuples(st.just("sends"), places, places),
    st.tuples(st.just("sends again"), st.integers(0, 20)),
    st.tuples(st.just("damages on the way"), places, places, st.integers(0, LENGTH - 1)),
    st.tuples(st.just("goes on damaged"), st.integers(1, LENGTH)),
    st.tuples(st.just("dies"), st.sampled_from(DYING)),
    st.tuples(st.just("is cut while writing")),
    st.tuples(st.just("sends the visit")),
    st.tuples(st.just("is checked")),
    st.tuples(st.just("is swept")),
)


class Story:
    """One upload, what was sent and what was said to it."""

    def __init__(self, app, phone, clock):
        self.app, self.phone, self.clock = app, phone, clock
        self.visit_id, self.has_visit, self.sent, self.whole = new_id(), False, [], False

    def send(self, data, start, end, **headers):
        self.sent.append((data, start, end, headers))
        reply = self.phone.patch(self.visit_id, data, start, end, **{"X-Photo": NAME} | headers)
        assert reply.status_code in (200, 400, 409, 415, 460), reply.json
        if reply.status_code == 200 and reply.json["state"] in WHOLE:
            self.whole = True

    def offset(self):
        state, offset = self.phone.head(self.visit_id, PHOTO)
        assert not self.whole or state in WHOLE, "what was acknowledged is gone"
        return offset

    def take(self, step, monkeypatch):
        what, *details = step
        does = getattr(self, "_" + what.replace(" ", "_"))
        does(*details, *([monkeypatch] if what in DEADLY else []))
        self.check()

    def _goes_on(self, size):
        start = self.offset()
        self.send(PHOTO, start, min(start + size, LENGTH))

    def _sends(self, start, end):
        self.send(PHOTO, *sorted((start, end)))

    def _sends_again(self, which):
        if self.sent:
            data, start, end, headers = self.sent[which % len(self.sent)]
            self.send(data, start, end, **headers)

    def _damages_on_the_way(self, start, end, at):
        start, end = sorted((start, end))
        honest = sha256(PHOTO[start:end]).hexdigest()
        self.send(_flipped(at), start, end, **{"X-Content-SHA256": honest})

    def _goes_on_damaged(self, size):
        """Damaged on the phone, before the piece was hashed: only the whole's hash can tell."""
        start = self.offset()
        self.send(_flipped(min(start, LENGTH - 1)), start, min(start + size, LENGTH))

    def _dies(self, place, patch):
        self._last_step(patch, *place, dying)

    def _is_cut_while_writing(self, patch):
        self._last_step(patch, "server.photos.staging.os.write", cut_write)

    def _last_step(self, patch, *what):
        start = self.offset()
        with patch.context() as dead:
            dead.setattr(*what)
            with suppress(Killed):
                self.send(PHOTO, start, LENGTH)

    def _sends_the_visit(self):
        if not self.has_visit:
            self.has_visit = True
            self.phone.visit(PHOTO, id=self.visit_id)

    def _is_checked(self):
        run_pending(self.app)

    def _is_swept(self):
        age_parts(self.app, self.clock.now, minutes=6)
        with inside(self.app):
            jobs.tidy()
            jobs.link_strays()

    def check(self):
        """The one thing that must always hold."""
        state, offset = self.phone.head(self.visit_id, PHOTO)
        assert state != "refused"
        assert (offset == LENGTH) or state in ("absent", "partial")
        assert not self.whole or state in WHOLE, "what was acknowledged is gone"
        if state in ("stored", "stray"):
            assert self.original() == PHOTO

    def original(self):
        with inside(self.app):
            place = uploads.place_of(Upload(MEI.id, UUID(self.visit_id), NAME))
            return jobs.store().path(place.file_id, "orig").read_bytes()

    def finish(self):
        """An honest phone on a good line gets it done."""
        self._sends_the_visit()
        for _ in range(3):
            if not self.whole:
                self.send(PHOTO, self.offset(), LENGTH)
        assert self.whole
        self._is_swept()
        self.check()


DEADLY = ("dies", "is cut while writing")


def _flipped(at):
    return PHOTO[:at] + bytes([PHOTO[at] ^ 1]) + PHOTO[at + 1 :]


def tell_stories(app, phone, clock, count):
    @given(st.lists(steps, max_size=12))
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def tell(story):
        with pytest.MonkeyPatch.context() as monkeypatch:
            upload = Story(app, phone, clock)
            for step in story:
                upload.take(step, monkeypatch)
            upload.finish()

    tell()


def test_every_upload_ends_with_the_photo_and_nothing_else_is_acknowledged(app, phone, clock):
    tell_stories(app, phone, clock, STORIES)


def test_a_server_that_does_not_compare_the_whole_is_found_out(app, phone, clock, monkeypatch):
    monkeypatch.setattr(uploads, "photo_is_intact", lambda *_: True)
    with pytest.raises(AssertionError):
        tell_stories(app, phone, clock, 50)
