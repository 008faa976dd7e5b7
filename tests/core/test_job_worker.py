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
import sys
sys.path.insert(0, {deploy!r})
import job_worker
job_worker.START_AFTER_SECONDS = 0.0
job_worker.COMMAND = ["sh", "-c", "echo $$ > {note}; exec sleep 60"]
job_worker.main()
"""
PATIENCE_SECONDS = 20.0


def until(holds):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_worker_ends_with_its_watcher(tmp_path, how):
    note = tmp_path / "pid"
    script = WATCHER.format(deploy=str(ROOT / "deploy"), note=note)
    with subprocess.Popen([sys.executable, "-c", script]) as watcher:
        until(lambda: note.exists() and note.read_text().strip())
        worker = int(note.read_text())
        os.kill(watcher.pid, how)
        watcher.wait(PATIENCE_SECONDS)
    until(lambda: is_gone(worker))


def is_gone(pid):
    """Ended, or ended and not yet reaped by whoever inherited it."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
