"""Which visit of a household is its newest, the index that lists are read from, and counts kept by village.

The triggers that keep both are made after the migrations (``core.triggers``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

LISTED = ("queue_rank", "seq", "region_code", "state", "latest", "risks")
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what is missing, and count what is there."""
    op.add_column("visit", sa.Column("latest", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "visit_tally",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("severity_rank", sa.SmallInteger(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("risks", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_visit_tally")),
    )
    op.create_index(op.f("ix_visit_tally_region_code"), "visit_tally", ["region_code"])
    op.drop_index("ix_visit_queue_rank_seq", table_name="visit")
    _fill()
    op.create_index("ix_visit_listed", "visit", list(LISTED))


def _fill() -> None:
    newest = "SELECT last_visit_id FROM household WHERE removed_at IS NULL AND last_visit_id IS NOT NULL"
    op.execute(f"UPDATE visit SET latest = TRUE WHERE id IN ({newest})")  # noqa: S608
    op.execute(
        "INSERT INTO visit_tally (region_code, severity_rank, changed, risks, state, latest, visits)"
        " SELECT substr(region_code, 1, 12), severity_rank, changed_count > 0, risks, state, latest, count(*)"
        " FROM visit GROUP BY 1, 2, 3, 4, 5, 6"
    )


def downgrade() -> None:
    """Remove them again, and the triggers that would write to them."""
    triggers = {"visit_counted": "visit", "visit_recounted": "visit", "visit_latest": "household"}
    on_postgresql = op.get_context().dialect.name == "postgresql"
    for name, table in triggers.items():
        op.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if on_postgresql else ""))
    op.drop_index("ix_visit_listed", table_name="visit")
    op.create_index("ix_visit_queue_rank_seq", "visit", ["queue_rank", "seq"])
    op.drop_column("visit", "latest")
    op.drop_table("visit_tally")
