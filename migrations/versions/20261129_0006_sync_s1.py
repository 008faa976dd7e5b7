"""Sync S1: change log, ledger, held operations, devices, early photos, proposals, backups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "backup",
    "change",
    "device",
    "held_operation",
    "operation",
    "stray_photo",
    "household_edit",
    "proposal",
)


def upgrade() -> None:
    """Add the tables of the protocol and what older tables have to know beside."""
    _create_backup()
    _create_change()
    _create_device()
    _create_held_operation()
    _create_operation()
    _create_stray_photo()
    _create_household_edit()
    _create_proposal()
    for table in ("household", "member"):
        op.add_column(table, sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("change_xid", "change_seq"):
        op.add_column("photo", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("visit", sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
    _fill_in("visit", sa.Column("clock_suspect", sa.Boolean(), nullable=True), "false")
    op.add_column("login_session", sa.Column("previous_jti", sa.String(length=36), nullable=True))
    _fill_in("login_session", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True), "expires_at")


def downgrade() -> None:
    """Remove all of it again."""
    dropped = (
        ("visit", ("clock_suspect", "clock_offset_ms")),
        ("photo", ("change_seq", "change_xid")),
        ("member", ("removed_at",)),
        ("household", ("removed_at",)),
        ("login_session", ("ends_at", "previous_jti")),
    )
    for table, columns in dropped:
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.drop_column(column)
    for table in reversed(TABLES):
        op.drop_table(table)


def _fill_in(table: str, column: sa.Column[object], expression: str) -> None:
    """A column that every row must have, given a value in the rows that are there."""
    op.add_column(table, column)
    op.execute(f"UPDATE {table} SET {column.name} = {expression}")  # noqa: S608 - written above
    with op.batch_alter_table(table) as changed:
        changed.alter_column(column.name, nullable=False, existing_type=column.type)


def _create_backup() -> None:
    op.create_table(
        "backup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
        sa.UniqueConstraint("name", name=op.f("uq_backup_name")),
    )


def _create_change() -> None:
    op.create_table(
        "change",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("effect", sa.String(length=4), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    op.create_index("ix_change_kind_xid_seq", "change", ["kind", "xid", "seq"])
    op.create_index(op.f("ix_change_region_code"), "change", ["region_code"])


def _create_device() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("app_version", sa.String(length=40), nullable=False),
        sa.Column("order", sa.String(length=6), nullable=False),
        sa.Column("ordered_by", sa.String(length=40), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_reason", sa.String(length=200), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outbox_count", sa.Integer(), nullable=True),
        sa.Column("photos_unsent", sa.Integer(), nullable=True),
        sa.Column("oldest_unsent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_count", sa.Integer(), nullable=True),
        sa.Column("storage_persisted", sa.Boolean(), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_device_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("user_id", "device_id", name=op.f("uq_device_user_id_device_id")),
    )
    op.create_index(op.f("ix_device_device_id"), "device", ["device_id"])
    op.create_index(op.f("ix_device_region_code"), "device", ["region_code"])


def _create_held_operation() -> None:
    op.create_table(
        "held_operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("schema_v", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_held_operation_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_operation")),
        sa.UniqueConstraint(
            "user_id", "op_id", "sha256", name=op.f("uq_held_operation_user_id_op_id_sha256")
        ),
    )
    op.create_index(op.f("ix_held_operation_region_code"), "held_operation", ["region_code"])
    op.create_index("ix_held_operation_state_code", "held_operation", ["state", "code"])


def _create_operation() -> None:
    op.create_table(
        "operation",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("schema_v", sa.SmallInteger(), nullable=False),
        sa.Column("app_v", sa.String(length=40), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_operation_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_operation")),
        sa.UniqueConstraint("user_id", "op_id", name=op.f("uq_operation_user_id_op_id")),
    )
    op.create_index("ix_operation_entity_id", "operation", ["entity_id"])
    op.create_index(op.f("ix_operation_region_code"), "operation", ["region_code"])


def _create_stray_photo() -> None:
    op.create_table(
        "stray_photo",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_stray_photo_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "visit_id", "sha256", name=op.f("pk_stray_photo")),
        sa.UniqueConstraint("file_id", name=op.f("uq_stray_photo_file_id")),
    )
    op.create_index(op.f("ix_stray_photo_region_code"), "stray_photo", ["region_code"])
    op.create_index(op.f("ix_stray_photo_stored_at"), "stray_photo", ["stored_at"])


def _create_household_edit() -> None:
    op.create_table(
        "household_edit",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_household_edit_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_edit_household_id_household")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_household_edit")),
    )
    op.create_index("ix_household_edit_household_id_revision", "household_edit", ["household_id", "revision"])
    op.create_index(op.f("ix_household_edit_region_code"), "household_edit", ["region_code"])


def _create_proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_proposal_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_proposal_household_id_household")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("author_id", "op_id", name=op.f("uq_proposal_author_id_op_id")),
    )
    op.create_index(op.f("ix_proposal_household_id"), "proposal", ["household_id"])
    op.create_index(op.f("ix_proposal_region_code"), "proposal", ["region_code"])
    op.create_index("ix_proposal_state_level", "proposal", ["state", "level"])
