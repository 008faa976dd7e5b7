"""Notices, how far each user has read, and addresses outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _column(name: str, kind: sa.types.TypeEngine, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "notice",
        sa.Column("seq", _SEQUENCE, primary_key=True),
        _column("chain", sa.String(length=6)),
        _column("number", sa.BigInteger()),
        _column("at", _AT),
        _column("role", sa.String(length=20)),
        _column("kind", sa.String(length=24)),
        _column("actor_id", sa.Uuid(), nullable=True),
        _column("subject", sa.String(length=30)),
        _column("subject_id", sa.String(length=64)),
        _column("region_code", sa.String(length=14)),
        sa.UniqueConstraint("chain", "number", "role"),
    )
    op.create_index("ix_notice_role_seq", "notice", ["role", "seq"])
    op.create_index("ix_notice_at", "notice", ["at"])
    op.create_index("ix_notice_region_code", "notice", ["region_code"])
    op.create_table(
        "notice_mark",
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user_account.id"), primary_key=True),
        _column("seq", sa.BigInteger()),
    )
    _webhook()


def _webhook() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _column("region_code", sa.String(length=14)),
        _column("url_sealed", sa.Text()),
        _column("secret_sealed", sa.Text()),
        _column("format", sa.String(length=10)),
        _column("active", sa.Boolean()),
        _column("created_at", _AT),
        _column("seq", sa.BigInteger()),
        _column("upto", sa.BigInteger(), nullable=True),
        _column("tries", sa.SmallInteger()),
        _column("next_at", _AT, nullable=True),
        _column("last_error", sa.String(length=40), nullable=True),
        _column("sent_at", _AT, nullable=True),
    )
    op.create_index("ix_webhook_region_code", "webhook", ["region_code"])


def downgrade() -> None:
    """Remove them again."""
    for name in ("webhook", "notice_mark", "notice"):
        op.drop_table(name)
