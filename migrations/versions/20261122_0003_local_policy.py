"""A county's own dated settings of the policy."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what the models of this step need."""


def downgrade() -> None:
    """Remove it again."""
