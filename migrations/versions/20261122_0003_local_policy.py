"""A county's own dated settings of the policy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what the models of this step need."""
    op.create_table(
        "local_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("revokes_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signer_name", sa.String(length=60), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["revokes_id"], ["local_setting.id"], name=op.f("fk_local_setting_revokes_id_local_setting")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["user_account.id"], name=op.f("fk_local_setting_signed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_setting")),
        sa.UniqueConstraint("region_code", "position", name=op.f("uq_local_setting_region_code_position")),
        sa.UniqueConstraint("revokes_id", name=op.f("uq_local_setting_revokes_id")),
    )
    op.create_index(op.f("ix_local_setting_region_code"), "local_setting", ["region_code"])


def downgrade() -> None:
    """Remove it again."""
    op.drop_table("local_setting")
