"""How the API describes itself: OpenAPI 3.1 from the marshmallow schemas, failures as problem documents."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from flask import Flask, Response
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint
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
    """flask-smorest with our one error form, which describes the operations only to whoever asks.

    The description is committed as server/openapi.json; making it is a quarter of the app's start.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Blueprint] = []
        self._spec: APISpec | None = None
        super().__init__(app)

    @property
    def spec(self) -> APISpec | None:
        """The description of every operation registered so far."""
        spec, waiting = self._spec, self._undescribed
        if spec is not None:
            self._undescribed = []
            for blueprint in waiting:
                blueprint.register_views_in_doc(self, self._app, spec, name=blueprint.name, parameters=None)
                spec.tag({"name": blueprint.name, "description": blueprint.description})
        return spec

    @spec.setter
    def spec(self, spec: APISpec | None) -> None:
        """The library makes an empty one when it starts."""
        self._spec = spec

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """Serve the operations of a blueprint."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

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
