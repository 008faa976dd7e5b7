"""Counts sent outside: signed, in three forms, again until they are taken, and nobody's name in them."""

import base64
import hmac
import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from server.core.db import db
from server.core.jobs import run_pending
from server.core.problems import Problem
from server.notices import jobs, messages, sending
from server.notices.kinds import KINDS
from server.notices.messages import Digest
from server.notices.models import Webhook
from tests.factories import COUNTY, FANG, LAN, MEI, OTHER_COUNTY, inside, make_household, writing
from tests.visits.bodies import DRY, send, visit_of

SECRET = "shared with the receiver"
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DIGEST = Digest(
    "w:7",
    "450321",
    [("450321100", "red_light", 3), ("450321100", "escalated", 1), ("450321101", "held", 2)],
    {"450321": "阳朔县", "450321100": "阳朔镇", "450321101": "白沙镇"},
    AT,
)


class Receiver:
    """A server on this machine that keeps what it gets and answers as it is told."""

    def __init__(self):
        self.got, self.status, self.said = [], 200, b'{"errcode": 0}'
        self.trickle = None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                if receiver.trickle is not None:
                    self.answer_slowly(*receiver.trickle)
                    return
                self.send_response(receiver.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(receiver.said)

            def answer_slowly(self, head, ended):
                self.close_connection = True
                self.wfile.write(head)
                try:
                    while not ended.wait(0.1):
                        self.wfile.write(b"x")
                except OSError:
                    ended.set()

            def log_message(self, *_args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=1"

    @contextmanager
    def open(self):
        thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join(5)


@pytest.fixture
def receiver():
    with Receiver().open() as opened:
        yield opened


@pytest.fixture
def hook(app, receiver):
    def add(kind="json", county=COUNTY):
        with writing(app):
            return sending.add(county, receiver.url, SECRET, kind).id

    return add


def red(app, login, person=MEI):
    body = visit_of(make_household(app, region_code=person.region_code).id, DRY)
    assert send(login(person), body).status_code == 201
    run_pending(app)


def deliver(app):
    with inside(app):
        jobs.send()


def standing(app):
    with inside(app):
        row = db.session.scalar(select(Webhook))
        return row.last_error, row.tries, row.upto is None


def test_our_own_form_is_signed_and_counts_by_township(app, login, receiver, hook):
    key = hook()
    red(app, login)
    red(app, login)
    red(app, login, LAN)
    deliver(app)
    ((path, headers, body),) = receiver.got
    assert path == "/hook?key=1"
    signed = hmac.new(SECRET.encode(), f"{headers['X-Liangdeng-Timestamp']}.".encode() + body, sha256)
    assert headers["X-Liangdeng-Signature"] == f"v1={signed.hexdigest()}"
    said = json.loads(body)
    assert said["id"] == headers["X-Liangdeng-Message"]
    assert said["id"].startswith(str(key))
    township = MEI.region_code[:9]
    assert said["counts"] == [
        {"township": township, "name": f"区域{township}", "kind": "red_light", "count": 3}
    ]
    deliver(app)
    assert len(receiver.got) == 1


def test_nobody_is_named(app, login, receiver, hook):
    hook()
    red(app, login)
    deliver(app)
    text = receiver.got[0][2].decode()
    with inside(app):
        from server.households.models import Household, Member

        people = [home.head_name for home in db.session.scalars(select(Household))]
        people += [member.name for member in db.session.scalars(select(Member))]
    assert people
    assert not [name for name in (*people, "Mei", "mei") if name in text]


def test_what_happened_before_the_hook_and_in_other_counties_is_not_sent(app, login, receiver, hook):
    red(app, login)
    hook()
    red(app, login, FANG)
    deliver(app)
    assert receiver.got == []
    hook(county=OTHER_COUNTY)
    red(app, login, FANG)
    deliver(app)
    assert [json.loads(body)["county"] for _, _, body in receiver.got] == [OTHER_COUNTY]


@pytest.mark.parametrize(
    ("status", "error"), [(500, "http_500"), (404, "http_404"), (302, "http_302"), (307, "http_307")]
)
def test_a_failure_is_tried_again_with_the_same_message_after_a_growing_pause(
    app, login, receiver, hook, clock, status, error
):
    hook()
    red(app, login)
    receiver.status = status
    deliver(app)
    assert standing(app) == (error, 1, False)
    deliver(app)
    assert len(receiver.got) == 1
    clock.advance(minutes=1)
    deliver(app)
    clock.advance(minutes=1)
    deliver(app)
    assert len(receiver.got) == 2
    red(app, login)
    receiver.status = 200
    clock.advance(minutes=1)
    deliver(app)
    ids = [json.loads(body)["id"] for _, _, body in receiver.got]
    counts = [json.loads(body)["counts"][0]["count"] for _, _, body in receiver.got]
    assert (len(set(ids)), counts) == (1, [1, 1, 1])
    assert standing(app) == (None, 0, True)
    deliver(app)
    assert json.loads(receiver.got[-1][2])["counts"][0]["count"] == 1
    assert len(receiver.got) == 4


def test_an_address_that_does_not_answer(app, login, receiver, hook):
    hook()
    red(app, login)
    receiver.server.server_close()
    deliver(app)
    assert standing(app) == ("unreachable", 1, False)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b'{"errcode": 0}', None),
        (b'{"errcode": 93000}', "errcode_93000"),
        (b"<html>", "not_a_robot"),
        (b'{"errcode": "\\u0000"}', "not_a_robot"),
        (b'{"errcode": "\\ud800"}', "not_a_robot"),
        (b'{"errcode": "\\u001b[31m"}', "not_a_robot"),
        (b'{"errcode": false}', "not_a_robot"),
        (b'{"errcode": 0.0}', "not_a_robot"),
        (b"[" * 4000, "not_a_robot"),
    ],
)
@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_robots_say_in_the_body_whether_they_took_it(app, login, receiver, hook, kind, said, error):
    hook(kind)
    red(app, login)
    receiver.said = said
    deliver(app)
    assert standing(app)[0] == error


