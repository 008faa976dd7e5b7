"""The fields of a proposal as they are kept: sealed, and bound to its row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from server.core.crypto import seal, unseal
from server.proposals.merging import Proposed
from server.proposals.models import Proposal


def seal_fields(proposal_id: UUID, fields: Sequence[Proposed]) -> str:
    """What the column ``fields`` keeps."""
    told = json.dumps([each.as_json() for each in fields], ensure_ascii=False)
    return seal(told, _bound(proposal_id))


def fields_of(proposal: Proposal) -> list[Proposed]:
    """The fields of a proposal as they were proposed."""
    return [Proposed.read(each) for each in json.loads(unseal(proposal.fields, _bound(proposal.id)))]


def _bound(proposal_id: UUID) -> str:
    return f"proposal:{proposal_id}:fields"
