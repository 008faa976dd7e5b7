"""Which acts of the audit trail are worth a notice, and to whom. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Details = Mapping[str, Any]
RED_LIGHT, CORRECTED, ESCALATED, DISMISSED = "red_light", "corrected", "escalated", "dismissed"
PROPOSED, HELD, ASKED = "proposed", "held", "asked"
HANDED_UP, SENT_BACK = "handed_up", "sent_back"
KINDS = (RED_LIGHT, HANDED_UP, SENT_BACK, ESCALATED, CORRECTED, DISMISSED, PROPOSED, HELD, ASKED)
"""In the order in which a message counts them."""

_DECIDERS = {"village": "first_secretary", "township": "township"}
Telling = tuple[str, str]


def _accepted(details: Details) -> list[Telling]:
    if details.get("revision", 1) > 1:
        return [(CORRECTED, "first_secretary")]
    return [(RED_LIGHT, "first_secretary")] if details.get("severity") == "red" else []


def _reviewed(details: Details) -> list[Telling]:
    return [(ESCALATED, "township")] if details.get("decision") == "escalated" else []


def _rechecked(details: Details) -> list[Telling]:
    return [(HANDED_UP, "county")] if details.get("decision") == "hand_up" else []


def _decided(details: Details) -> list[Telling]:
    return [(SENT_BACK, "township")] if details.get("decision") == "back" else []


def _dismissed(details: Details) -> list[Telling]:
    return [(DISMISSED, "township")] if details.get("severity") == "red" else []


def _proposed(details: Details) -> list[Telling]:
    return [(PROPOSED, _DECIDERS[level])] if (level := details.get("level")) in _DECIDERS else []


def _held(_details: Details) -> list[Telling]:
    return [(HELD, "first_secretary")]


def _asked(details: Details) -> list[Telling]:
    return [(ASKED, "township" if details.get("role") == "grid_member" else "county")]


_ACTS: Mapping[str, Callable[[Details], list[Telling]]] = {
    "visit.accept": _accepted,
    "visit.review": _reviewed,
    "recheck.conclude": _rechecked,
    "county.decide": _decided,
    "light.dismiss": _dismissed,
    "proposal.make": _proposed,
    "sync.hold": _held,
    "account.ask": _asked,
}
ACTIONS = frozenset(_ACTS)


def told(action: str, details: Details) -> list[Telling]:
    """Kind of notice and role for an act; empty for what nobody has to be told of."""
    return _ACTS[action](details) if action in _ACTS else []
