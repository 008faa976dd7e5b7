"""Background jobs: named functions, one queue (huey on SQLite or PostgreSQL), one worker process.

A job's row in its own table says what is still to do; the queue only says "look now". A lost message is
found again by the job's periodic sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from huey import Huey, MemoryHuey, SqliteHuey, crontab

from server.core.logs import log
from server.core.scope import EVERYTHING, region_scope

Job = Callable[..., None]
_jobs: dict[str, Job] = {}
_sweeps: dict[str, Job] = {}


def job(name: str) -> Callable[[Job], Job]:
    """Declare a job; it runs in an app context with full scope and opens its own transactions."""

    def declare(function: Job) -> Job:
        _jobs[name] = function
        return function

    return declare


def every_minute(name: str) -> Callable[[Job], Job]:
    """Declare a job without arguments that the worker also runs once a minute."""

    def declare(function: Job) -> Job:
        _jobs[name] = _sweeps[name] = function
        return function

    return declare


def init_app(app: Flask, url: str) -> None:
    """Connect the queue named by ``url``: ``memory:``, ``sqlite:///path`` or ``postgresql://…``."""
    queue = _connect(url)

    def run(name: str, args: tuple[Any, ...]) -> None:
        with app.app_context(), region_scope(EVERYTHING):
            log.info("job", job=name)
            _jobs[name](*args)

    app.extensions["job_queue"] = queue
    app.extensions["job_task"] = queue.task(name="run")(run)
    for name in _sweeps:
        queue.periodic_task(crontab(minute="*"), name=f"sweep_{name}")(lambda name=name: run(name, ()))


def _connect(url: str) -> Huey:
    if url == "memory:":
        return MemoryHuey("liangdeng", results=False)
    if url.startswith("sqlite:///"):
        return SqliteHuey("liangdeng", filename=url.removeprefix("sqlite:///"), results=False)
    from huey import PostgresHuey  # only this engine needs the driver

    return PostgresHuey("liangdeng", dsn=url, results=False)


def enqueue(name: str, *args: Any) -> None:
    """Ask the worker to run a job soon. Call it after the commit that made the job's row."""
    if name not in _jobs:
        raise KeyError(f"no job is called {name}")
    current_app.extensions["job_task"](name, args)


def run_pending(app: Flask) -> int:
    """Run every waiting job in this process; how many ran. For tests and one-off commands."""
    queue: Huey = app.extensions["job_queue"]
    count = 0
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
        count += 1
    return count


def serve(app: Flask) -> None:
    """Be the worker until told to stop."""
    queue: Huey = app.extensions["job_queue"]
    queue.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=2.0).run()
