"""Receipt numbers: short enough to read out on the telephone, signed so that none can be made up.

``7K4M-29XQ``: the server's sequence number in Crockford's base 32 (no I, L, O, U; at least four characters),
then three characters of an HMAC over the record, then a check character that catches one wrong character and
nearly every swap of two. The receipt itself carries an Ed25519 signature that others can verify without us.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from server.core.canonical import canonical
from server.core.crypto import Signer, keyring, sign

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE = len(ALPHABET)
_HEAD, _TAIL = 4, 3
_LONGEST = 60
_AS_HEARD = str.maketrans("OIL", "011")
_LARGEST = 2**63 - 1  # that the databases count to


def number(seq: int, visit_id: UUID, sha256: str) -> str:
    """The receipt number of one stored visit."""
    head = _encode(seq).rjust(_HEAD, "0")
    tail = _encode(int(sign("receipt", f"{seq}:{visit_id}:{sha256}".encode())[:8], 16))[-_TAIL:].rjust(
        _TAIL, "0"
    )
    return f"{head}-{tail}{_check_character(head + tail)}"


def letters_of(text: str) -> str:
    """The characters of a number as somebody wrote down what they heard: O is nought, I and L are one.

    What stands around and between them, and what a chat adds that nobody sees, does not count.
    """
    heard = unicodedata.normalize("NFKC", text).upper().translate(_AS_HEARD)
    return "".join(letter for letter in heard if letter.isascii() and letter.isalnum())


def is_well_formed(text: str) -> bool:
    """Whether a number somebody read out can be one: right characters, right check character."""
    letters = letters_of(text)
    if len(letters) < _HEAD + _TAIL + 1 or any(letter not in ALPHABET for letter in letters):
        return False
    return _check_character(letters[:-1]) == letters[-1]


def seq_of(text: str) -> int | None:
    """The sequence number in a receipt number as people write it; None where it cannot be one."""
    if len(text) > _LONGEST or not is_well_formed(text):
        return None
    seq = 0
    for letter in letters_of(text)[: -_TAIL - 1]:
        seq = seq * _BASE + ALPHABET.index(letter)
    return seq if seq <= _LARGEST else None


def signer() -> Signer:
    """What signs receipts."""
    return keyring().signer


def signed_text(visit_id: UUID, sha256: str, photos: Sequence[str], received_at: str, seq: int) -> bytes:
    """What the signature of a receipt is over; ``photos`` are the hashes the visit lists, in its order."""
    told = {
        "visit": str(visit_id),
        "sha256": sha256,
        "photos": list(photos),
        "received_at": received_at,
        "seq": seq,
    }
    return canonical(told).encode()


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
