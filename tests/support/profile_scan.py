"""Looks for words in everything a browser wrote: as UTF-8, as UTF-16, in compressed answers, in any file."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

GZIP = b"\x1f\x8b\x08"
MOST_UNPACKED = 4_000_000


def hits(profile: Path, canaries: Mapping[str, str | bytes]) -> dict[str, list[str]]:
    """The files in which each canary lies, by its kind; kinds without a hit are left out."""
    patterns = {kind: [_pattern(form) for form in _forms(word)] for kind, word in canaries.items()}
    found: dict[str, list[str]] = {}
    for path in sorted(one for one in profile.rglob("*") if one.is_file() and not one.is_symlink()):
        texts = list(_texts(path))
        for kind, forms in patterns.items():
            if any(form.search(text) for form in forms for text in texts):
                found.setdefault(kind, []).append(str(path.relative_to(profile)))
    return found


def _forms(word: str | bytes) -> list[bytes]:
    if isinstance(word, bytes):
        return [word]
    return [word.encode(), word.encode("utf-16-le")]


def _pattern(form: bytes) -> re.Pattern[bytes]:
    """A number stands for itself only where no other digit is beside it."""
    whole = rb"(?<![0-9])" + re.escape(form) + rb"(?![0-9])"
    return re.compile(whole if form.isdigit() else re.escape(form))


def _texts(path: Path) -> Iterator[bytes]:
    try:
        data = path.read_bytes()
    except OSError:
        return
    yield data
    at = data.find(GZIP)
    while at >= 0:  # the HTTP cache keeps answers as they came over the line
        with suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(data[at:], MOST_UNPACKED)
        at = data.find(GZIP, at + 1)
