"""The one text of a JSON value that phone and server both hash (its twin: pwa/src/core/canonical.ts).

Keys sorted by code point, no spaces, UTF-8; the only numbers are whole ones, because fractions do not print
alike in both languages. A lone surrogate, which has no UTF-8 form, becomes U+FFFD.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from server.core import jsontext

SAFE_INTEGER = 2**53 - 1
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class NotCanonical(ValueError):
    """The value holds a number that is not whole, or too large to be exact on the phone."""


def canonical(value: Any) -> str:
    """Canonical JSON text of a parsed JSON value.

    Raises:
        NotCanonical: see the class.
    """
    _check_numbers(value)
    text = jsontext.dumps_sorted(value)
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def sha256_hex(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, lower-case hex."""
    return sha256(text.encode()).hexdigest()


def _check_numbers(value: Any) -> None:
    """Look at everything in a value, without a call for each text."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        kind = type(part)
        if kind is dict:
            waiting += [child for child in part.values() if type(child) is not str]
        elif kind is list:
            waiting += [child for child in part if type(child) is not str]
        elif isinstance(part, float) or (isinstance(part, int) and abs(part) > SAFE_INTEGER):
            raise NotCanonical(str(part))
