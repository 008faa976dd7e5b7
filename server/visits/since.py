"""What a phone said of a visit beside the one before: answers taken over, reasons for large changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.visits.schemas import SinceLastSchema

_SINCE = SinceLastSchema()


def since_last(body: dict[str, Any], changes: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """What a stored body says of its answers; None where it says nothing, or in an older form.

    An answer that differs from the visit before (``changes``, as ``differences`` gives them) was not taken
    over from it, whatever the phone says.
    """
    said: dict[str, Any] | None = body.get("since_last")
    if said is None or _SINCE.validate(said):
        return None
    changed = {_step(change) for change in changes}
    same = {step: visit for step, visit in said["same"].items() if step not in changed}
    return {"same": same, "changes": said["changes"]}


def _step(change: dict[str, Any]) -> str:
    item = change["item"]
    return change["question"] if item is None else f"{change['question']}@{item}"
