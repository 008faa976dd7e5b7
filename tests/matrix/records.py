"""What lies in the world: records, each with its place and its author, and the marks that give them away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

MARK = re.compile(r"Q[0-9]{6}Z")
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
LONG = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9]{17}[0-9X]|1[0-9]{10})(?![0-9A-Za-z])")
RECEIPT = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4,}-[0-9A-HJKMNP-TV-Z]{4}\b")


@dataclass(frozen=True)
class Record:
    """One record: its kind, its place, whose it is, and what of it decides who may see it."""

    kind: str
    id: str
    region: str
    owner: UUID | None = None
    variant: str = ""
    more: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)

    def get(self, name: str) -> Any:
        """``id`` or one of the further values."""
        return self.id if name == "id" else self.more.get(name)


class Ledger:
    """Every record, and which marks belong to which."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.marks: dict[str, list[Record]] = {}
        self._numbers = count(1)

    def mark(self) -> str:
        """A text that occurs nowhere else."""
        return f"Q{next(self._numbers):06}Z"

    def add(self, record: Record, *marks: object) -> Record:
        """Keep a record; its identifier is a mark too, when it is a UUID."""
        self.records.append(record)
        self.claim(record, *marks, *([record.id] if UUID_TEXT.fullmatch(record.id) else []))
        return record

    def claim(self, record: Record, *marks: object) -> None:
        """Say that texts belong to a record, beside others perhaps."""
        for mark in marks:
            owners = self.marks.setdefault(str(mark), [])
            if record not in owners:
                owners.append(record)

    def of(self, kind: str) -> list[Record]:
        return [record for record in self.records if record.kind == kind]

    def found_in(self, text: str) -> set[str]:
        """The marks of the world that occur in a text."""
        told: Iterable[str] = [m for seek in (MARK, UUID_TEXT, LONG, RECEIPT) for m in seek.findall(text)]
        return {m for one in told for m in (one, one.lower()) if m in self.marks}
