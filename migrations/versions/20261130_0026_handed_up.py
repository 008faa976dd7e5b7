"""Visits remember that the village handed them up; what the township concluded on waits no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_REMEMBER = """
UPDATE visit SET handed_up = TRUE WHERE state IN ('escalated', 'approved')
AND id IN (SELECT visit_id FROM review WHERE decision = 'escalated')"""
_CONCLUDED = """
UPDATE visit SET state = 'approved' WHERE state = 'escalated'
AND id IN (SELECT visit_id FROM recheck WHERE state IN ('settled', 'handed_up', 'monitor', 'no_risk'))"""
_BACK = """
UPDATE visit SET state = 'escalated' WHERE state = 'approved' AND handed_up
AND id IN (SELECT visit_id FROM recheck WHERE state IN ('handed_up', 'monitor', 'no_risk'))"""


def upgrade() -> None:
    """Add the mark, and take the concluded ones off the township's list."""
    op.add_column("visit", sa.Column("handed_up", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(_REMEMBER)
    op.execute(_CONCLUDED)


def downgrade() -> None:
    """Put them on it again: by their state alone the county would not see them."""
    op.execute(_BACK)
    op.drop_column("visit", "handed_up")
