"""A few worker processes for one piece of work, started for it and gone with it.

Plain child processes with a pipe each way, not forks: the server has threads, and a fork of a process with
threads may hang. The child imports only what its function needs. Its standard input ends when the parent
does, and then it ends too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import cycle
from typing import Any

from server.config import ROOT

Work = Callable[[Any], Any]
MOST_PROCESSES = 8
_AHEAD = 2
"""Tasks a child has waiting while it works on one: enough never to be idle, too few to fill its pipe."""


class WorkerFailed(RuntimeError):
    """A worker process ended before its work did."""


def open_work(entry: str, setup: Any) -> Work:
    """The function ``module:name`` makes of a setup: it takes one task and gives its result, both JSON."""
    module, name = entry.split(":")
    found: Work = getattr(import_module(module), name)(setup)
    return found


@contextmanager
def working(entry: str, setup: Any, processes: int) -> Iterator[Callable[[Iterable[Any]], Iterator[Any]]]:
    """A function that does tasks and yields their results in order; ``processes`` 0 = in this process."""
    if processes < 1:
        work = open_work(entry, setup)
        yield lambda tasks: map(work, tasks)
        return
    children = [_start(entry, setup) for _ in range(processes)]
    try:
        yield lambda tasks: _through(children, tasks)
    finally:
        for child in children:
            _end(child)


def how_many(tasks: int) -> int:
    """Processes worth starting for so many tasks."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if tasks < 2 else min(cores, tasks, MOST_PROCESSES)


def _start(entry: str, setup: Any) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-m", "server.core.worker"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    _send(child, {"entry": entry, "setup": setup})
    return child


def _through(children: list[subprocess.Popen[str]], tasks: Iterable[Any]) -> Iterator[Any]:
    waiting: deque[subprocess.Popen[str]] = deque()
    for child, task in zip(cycle(children), tasks, strict=False):
        _send(child, task)
        waiting.append(child)
        if len(waiting) >= _AHEAD * len(children):
            yield _receive(waiting.popleft())
    while waiting:
        yield _receive(waiting.popleft())


def _send(child: subprocess.Popen[str], message: Any) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(message) + "\n")
        child.stdin.flush()
    except BrokenPipeError as error:
        raise WorkerFailed(f"ended with {child.poll()}") from error


def _receive(child: subprocess.Popen[str]) -> Any:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise WorkerFailed(f"ended with {child.wait()}")
    return json.loads(line)


def _end(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(BrokenPipeError):
        child.stdin.close()
    child.stdout.close()
    child.kill()  # it holds nothing: whatever it was about to say, nobody waits for it
    child.wait()
