"""Traces of visits and pictures, and the hints that came of comparing them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None

_PLACE = ("region_code", sa.String(length=14))


def _column(name: str, kind: sa.types.TypeEngine, **options: bool) -> sa.Column:
    return sa.Column(name, kind, nullable=options.pop("nullable", False), **options)


def upgrade() -> None:
    """Add the three tables."""
    _visit_trace()
    _photo_trace()
    op.create_table(
        "evidence_hint",
        _column("id", sa.Uuid(), primary_key=True),
        sa.Column("visit_id", sa.Uuid(), sa.ForeignKey("visit.id"), nullable=False),
        _column("root_id", sa.Uuid()),
        _column("household_id", sa.Uuid()),
        _column(*_PLACE),
        _column("kind", sa.String(length=12)),
        _column("other_id", sa.Uuid(), nullable=True),
        _column("details", sa.JSON()),
        _column("found_at", sa.DateTime(timezone=True)),
    )
    for name in ("root_id", "household_id", "region_code"):
        op.create_index(f"ix_evidence_hint_{name}", "evidence_hint", [name])


def _visit_trace() -> None:
    op.create_table(
        "visit_trace",
        sa.Column("visit_id", sa.Uuid(), sa.ForeignKey("visit.id"), primary_key=True),
        _column("root_id", sa.Uuid()),
        _column("household_id", sa.Uuid()),
        _column(*_PLACE),
        _column("author_id", sa.Uuid()),
        _column("ended_at", sa.DateTime(timezone=True)),
        _column("answers", sa.String(length=64), nullable=True),
        _column("looked", sa.Boolean()),
    )
    op.create_index("ix_visit_trace_author_id_ended_at", "visit_trace", ["author_id", "ended_at"])
    for name in ("answers", "household_id", "region_code"):
        op.create_index(f"ix_visit_trace_{name}", "visit_trace", [name])


def _photo_trace() -> None:
    quarters = [f"quarter_{n}" for n in range(4)]
    op.create_table(
        "photo_trace",
        sa.Column("photo_id", sa.Uuid(), sa.ForeignKey("photo.id"), primary_key=True),
        _column("visit_id", sa.Uuid()),
        _column("root_id", sa.Uuid()),
        _column("household_id", sa.Uuid()),
        _column(*_PLACE),
        _column("seq", sa.BigInteger()),
        _column("sha256", sa.String(length=64)),
        _column("original", sa.String(length=64), nullable=True),
        _column("likeness", sa.String(length=16), nullable=True),
        *(_column(name, sa.Integer(), nullable=True) for name in quarters),
    )
    for name in ("household_id", "region_code", "sha256", "original", *quarters):
        op.create_index(f"ix_photo_trace_{name}", "photo_trace", [name])


def downgrade() -> None:
    """Remove them again."""
    for name in ("evidence_hint", "photo_trace", "visit_trace"):
        op.drop_table(name)
