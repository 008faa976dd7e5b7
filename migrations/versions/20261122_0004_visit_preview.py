"""What the phone's rules said before the server's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note on a visit which rules its phone had, and in a table of its own where the two differ."""
    op.add_column("visit", sa.Column("preview_version", sa.String(length=16), nullable=True))
    lists = ("met_phone", "met_server", "open_phone", "open_server")
    op.create_table(
        "preview_difference",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("phone_version", sa.String(length=16), nullable=False),
        sa.Column("server_version", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.String(length=1000), nullable=False) for name in lists),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_preview_difference_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_preview_difference_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_preview_difference")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_preview_difference_visit_id")),
    )
    op.create_index(op.f("ix_preview_difference_region_code"), "preview_difference", ["region_code"])


def downgrade() -> None:
    """Remove it again."""
    op.drop_table("preview_difference")
    with op.batch_alter_table("visit") as visit:
        visit.drop_column("preview_version")
