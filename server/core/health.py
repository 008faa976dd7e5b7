"""``GET /healthz``: whether this process can take work."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, current_app

from server import __version__, config
from server.core import state
from server.core.db import db
from server.core.scope import EVERYTHING, region_scope


def init_app(app: Flask) -> None:
    """Serve the health check."""
    app.add_url_rule("/healthz", "healthz", healthz)


def healthz() -> tuple[dict[str, Any], int]:
    """200 with version and epoch when database and photo store answer, else 503 naming which does not."""
    settings: config.Settings = current_app.extensions["settings"]
    try:
        with region_scope(EVERYTHING):
            epoch = state.epoch()
    except Exception:  # whatever the driver raises, the answer is the same: not healthy
        db.session.rollback()
        return {"status": "failing", "version": __version__, "failing": "database"}, 503
    if not os.access(settings.photo_dir, os.W_OK):
        return {"status": "failing", "version": __version__, "failing": "photo_store"}, 503
    return {"status": "ok", "version": __version__, "epoch": epoch}, 200
