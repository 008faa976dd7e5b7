"""Keep the facts each household was judged by, and the runs that judge them again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_RUN_COLUMNS = ("opened_run_id", "closed_run_id")


def upgrade() -> None:
    """Create the tables, then let a flag be opened and closed by a run."""
    _create_rejudgement()
    _create_household_facts()
    with op.batch_alter_table("flag") as flag:
        flag.drop_constraint("uq_flag_visit_id_rule", type_="unique")
        for name in _RUN_COLUMNS:
            flag.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            flag.create_foreign_key(f"fk_flag_{name}_rejudgement", "rejudgement", [name], ["id"])
    _create_partial_index("uq_flag_open", "flag", ["visit_id", "rule"], "state = 'open'", unique=True)
    for name in _RUN_COLUMNS:
        _create_partial_index(f"ix_flag_{name}", "flag", [name], f"{name} IS NOT NULL")


def downgrade() -> None:
    """Leave of each visit and rule the newest flag, as the older form allows only one."""
    for name in _RUN_COLUMNS:
        op.drop_index(f"ix_flag_{name}", "flag")
    op.drop_index("uq_flag_open", "flag")
    op.execute("DELETE FROM flag WHERE seq NOT IN (SELECT MAX(seq) FROM flag GROUP BY visit_id, rule)")
    with op.batch_alter_table("flag") as flag:
        for name in _RUN_COLUMNS:
            flag.drop_constraint(f"fk_flag_{name}_rejudgement", type_="foreignkey")
            flag.drop_column(name)
        flag.create_unique_constraint("uq_flag_visit_id_rule", ["visit_id", "rule"])
    op.drop_table("household_facts")
    op.drop_table("rejudgement")


def _create_partial_index(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _create_rejudgement() -> None:
    counts = ("total", "done", "households_changed", "opened", "closed", "unreadable")
    op.create_table(
        "rejudgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.Column("trigger", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("requested_by", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("cursor", sa.String(length=14), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejudgement")),
    )
    op.create_index("ix_rejudgement_region_code_created_at", "rejudgement", ["region_code", "created_at"])
    _create_partial_index(
        "uq_rejudgement_active", "rejudgement", ["region_code"], "state != 'done'", unique=True
    )


def _create_household_facts() -> None:
    op.create_table(
        "household_facts",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("persons", sa.SmallInteger(), nullable=False),
        sa.Column("met", sa.String(length=1000), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=True),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_facts_household_id_household")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_household_facts_visit_id_visit")),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household_facts")),
    )
    op.create_index(
        "ix_household_facts_region_code_household_id", "household_facts", ["region_code", "household_id"]
    )
