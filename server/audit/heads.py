"""Heads of the chains as signed files: whoever keeps one elsewhere can tell a trail that was rewritten."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from server.core import audit_rows, clock
from server.core.audit_chain import NOTHING_BEFORE
from server.core.canonical import canonical
from server.core.crypto import is_signed, keyring, unpadded

FORMAT = "liangdeng-audit-heads-1"


class BadHeads(ValueError):
    """The file is not one of ours, or was changed."""


def signed(chains: Iterable[str]) -> dict[str, Any]:
    """The heads of some chains as of now, each signed by itself (Ed25519 over its canonical text)."""
    signer, made_at = keyring().signer, clock.now().isoformat()
    heads = []
    for chain in chains:
        end = audit_rows.end(chain)
        head = {"chain": chain, "count": end.count or 0, "hash": end.hash or NOTHING_BEFORE.hex()}
        head |= {"made_at": made_at}
        heads.append({**head, "signature": unpadded(signer.sign(_message(head)))})
    key = {"key": signer.key_id, "public_key": unpadded(signer.public_key)}
    return {"format": FORMAT, **key, "heads": heads}


def read(document: Any) -> list[tuple[str, int, str]]:
    """Chain, number and hash of each head in a file.

    Raises:
        BadHeads: it has another form, or a signature is not of this installation.
    """
    try:
        if document["format"] != FORMAT:
            raise BadHeads("not a file of audit heads")
        return [_checked(head) for head in document["heads"]]
    except (KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise BadHeads("not a file of audit heads") from error


def _checked(head: dict[str, Any]) -> tuple[str, int, str]:
    said = {name: head[name] for name in ("chain", "count", "hash", "made_at")}
    text: str = head["signature"]
    signature = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if not is_signed(keyring().signer.public_key, _message(said), signature):
        raise BadHeads(f"the head of {said['chain']} was not signed by this installation, or was changed")
    return said["chain"], said["count"], said["hash"]


def _message(head: dict[str, Any]) -> bytes:
    return canonical({"kind": FORMAT, **head}).encode()
