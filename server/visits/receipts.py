"""Receipt numbers: short enough to read out on the telephone, signed so that none can be made up.

``7K4M-29XQ``: the server's sequence number in Crockford's base 32 (no I, L, O, U; at least four characters),
then three characters of an HMAC over the record, then a check character that catches one wrong character and
nearly every swap of two.
"""

from __future__ import annotations

from uuid import UUID

from server.core.crypto import sign

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE = len(ALPHABET)
_HEAD, _TAIL = 4, 3


def number(seq: int, visit_id: UUID, sha256: str) -> str:
    """The receipt number of one stored visit."""
    head = _encode(seq).rjust(_HEAD, "0")
    tail = _encode(int(sign("receipt", f"{seq}:{visit_id}:{sha256}".encode())[:8], 16))[-_TAIL:].rjust(
        _TAIL, "0"
    )
    return f"{head}-{tail}{_check_character(head + tail)}"


def is_well_formed(text: str) -> bool:
    """Whether a number somebody read out can be one: right characters, right check character."""
    letters = text.upper().replace("-", "")
    if len(letters) < _HEAD + _TAIL + 1 or any(letter not in ALPHABET for letter in letters):
        return False
    return _check_character(letters[:-1]) == letters[-1]


def _encode(value: int) -> str:
    digits = ""
    while value:
        value, rest = divmod(value, _BASE)
        digits = ALPHABET[rest] + digits
    return digits or "0"


def _check_character(letters: str) -> str:
    """Luhn's scheme in base 32."""
    total = 0
    for place, letter in enumerate(reversed(letters)):
        doubled = ALPHABET.index(letter) * (2 if place % 2 == 0 else 1)
        total += doubled // _BASE + doubled % _BASE
    return ALPHABET[-total % _BASE]
