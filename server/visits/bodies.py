"""A visit's body at rest and on show: sealed in the database, identity numbers masked for every reader."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.core import jsontext
from server.core.crypto import seal, unseal
from server.households.services import masked_id_number, masked_text

_NUMBER = "id_number"


def seal_body(visit_id: UUID, canonical_text: str) -> str:
    """The form in which the database keeps a body."""
    return seal(canonical_text, f"visit:{visit_id}")


def open_body(visit_id: UUID, sealed: str) -> dict[str, Any]:
    """A stored body as the phone signed it, but identity numbers masked: no reader needs them whole."""
    return masked_body(open_own_body(visit_id, sealed))


def masked_body(body: dict[str, Any]) -> dict[str, Any]:
    """A body that is shown to others than its author."""
    notes = {question: masked_text(text) for question, text in body.get("notes", {}).items()}
    return body | {"answers": mask_answers(body["answers"]), "notes": notes}


def open_own_body(visit_id: UUID, sealed: str) -> dict[str, Any]:
    """A stored body exactly as its author signed it, for nobody else than the author."""
    body: dict[str, Any] = jsontext.loads(unseal(sealed, f"visit:{visit_id}"))
    return body


def mask_answers(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers whose edits of the member list show identity numbers masked."""
    edits = answers.get("roster_edit")
    return answers | {"roster_edit": [_mask_edit(edit) for edit in edits]} if edits else answers


def _mask_edit(edit: dict[str, Any]) -> dict[str, Any]:
    number = edit.get(_NUMBER)
    return edit | {_NUMBER: masked_id_number(number)} if isinstance(number, str) else edit
