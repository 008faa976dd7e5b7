"""The job worker does not outlive the process that watches it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.config import ROOT

WATCHER = """
import os, signal, sys, time
sys.path.insert(0, {deploy!r})
import job_worker

def work():
    with open({note!r}, "a") as note:
        print(os.getpid(), file=note)
    time.sleep(60)

def told_to_stop(number, frame):
    job_worker.stop(watcher, 10)
    sys.exit()

signal.signal(signal.SIGTERM, told_to_stop)
watcher = job_worker.start(work, lambda: None)
time.sleep(60)
"""
PATIENCE_SECONDS = 20.0


def until(holds):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def master(tmp_path):
    """A process that has a job worker kept running, and the file that each worker writes its id to."""
    note = tmp_path / "pids"
    script = WATCHER.format(deploy=str(ROOT / "deploy"), note=str(note))
    with subprocess.Popen([sys.executable, "-c", script]) as made:
        until(lambda: pids(note))
        yield made, note
        made.kill()


def pids(note):
    return [int(line) for line in note.read_text().split()] if note.exists() else []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_worker_ends_with_its_master(master, how):
    made, note = master
    os.kill(made.pid, how)
    made.wait(PATIENCE_SECONDS)
    until(lambda: is_gone(pids(note)[0]))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_worker_ends_with_its_watcher(master, how):
    _, note = master
    worker = pids(note)[0]
    os.kill(parent_of(worker), how)
    until(lambda: is_gone(worker))


def test_a_worker_that_died_is_started_again(master):
    _, note = master
    first = pids(note)[0]
    os.kill(first, signal.SIGKILL)
    until(lambda: len(pids(note)) == 2)
    assert is_gone(first)
    assert not is_gone(pids(note)[1])


def test_nobody_takes_them_for_workers_of_the_web(master):
    _, note = master
    worker = pids(note)[0]
    until(lambda: Path(f"/proc/{worker}/comm").read_text().strip() == "job-worker")
    assert Path(f"/proc/{parent_of(worker)}/comm").read_text().strip() == "job-watch"
    assert Path(f"/proc/{worker}/oom_score_adj").read_text().strip() == "300"


def test_workers_are_in_a_session_of_their_own(master):
    made, note = master
    worker = pids(note)[0]
    assert os.getsid(worker) == worker != os.getsid(made.pid)


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def is_gone(pid):
    """Ended, or ended and not yet reaped by whoever inherited it."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
