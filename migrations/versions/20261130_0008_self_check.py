"""What a device found when it checked itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when a device checked itself, and the codes of what it found."""
    op.add_column("device", sa.Column("check_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("check_warn", "check_bad"):
        op.add_column("device", sa.Column(name, sa.String(length=500), nullable=True))


def downgrade() -> None:
    """Remove them again."""
    with op.batch_alter_table("device") as changed:
        for name in ("check_bad", "check_warn", "check_at"):
            changed.drop_column(name)
