"""HTTP routes of photos: parse, delegate, dump."""

from __future__ import annotations

from flask_smorest import Blueprint

blueprint = Blueprint("photos", __name__, url_prefix="/api/v1")
