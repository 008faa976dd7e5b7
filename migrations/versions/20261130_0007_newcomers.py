"""Proposals of new households and members."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a proposal be about somebody whom the register does not have yet."""
    with op.batch_alter_table("proposal") as proposal:
        proposal.add_column(sa.Column("kind", sa.String(length=10), nullable=True))
        proposal.add_column(sa.Column("subject_id", sa.Uuid(), nullable=True))
        proposal.alter_column("household_id", existing_type=sa.Uuid(), nullable=True)
    op.execute("UPDATE proposal SET kind = 'edit'")
    with op.batch_alter_table("proposal") as proposal:
        proposal.alter_column("kind", existing_type=sa.String(length=10), nullable=False)
    op.create_index(op.f("ix_proposal_subject_id"), "proposal", ["subject_id"])


def downgrade() -> None:
    """Take it back; proposals of households that nobody approved have no place in the old form and go."""
    op.drop_index(op.f("ix_proposal_subject_id"), "proposal")
    op.execute("DELETE FROM proposal WHERE household_id IS NULL")
    with op.batch_alter_table("proposal") as proposal:
        proposal.alter_column("household_id", existing_type=sa.Uuid(), nullable=False)
        proposal.drop_column("subject_id")
        proposal.drop_column("kind")
