"""Indexes that alone tell the ledger's households, each once, and the county's cases of a light."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_HANDED_UP = [
    "state",
    "handed_up_at",
    "visit_id",
    "region_code",
    "cause",
    "persons",
    "assignee_id",
    "department",
]
_COUNTED = ["region_code", "outcome_at", "state", "cause", "month", "persons"]


def upgrade() -> None:
    """Widen both."""
    _make_anew([*_HANDED_UP, "severity_rank"], [*_COUNTED, "household_id"])


def downgrade() -> None:
    """Put the old ones back."""
    _make_anew(_HANDED_UP, _COUNTED)


def _make_anew(handed_up: list[str], counted: list[str]) -> None:
    for name, columns in (("ix_recheck_handed_up", handed_up), ("ix_recheck_ledger_counted", counted)):
        op.drop_index(name, table_name="recheck")
        op.create_index(name, "recheck", columns)
