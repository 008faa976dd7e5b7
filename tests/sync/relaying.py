"""Files as phones make them, carried by somebody else, and the answers as the author's phone opens them."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.accounts.relay_keys import key_id, relay_key
from tests.factories import Person, inside
from tests.visits.bodies import NOW, instant, new_id

Wire = dict[str, Any]
PIECE = 256 * 1024


@dataclass
class RelayFile:
    """One file: its key, its header and its records. Written from the format's description alone."""

    key: bytes
    header: bytes
    records: list[bytes] = field(default_factory=list)

    def bound(self, direction: str, place: int) -> bytes:
        """What a record of this file is sealed for."""
        return f"liangdeng/relay/1\n{direction}\n{sha256(self.header).hexdigest()}\n{place}".encode()

    def opened(self, reply: TestResponse) -> Wire:
        """The answer that only the author's phone can read."""
        assert reply.status_code == 200, reply.text
        raw = base64.b64decode(reply.json["answer"])
        text = AESGCM(self.key).decrypt(raw[:12], raw[12:], self.bound("answer", reply.json["record"]))
        told: Wire = json.loads(text)
        return told


def key_of(app: Flask, person: Person, device: str = "phone-1") -> str:
    """The relay key as a sign-in hands it over."""
    with inside(app):
        return relay_key(person.id, device)


def op_record(op: Wire) -> tuple[Wire, bytes]:
    """A record that holds an operation."""
    head = {"kind": "op", "op_id": op.get("op_id"), "sha256": op.get("sha256")}
    return head, json.dumps(op).encode()


def photo_records(visit_id: str, photo: bytes, piece: int = PIECE) -> list[tuple[Wire, bytes]]:
    """The records that hold a photo of a visit."""
    head = {"kind": "photo", "visit_id": visit_id, "sha256": sha256(photo).hexdigest(), "length": len(photo)}
    return [(head | {"offset": at}, photo[at : at + piece]) for at in range(0, len(photo), piece)]


def make_file(
    sealed_by: str, *records: tuple[Wire, bytes], device: str = "phone-1", **changes: Any
) -> RelayFile:
    """A file with these records."""
    head = {"v": 1, "what": "work", "id": new_id(), "device": device, "key": key_id(sealed_by)}
    head |= {"made_at": instant(NOW), "count": len(records)} | changes
    made = RelayFile(bytes.fromhex(sealed_by), json.dumps(head).encode())
    for place, (told, payload) in enumerate(records):
        nonce = os.urandom(12)
        text = json.dumps(told).encode() + b"\n" + payload
        made.records.append(nonce + AESGCM(made.key).encrypt(nonce, text, made.bound("work", place)))
    return made


def bring(carrier: FlaskClient, file: RelayFile, place: int, sealed: bytes | None = None) -> TestResponse:
    """Carry one record to the server; ``sealed`` takes its place."""
    data = file.records[place] if sealed is None else sealed
    headers = {
        "X-Relay-Header": base64.urlsafe_b64encode(file.header).decode(),
        "X-Relay-Record": str(place),
        "X-Content-SHA256": sha256(data).hexdigest(),
    }
    return carrier.post(
        "/api/v1/s1/relay", data=data, headers=headers, content_type="application/octet-stream"
    )


def bring_all(carrier: FlaskClient, file: RelayFile) -> list[Wire]:
    """Carry all records; the answers as the author's phone reads them."""
    return [file.opened(bring(carrier, file, place)) for place in range(len(file.records))]


def result(told: Wire) -> tuple[str, str | None]:
    """State and code of the operation of an answer."""
    assert told["status"] == 200, told
    (found,) = told["body"]["results"]
    return found["st"], found["code"]
