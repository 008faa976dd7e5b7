"""New connections go to the worker that has the fewest; one that is stuck keeps nobody waiting."""

from __future__ import annotations

import importlib.util
import io
import socket
import sys
from types import SimpleNamespace

import pytest

from server.config import ROOT

_spec = importlib.util.spec_from_file_location("even_worker", ROOT / "deploy/even_worker.py")
even_worker = importlib.util.module_from_spec(_spec)
sys.modules["even_worker"] = even_worker
_spec.loader.exec_module(even_worker)


class Worker(even_worker.EvenThreadWorker):
    """A worker without processes and sockets: accepting only counts."""

    def __init__(self):
        self.place, self.nr_conns, self.alive = None, 0, True
        self._waits_since, self._free, self._ahead_before = None, 0, 0


@pytest.fixture
def time(monkeypatch):
    """A clock that moves only when somebody sleeps."""
    clock = SimpleNamespace(now=100.0)
    clock.sleep = lambda seconds: setattr(clock, "now", clock.now + seconds)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(even_worker, "time", clock)
    return clock


@pytest.fixture
def workers(monkeypatch, time):
    """Two workers with their places, counting from nothing."""
    monkeypatch.setattr(even_worker, "COUNTS", even_worker.Counts())

    def take(worker, _listener):
        worker.nr_conns += 1

    monkeypatch.setattr(even_worker.ThreadWorker, "accept", take)
    monkeypatch.setattr(even_worker.ThreadWorker, "notify", lambda _worker: None)
    made = {}
    for pid in (1, 2):
        worker = Worker()
        even_worker.before_fork(made, worker)
        made[pid] = worker
    for worker in made.values():
        worker.notify()
    return list(made.values())


def test_of_two_the_one_with_fewer_takes_the_next(workers):
    one, two = workers
    for _ in range(8):
        for worker in (one, one, one, two):  # one is always the quicker
            if one.nr_conns + two.nr_conns < 8:
                worker.accept(None)
    assert (one.nr_conns, two.nr_conns) == (4, 4)


def seconds_until(time, worker, count):
    started = time.now
    while worker.nr_conns < count:
        worker.accept(None)
    return time.now - started


def test_a_worker_that_does_not_come_is_waited_for_a_moment_now_and_then(workers, time):
    one, _two = workers
    one.accept(None)
    patience = even_worker.PATIENCE_SECONDS
    assert patience <= seconds_until(time, one, 2) < patience * 1.5
    assert seconds_until(time, one, 2 + even_worker.STEP) == 0
    assert seconds_until(time, one, 100) == pytest.approx(patience * 100 / (even_worker.STEP + 1), rel=0.2)


def test_a_worker_that_came_late_is_caught_up_with(workers):
    one, two = workers
    while one.nr_conns < 9:
        one.accept(None)
    for _ in range(7):
        two.accept(None)
        one.accept(None)
    assert (one.nr_conns, two.nr_conns) == (9, 7)


@pytest.mark.parametrize("gone", ["stopping", "dead", "loading"])
def test_a_worker_that_takes_nothing_is_not_waited_for_at_all(workers, time, gone):
    one, two = workers
    if gone == "stopping":
        two.alive = False
        two.notify()
    elif gone == "dead":
        even_worker.after_exit(two)
    else:
        even_worker.before_fork({1: one}, two)
    started = time.now
    for _ in range(5):
        one.accept(None)
    assert (one.nr_conns, time.now) == (5, started)


def test_a_new_worker_gets_the_place_of_one_that_is_gone(workers):
    one, two = workers
    third = Worker()
    even_worker.before_fork({2: two}, third)
    assert third.place == one.place != two.place


def test_more_workers_than_places_work_without_one(workers, time):
    many = {place: SimpleNamespace(place=place) for place in range(even_worker.MOST_WORKERS)}
    late = Worker()
    even_worker.before_fork(many, late)
    late.notify()
    late.accept(None)
    even_worker.after_exit(late)
    assert (late.place, late.nr_conns) == (None, 1)


# --- a thread stays with its connection ---------------------------------------------------------------------


@pytest.fixture
def line():
    """A phone's end of a connection, and the server's."""
    phone, server = socket.socketpair()
    unread = SimpleNamespace(buf=io.BytesIO())
    yield phone, SimpleNamespace(sock=server, parser=SimpleNamespace(unreader=unread))
    phone.close()
    server.close()


@pytest.fixture
def worker(monkeypatch):
    """A worker with four threads that answers by reading a byte: "k" keeps the connection."""
    monkeypatch.setattr(
        even_worker.ThreadWorker, "handle", lambda _worker, conn: conn.sock.recv(1) == b"k" or None
    )
    made = Worker()
    made.cfg, made.keepalived_conns, made.pending_conns = SimpleNamespace(threads=4), [], []
    return made


def test_what_comes_at_once_on_a_connection_is_answered_by_the_same_thread(worker, line):
    phone, conn = line
    phone.send(b"kk.k")
    assert worker.handle(conn) is None
    assert conn.sock.recv(9) == b"k"


def test_a_phone_that_is_silent_is_given_back(worker, line):
    phone, conn = line
    phone.send(b"k")
    assert worker.handle(conn) is True


@pytest.mark.parametrize("why", ["others wait", "it stops"])
def test_nobody_waits_for_a_thread_that_stays(worker, line, why):
    phone, conn = line
    phone.send(b"kk")
    worker.alive, worker.nr_conns = why != "it stops", 3 if why == "others wait" else 1
    assert worker.handle(conn) is True
    assert conn.sock.recv(9) == b"k"
