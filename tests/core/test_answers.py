"""What every answer shares: problem documents, limits, headers, and silence about people in the log."""

from __future__ import annotations

import io
import json
import sys

import pytest
import structlog
from flask import Flask
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError

from server.core import http, logs, problems
from server.core.problems import CATALOGUE, Problem
from tests.factories import MEI, PASSWORD, make_household

LOGIN = "/api/v1/auth/login"
BODY = {"username": "mei", "password": PASSWORD, "device": {"id": "p", "name": "p", "app_version": "1"}}


def assert_problem(reply, status, code):
    assert (reply.status_code, reply.content_type) == (status, "application/problem+json")
    assert reply.json["code"] == code
    assert reply.json["type"] == f"urn:liangdeng:problem:{code}"
    assert reply.json["title"] == CATALOGUE[code].en
    assert reply.json["title_zh"] == CATALOGUE[code].zh
    assert reply.json["request_id"] == reply.headers["X-Request-Id"]


def test_unknown_address_is_a_problem(client):
    reply = client.get("/api/v1/nowhere")
    assert_problem(reply, 404, "not_found")
    assert reply.json["instance"] == "/api/v1/nowhere"


def test_wrong_method_is_a_problem(client):
    assert_problem(client.get(LOGIN), 405, "method_not_allowed")


@pytest.mark.parametrize("content", [b"{", b'{"username": "mei"', b"\xff\xfe", b"nonsense", b"[1, 2,]"])
def test_body_that_is_not_json_is_a_problem(client, content):
    assert_problem(client.post(LOGIN, data=content, content_type="application/json"), 400, "malformed_json")


@pytest.mark.parametrize(
    "content",
    [
        b'{"username": ' + b"1" * 6000 + b"}",
        ('["\u2200", ' + "[" * 100_000).encode("utf-16"),
        ('["\u2200", ' + "[" * 100_000).encode("utf-16-le"),
        json.dumps({"username": "x"}).encode("utf-32"),
    ],
    ids=["endless number", "deep in UTF-16", "deep in UTF-16 without its mark", "UTF-32"],
)
def test_body_made_to_trip_the_parser_is_a_problem(client, content):
    assert_problem(client.post(LOGIN, data=content, content_type="application/json"), 400, "malformed_json")


@pytest.mark.parametrize("field", ["username", "password"])
def test_half_a_character_is_a_problem(client, field):
    content = json.dumps(BODY | {field: "\ud800"})
    assert_problem(client.post(LOGIN, data=content, content_type="application/json"), 422, "invalid")


@pytest.mark.parametrize("field", ["id", "name", "app_version"])
def test_half_a_character_in_the_device_is_a_problem(client, field):
    content = json.dumps(BODY | {"device": {"id": "d", field: "\ud800"}})
    assert_problem(client.post(LOGIN, data=content, content_type="application/json"), 422, "invalid")


def test_options_tell_the_methods_with_or_without_a_token(client, login):
    for caller in (client, login(MEI)):
        reply = caller.open("/api/v1/visits", method="OPTIONS")
        assert (reply.status_code, "GET" in reply.headers["Allow"]) == (200, True)


