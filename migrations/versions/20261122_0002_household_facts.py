"""Keep the facts each household was judged by."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what the models of this step need."""


def downgrade() -> None:
    """Remove it again."""
