"""server/openapi.json: up to date, complete, and believed."""

import json

import flask
import pytest

from server.core import permissions
from server.core.openapi import API_PREFIX
from tests.contract import conformance
from tests.contract.conformance import NotDescribed, document
from tests.factories import WEI


def described_by(app):
    with app.app_context():
        apis = flask.current_app.extensions["flask-smorest"]["apis"]
        (api,) = [each["ext_obj"] for each in apis.values()]
        return json.loads(json.dumps(api.spec.to_dict()))


def test_the_committed_description_is_what_the_code_says(_shared_app):  # noqa: PT019 - the app itself is read
    assert described_by(_shared_app) == document(), "run make openapi"


def test_every_operation_has_a_row_in_the_permission_table(_shared_app):  # noqa: PT019
    rules = [rule for rule in _shared_app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    assert {rule.endpoint for rule in rules} == set(permissions.table())


def test_every_answer_with_content_has_a_schema():
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            good = [status for status in operation["responses"] if status.startswith("2")]
            assert good, f"{method} {path} describes no success"
            for status in good:
                answer = operation["responses"][status]
                empty = status == "204" or method == "head"
                assert empty or answer.get("content"), f"{method} {path} {status} has no schema"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"items": []}, "application/json"),
        (200, {"items": [], "next": 3, "counts": {}}, "application/json"),
        (200, {"items": [{"id": "x"}], "next": None}, "application/json"),
        (418, {"code": "teapot"}, "application/problem+json"),
        (404, {"error": "not found"}, "application/json"),
        (202, {}, "application/json"),
    ],
)
def test_an_answer_that_differs_from_its_description_is_noticed(status, body, kind):
    reply = flask.Response(json.dumps(body), status, content_type=kind)
    with pytest.raises(NotDescribed):
        conformance.check(f"{API_PREFIX}/visits", "get", reply)


def test_the_watch_is_on_in_every_test(app, login, monkeypatch):
    monkeypatch.setattr("server.reviews.views.counts", lambda *_: {})
    with pytest.raises(NotDescribed):
        login(WEI).get("/api/v1/visits")
