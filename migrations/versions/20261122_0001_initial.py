"""All tables of the first version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, each after those it points to."""
    _create_audit_entry()
    _create_login_throttle()
    _create_region()
    _create_server_state()
    _create_user_account()
    _create_login_session()
    _create_natural_village()
    _create_household()
    _create_member()
    _create_visit()
    _create_flag()
    _create_photo()
    _create_review()


def downgrade() -> None:
    """Drop them in the opposite order; their indexes go with them."""
    op.drop_table("review")
    op.drop_table("photo")
    op.drop_table("flag")
    op.drop_table("visit")
    op.drop_table("member")
    op.drop_table("household")
    op.drop_table("natural_village")
    op.drop_table("login_session")
    op.drop_table("user_account")
    op.drop_table("server_state")
    op.drop_table("region")
    op.drop_table("login_throttle")
    op.drop_table("audit_entry")


def _create_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("target_type", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_region_code"), "audit_entry", ["region_code"])
    op.create_index(op.f("ix_audit_entry_target_id"), "audit_entry", ["target_id"])


def _create_login_throttle() -> None:
    op.create_table(
        "login_throttle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_throttle")),
        sa.UniqueConstraint("account", "device", name=op.f("uq_login_throttle_account_device")),
    )


def _create_region() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent_code", sa.String(length=14), nullable=True),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code_region")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index(op.f("ix_region_parent_code"), "region", ["parent_code"])


def _create_server_state() -> None:
    op.create_table(
        "server_state",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_server_state")),
    )


def _create_user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("display_name", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_index(op.f("ix_user_account_region_code"), "user_account", ["region_code"])


def _create_login_session() -> None:
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("device_name", sa.String(length=80), nullable=False),
        sa.Column("app_version", sa.String(length=40), nullable=False),
        sa.Column("refresh_jti", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_login_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"])


def _create_natural_village() -> None:
    op.create_table(
        "natural_village",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.String(length=14), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["village_code"], ["region.code"], name=op.f("fk_natural_village_village_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_natural_village")),
    )
    op.create_index(op.f("ix_natural_village_village_code"), "natural_village", ["village_code"])


def _create_household() -> None:
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("head_name", sa.String(length=40), nullable=False),
        sa.Column("pinyin", sa.String(length=120), nullable=False),
        sa.Column("initials", sa.String(length=20), nullable=False),
        sa.Column("id_tail", sa.String(length=4), nullable=False),
        sa.Column("natural_village_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("phone_masked", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=True),
        sa.Column("monitored_since", sa.Date(), nullable=True),
        sa.Column("dibao", sa.Boolean(), nullable=True),
        sa.Column("tekun", sa.Boolean(), nullable=True),
        sa.Column("tekun_scattered", sa.Boolean(), nullable=True),
        sa.Column("orphan", sa.Boolean(), nullable=True),
        sa.Column("highrisk_job", sa.Boolean(), nullable=True),
        sa.Column("pcni_prev", sa.BigInteger(), nullable=True),
        sa.Column("net_prev", sa.BigInteger(), nullable=True),
        sa.Column("poor10", sa.Boolean(), nullable=True),
        sa.Column("online_flag", sa.Boolean(), nullable=True),
        sa.Column("home_lat", sa.String(length=12), nullable=True),
        sa.Column("home_lon", sa.String(length=12), nullable=True),
        sa.Column("last_visit_id", sa.Uuid(), nullable=True),
        sa.Column("last_visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["natural_village_id"],
            ["natural_village.id"],
            name=op.f("fk_household_natural_village_id_natural_village"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("number", name=op.f("uq_household_number")),
    )
    op.create_index(op.f("ix_household_region_code"), "household", ["region_code"])
    op.create_index("ix_household_region_code_number", "household", ["region_code", "number"])


def _create_member() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("relation", sa.String(length=10), nullable=False),
        sa.Column("sex", sa.String(length=6), nullable=True),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("id_sealed", sa.Text(), nullable=True),
        sa.Column("id_index", sa.String(length=64), nullable=True),
        sa.Column("id_masked", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=True),
        sa.Column("labour", sa.String(length=8), nullable=False),
        sa.Column("main_labour", sa.Boolean(), nullable=False),
        sa.Column("disability_grade", sa.Integer(), nullable=True),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_member_household_id_household")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index(op.f("ix_member_household_id"), "member", ["household_id"])
    op.create_index(op.f("ix_member_id_index"), "member", ["id_index"])
    op.create_index(op.f("ix_member_region_code"), "member", ["region_code"])


def _create_visit() -> None:
    op.create_table(
        "visit",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("revises_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("checklist_version", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("photo_count", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("severity_rank", sa.SmallInteger(), nullable=False),
        sa.Column("red_count", sa.SmallInteger(), nullable=False),
        sa.Column("yellow_count", sa.SmallInteger(), nullable=False),
        sa.Column("attention_count", sa.SmallInteger(), nullable=False),
        sa.Column("risks", sa.String(length=300), nullable=False),
        sa.Column("packs", sa.JSON(), nullable=False),
        sa.Column("judgement", sa.JSON(), nullable=False),
        sa.Column("not_asked", sa.JSON(), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("changed_count", sa.SmallInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_visit_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_visit_household_id_household")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_visit")),
        sa.UniqueConstraint("id", name=op.f("uq_visit_id")),
        sa.UniqueConstraint("root_id", "revision", name=op.f("uq_visit_root_id_revision")),
    )
    op.create_index("ix_visit_author_id_state", "visit", ["author_id", "state"])
    op.create_index("ix_visit_household_id_seq", "visit", ["household_id", "seq"])
    op.create_index(op.f("ix_visit_region_code"), "visit", ["region_code"])
    op.create_index("ix_visit_severity_rank_seq", "visit", ["severity_rank", "seq"])


def _create_flag() -> None:
    op.create_table(
        "flag",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("risks", sa.JSON(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("pack", sa.String(length=60), nullable=False),
        sa.Column("pack_version", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_flag_household_id_household")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_flag_visit_id_visit")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_flag")),
        sa.UniqueConstraint("visit_id", "rule", name=op.f("uq_flag_visit_id_rule")),
    )
    op.create_index("ix_flag_household_id_state", "flag", ["household_id", "state"])
    op.create_index(op.f("ix_flag_region_code"), "flag", ["region_code"])


def _create_photo() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_photo_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("visit_id", "sha256", name=op.f("uq_photo_visit_id_sha256")),
    )
    op.create_index(op.f("ix_photo_file_id"), "photo", ["file_id"])
    op.create_index(op.f("ix_photo_region_code"), "photo", ["region_code"])
    op.create_index("ix_photo_state_stored_at", "photo", ["state", "stored_at"])


def _create_review() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_name", sa.String(length=60), nullable=False),
        sa.Column("reviewer_role", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region_code", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user_account.id"], name=op.f("fk_review_reviewer_id_user_account")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_review_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_region_code"), "review", ["region_code"])
    op.create_index(op.f("ix_review_visit_id"), "review", ["visit_id"])
