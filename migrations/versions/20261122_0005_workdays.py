"""Public holidays and make-up working days."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what the models of this step need."""


def downgrade() -> None:
    """Remove it again."""
