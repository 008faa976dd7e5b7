"""A threaded gunicorn worker that leaves a new connection to the worker with the fewest.

All workers listen on one socket, and whoever wakes first takes what is there: of eight phones that come at
once one worker may get seven, and then one core does all the work. Here a worker that has more connections
than another waits a moment for the other to take the new one; if nobody does, it takes it itself.
"""

from __future__ import annotations

import mmap
import select
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

MOST_WORKERS = 64
PATIENCE_SECONDS = 0.03
PAUSE_SECONDS = 0.0005
LINGER_MS = 3
"""How long a thread that nobody else needs waits for a phone's next request."""
STEP = 4
"""How many connections more than another a worker takes each time that it has waited in vain."""
_NOBODY = 0xFFFF


class Counts:
    """How many connections each worker has, in memory that the master shares with all of them."""

    def __init__(self) -> None:
        self._shared = memoryview(mmap.mmap(-1, 2 * MOST_WORKERS)).cast("H")
        for place in range(MOST_WORKERS):
            self.clear(place)

    def clear(self, place: int) -> None:
        """Nobody works at this place."""
        self._shared[place] = _NOBODY

    def free_place(self, taken: set[int]) -> int | None:
        """A place for another worker; None when there are more workers than places."""
        return next((place for place in range(MOST_WORKERS) if place not in taken), None)

    def tell(self, place: int, count: int) -> None:
        """Let the others know."""
        self._shared[place] = min(count, _NOBODY - 1)

    def ahead(self, place: int, count: int) -> int:
        """How many connections a worker has more than the one with the fewest; below 0: it is that one."""
        others = (other for at, other in enumerate(self._shared) if at != place)
        return count - min(others)


COUNTS = Counts()


class EvenThreadWorker(ThreadWorker):  # type: ignore[misc]
    """See above. ``place`` is given by the master before the fork."""

    place: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waits_since: float | None = None
        self._free = self._ahead_before = 0

    def notify(self) -> None:
        """Once in every round: tell the master that we are alive and the others how busy."""
        super().notify()
        self._tell()

    def handle(self, conn: Any) -> Any:
        """Answer a request, and what comes at once behind it on the same connection.

        Giving a connection back to the main thread and getting it again costs two changes of thread and
        half a dozen calls of the system. Nobody is kept waiting by a thread that stays.
        """
        goes_on = super().handle(conn)
        while goes_on is True and self._stays_with(conn):
            goes_on = super().handle(conn)
        return goes_on

    def _stays_with(self, conn: Any) -> bool:
        """Whether there is a next request already, and a thread left for everybody else."""
        busy = self.nr_conns - len(self.keepalived_conns) - len(self.pending_conns)
        if not self.alive or busy > self.cfg.threads // 2 or conn.parser.unreader.buf.getvalue():
            return False
        waiting = select.poll()
        waiting.register(conn.sock, select.POLLIN)
        return bool(waiting.poll(LINGER_MS))

    def accept(self, listener: Any) -> None:
        """Take a new connection, unless another worker should."""
        if self._leaves_it():
            time.sleep(PAUSE_SECONDS)
            return
        super().accept(listener)
        self._tell()
        self._ahead_before = self._ahead()

    def _ahead(self) -> int:
        return 0 if self.place is None else COUNTS.ahead(self.place, self.nr_conns)

    def _tell(self) -> None:
        if self.place is None:
            return
        if self.alive:
            COUNTS.tell(self.place, self.nr_conns)
        else:
            COUNTS.clear(self.place)  # it is stopping, and takes no more

    def _leaves_it(self) -> bool:
        """Whether another worker should take the next connection, and may still come."""
        ahead = self._ahead()
        if ahead < self._ahead_before:
            self._free = 0  # the other takes some
        self._ahead_before = ahead
        if ahead <= 0 or self._free > 0:
            self._free = max(0, self._free - 1)
            self._waits_since = None
            return False
        return not self._waited_in_vain()

    def _waited_in_vain(self) -> bool:
        now = time.monotonic()
        if self._waits_since is None or now - self._waits_since > 2 * PATIENCE_SECONDS:
            self._waits_since = now  # a wait that ended because somebody came says nothing of this one
        if now - self._waits_since < PATIENCE_SECONDS:
            return False
        self._waits_since, self._free = None, STEP
        return True


def before_fork(workers: dict[int, Any], worker: Any) -> None:
    """In the master: give a worker that is about to start a place nobody has."""
    worker.place = COUNTS.free_place({other.place for other in workers.values() if other.place is not None})
    if worker.place is not None:
        COUNTS.clear(worker.place)  # it counts once it has loaded


def after_exit(worker: Any) -> None:
    """In the master: a worker is gone."""
    if worker.place is not None:
        COUNTS.clear(worker.place)