def test_body_cut_on_its_way_is_not_half_read(client):
    """A proxy or server that passes on 20 of 200 declared bytes must not have them taken for the whole."""
    content = json.dumps(BODY).encode()
    for cut in (0, 1, len(content) // 2, len(content) - 1):
        assert_problem(send_cut(client, content[:cut], len(content)), 400, "malformed_json")


def send_cut(client, content, declared, *, ended_by_server=True):
    """As gunicorn (which ends the stream itself) or another server hands over a body that broke off."""
    return client.post(
        LOGIN,
        input_stream=io.BytesIO(content),
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": str(declared), "wsgi.input_terminated": ended_by_server},
    )


@pytest.mark.parametrize("ended_by_server", [True, False])
def test_valid_json_followed_by_missing_bytes_is_refused(client, ended_by_server):
    """What arrived is whole JSON by itself; the declared length says that something is missing."""
    content = json.dumps(BODY).encode()
    reply = send_cut(client, content, len(content) + 5, ended_by_server=ended_by_server)
    assert_problem(reply, 400, "malformed_json")


def nested(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(("depth", "status"), [(19, 422), (20, 422), (21, 400), (5_000, 400), (100_000, 400)])
def test_json_is_read_to_a_depth_of_twenty(client, depth, status):
    reply = client.post(LOGIN, data=nested(depth), content_type="application/json")
    assert reply.status_code == status


def test_too_large_a_body_is_a_problem(client):
    reply = client.post(LOGIN, data=b" " * (513 * 1024), content_type="application/json")
    assert_problem(reply, 413, "too_large")


def test_wrong_content_type_is_a_problem(client):
    reply = client.post(LOGIN, data=json.dumps(BODY), content_type="text/plain")
    assert reply.status_code in (400, 415, 422)
    assert reply.content_type == "application/problem+json"


def test_invalid_fields_are_listed_with_code_and_message(client):
    reply = client.post(LOGIN, json={"username": 5, "password": PASSWORD, "device": {"id": ""}})
    assert_problem(reply, 422, "invalid")
    assert set(reply.json["errors"]) == {"username", "device.id"}
    assert set(reply.json["errors"]["username"][0]) == {"code", "message"}


def test_wait_is_told_in_body_and_header(app):
    with app.test_request_context():
        reply = problems.respond(Problem("busy", retry_after=5))
    assert (reply.headers["Retry-After"], reply.json["retry_after"]) == ("5", 5)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_problem_says_what_to_do_in_both_languages(code):
    kind = CATALOGUE[code]
    assert 400 <= kind.status < 600
    assert kind.en.endswith(".")
    assert kind.zh.endswith("。")


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [
        (Exception("database is locked"), 503, "busy"),
        (DeadlockDetected("known by its code, in whatever language"), 503, "busy"),
        (Exception("database or disk is full"), 507, "storage_full"),
        (Exception("No space left on device"), 507, "storage_full"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, DeadlockDetected) else str(value),
)
def test_database_under_pressure_asks_to_come_back(trouble, status, code):
    small = bare_app()

    @small.get("/fails")
    def fails():
        raise OperationalError("statement", {}, trouble)

    reply = small.test_client().get("/fails")
    assert (reply.status_code, reply.json["code"]) == (status, code)
    assert int(reply.headers["Retry-After"]) > 0


def bare_app():
    app = Flask("bare")
    http.init_app(app, 1000)
    problems.init_app(app)
    return app


@pytest.fixture
def logged(monkeypatch):
    """What the log has said so far: ``logged()``."""
    before, written = structlog.get_config(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.init_app(Flask("logging"), "INFO", "json")
    yield written.getvalue
    structlog.configure(**before)


def test_bug_is_answered_without_its_details(logged):
    buggy = bare_app()

    @buggy.get("/fails")
    def fails():
        raise RuntimeError("韦小山 450321198005049910")

    reply = buggy.test_client().get("/fails")
    assert (reply.status_code, reply.json["code"]) == (500, "internal")
    assert "450321198005049910" not in reply.text
    logged = logged()
    assert '"kind": "RuntimeError"' in logged
    assert "test_answers.py" in logged
    assert "450321198005049910" not in logged
    assert "韦小山" not in logged


SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/me", "/api/v1/nowhere", "/"])
def test_security_headers_are_on_every_answer(client, path):
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in SECURITY} == SECURITY
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_api_answers_are_marked_and_not_stored(client):
    headers = client.get("/api/v1/me").headers
    assert (headers["X-Sync"], headers["Cache-Control"]) == ("1", "no-store")


def test_log_line_has_the_route_and_no_identifier(app, login, logged):
    household = make_household(app)
    phone = login(MEI)
    phone.get(f"/api/v1/checklists/{household.id}?name=韦小山")
    line = json.loads(logged().splitlines()[-1])
    assert line["route"] == "/api/v1/checklists/<version>"
    assert (line["status"], line["user"]) == (404, str(MEI.id))
    assert str(household.id) not in json.dumps(line)
    assert "韦" not in json.dumps(line, ensure_ascii=False)


def test_log_of_a_login_holds_neither_name_nor_password(client, logged):
    client.post(LOGIN, json=BODY | {"username": "typed-by-mistake", "password": "a-secret-word"})
    logged = logged()
    assert '"status": 401' in logged
    assert "typed-by-mistake" not in logged
    assert "a-secret-word" not in logged
