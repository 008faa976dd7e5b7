"""What the phone's rules said before the server's."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what the models of this step need."""


def downgrade() -> None:
    """Remove it again."""
