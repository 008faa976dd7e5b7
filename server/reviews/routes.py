"""HTTP routes of reviews: parse, delegate, dump."""

from __future__ import annotations

from flask_smorest import Blueprint

blueprint = Blueprint("reviews", __name__, url_prefix="/api/v1")
