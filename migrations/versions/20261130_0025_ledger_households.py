"""Households of the ledger counted from its index alone, each once."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_INDEX = "ix_recheck_ledger_counted"
_COUNTED = ["region_code", "outcome_at", "state", "cause", "month", "persons"]


def upgrade() -> None:
    """Widen the index."""
    op.drop_index(_INDEX, table_name="recheck")
    op.create_index(_INDEX, "recheck", [*_COUNTED, "household_id"])


def downgrade() -> None:
    """Put the old one back."""
    op.drop_index(_INDEX, table_name="recheck")
    op.create_index(_INDEX, "recheck", _COUNTED)
