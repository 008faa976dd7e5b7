"""What a phone is told of a visit that is here: the same bytes to the first copy and to every later one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.core import jsontext
from server.core.crypto import unpadded
from server.core.wire import instant_text
from server.visits import receipts
from server.visits.models import Visit


def result_text(visit: Visit, photos: Sequence[dict[str, str]]) -> str:
    """The phone's answer without the receipt, as JSON text to be kept with the visit."""
    told = {
        "id": str(visit.id),
        "sha256": visit.sha256,
        "state": "accepted",
        "revision": visit.revision,
        "severity": visit.severity,
        "lights": visit.judgement["lights"],
        "unknown": visit.judgement["unknown"],
        "photos": list(photos),
    }
    return jsontext.dumps(told)


def answer(visit: Visit, photos: Sequence[str] | None = None) -> str:
    """The answer to a stored visit, loaded with its ``result``, as JSON text.

    ``photos`` are the hashes of those it lists, where they are at hand.
    """
    return f'{visit.result[:-1]},"receipt":{jsontext.dumps(signed_receipt(visit, photos))}}}'


def bare_answer(visit: Visit) -> str:
    """What is told to an author from whose area the household has moved: that the visit is here, no more."""
    told = {"id": str(visit.id), "sha256": visit.sha256, "receipt": signed_receipt(visit)}
    return jsontext.dumps(told)


def receipt(visit: Visit) -> dict[str, Any]:
    """The receipt of a stored visit."""
    return {
        "number": receipts.number(visit.seq, visit.id, visit.sha256),
        "seq": visit.seq,
        "received_at": instant_text(visit.received_at),
    }


def signed_receipt(visit: Visit, photos: Sequence[str] | None = None) -> dict[str, Any]:
    """The receipt of a visit, loaded with its ``result``, and the signature that others can verify."""
    told, signer = receipt(visit), receipts.signer()
    hashes = listed_photos(visit) if photos is None else photos
    signed = receipts.signed_text(visit.id, visit.sha256, hashes, told["received_at"], visit.seq)
    return told | {"key": signer.key_id, "signature": unpadded(signer.sign(signed))}


def listed_photos(visit: Visit) -> list[str]:
    """Hashes of the photos a visit lists, in its order; the visit is loaded with its ``result``."""
    return [photo["sha256"] for photo in jsontext.loads(visit.result)["photos"]]


def receipt_key() -> bytes:
    """The public key that verifies receipts, 32 bytes."""
    return receipts.signer().public_key


def same_number(visit: Visit, text: str) -> bool:
    """Whether a number as people write it is that of the visit's receipt."""
    own = receipts.number(visit.seq, visit.id, visit.sha256)
    return receipts.letters_of(own) == receipts.letters_of(text)
