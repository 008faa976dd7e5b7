"""The checklist versions as served: the committed files byte for byte, so that all phones have one text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from server.core.problems import Problem

FOLDER = Path(__file__).resolve().parent / "definitions"
CURRENT = "current"


@dataclass(frozen=True)
class Document:
    """One checklist version; ``digest`` is the SHA-256 of its bytes."""

    version: str
    released_on: str
    content: bytes
    digest: str


@cache
def documents() -> dict[str, Document]:
    """All versions, read once."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.json"))]
    return {document.version: document for document in found}


def _read(path: Path) -> Document:
    content = path.read_bytes()
    described = json.loads(content)
    return Document(described["version"], described["released_on"], content, sha256(content).hexdigest())


def document(version: str) -> Document:
    """One version, or the newest for ``current``.

    Raises:
        Problem: checklist_not_found.
    """
    if version == CURRENT:
        return max(documents().values(), key=lambda each: (each.released_on, each.version))
    if version not in documents():
        raise Problem("checklist_not_found")
    return documents()[version]
