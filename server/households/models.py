"""Tables of households and members. Identity and telephone numbers are sealed; lists show masked forms."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.core.db import Base, Money, SequenceInteger, UtcDateTime
from server.core.scope import RegionScoped


class Household(RegionScoped, Base):
    """One household of the register. A flag that is None is unknown, never "no".

    ``kind`` is none, unstable, marginal or sudden (policy digest CAT-2, CAT-3, CAT-12); ``home_lat`` and
    ``home_lon`` are WGS-84 degrees as typed text, exact in both directions. ``last_visit_id`` has no foreign
    key: visits point here already, and neither table could then be created first. A household that is no more
    (``removed_at``) stays, as its visits do; so does a member who died or moved away.
    """

    __tablename__ = "household"
    __table_args__ = (
        Index("ix_household_region_code_number", "region_code", "number"),
        # By beginnings: PostgreSQL compares these character by character only when the index says so.
        *(
            Index(f"ix_household_{name}", name, postgresql_ops={name: "text_pattern_ops"})
            for name in ("head_name", "pinyin", "initials")
        ),
        Index("ix_household_number_pattern", "number", postgresql_ops={"number": "text_pattern_ops"}),
        Index("ix_household_id_tail", "id_tail"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    head_name: Mapped[str] = mapped_column(String(40))
    pinyin: Mapped[str] = mapped_column(String(120))
    initials: Mapped[str] = mapped_column(String(20))
    id_tail: Mapped[str] = mapped_column(String(4), default="")
    natural_village_id: Mapped[UUID | None] = mapped_column(ForeignKey("natural_village.id"))
    address: Mapped[str] = mapped_column(String(120), default="")
    phone_sealed: Mapped[str | None] = mapped_column(Text)
    phone_masked: Mapped[str] = mapped_column(String(20), default="")
    revision: Mapped[int] = mapped_column(default=1)

    lifted: Mapped[bool | None]
    kind: Mapped[str] = mapped_column(String(12), default="none")
    released: Mapped[bool | None]
    monitored_since: Mapped[date | None]
    dibao: Mapped[bool | None]
    tekun: Mapped[bool | None]
    tekun_scattered: Mapped[bool | None]
    orphan: Mapped[bool | None]
    highrisk_job: Mapped[bool | None]
    pcni_prev: Mapped[Decimal | None] = mapped_column(Money)
    net_prev: Mapped[Decimal | None] = mapped_column(Money)
    poor10: Mapped[bool | None]
    online_flag: Mapped[bool | None]

    home_lat: Mapped[str | None] = mapped_column(String(12))
    home_lon: Mapped[str | None] = mapped_column(String(12))
    last_visit_id: Mapped[UUID | None] = mapped_column(Uuid)
    last_visited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    members: Mapped[list[Member]] = relationship(back_populates="household", order_by="Member.position")

    @property
    def category(self) -> str:
        """The one word shown for the household: its monitored kind, else lifted or ordinary."""
        if self.kind != "none":
            return self.kind
        return "lifted" if self.lifted else "ordinary"

    @property
    def living(self) -> list[Member]:
        """The members who live there: those who died or moved away stay on record only."""
        return [member for member in self.members if member.removed_at is None]


class Member(RegionScoped, Base):
    """One person living in a household; the identity number is sealed and bound to ``id``.

    ``relation`` is the word of the national form (户主, 配偶, 之子 …); ``id_index`` finds a number without
    opening any. It is not unique: a number that occurs twice is a finding about the register, not an error.
    """

    __tablename__ = "member"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"), index=True)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    relation: Mapped[str] = mapped_column(String(10))
    sex: Mapped[str | None] = mapped_column(String(6))
    birth_on: Mapped[date | None]
    id_sealed: Mapped[str | None] = mapped_column(Text)
    id_index: Mapped[str | None] = mapped_column(String(64), index=True)
    id_masked: Mapped[str] = mapped_column(String(20), default="")
    stage: Mapped[str | None] = mapped_column(String(10))
    labour: Mapped[str] = mapped_column(String(8))
    main_labour: Mapped[bool] = mapped_column(default=False)
    disability_grade: Mapped[int | None]

    household: Mapped[Household] = relationship(back_populates="members")


class HouseholdEdit(RegionScoped, Base):
    """A field of a household or member was given another value; the newest edit of a field says whose it is.

    ``revision`` is that of the household after the edit. ``value`` and ``before``, the value it took the
    place of, are sealed JSON: they may be identity numbers. ``op_id`` is the operation of the author.
    """

    __tablename__ = "household_edit"
    __table_args__ = (Index("ix_household_edit_household_id_revision", "household_id", "revision"),)

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True, autoincrement=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    member_id: Mapped[UUID | None] = mapped_column(Uuid)
    field: Mapped[str] = mapped_column(String(24))
    value: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    op_id: Mapped[UUID] = mapped_column(Uuid)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
