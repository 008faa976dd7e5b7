"""The audit trail in chains, one a county; what is there is chained in the order it was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.core import audit_guard
from server.core.canonical import canonical
from server.core.jsontext import dumps_sorted, loads

revision = "0010"
down_revision = "0014"
branch_labels = None
depends_on = None

AT_ONCE = 2000
TEXT = "seq, {at}, {actor}, actor_role, action, target_type, target_id, region_code, request_id, {details}"
FORMS = {
    "sqlite": {"at": "at", "actor": "actor_id", "details": "details"},
    "postgresql": {
        "at": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
        "actor": "replace(CAST(actor_id AS text), '-', '')",
        "details": "CAST(details AS text)",
    },
}
NAMES = [
    "seq", "at", "actor_id", "actor_role", "action", "target_type", "target_id", "region_code", "request_id",
    "details",
]  # fmt: skip
CHAIN = [("chain", sa.String(length=6)), ("number", sa.BigInteger())]
CHAIN += [("previous", sa.LargeBinary()), ("hash", sa.LargeBinary())]


def upgrade() -> None:
    """Add the place of an entry in its chain, fill it in, and let nobody change entries from now on."""
    for name, kind in CHAIN:
        op.add_column("audit_entry", sa.Column(name, kind, nullable=True))
    _create_tables()
    _chain_entries(op.get_bind())
    with op.batch_alter_table("audit_entry") as changed:
        for name, kind in CHAIN:
            changed.alter_column(name, existing_type=kind, nullable=False)
        changed.create_unique_constraint(op.f("uq_audit_entry_chain_number"), ["chain", "number"])
    op.create_index("ix_audit_entry_chain_at", "audit_entry", ["chain", "at"])
    op.create_index("ix_audit_entry_chain_action_at", "audit_entry", ["chain", "action", "at"])
    op.create_index("ix_audit_entry_actor_id_at", "audit_entry", ["actor_id", "at"])
    for statement in audit_guard.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Take the chains away again."""
    dialect = op.get_bind().dialect.name
    for statement in audit_guard.removal(dialect):
        op.execute(statement)
    if dialect == "postgresql":
        op.execute("DROP FUNCTION audit_entry_refuse()")
    for name in ("actor_id_at", "chain_action_at", "chain_at"):
        op.drop_index(f"ix_audit_entry_{name}", "audit_entry")
    with op.batch_alter_table("audit_entry") as changed:
        changed.drop_constraint(op.f("uq_audit_entry_chain_number"), type_="unique")
        for name, _ in reversed(CHAIN):
            changed.drop_column(name)
    op.drop_table("audit_check")
    op.drop_table("audit_head")


def _create_tables() -> None:
    op.create_table(
        "audit_head",
        sa.Column("chain", sa.String(length=6), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_check",
        sa.Column("chain", sa.String(length=6), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_check")),
    )


def _chain_entries(bind: sa.Connection) -> None:
    heads: dict[str, tuple[int, bytes, Any]] = {}
    fill = sa.text(
        "UPDATE audit_entry SET chain = :chain, number = :number, previous = :previous, hash = :hash"
        " WHERE seq = :seq"
    )
    for rows in _batches(bind):
        bind.execute(fill, [_placed(heads, dict(zip(NAMES, row, strict=True))) for row in rows])
    insert = sa.text("INSERT INTO audit_head (chain, count, hash, at) SELECT :chain, :count, :hash, at"
                     " FROM audit_entry WHERE seq = :seq")  # fmt: skip
    for chain, (count, last, seq) in heads.items():
        bind.execute(insert, {"chain": chain, "count": count, "hash": last, "seq": seq})


def _batches(bind: sa.Connection) -> Iterator[Sequence[Any]]:
    columns, after = TEXT.format(**FORMS[bind.dialect.name]), -1
    query = sa.text(f"SELECT {columns} FROM audit_entry WHERE seq > :after ORDER BY seq LIMIT {AT_ONCE}")  # noqa: S608 - no value from outside
    while rows := bind.execute(query, {"after": after}).fetchall():
        yield rows
        after = rows[-1][0]


def _placed(heads: dict[str, tuple[int, bytes, Any]], entry: dict[str, Any]) -> dict[str, Any]:
    """The place of the next entry, in the form of today: what is hashed never changes again."""
    county = entry["region_code"][:6]
    chain = county if len(county) == 6 and county.isdecimal() else "-"
    count, previous, _ = heads.get(chain, (0, bytes(32), 0))
    entry["details"] = dumps_sorted(loads(entry["details"]))
    text = canonical({"chain": chain, "number": count + 1, "previous": previous.hex(), **entry})
    own = sha256(text.encode()).digest()
    heads[chain] = (count + 1, own, entry["seq"])
    place = {"chain": chain, "number": count + 1, "previous": previous, "hash": own}
    return {**place, "seq": entry["seq"]}
