"""Measurements of the running server: gunicorn with two workers, SQLite with every commit on the disk."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from tests.bench.common import HOUSEHOLDS, Bench, County, Result, machine, percentile
from tests.support.api import Api, canonical, sha256, visit_body
from tests.support.live_server import ROOT, free_port

CLIENTS, BATCH = 8, 20
ANSWERS: dict[str, Any] = {
    "consent": "yes",
    "roster_change": [],
    "basic_lack": [],
    "ins_gap": [],
    "ill_who": [],
    "house_state": "doubt",
    "house_cause": "age",
    "house_fix": "can",
    "house_prior": [],
    "water_state": "ok",
    "job_state": "stable",
    "biz_event": "none",
    "inc_band": "above",
    "shock": [],
    "policy_gap": [],
    "ask_help": "none",
}


def _batches(api: Api, households: list[dict[str, Any]], serial: int) -> list[bytes]:
    """Ready-made request bodies, so that the clients cost little of the machine they share."""
    bodies = [visit_body(one, ANSWERS, serial=serial + place) for place, one in enumerate(households)]
    entries = [{"sha256": sha256(canonical(body)), "body": body} for body in bodies]
    return [json.dumps({"visits": list(part)}).encode() for part in _parts(entries)]


def _parts(entries: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(entries), BATCH):
        yield entries[start : start + BATCH]


class _Sender(threading.Thread):
    """One phone after another on one connection."""

    def __init__(self, port: int, work: list[tuple[str, bytes]]) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.work, self.accepted = work, 0

    def run(self) -> None:
        """Send everything; count what was accepted."""
        for token, data in self.work:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            self.connection.request("POST", "/api/v1/visits/batch", data, headers)
            answer = self.connection.getresponse().read()
            self.accepted += answer.count(b'"accepted"')
        self.connection.close()


def _send_all(port: int, work: list[tuple[str, bytes]]) -> tuple[int, float]:
    """Visits accepted and seconds, with the work dealt to the clients."""
    senders = [_Sender(port, work[first::CLIENTS]) for first in range(CLIENTS)]
    started = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return sum(sender.accepted for sender in senders), time.perf_counter() - started


def visits_accepted(county: County) -> Iterator[Result]:
    """How many visits a second the server takes in, each judged, signed for and on the disk."""
    port, work = county.server.port, []
    for place, user in enumerate(county.users_of("grid_member")):
        api = Api(port, user["username"], user["password"])
        work += [(api.token, data) for data in _batches(api, api.households(), place * 10_000)]
        api.close()
    random.Random(1).shuffle(work)
    _send_all(port, work[:CLIENTS])  # the first answers also load code
    accepted, seconds = _send_all(port, work[CLIENTS:])
    note = f"batches of {BATCH}, {CLIENTS} clients on the same {machine()}; SQLite FULL, rules evaluated"
    yield Result("visits_accepted_per_s", accepted / seconds, "visits/s", accepted, note)


def village_list(county: County) -> Iterator[Result]:
    """The first page of a village's visits, as the first secretary opens it."""
    user = county.users_of("first_secretary")[0]
    api = Api(county.server.port, user["username"], user["password"])
    times = []
    for _ in range(200):
        started = time.perf_counter()
        page = api.ok("GET", "/visits?state=submitted&limit=50")
        times.append((time.perf_counter() - started) * 1000)
    api.close()
    note = f"{len(page['items'])} rows with counts, {HOUSEHOLDS} households in the county; one caller"
    yield Result("village_list_p95_ms", percentile(times, 0.95), "ms", len(times), note)


def second_start(county: County) -> Iterator[Result]:
    """From `make run` to a healthy answer, everything already set up."""
    folder, port, times = county.installation.folder, free_port(), []
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("LIANGDENG_", "MAKE"))}
    environ |= {"LIANGDENG_DATA_DIR": str(folder), "PORT": str(port)}
    environ["LIANGDENG_SECRET_KEY"] = county.installation.variables()["LIANGDENG_SECRET_KEY"]
    for _ in range(3):
        started = time.perf_counter()
        with subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            _wait_healthy(port)
            times.append(time.perf_counter() - started)
            os.killpg(process.pid, signal.SIGINT)
    yield Result("second_start_s", percentile(times, 0.5), "s", len(times), f"median; {machine()}; limit 5")


def _wait_healthy(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError("the server did not answer")


BENCHES: dict[str, Bench] = {
    "second_start_s": second_start,
    "visits_accepted_per_s": visits_accepted,
    "village_list_p95_ms": village_list,
}
