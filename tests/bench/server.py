"""Measurements of the running server: gunicorn with two workers, SQLite with every commit on the disk."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from tests.bench import phones
from tests.bench.common import HOUSEHOLDS, Bench, County, Result, machine, percentile
from tests.support.api import Api, sha256
from tests.support.live_server import ROOT, free_port
from tests.support.pictures import jpeg

CLIENTS, BATCH = 8, 20
PHOTOS, PHOTO_BYTES = 3, 200_000
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


def visits_accepted(county: County) -> Iterator[Result]:
    """How many visits a second the server takes in, each judged, signed for and on the disk."""
    port, work = county.server.port, []
    for place, user in enumerate(county.users_of("grid_member")):
        api = Api(port, user["username"], user["password"])
        bodies = phones.pushes(api.households(), ANSWERS, serial=place * 10_000, batch=BATCH)
        work += [phones.push_request(api.token, body) for body in bodies]
        api.close()
    random.Random(1).shuffle(work)
    phones.send_all(port, work[:CLIENTS], CLIENTS)  # the first answers also load code
    time.sleep(0.5)
    tally, seconds = phones.send_all(port, work[CLIENTS:], CLIENTS)
    note = (
        f"pushes of {BATCH}, {CLIENTS} clients on the same {machine()}; SQLite FULL, a transaction a visit, "
        f"rules judged; slowest push {max(tally.seconds):.2f} s"
    )
    yield Result("visits_accepted_per_s", tally.accepted / seconds, "visits/s", tally.accepted, note)


def visits_with_photos(county: County) -> Iterator[Result]:
    """The same with photos, each stored and synced before its answer; the pictures for people come later."""
    pictures = [
        jpeg(number, (1600, 1200)).ljust(PHOTO_BYTES, b"\0")[:PHOTO_BYTES] for number in range(PHOTOS)
    ]
    users = county.users_of("grid_member")
    port, sends = county.server.port, partial(_with_photos, county.server.port, pictures)
    first = [list(islice(sends(user, 900 + place), 1)) for place, user in enumerate(users[-CLIENTS:])]
    work = [sends(user, place) for place, user in enumerate(users[:CLIENTS])]
    phones.send_each(port, first)  # the first answers also load code
    tally, seconds = phones.send_each(port, work)
    note = (
        f"{PHOTOS} photos of {PHOTO_BYTES // 1000} KB a visit, pushes of {BATCH}, {CLIENTS} clients on the "
        f"same {machine()}; SQLite FULL; slowest request {max(tally.seconds):.2f} s; limit 120"
    )
    yield Result("visits_with_photos_per_s", tally.accepted / seconds, "visits/s", tally.accepted, note)


def _with_photos(port: int, pictures: list[bytes], user: dict[str, Any], place: int) -> Iterator[bytes]:
    """The requests of one phone: a push, the photos of its visits, the next push."""
    listed = [
        {"sha256": sha256(each), "length": len(each), "kind": "house", "taken_at": "2026-11-01T01:00:00.000Z"}
        for each in pictures
    ]
    api = Api(port, user["username"], user["password"])
    ops = phones.operations(api.households(), ANSWERS, serial=place * 10_000 + 5000, photos=listed)
    api.close()
    return _in_batches(api.token, ops, pictures)


def _in_batches(token: str, ops: list[bytes], pictures: list[bytes]) -> Iterator[bytes]:
    for start in range(0, len(ops), BATCH):
        part = ops[start : start + BATCH]
        yield phones.push_request(token, phones.push_body(part, len(ops) - start, phones.now_text()))
        for op in part:
            yield from phones.photo_requests(token, op, pictures)


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
    "visits_with_photos_per_s": visits_with_photos,
    "village_list_p95_ms": village_list,
}
