"""Photos over lines that break, against a real server: they arrive, and little of them is sent twice."""

import hashlib
import multiprocessing
import os
import random
import signal
from types import SimpleNamespace

import pytest

from tests.conftest import new_postgres_database
from tests.photos.line import Line, Sender, bundled_rule, carry, chunk_rule, upload
from tests.support.api import Api, visit_body
from tests.support.live_server import LiveServer
from tests.support.pictures import jpeg
from tests.support.storm import workers_of
from tests.support.waiting import eventually
from tests.visits.bodies import CLEAN

pytestmark = pytest.mark.xdist_group("photos_bad_line")  # one server, not one a worker
KB = 1024
LENGTH = 300 * KB


@pytest.fixture(scope="module")
def server(engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("live")
    url = new_postgres_database(folder.name) if engine == "postgresql" else ""
    live = LiveServer(folder, url)
    live.seed(12)
    yield live.start()
    live.stop()


@pytest.fixture(scope="module")
def rule(tmp_path_factory):
    return bundled_rule(tmp_path_factory.mktemp("rule"))


@pytest.fixture(scope="module")
def member(server):
    """A grid member who has households."""
    for user in server.users():
        if user["role"] == "grid_member":
            api = Api(server.port, user["username"], user["password"])
            if homes := api.households():
                break
            api.close()
    yield SimpleNamespace(api=api, home=homes[0])
    api.close()


def photo(number):
    """A picture of 300 KB; what a JPEG says behind its end is not looked at."""
    dice = random.Random(number)
    start = jpeg(number, (640, 480))
    return start + dice.randbytes(LENGTH - len(start))


def promise(member, data, serial):
    """A visit with one photo; the path its photo goes to."""
    sha = hashlib.sha256(data).hexdigest()
    listed = [{"sha256": sha, "length": len(data), "kind": "house", "taken_at": None}]
    body = visit_body(member.home, CLEAN, serial=serial, photos=listed)
    status, answer = member.api.send(body)
    assert status == 201, answer
    return body["id"], f"/api/v1/s1/visits/{body['id']}/photos/{sha}"


def state_of(member, visit_id, wanted):
    """The photo's state, waited for."""

    def look():
        (shown,) = member.api.ok("GET", f"/visits/{visit_id}/photos")["items"]
        return shown["state"]

    return eventually(look, lambda state: state == wanted)


def test_of_a_photo_over_a_line_cut_every_40_kb_at_most_15_percent_travel_twice(server, member, rule):
    data = photo(1)
    visit_id, path = promise(member, data, 1)
    line = Line(server.port, lambda: 40 * KB)
    sender = Sender(line, member.api.token, path, data)
    with chunk_rule(rule) as sizes:
        answer = carry(sender, sizes)
    assert answer["offset"] == LENGTH
    assert line.cuts >= 7
    twice = sender.bytes / LENGTH - 1
    print(f"sent twice: {twice:.1%}, {sender.requests} requests, {line.cuts} cuts")
    assert 0 < twice <= 0.15
    assert state_of(member, visit_id, "ready") == "ready"


def test_photos_arrive_over_lines_that_break_anywhere_also_before_the_answer(server, member, rule):
    dice = random.Random(7)
    for serial in range(10, 14):
        data = photo(serial)
        visit_id, path = promise(member, data, serial)
        line = Line(server.port, lambda: dice.uniform(6, 120) * KB)
        sender = Sender(line, member.api.token, path, data)
        receive = line.receive

        def deaf(method, receive=receive, line=line):
            if dice.random() < 0.2:
                line.cut()
                raise ConnectionResetError
            return receive(method)

        line.receive = deaf
        with chunk_rule(rule) as sizes:
            carry(sender, sizes)
        assert state_of(member, visit_id, "ready") == "ready"


def test_several_processes_that_send_one_photo_are_told_of_one_photo(server, member):
    data = photo(20)
    visit_id, path = promise(member, data, 20)
    given = [(server.port, member.api.token, path, data, seed) for seed in range(4)]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        positions = pool.starmap(upload, given)
    assert all(position is not None for position in positions)
    assert state_of(member, visit_id, "ready") == "ready"
    changes = server.rows(
        "SELECT COUNT(*) AS n FROM change, photo WHERE photo.id = change.entity_id AND photo.sha256 = :sha",
        sha=hashlib.sha256(data).hexdigest(),
    )
    assert changes[0]["n"] == 2  # stored, ready


def kill_workers(server):
    """End every process that answers requests; the job worker is not one of them."""
    for pid in workers_of(server.process.pid):
        os.kill(pid, signal.SIGKILL)


def test_photos_arrive_though_the_server_is_killed_while_they_do(server, member, rule):
    for serial in range(30, 33):
        data = photo(serial)
        visit_id, path = promise(member, data, serial)
        member.api.close()
        line = Line(server.port, lambda: float("inf"))
        sender = Sender(line, member.api.token, path, data)
        send, fatal = line.send, 2 * (serial - 28)

        def deadly(head, body, send=send, sender=sender, fatal=fatal):
            sent = send(head, body)
            if sender.requests == fatal:
                kill_workers(server)
            return sent

        line.send = deadly
        with chunk_rule(rule) as sizes:
            carry(sender, sizes)
        assert state_of(member, visit_id, "ready") == "ready"
