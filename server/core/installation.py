"""What this installation is set up for, for code that does not know Flask."""

from __future__ import annotations

from flask import current_app


def profile() -> str:
    """The policy profile of the installation (``LIANGDENG_PROFILE``)."""
    name: str = current_app.extensions["settings"].profile
    return name
