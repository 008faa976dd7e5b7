"""Many households, a line each: what is met, what is open, and the proposed kind; a bad line is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, BinaryIO

from .eras import Benches
from .lines import MAX_BYTES, Line, LineError, Reader
from .results import Outline

Send = Callable[[dict[str, Any]], None]
_MARK = b"\xef\xbb\xbf"


def lines_of(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with their number from 1, one at a time; an endless one comes cut, just over the limit."""
    number = 0
    while raw := stream.readline(MAX_BYTES + 2):
        number += 1
        ended = raw.endswith(b"\n")
        while not ended and (rest := stream.readline(MAX_BYTES)):
            ended = rest.endswith(b"\n")
        text = raw.rstrip(b"\r\n")
        yield number, text.removeprefix(_MARK) if number == 1 else text


def evaluate(
    stream: BinaryIO, reader: Reader, benches: Benches, today: date, answer: Send, refuse: Send
) -> bool:
    """Judge every line, in order. Blank lines are no households. Returns whether every line was good."""
    good = True
    for number, raw in lines_of(stream):
        if not raw.strip():
            continue
        try:
            line = reader.read(raw)
        except LineError as error:
            good = False
            refuse({"line": number, "error": str(error)})
        else:
            answer(answered(line, benches.on(line.on or today).outline(line.facts)))
    return good


def answered(line: Line, found: Outline) -> dict[str, Any]:
    """The answer to a line."""
    return {
        "id": line.id,
        "met": list(found.met),
        "unknown": {rule: list(ask) for rule, ask in sorted(found.unknown.items())},
        "kind": found.proposed_kind,
    }


def as_json_line(entry: dict[str, Any]) -> bytes:
    """One line of JSON; half characters that came in are written as escapes."""
    return json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
