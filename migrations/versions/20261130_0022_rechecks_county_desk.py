"""Re-checks by the township, the county's cases and decisions, saved filters, and indexes to find households.

The trigger that keeps re-checks in step with their visits is made after the migrations (``core.triggers``).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0012"
branch_labels = None
depends_on = None

COUNTY_TIME = timezone(timedelta(hours=8))


def upgrade() -> None:
    """Add the tables and indexes; what the villages let through this month is due."""
    _tables()
    _indexes()
    _this_month()


def _tables() -> None:
    op.create_table(
        "assignment_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["user_account.id"], name=op.f("fk_assignment_batch_assigned_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_batch")),
    )
    op.create_index(
        op.f("ix_assignment_batch_region_code"), "assignment_batch", ["region_code"], unique=False
    )
    op.create_table(
        "recheck_month",
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by_name", sa.String(length=60), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["user_account.id"], name=op.f("fk_recheck_month_confirmed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("region_code", "month", name=op.f("pk_recheck_month")),
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_filter_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index(op.f("ix_saved_filter_user_id"), "saved_filter", ["user_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_name", sa.String(length=60), nullable=True),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("assigned_by_name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["user_account.id"], name=op.f("fk_assignment_assigned_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_assignment_assignee_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["assignment_batch.id"], name=op.f("fk_assignment_batch_id_assignment_batch")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_assignment_household_id_household")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_assignment_visit_id_visit")),
        sa.PrimaryKeyConstraint("batch_id", "visit_id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_household_id"), "assignment", ["household_id"], unique=False)
    op.create_index(op.f("ix_assignment_region_code"), "assignment", ["region_code"], unique=False)
    op.create_table(
        "county_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("officer_name", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_county_decision_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["user_account.id"], name=op.f("fk_county_decision_officer_id_user_account")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_county_decision_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_decision")),
    )
    op.create_index(
        op.f("ix_county_decision_household_id"), "county_decision", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_county_decision_region_code"), "county_decision", ["region_code"], unique=False)
    op.create_index(op.f("ix_county_decision_visit_id"), "county_decision", ["visit_id"], unique=False)
    op.create_table(
        "recheck",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_name", sa.String(length=60), nullable=False),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("severity_rank", sa.SmallInteger(), nullable=False),
        sa.Column("risks", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("rounds", sa.SmallInteger(), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=True),
        sa.Column("persons", sa.SmallInteger(), nullable=False),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("officer_name", sa.String(length=60), nullable=True),
        sa.Column("handed_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_name", sa.String(length=60), nullable=True),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_recheck_assignee_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_recheck_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user_account.id"], name=op.f("fk_recheck_reviewer_id_user_account")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_recheck_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_recheck")),
    )
    op.create_index(
        "ix_recheck_due",
        "recheck",
        ["state", "starts_on", "visit_id", "region_code", "month", "severity_rank"],
        unique=False,
    )
    op.create_index(
        "ix_recheck_handed_up",
        "recheck",
        ["state", "handed_up_at", "visit_id", "region_code", "cause"],
        unique=False,
    )
    op.create_index(op.f("ix_recheck_household_id"), "recheck", ["household_id"], unique=False)
    op.create_index(
        "ix_recheck_ledger",
        "recheck",
        ["outcome_at", "visit_id", "region_code", "cause", "state", "month"],
        unique=False,
    )
    op.create_index(
        "ix_recheck_month_counted",
        "recheck",
        ["month", "region_code", "state", "starts_on", "severity_rank", "escalated"],
        unique=False,
    )
    op.create_index(op.f("ix_recheck_region_code"), "recheck", ["region_code"], unique=False)
    op.create_table(
        "recheck_outcome",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("home_on", sa.Date(), nullable=True),
        sa.Column("home_by", sa.String(length=100), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("newer_visit_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("officer_name", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_recheck_outcome_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["user_account.id"], name=op.f("fk_recheck_outcome_officer_id_user_account")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_recheck_outcome_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck_outcome")),
    )
    op.create_index(
        op.f("ix_recheck_outcome_household_id"), "recheck_outcome", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_recheck_outcome_region_code"), "recheck_outcome", ["region_code"], unique=False)
    op.create_index(op.f("ix_recheck_outcome_visit_id"), "recheck_outcome", ["visit_id"], unique=False)


def _indexes() -> None:
    op.create_index(
        "ix_household_head_name",
        "household",
        ["head_name"],
        unique=False,
        postgresql_ops={"head_name": "text_pattern_ops"},
    )
    op.create_index("ix_household_id_tail", "household", ["id_tail"], unique=False)
    op.create_index(
        "ix_household_initials",
        "household",
        ["initials"],
        unique=False,
        postgresql_ops={"initials": "text_pattern_ops"},
    )
    op.create_index(
        "ix_household_number_pattern",
        "household",
        ["number"],
        unique=False,
        postgresql_ops={"number": "text_pattern_ops"},
    )
    op.create_index(
        "ix_household_pinyin",
        "household",
        ["pinyin"],
        unique=False,
        postgresql_ops={"pinyin": "text_pattern_ops"},
    )


def _this_month() -> None:
    """Earlier months were never on a township's list, and would all be overdue."""
    today = datetime.now(COUNTY_TIME).date()
    month, last = f"{today:%Y-%m}", date(today.year, today.month, monthrange(today.year, today.month)[1])
    begun = datetime(today.year, today.month, 1, tzinfo=COUNTY_TIME).astimezone(UTC)
    visit, review = _known("visit"), _known("review")
    rows = op.get_bind().execute(
        sa.select(
            visit.c.id, visit.c.household_id, visit.c.region_code, visit.c.severity_rank, visit.c.risks,
            review.c.reviewer_id, review.c.reviewer_name, review.c.created_at,
        )
        .join_from(visit, review, review.c.visit_id == visit.c.id)
        .where(visit.c.state == "approved", visit.c.severity_rank <= 1)
        .where(review.c.decision == "approved", review.c.created_at >= begun)
        .order_by(review.c.created_at)
    ).all()  # fmt: skip
    due = {
        row.id: {
            "visit_id": row.id, "household_id": row.household_id, "region_code": row.region_code,
            "month": month, "decided_on": _local(row.created_at), "reviewer_id": row.reviewer_id,
            "reviewer_name": row.reviewer_name, "escalated": False, "severity_rank": row.severity_rank,
            "risks": row.risks, "state": "due", "starts_on": last, "rounds": 0, "persons": 0,
        }
        for row in rows
    }  # fmt: skip
    if due:
        op.bulk_insert(_known("recheck"), list(due.values()))


def _local(instant: datetime) -> date:
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return aware.astimezone(COUNTY_TIME).date()


def _known(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind(), resolve_fks=False)


def downgrade() -> None:
    """Remove them again, and the trigger that would write to one of them."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    op.execute("DROP TRIGGER IF EXISTS recheck_follows_visit" + (" ON visit" if on_postgresql else ""))
    for name in ("head_name", "id_tail", "initials", "number_pattern", "pinyin"):
        op.drop_index(f"ix_household_{name}", table_name="household")
    for name in (
        "assignment",
        "county_decision",
        "recheck_outcome",
        "assignment_batch",
        "saved_filter",
        "recheck_month",
        "recheck",
    ):
        op.drop_table(name)
