"""How the API describes itself: OpenAPI 3.1 from the marshmallow schemas, failures as problem documents."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Api as SmorestApi
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from server.core.problems import CONTENT_TYPE, from_http, respond

API_PREFIX = "/api/v1"


class ProblemSchema(Schema):
    """An RFC 9457 problem document; ``code`` is stable, the titles are for people."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    title_zh = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String()
    instance = fields.String()
    request_id = fields.String()
    retry_after = fields.Integer()
    state = fields.String(metadata={"description": "State of the photo that is not ready"})
    offset = fields.Integer(metadata={"description": "Bytes of the photo that have arrived"})
    epoch = fields.String(metadata={"description": "History of the server's database"})
    scope = fields.String(metadata={"description": "Prefix of the region codes the caller may see"})
    comment = fields.String(metadata={"description": "What somebody wrote who declined it"})
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.Dict()))


class Api(SmorestApi):  # type: ignore[misc]
    """flask-smorest with our one error form."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        """Describe the ready-made failures, which are problem documents and not plain JSON."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = CONTENT_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer a library's error with a problem document."""
        return respond(from_http(error))


def config(version: str) -> dict[str, Any]:
    """Settings of flask-smorest."""
    return {
        "API_TITLE": "Liangdeng",
        "API_VERSION": version,
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": None,
    }


def describe(api: SmorestApi) -> None:
    """Say how callers identify themselves."""
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    api.spec.options["security"] = [{"bearer": []}]
