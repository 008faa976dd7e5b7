"""What people did, as they saw it: the history that the checker holds against the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NO_ANSWER = "salty"  # of a form with a bug: no server knows such water


@dataclass
class Attempt:
    """One thing that somebody tried to save on a phone."""

    kind: str
    phone: str
    user: str
    household_id: str
    body: dict[str, Any]
    word: str
    at: float
    photos: dict[str, bytes] = field(default_factory=dict)
    # What the phone said: None while it has not, or never will.
    saved: bool | None = None
    op_id: str | None = None
    # Somebody sent this past the phone (a forged or foreign copy): no phone shows it.
    rogue: bool = False
    # The present life of the database signed for it.
    signed: bool = False
    # Its phone was to be wiped when the server went back to a backup: nobody is left to send it again.
    excused: bool = False
    # It was refused, and its author put it right: another attempt stands for it.
    corrected: bool = False
    # Of an edit: the revision of the household that its author saw.
    base_rev: int | None = None

    @property
    def faulty(self) -> bool:
        """Whether its form had a bug, so that it must be refused."""
        return bool(self.body.get("answers", {}).get("water_state") == NO_ANSWER)
