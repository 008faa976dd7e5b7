"""What every request and answer shares: limits, identifiers, security headers, the phone app's own files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from flask import Flask, Request, Response, g, request
from flask.json.provider import DefaultJSONProvider
from whitenoise import WhiteNoise

from server.core import clock, jsontext
from server.core.problems import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# X-Sync tells a phone that this is no captive portal's page.
_API_HEADERS = SECURITY_HEADERS | {"X-Sync": "1", "Cache-Control": "no-store"}
MAX_DEPTH = 20
# Strings (also unfinished ones) are skipped whole; the possessive quantifier keeps that linear.
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_ESCAPE, _STRING, _PAIR = re.compile(rb"\\.", re.DOTALL), re.compile(rb'"[^"]*"?'), re.compile(rb"\[\]|\{\}")
_PLAIN = bytes(set(range(256)) - set(b'[]{}"'))
# Python refuses to read a number of more than 4,300 digits, and not every reader expects that.
_ENDLESS_NUMBER = b"0" * 1000
_TO_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)


class ApiRequest(Request):
    """A request whose body must be whole and whose JSON must not be too deep."""

    max_depth = MAX_DEPTH

    def on_json_loading_failed(self, e: ValueError | None) -> Any:
        """Say that the body is not JSON; a wrong content type says so itself."""
        if e is None:
            return super().on_json_loading_failed(e)
        raise Problem("malformed_json")

    def get_data(self, *args: Any, **kwargs: Any) -> Any:
        """The body, whole, and if it is JSON at most ``max_depth`` levels deep.

        A body cut on its way (fewer bytes than declared) is refused, not half read; so is one that would
        exhaust the parser's stack, hold a number without end, or not be UTF-8 (RFC 8259). All are checked
        here because not every reader goes through ``get_json``.
        """
        data = super().get_data(*args, **kwargs)
        if not isinstance(data, bytes):
            return data
        if self.content_length is not None and len(data) < self.content_length:
            raise Problem("malformed_json")
        if self.is_json and not is_readable(data, self.max_depth):
            raise Problem("malformed_json")
        return data


class JsonProvider(DefaultJSONProvider):
    """Chinese as UTF-8: half the bytes of escapes; read by the quicker parser."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """The value of a request's or an answer's text."""
        return jsontext.loads(s)


def allow_depth(levels: int) -> None:
    """Let the present request's JSON be so deep; called before its body is read, and not above 200."""
    cast(ApiRequest, request).max_depth = levels


def is_readable(data: bytes, levels: int = MAX_DEPTH) -> bool:
    """Whether a JSON parser may be given the bytes."""
    return _is_utf8(data) and not _has_endless_number(data) and not _too_deep(data, levels)


def _has_endless_number(data: bytes) -> bool:
    """Whether a thousand digits stand in a row, outside of strings."""
    if _ENDLESS_NUMBER not in data.translate(_TO_ZEROS):
        return False
    return _ENDLESS_NUMBER in _TEXT.sub(b"", data).translate(_TO_ZEROS)


def _is_utf8(data: bytes) -> bool:
    """Zero bytes would let the JSON parser take the body for UTF-16, whose brackets nobody counted."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _too_deep(data: bytes, levels: int = MAX_DEPTH) -> bool:
    return not _is_flat(data) and _depth_above(data, levels)


def _is_flat(data: bytes) -> bool:
    """Whether the brackets certainly close within the levels allowed, said without looking at each byte.

    Innermost pairs are taken away level by level. What does not close is left to ``_depth_above``. A
    backslash outside of a string may hide brackets behind it, but every parser stops at it.
    """
    bare = _ESCAPE.sub(b"", data) if b"\\" in data else data
    left = bare.translate(None, _PLAIN).replace(b'""', b"")
    left = _STRING.sub(b"", left) if b'"' in left else left
    for _ in range(MAX_DEPTH):
        left = _PAIR.sub(b"", left)
    return not left


def _depth_above(data: bytes, limit: int) -> bool:
    depth = 0
    for token in _BRACKETS.finditer(data):
        first = data[token.start()]
        if first in b"[{":
            depth += 1
        elif first in b"]}":
            depth -= 1
        if depth > limit:
            return True
    return False


def init_app(app: Flask, request_max_bytes: int) -> None:
    """Set limits and headers for every answer of the API."""
    app.request_class = ApiRequest
    app.config.update(
        MAX_CONTENT_LENGTH=request_max_bytes,
        MAX_FORM_MEMORY_SIZE=16 * 1024,
        MAX_FORM_PARTS=10,
    )
    app.json = JsonProvider(app)
    app.before_request(_name_request)
    app.after_request(_add_request_id)
    app.wsgi_app = _with_headers(app.wsgi_app)  # type: ignore[method-assign, assignment]


def _name_request() -> None:
    g.request_id = str(uuid4())


def _add_request_id(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _with_headers(answer: WSGIApplication) -> WSGIApplication:
    """Add what every answer carries as it leaves: a list is ten times quicker than werkzeug's headers."""

    def answer_with(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        is_api = str(environ.get("PATH_INFO", "")).startswith("/api/")

        def start_with(status: str, headers: list[tuple[str, str]], *trouble: Any) -> Any:
            given = {name.lower() for name, _ in headers}
            common = _API_HEADERS if is_api else SECURITY_HEADERS
            headers += [(name, value) for name, value in common.items() if name.lower() not in given]
            if is_api:
                headers.append(("X-Server-Time", clock.iso(clock.now())))
            return start(status, headers, *trouble)

        return answer(environ, start_with)

    return answer_with


def serve_pwa(app: Flask, folder: Path) -> None:
    """Serve the built phone app at ``/``: hashed assets for ever, everything else revalidated."""
    if not (folder / "index.html").exists():
        app.add_url_rule("/", "pwa_missing", _pwa_missing)
        return
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        index_file=True,
        max_age=0,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: url.startswith("/assets/"),
        add_headers_function=_static_headers,
    )


def _static_headers(headers: Any, _path: str, url: str) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    if not url.startswith("/assets/"):
        headers["Cache-Control"] = "no-cache"  # a new release must be seen at the next start


def _pwa_missing() -> Response:
    text = {
        "zh": "手机端还没有构建，请运行 make build。",
        "en": "The phone app is not built. Run make build.",
    }
    return Response(json.dumps(text, ensure_ascii=False), 503, content_type="application/json")
