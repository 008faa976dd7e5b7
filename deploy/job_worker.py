"""Runs the job worker beside gunicorn: starts it, starts it again when it dies, ends with gunicorn.

A process of its own and not a thread of the gunicorn master: gunicorn reaps every child of its own, so only
another process can see the worker's end. It watches its parent's id: when the master is gone, even by
SIGKILL, the worker goes too; and when this process is killed, the system ends the worker (Linux only).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

COMMAND = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"]
START_AFTER_SECONDS = 2.0  # the web workers load first: people wait for them, jobs do not
LOOK_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
GRACE_SECONDS = 20.0
NICENESS = 10  # a tenth of a processor that people want all of; at 19 photos waited for ever
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


class _Stop(Exception):
    """Raised by SIGTERM and SIGINT."""


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):  # a second one must not cut the orderly end short
        signal.signal(number, signal.SIG_IGN)
    raise _Stop


def main() -> None:
    """Keep one job worker running until told to stop or left alone."""
    parent = os.getppid()
    signal.signal(signal.SIGTERM, _on_signal)
    signal.signal(signal.SIGINT, _on_signal)
    try:
        time.sleep(START_AFTER_SECONDS)
        _keep_running(parent)
    except _Stop:
        return


def _keep_running(parent: int) -> None:
    pause = 1.0
    while os.getppid() == parent:
        started = time.monotonic()
        # This process has one thread: nothing can hold a lock while it forks.
        worker = subprocess.Popen(COMMAND, start_new_session=True, preexec_fn=_settle_in)  # noqa: PLW1509
        try:
            _watch(worker, parent)
        except _Stop:
            _end(worker)
            raise
        if worker.poll() is None:
            _end(worker)
            return
        pause = 1.0 if time.monotonic() - started > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
        print(
            f"job worker ended with {worker.returncode}; starts again in {pause:.0f} s",
            file=sys.stderr,
            flush=True,
        )
        time.sleep(pause)


def _settle_in() -> None:
    """In the child before it becomes the worker: end with the parent, and let people's requests go first."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # Where Linux shares the processors out by session first, niceness counts within a session only.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS), encoding="ascii")


def _watch(worker: subprocess.Popen[bytes], parent: int) -> None:
    while worker.poll() is None and os.getppid() == parent:
        time.sleep(LOOK_SECONDS)


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Ask the worker to finish its job; insist after a while."""
    worker.terminate()
    try:
        worker.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()


if __name__ == "__main__":
    main()
