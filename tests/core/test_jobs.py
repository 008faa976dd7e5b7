"""The worker's watches: looked at again and again, and left alone for a while after trouble."""

from threading import Event, Thread

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from server.core import jobs
from server.core.db import db


@pytest.fixture
def watched(monkeypatch):
    """``watched(function)`` is all that the worker watches, and it is quick about it."""
    monkeypatch.setattr(jobs, "_watches", {})
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.005)
    monkeypatch.setattr(jobs, "LOOK_AGAIN_SECONDS", 60.0)
    return lambda *functions: [jobs.watch(function.__name__)(function) for function in functions]


def look(app, enough, seconds=10):
    """Be the worker until enough has been seen; whether it was in time."""
    stopping = Event()
    thread = Thread(target=jobs._keep_looking, args=(app, stopping))
    thread.start()
    in_time = enough.wait(seconds)
    stopping.set()
    thread.join()
    return in_time


def test_a_watch_is_looked_at_again_and_again_and_trouble_of_one_leaves_the_others_alone(app, watched):
    seen, enough = [], Event()

    def fine():
        seen.append("fine")
        if seen.count("fine") == 5:
            enough.set()
        return True

    def troubled():
        seen.append("troubled")
        return False

    def broken():
        seen.append("broken")
        raise RuntimeError("a bug")

    watched(broken, troubled, fine)
    assert look(app, enough)
    assert (seen.count("troubled"), seen.count("broken")) == (1, 1)


def test_a_message_from_before_an_upgrade_does_no_harm(app):
    with app.app_context():
        app.extensions["job_task"]("photos.check", ("some file",))
    assert jobs.run_pending(app) == 1


def test_a_job_that_trips_a_bug_puts_no_value_into_a_log(app, monkeypatch, caplog):
    def broken():
        db.session.execute(text("INSERT INTO nowhere (name) VALUES (:name)"), {"name": "韦小山"})

    monkeypatch.setitem(jobs._jobs, "test.broken", broken)
    with app.app_context():
        jobs.enqueue("test.broken")
    with capture_logs() as lines:
        jobs.run_pending(app)
    [told] = [line for line in lines if line["event"] == "job_failed"]
    assert told["job"] == "test.broken"
    assert "nowhere" in str(told["exc_info"]), "the error is at hand for the place it happened at"
    assert "韦小山" not in f"{lines} {told['exc_info']} {caplog.text}"


def test_only_jobs_there_are_can_be_asked_for(app):
    with app.app_context(), pytest.raises(KeyError):
        jobs.enqueue("photos.check", "some file")


def test_the_queue_on_the_disk_waits_for_no_disk(tmp_path):
    queue = jobs._connect(f"sqlite:///{tmp_path}/jobs.db")
    assert queue.storage.conn.execute("PRAGMA synchronous").fetchone()[0] == 0
