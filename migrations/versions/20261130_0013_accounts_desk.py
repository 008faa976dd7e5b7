"""Accounts are looked after on the screen: one-time passwords, requests, and grids that are closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what the accounts desk needs; accounts of before have passwords of their own."""
    with op.batch_alter_table("user_account") as user:
        user.add_column(sa.Column("one_time_until", _INSTANT, nullable=True))
        user.add_column(sa.Column("version", sa.Integer(), nullable=True))
    op.execute("UPDATE user_account SET version = 1")
    with op.batch_alter_table("user_account") as user:
        user.alter_column("version", existing_type=sa.Integer(), nullable=False)
    op.add_column("region", sa.Column("closed_at", _INSTANT, nullable=True))
    op.create_table(
        "account_operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_operation")),
    )
    _create_requests()


def _create_requests() -> None:
    op.create_table(
        "account_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("comment", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_account_request_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user_account.id"], name=op.f("fk_account_request_asked_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_account_request_decided_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_request")),
    )
    for column in ("user_id", "region_code", "asked_by"):
        op.create_index(op.f(f"ix_account_request_{column}"), "account_request", [column])


def downgrade() -> None:
    """Take it away again; passwords that were not chosen yet become plain ones."""
    op.drop_table("account_request")
    op.drop_table("account_operation")
    with op.batch_alter_table("region") as region:
        region.drop_column("closed_at")
    with op.batch_alter_table("user_account") as user:
        user.drop_column("version")
        user.drop_column("one_time_until")
