"""What can be wrong with policy data. Nothing here is raised while a household is judged."""

from __future__ import annotations


class PolicyError(ValueError):
    """Base of every complaint about policy data."""


class ExpressionError(PolicyError):
    """A condition that does not parse. ``place`` is the path inside the node, e.g. ``when.all[1]``."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class PackError(PolicyError):
    """A pack that must not be used. ``file`` is relative to the packs folder, ``key`` the place in it."""

    def __init__(self, file: str, key: str, message: str) -> None:
        super().__init__(f"{file}: {key}: {message}")
        self.file = file
        self.key = key
        self.message = message
