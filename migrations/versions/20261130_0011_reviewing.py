"""Lights that people dismiss, visits drawn to be looked at, approvals of many, and the order of the queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0013"
branch_labels = None
depends_on = None

QUEUE_RANK = """
2 * CASE WHEN severity_rank < 3 THEN severity_rank
         WHEN dismissed_count > 0 THEN 3 WHEN changed_count > 0 THEN 4 ELSE 5 END
+ CASE WHEN revision > 1 OR spot_check THEN 0 ELSE 1 END"""


def upgrade() -> None:
    """Add what the models of this step need."""
    _create_dismissals()
    with op.batch_alter_table("flag") as changed:
        changed.add_column(sa.Column("dismissal_id", sa.Uuid(), nullable=True))
        changed.create_foreign_key(
            op.f("fk_flag_dismissal_id_flag_dismissal"), "flag_dismissal", ["dismissal_id"], ["id"]
        )
    op.add_column("review", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column(
        "visit", sa.Column("dismissed_count", sa.SmallInteger(), nullable=False, server_default="0")
    )
    op.add_column("visit", sa.Column("spot_check", sa.Boolean(), nullable=False, server_default=sa.false()))
    # SQLite adds no stored column to a table that is there, and PostgreSQL has no other.
    is_stored = None if op.get_bind().dialect.name == "sqlite" else True
    rank = sa.Computed(QUEUE_RANK, persisted=is_stored)
    op.add_column("visit", sa.Column("queue_rank", sa.SmallInteger(), rank, nullable=False))
    op.create_index("ix_visit_queue_rank_seq", "visit", ["queue_rank", "seq"])
    op.drop_index("ix_visit_severity_rank_seq", table_name="visit")


def _create_dismissals() -> None:
    op.create_table(
        "flag_dismissal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_flag_dismissal_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_flag_dismissal_household_id_household")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_flag_dismissal_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_dismissal")),
    )
    for column in ("household_id", "region_code", "visit_id"):
        op.create_index(op.f(f"ix_flag_dismissal_{column}"), "flag_dismissal", [column])


def downgrade() -> None:
    """Remove it again."""
    op.create_index("ix_visit_severity_rank_seq", "visit", ["severity_rank", "seq"])
    op.drop_index("ix_visit_queue_rank_seq", table_name="visit")
    for column in ("queue_rank", "spot_check", "dismissed_count"):
        op.drop_column("visit", column)
    op.drop_column("review", "batch_id")
    with op.batch_alter_table("flag") as changed:
        changed.drop_constraint(op.f("fk_flag_dismissal_id_flag_dismissal"), type_="foreignkey")
        changed.drop_column("dismissal_id")
    op.drop_table("flag_dismissal")
