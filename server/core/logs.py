"""Structured logs: one line a request with its route pattern, never with a household or a person in it."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

log: Any = structlog.get_logger("liangdeng")


def init_app(app: Flask, level: str, form: str) -> None:
    """Write JSON lines (or readable text) to standard error, and one line after every request."""
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    app.before_request(_start)
    app.after_request(_finish)


def _without_values(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep where an error happened and what kind it was; its message may hold a value someone typed."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        frame, places = error.__traceback__, []
        while frame is not None:
            places.append(f"{frame.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{frame.tb_lineno}")
            frame = frame.tb_next
        event["at"] = places[-6:]
    return event


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    actor = g.get("actor")
    log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        request_id=g.get("request_id"),
        user=str(actor.id) if actor else None,
    )
    return response
