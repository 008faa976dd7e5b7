"""What a receipt number stands for."""

from __future__ import annotations

from typing import Any

from server.core.auth import Actor
from server.core.crypto import unpadded
from server.core.problems import Problem
from server.households.services import summarise
from server.photos import queries as photos
from server.visits import queries as visits
from server.visits.services import receipt_key, same_number, seq_of, signed_receipt


def proof_of(actor: Actor, number: str) -> dict[str, Any]:
    """The visit of a receipt number that somebody read out, how far its photos are, and the signature.

    Raises:
        Problem: receipt_not_found, also for a visit that the actor may not open.
    """
    seq = seq_of(number)
    visit = visits.visible_by_seq(actor, seq) if seq is not None else None
    if visit is None or not same_number(visit, number):
        raise Problem("receipt_not_found")
    home = summarise([visit.household_id])[visit.household_id]
    return {
        **signed_receipt(visit),
        "received_at": visit.received_at,
        "visit_id": visit.id,
        "sha256": visit.sha256,
        "photos": photos.of_visit(visit.id),
        "public_key": unpadded(receipt_key()),
        "household_number": home["number"],
    }
