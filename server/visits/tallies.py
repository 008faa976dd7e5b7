"""How many visits of each sort a village has, as rows whose numbers add up; the database adds them itself.

Counting a county's 200,000 visits takes too long for a list that is opened all day. So every change of a
visit leaves one row more (a visit of this sort came) and one row less (one of that sort went). Rows are only
added: whoever writes visits at the same time never waits for another's count, and each reader sees exactly
the visits it could count itself. ``fold`` puts the rows of a sort together now and then.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import SmallInteger, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from server.core import audit, quick, triggers
from server.core.db import Base, SequenceInteger, db
from server.core.scope import RegionScoped

_SORT = ("region_code", "severity_rank", "changed", "risks", "state", "latest")


class VisitTally(RegionScoped, Base):
    """Visits of one sort in one village, or how many more or fewer they became; ``visits`` add up.

    ``region_code`` is the village's; the other columns are those of ``Visit`` that lists are counted by.
    """

    __tablename__ = "visit_tally"

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True, autoincrement=True)
    severity_rank: Mapped[int] = mapped_column(SmallInteger)
    changed: Mapped[bool]
    risks: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(12))
    latest: Mapped[bool]
    visits: Mapped[int]


_INTO = f"INSERT INTO visit_tally ({', '.join(_SORT)}, visits)"
_COUNTED = ("region_code", "severity_rank", "changed_count", "risks", "state", "latest")
_DIFFERS = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in _COUNTED)


def _values(row: str, count: int) -> str:
    columns = ("severity_rank", "changed_count > 0", "risks", "state", "latest")
    inner = ", ".join(f"{row}.{column}" for column in columns)
    return f"{_INTO} VALUES (substr({row}.region_code, 1, 12), {inner}, {count})"


# Only names of this module are put into these statements.
TRIGGERS = triggers.declare(
    ("visit", "household", "visit_tally"),
    ("visit_counted", "visit_recounted", "visit_latest"),
    sqlite=f"""
CREATE TRIGGER IF NOT EXISTS visit_counted AFTER INSERT ON visit BEGIN
  {_values("NEW", 1)};
END
--
CREATE TRIGGER IF NOT EXISTS visit_recounted AFTER UPDATE OF {", ".join(_COUNTED)} ON visit
WHEN {_DIFFERS} BEGIN
  {_values("OLD", -1)};
  {_values("NEW", 1)};
END
--
CREATE TRIGGER IF NOT EXISTS visit_latest AFTER UPDATE OF last_visit_id, removed_at ON household
WHEN OLD.last_visit_id IS NOT NEW.last_visit_id OR (OLD.removed_at IS NULL) <> (NEW.removed_at IS NULL) BEGIN
  UPDATE visit SET latest = 0 WHERE id = OLD.last_visit_id AND latest;
  UPDATE visit SET latest = 1 WHERE id = NEW.last_visit_id AND NEW.removed_at IS NULL AND NOT latest;
END
""",
    postgresql=f"""
CREATE OR REPLACE FUNCTION count_visit() RETURNS trigger LANGUAGE plpgsql AS $count$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    {_values("OLD", -1)};
  END IF;
  {_values("NEW", 1)};
  RETURN NULL;
END $count$
--
CREATE OR REPLACE TRIGGER visit_counted AFTER INSERT ON visit
FOR EACH ROW EXECUTE FUNCTION count_visit()
--
CREATE OR REPLACE TRIGGER visit_recounted AFTER UPDATE OF {", ".join(_COUNTED)} ON visit
FOR EACH ROW WHEN ({_DIFFERS}) EXECUTE FUNCTION count_visit()
--
CREATE OR REPLACE FUNCTION mark_latest_visit() RETURNS trigger LANGUAGE plpgsql AS $mark$
BEGIN
  UPDATE visit SET latest = FALSE WHERE id = OLD.last_visit_id AND latest;
  UPDATE visit SET latest = TRUE WHERE id = NEW.last_visit_id AND NEW.removed_at IS NULL AND NOT latest;
  RETURN NULL;
END $mark$
--
CREATE OR REPLACE TRIGGER visit_latest AFTER UPDATE OF last_visit_id, removed_at ON household
FOR EACH ROW WHEN (OLD.last_visit_id IS DISTINCT FROM NEW.last_visit_id
                   OR (OLD.removed_at IS NULL) <> (NEW.removed_at IS NULL))
EXECUTE FUNCTION mark_latest_visit()
""",
)


def crowded(least: int) -> list[str]:
    """Villages whose tallies have at least so many rows more than sorts."""
    sort = [getattr(VisitTally, name) for name in _SORT]
    query = select(VisitTally.region_code, func.count() - 1).group_by(*sort).having(func.count() > 1)
    more: Counter[str] = Counter()
    for code, spare in db.session.execute(query):
        more[code] += spare
    return sorted(code for code, spare in more.items() if spare >= least)


def fold(village: str) -> None:
    """Put the rows of each sort of a village together; what others add meanwhile stays as it is."""
    sort = [getattr(VisitTally, name) for name in _SORT]
    query = delete(VisitTally).where(VisitTally.region_code == village).returning(*sort, VisitTally.visits)
    found: Counter[tuple[object, ...]] = Counter()
    for *key, visits in db.session.execute(query, execution_options={"synchronize_session": False}):
        found[tuple(key)] += visits
    rows = [dict(zip(_SORT, key, strict=True)) | {"visits": count} for key, count in found.items() if count]
    quick.insert_rows(VisitTally, rows)
    audit.record("visits.fold_tallies", ("visit_tally", village), village, rows=len(rows))
