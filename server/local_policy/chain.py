"""The signatures of a county's acts: over each act's content and over the signature before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC

from server.core.crypto import sign, verify
from server.core.logs import log
from server.core.problems import Problem
from server.local_policy.queries import Act

PURPOSE = "policy"


def signature_of(act: Act) -> str:
    """The signature of an act; what its ``signature`` field says does not matter."""
    return sign(PURPOSE, _content(act))


def check_chain(acts: Sequence[Act]) -> None:
    """Refuse acts of which any was changed, moved, taken out or slipped in.

    Raises:
        Problem: policy_altered. Nothing is judged by rules that nobody signed.
    """
    previous = ""
    for position, act in enumerate(acts, start=1):
        linked = act.position == position and act.previous == previous
        if not linked or not verify(PURPOSE, _content(act), act.signature):
            log.error("policy_altered", county=act.region_code, setting=str(act.id), position=act.position)
            raise Problem("policy_altered", retry_after=300)
        previous = act.signature


def _content(act: Act) -> bytes:
    """Every field but the signature itself, in one spelling on both engines."""
    signed_at = act.signed_at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = act._replace(signed_at=signed_at, signature="")  # type: ignore[arg-type]
    return json.dumps(fields, ensure_ascii=False, default=str, separators=(",", ":")).encode()
