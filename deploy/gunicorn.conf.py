"""Settings of gunicorn, for `make run` and for production.

Threads, not more processes: a phone on a bad line holds its connection for seconds, and a waiting thread is
cheap. 2 × 32 kept the answer time of others at 6 ms while 40 phones uploaded slowly (see README, decisions).
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_ROOT / "deploy"))
import even_worker  # noqa: E402
import job_worker  # noqa: E402

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
chdir = str(_ROOT)
worker_class = even_worker.EvenThreadWorker
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "32"))
preload_app = True  # loaded once, shared by all; new code needs a restart, HUP only replaces the workers
timeout = 60
graceful_timeout = 60  # a photo on its way at a deployment may still arrive
keepalive = 30  # phones send several requests in a row; a TCP handshake costs them a second
max_requests = 20_000  # a leak, should there be one, stays small
max_requests_jitter = 2_000
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # a heartbeat must not wait for a disk
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
accesslog = None  # the app writes its own line a request, without personal data

STOP_SECONDS = 30.0
_jobs: list[int] = []


def pre_fork(server: Any, worker: Any) -> None:
    """Let the new worker count its connections where the others see it, and open its own to the database."""
    from server.app import let_go  # noqa: PLC0415 - loaded by now, and not before the settings above

    even_worker.before_fork(server.WORKERS, worker)
    let_go(server.app.wsgi())


def child_exit(_server: Any, worker: Any) -> None:
    """A worker that is gone takes no connections."""
    even_worker.after_exit(worker)


def post_worker_init(_worker: Any) -> None:
    """Leave Ctrl-C to the master: a worker that gets it from the terminal and from the master may hang."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def when_ready(server: Any) -> None:
    """Start the job worker, unless it runs as a service of its own (JOB_WORKER=off)."""
    gc.collect()
    gc.freeze()  # the loaded app stays: no collection looks through it again, which took 0.2 s in a request
    if os.environ.get("JOB_WORKER", "on") != "on":
        return
    from server.app import let_go  # noqa: PLC0415 - as above
    from server.core import jobs  # noqa: PLC0415

    app = server.app.wsgi()

    def detach() -> None:
        for listener in server.LISTENERS:
            listener.sock.close()

    let_go(app)
    _jobs.append(job_worker.start(lambda: jobs.serve(app), detach))


def on_exit(_server: Any) -> None:
    """Stop the job worker; it finishes the photo it is working on."""
    for job in _jobs:
        job_worker.stop(job, STOP_SECONDS)