@pytest.mark.parametrize("step", ["begin", "settle"])
def test_one_that_breaks_off_waits_and_keeps_nobody_waiting(app, login, clock, hook, monkeypatch, step):
    """Whatever goes wrong with the first: it is put off, longer each time; the next is sent its counts."""
    broken, other = hook(), hook()
    whole = getattr(sending, step)

    def breaks(webhook_id, *args):
        if webhook_id == broken and args[:1] != (sending.OUR_FAULT,):
            raise UnicodeError("something nobody thought of")
        return whole(webhook_id, *args)

    monkeypatch.setattr(sending, step, breaks)
    red(app, login)
    waits = []
    for _ in range(2):
        deliver(app)
        with inside(app):
            waits.append(db.session.get(Webhook, broken).next_at - clock.now)
        clock.advance(hours=1)
    assert waits[0] < waits[1]
    with inside(app):
        assert db.session.get(Webhook, broken).last_error == "internal"
        assert db.session.get(Webhook, other).sent_at is not None


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_an_answer_that_trickles_costs_no_more_than_the_time_there_is(
    app, login, receiver, hook, monkeypatch, head
):
    """A byte now and then, in the body or in a header, and no end: each keeps the connection's own limit."""
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.3)
    ended = threading.Event()
    receiver.trickle = (head, ended)
    hook("wecom")
    red(app, login)
    began = monotonic()
    deliver(app)
    assert monotonic() - began < 3
    assert standing(app) == ("too_slow", 1, False)
    assert ended.wait(5), "the connection was never let go"


def test_a_removed_hook_sends_nothing(app, login, receiver, hook):
    key = hook()
    with writing(app):
        sending.remove(sending.queries.webhook(key))
    red(app, login)
    deliver(app)
    assert receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "ftp://example.org",
        "https://",
        "file:///etc/passwd",
        "x",
        "https://[::1",
        "https://a.example:99999/",
        "https://a.example:0/",
        "https://a.example/ x",
        "https://name:word@a.example/",
        "https://a.example/\x00",
    ],
)
def test_only_https_addresses_are_taken(app, url):
    with pytest.raises(Problem), writing(app):
        sending.add(COUNTY, url, SECRET, "json")


def test_address_and_secret_are_sealed(app, hook, receiver):
    hook()
    with inside(app):
        row = db.session.scalar(select(Webhook))
        assert SECRET not in row.secret_sealed
        assert "127.0.0.1" not in row.url_sealed
        assert sending.address_of(row) == receiver.url


def test_the_form_of_wecom():
    sent = messages.letter("wecom", "https://qyapi.example/send?key=1", SECRET, DIGEST)
    assert sent.url == "https://qyapi.example/send?key=1"
    assert json.loads(sent.body) == {
        "msgtype": "markdown",
        "markdown": {
            "content": "**亮灯提醒** 阳朔县\n> 阳朔镇：新亮红灯 3，村里上报 1\n> 白沙镇：来件待处理 2"
        },
    }


def test_the_form_and_the_signature_of_dingtalk():
    sent = messages.letter("dingtalk", "https://oapi.example/robot/send?access_token=t", SECRET, DIGEST)
    query = parse_qs(urlsplit(sent.url).query)
    stamp = str(int(AT.timestamp() * 1000))
    expected = base64.b64encode(hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), sha256).digest())
    assert query == {"access_token": ["t"], "timestamp": [stamp], "sign": [expected.decode()]}
    said = json.loads(sent.body)
    assert (said["msgtype"], said["markdown"]["title"]) == ("markdown", "亮灯提醒")


def test_every_kind_has_words():
    assert set(messages.WORDS) == set(KINDS)


def test_the_operator_adds_lists_tries_and_removes(app, receiver):
    runner = app.test_cli_runner()

    def run(*words):
        return runner.invoke(args=["webhooks", *words])

    added = run("add", "--county", COUNTY, "--url", receiver.url, "--secret", SECRET, "--format", "wecom")
    key = added.output.strip()
    assert key in run("list").output
    assert SECRET not in run("list").output
    assert run("test", key).output.startswith("taken")
    assert "新亮红灯 1" in receiver.got[0][2].decode()
    receiver.said = b'{"errcode": 40001}'
    failed = run("test", key)
    assert (failed.exit_code, "errcode_40001" in failed.output) == (1, True)
    assert run("remove", key).exit_code == 0
    assert "removed" in run("list").output
    assert run("add", "--county", "999999", "--url", receiver.url, "--secret", "s").exit_code == 1
    for url, secret, words in (
        ("http://example.org", "s", "https://"),
        ("https://[::1", "s", "https://"),
        ("https://example.org:99999", "s", "https://"),
        (receiver.url, " ", "secret"),
    ):
        refused = run("add", "--county", COUNTY, "--url", url, "--secret", secret)
        assert (refused.exit_code, words in refused.output) == (1, True)
