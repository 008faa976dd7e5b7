"""Runs the job worker beside gunicorn: starts it, starts it again when it dies, ends with gunicorn.

A process of its own and not a thread of the gunicorn master: gunicorn reaps every child of its own, so only
another process can see the worker's end. It watches its parent's id: when the master is gone, even by
SIGKILL, the worker goes too; and when this process is killed, the system ends the worker (Linux only).

Both are forked from the master, which has the app loaded: that saves four seconds of a slow processor at each
start and a hundred megabytes.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

LOOK_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
GRACE_SECONDS = 20.0
NICENESS = 10  # a tenth of a processor that people want all of; at 19 photos waited for ever
FIRST_TO_GO = 300  # of 1000: when memory is short, it is the worker that is started again by itself
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
FAILED = 1  # gunicorn gives up when a child of its own ends with 3 or 4


class _Stop(Exception):
    """Raised by SIGTERM and SIGINT."""


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):  # a second one must not cut the orderly end short
        signal.signal(number, signal.SIG_IGN)
    raise _Stop


def start(work: Callable[[], None], detach: Callable[[], None]) -> int:
    """Fork a process that keeps ``work`` running; its id.

    ``detach`` is called there first: it closes what belongs to the caller alone. The caller must have one
    thread, and no open connection that ``work`` would use.
    """
    parent = os.getpid()

    def keep() -> None:
        _set("comm", "job-watch")  # nobody shall take it for a worker of gunicorn's
        detach()
        keep_running(work, parent)

    return _forked(keep)


def stop(pid: int, patience: float) -> None:
    """End what ``start`` began; it finishes the job it is working on."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    with suppress(ChildProcessError):  # gunicorn was quicker to reap it
        while ended(pid) is None and time.monotonic() < deadline:
            time.sleep(0.02)


def ended(pid: int) -> int | None:
    """The exit code of a child, negative for a signal; None while it runs.

    Raises:
        ChildProcessError: somebody else reaped it.
    """
    gone, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if gone else None


def _forked(run: Callable[[], None]) -> int:
    """Run something in a child, which ends with it."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = FAILED
    try:
        _forget_signals()
        run()
        code = 0
    except BaseException:  # noqa: BLE001 - printed, and the exit code says so
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # what the parent wants done at its own end is not to be done here


def _forget_signals() -> None:
    """The parent's answers to signals are not the child's."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def keep_running(work: Callable[[], None], parent: int) -> None:
    """Keep one process with ``work`` running until told to stop or the parent is gone."""
    signal.signal(signal.SIGTERM, _on_signal)
    signal.signal(signal.SIGINT, _on_signal)
    with suppress(_Stop):
        _start_again(work, parent)


def _start_again(work: Callable[[], None], parent: int) -> None:
    pause = 1.0
    while os.getppid() == parent:
        started = time.monotonic()
        # This process has one thread: nothing can hold a lock while it forks.
        worker = _forked(lambda: _settled(work))
        try:
            code = _watch(worker, parent)
        except _Stop:
            _end(worker)
            raise
        if code is None:
            _end(worker)
            return
        pause = 1.0 if time.monotonic() - started > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
        print(f"job worker ended with {code}; starts again in {pause:.0f} s", file=sys.stderr, flush=True)
        time.sleep(pause)


def _settled(work: Callable[[], None]) -> None:
    """In the child before it becomes the worker: end with the parent, and let people's requests go first."""
    os.setsid()
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    _set("comm", "job-worker")
    # Where Linux shares the processors out by session first, niceness counts within a session only.
    _set("autogroup", str(NICENESS))
    _set("oom_score_adj", str(FIRST_TO_GO))
    work()


def _set(name: str, value: str) -> None:
    """Tell Linux something about this process; elsewhere, or where it may not be told, it does without."""
    with suppress(OSError):
        Path(f"/proc/self/{name}").write_text(value, encoding="ascii")


def _watch(worker: int, parent: int) -> int | None:
    """The worker's exit code, or None when the parent is gone before."""
    while (code := ended(worker)) is None and os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    return code


def _end(worker: int) -> None:
    """Ask the worker to finish its job; insist after a while."""
    stop(worker, GRACE_SECONDS)
    with suppress(ChildProcessError, ProcessLookupError):
        if ended(worker) is None:
            os.kill(worker, signal.SIGKILL)
