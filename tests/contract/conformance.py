"""Holds every answer of every test against server/openapi.json."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from jsonschema_rs import Draft202012Validator

from server.core.openapi import API_PREFIX

COMMITTED = Path(__file__).resolve().parents[2] / "server" / "openapi.json"


class NotDescribed(AssertionError):
    """An answer that openapi.json does not describe, or describes otherwise."""


@cache
def document() -> dict[str, Any]:
    """The committed description."""
    found: dict[str, Any] = json.loads(COMMITTED.read_text(encoding="utf-8"))
    return found


def watch(app: Flask) -> None:
    """Fail the test whose request gets an answer that is not as described."""
    app.after_request(_check)


def _check(response: Response) -> Response:
    if request.url_rule is not None and request.path.startswith(API_PREFIX):
        check(_path_of(request.url_rule.rule), request.method.lower(), response)
    return response


def _path_of(rule: str) -> str:
    """Flask's rule as OpenAPI writes it: ``/visits/<uuid:visit_id>`` is ``/visits/{visit_id}``."""
    parts = [
        "{" + part.rstrip(">").rsplit(":", 1)[-1] + "}" if part.startswith("<") else part
        for part in rule.split("/")
    ]
    return "/".join(parts)


def check(path: str, method: str, response: Response) -> None:
    """Compare one answer with its description.

    Raises:
        NotDescribed: naming operation, status and what differs.
    """
    operation = document()["paths"].get(path, {}).get(method)
    if operation is None:
        if response.status_code < 400:  # the framework's own OPTIONS, HEAD and "no such method"
            return
        operation = {"responses": {}}
    status = str(response.status_code)
    described = operation["responses"].get(status) or {"$ref": "#/components/responses/DEFAULT_ERROR"}
    where = f"{method.upper()} {path} {status}"
    if status not in operation["responses"] and response.status_code < 400:
        raise NotDescribed(f"{where} is not described")
    _check_content(where, _resolve(described).get("content", {}), response)


def _check_content(where: str, content: dict[str, Any], response: Response) -> None:
    if not content:
        return
    if response.mimetype not in content:
        raise NotDescribed(f"{where}: {response.mimetype} instead of {' or '.join(content)}")
    if "json" not in response.mimetype:
        return
    schema = json.dumps(content[response.mimetype]["schema"], sort_keys=True)
    error = next(iter(_validator(schema).iter_errors(json.loads(response.get_data()))), None)
    if error is not None:
        raise NotDescribed(f"{where}: {'.'.join(map(str, error.instance_path))}: {error.message[:300]}")


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        _, *steps = node["$ref"].split("/")
        node = document()
        for step in steps:
            node = node[step]
    return node


@cache
def _validator(schema: str) -> Draft202012Validator:
    described = json.loads(schema) | {"components": document()["components"]}
    return Draft202012Validator(described, validate_formats=True)
