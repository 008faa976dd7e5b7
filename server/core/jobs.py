"""Background jobs: named functions, one queue (huey on SQLite or PostgreSQL), one worker process.

A job's row in its own table says what is still to do; the queue only says "look now". A lost message is
found again by the job's periodic sweep. Where messages would cost those who send them too much, there is
none: a watch looks for such rows twice a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from flask import Flask, current_app
from huey import Huey, MemoryHuey, SqliteHuey, crontab

from server.core.logs import log
from server.core.scope import EVERYTHING, region_scope

LOOK_SECONDS = 0.5
LOOK_AGAIN_SECONDS = 10.0
STOP_SECONDS = 15.0
Job = Callable[..., None]
Watch = Callable[[], bool]
_jobs: dict[str, Job] = {}
_sweeps: dict[str, tuple[Job, str]] = {}
_watches: dict[str, Watch] = {}
_starts: dict[str, Job] = {}


def job(name: str) -> Callable[[Job], Job]:
    """Declare a job; it runs in an app context with full scope and opens its own transactions."""

    def declare(function: Job) -> Job:
        _jobs[name] = function
        return function

    return declare


def every_minute(name: str) -> Callable[[Job], Job]:
    """Declare a job without arguments that the worker also runs once a minute."""
    return _sweep(name, "*")


def every_quarter(name: str) -> Callable[[Job], Job]:
    """Declare a job without arguments that the worker also runs every quarter of an hour."""
    return _sweep(name, "*/15")


def _sweep(name: str, minutes: str) -> Callable[[Job], Job]:
    def declare(function: Job) -> Job:
        _jobs[name] = function
        _sweeps[name] = function, minutes
        return function

    return declare


def watch(name: str) -> Callable[[Watch], Watch]:
    """Declare work whose rows alone say that it waits; the worker looks for them twice a second.

    The function does what it finds and says whether all went well: after trouble it is left alone for ten
    seconds. It runs in an app context with full scope and opens its own transactions.
    """

    def declare(function: Watch) -> Watch:
        _watches[name] = function
        return function

    return declare


def at_start(name: str) -> Callable[[Job], Job]:
    """Declare a job without arguments that every worker runs once when it starts."""

    def declare(function: Job) -> Job:
        _jobs[name] = _starts[name] = function
        return function

    return declare


def init_app(app: Flask, url: str) -> None:
    """Connect the queue named by ``url``: ``memory:``, ``sqlite:///path`` or ``postgresql://…``."""
    queue = _connect(url)

    def run(name: str, args: tuple[Any, ...]) -> None:
        log.info("job", job=name)
        if name not in _jobs:  # it is from before an upgrade, and a sweep or a watch does it now
            return
        try:
            with app.app_context(), region_scope(EVERYTHING):
                _jobs[name](*args)
        except Exception as error:  # noqa: BLE001 - the queue would log its message, which may hold values
            log.error("job_failed", job=name, kind=type(error).__name__, exc_info=error)

    app.extensions["job_queue"] = queue
    app.extensions["job_task"] = queue.task(name="run")(run)
    for name, (_, minutes) in _sweeps.items():
        queue.periodic_task(crontab(minute=minutes), name=f"sweep_{name}")(lambda name=name: run(name, ()))


def _connect(url: str) -> Huey:
    if url == "memory:":
        return MemoryHuey("liangdeng", results=False)
    if url.startswith("sqlite:///"):
        # A message may be lost, what it is about may not: nobody waits for the disk because of a message.
        return SqliteHuey("liangdeng", filename=url.removeprefix("sqlite:///"), results=False, fsync=False)
    from huey import PostgresHuey  # only this engine needs the driver

    return PostgresHuey("liangdeng", dsn=url, results=False)


def close(app: Flask) -> None:
    """Close this thread's connection to the queue; it is opened again when it is needed."""
    app.extensions["job_queue"].storage.close()


def enqueue(name: str, *args: Any) -> None:
    """Ask the worker to run a job soon. Call it after the commit that made the job's row."""
    if name not in _jobs:
        raise KeyError(f"no job is called {name}")
    current_app.extensions["job_task"](name, args)


def run_pending(app: Flask) -> int:
    """Run every waiting job in this process, then look once for what is watched; how many jobs ran.

    For tests and one-off commands.
    """
    queue: Huey = app.extensions["job_queue"]
    count = 0
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
        count += 1
    for name in _watches:
        _look(app, name)
    return count


def prepare(app: Flask) -> None:
    """Ask for what every worker does when it starts."""
    with app.app_context():
        for name in _starts:
            enqueue(name)


def serve(app: Flask) -> None:
    """Be the worker until told to stop; then what is being done is finished."""
    queue: Huey = app.extensions["job_queue"]
    prepare(app)
    stopping = Event()
    watcher = Thread(target=_keep_looking, args=(app, stopping), name="watch", daemon=True)
    watcher.start()
    try:
        queue.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=2.0).run()
    finally:
        stopping.set()
        watcher.join(STOP_SECONDS)


def _keep_looking(app: Flask, stopping: Event) -> None:
    """A thread of its own: a photo does not wait until a county has been judged again."""
    due = dict.fromkeys(_watches, 0.0)
    while not stopping.wait(LOOK_SECONDS):
        for name in _watches:
            if time.monotonic() >= due[name] and not _look(app, name):
                due[name] = time.monotonic() + LOOK_AGAIN_SECONDS


def _look(app: Flask, name: str) -> bool:
    try:
        with app.app_context(), region_scope(EVERYTHING):
            return _watches[name]()
    except Exception as error:  # noqa: BLE001 - the worker outlives whatever one piece of work does
        log.error("watch_failed", job=name, kind=type(error).__name__, exc_info=error)
        return False
