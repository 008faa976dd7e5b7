"""Which refresh token came before the last two, and when it was let go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the token before the predecessor, and the moment of the last exchange."""
    op.add_column("login_session", sa.Column("older_jti", sa.String(length=36), nullable=True))
    op.add_column("login_session", sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Remove them again."""
    with op.batch_alter_table("login_session") as changed:
        changed.drop_column("rotated_at")
        changed.drop_column("older_jti")
