"""Registering households, noting visits, and the form in which other domains show a household."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import update

from server.core import clock, quick
from server.core.db import db
from server.core.masking import mask_id, mask_name, mask_written
from server.core.problems import Problem
from server.households import queries, roster
from server.households.calendar import note_new_day
from server.households.due import Cadence, cadence_of, decides_cadence, due_on
from server.households.editing import (
    MOVE,
    Author,
    Edited,
    check_value,
    is_protected,
    leaves_village,
    set_fields,
    value_of,
    values_of,
)
from server.households.fields import HEAD
from server.households.fields import shown as shown_value
from server.households.following import ends_along, moves_along
from server.households.forms import FieldName
from server.households.models import Household, Member
from server.households.newcomers import (
    NewcomersRefused,
    check_newcomers,
    is_taken,
    join_household,
    member_ids,
    register_household,
)
from server.households.queries import Standing
from server.households.registering import register
from server.households.revealing import reveal
from server.households.searching import find
from server.households.snapshots import Home
from server.regions import queries as regions

__all__ = [
    "HEAD",
    "MOVE",
    "Author",
    "Cadence",
    "Edited",
    "FieldName",
    "NewcomersRefused",
    "cadence_of",
    "check_newcomers",
    "check_value",
    "decides_cadence",
    "ends_along",
    "is_protected",
    "is_taken",
    "join_household",
    "leave_out_revisions",
    "leaves_village",
    "masked_id_number",
    "masked_name",
    "masked_text",
    "member_ids",
    "moves_along",
    "note_new_day",
    "note_visit",
    "present",
    "present_former",
    "register",
    "register_household",
    "remember_visit",
    "reveal",
    "roster_facts",
    "search",
    "set_fields",
    "shown_value",
    "summarise",
    "value_of",
    "values_of",
]

REVISIONS_LEFT_OUT = 100_000  # more than a household can have had between a backup and its restore


def remember_visit(household: Household, visit_id: UUID, visited_at: datetime) -> None:
    """Note the household's newest visit; ``visits.timeline`` knows which one that is."""
    household.last_visit_id, household.last_visited_at = visit_id, visited_at


def note_visit(standing: Standing, visit_id: UUID, visited_at: datetime) -> bool:
    """Note a newer visit of a household that nobody has changed since it was looked at.

    One statement that checks and writes, so that the write lock is held briefly; False when somebody has.
    """
    unchanged = {name: getattr(standing, name) for name in ("id", "revision", "last_visit_id")}
    return quick.change(Household, unchanged, {"last_visit_id": visit_id, "last_visited_at": visited_at})


def masked_id_number(number: str) -> str:
    """An identity number as people may see it who did not ask for the whole of it."""
    return mask_id(number)


def masked_name(name: str) -> str:
    """A name as it may leave the system: ``韦**``."""
    return mask_name(name)


def masked_text(text: str) -> str:
    """What somebody wrote, with identity and mobile numbers masked should it hold any."""
    return mask_written(text)


def roster_facts(household: Home) -> dict[str, Any]:
    """Today's facts of the register for judging; money is Decimal yuan."""
    return roster.roster_facts(household, clock.today())


class Lines(dict[UUID, dict[str, Any]]):
    """Lines by household. One that moved out of the scope since somebody read of it is asked for again."""

    def __missing__(self, key: UUID) -> NoReturn:
        raise Problem("busy", retry_after=1)


def summarise(ids: Iterable[UUID]) -> Lines:
    """What a line of a list shows of each household, in three queries."""
    rows = queries.headings(ids)
    places = regions.names_of({household.region_code for household in rows})
    hamlets = regions.natural_village_names({household.natural_village_id for household in rows})
    return Lines(
        {
            household.id: {
                name: getattr(household, name) for name in ("id", "head_name", "number", "category")
            }
            | {
                "township": places.get(household.region_code[:9], ""),
                "village": places.get(household.region_code[:12], ""),
                "natural_village": hamlets.get(household.natural_village_id, "")
                if household.natural_village_id
                else "",
            }
            for household in rows
        }
    )


def search(typed: str, region: str | None) -> tuple[list[dict[str, Any]], bool]:
    """Lines of the households whose name, pinyin or number begin with what was typed, and whether more do.

    Raises:
        Problem: bad_request, for a region out of scope.
    """
    rows, more = find(typed, region)
    shown = summarise(row.id for row in rows)
    return [shown[row.id] | {"last_visited_at": row.last_visited_at} for row in rows], more


def present(households: Sequence[Household]) -> list[dict[str, Any]]:
    """Wire form of households (see ``HouseholdSchema``), names of places looked up in two queries."""
    places = regions.names_of(household.region_code for household in households)
    hamlets = regions.natural_village_names(household.natural_village_id for household in households)
    return [_present(household, places, hamlets) for household in households]


def _present(household: Household, places: dict[str, str], hamlets: dict[UUID, str]) -> dict[str, Any]:
    today = clock.today()
    last = clock.local_date(household.last_visited_at) if household.last_visited_at else None
    grid, hamlet = household.region_code, household.natural_village_id
    return {
        **{
            name: getattr(household, name)
            for name in ("head_name", "pinyin", "initials", "id_tail", "number")
        },
        **{name: getattr(household, name) for name in ("address", "phone_masked", "category", "revision")},
        "id": str(household.id),
        "region_code": grid,
        "township": places.get(grid[:9], ""),
        "village": places.get(grid[:12], ""),
        "grid": places.get(grid, ""),
        "natural_village": hamlets.get(hamlet, "") if hamlet else "",
        "roster": roster.wire_facts(roster.roster_facts(household, today)),
        "home": _home(household),
        "last_visited_on": last and last.isoformat(),
        "due_on": due_on(household.kind, last, today, cadence_of(grid)).isoformat(),
        "members": [_present_member(member) for member in household.living],
    }


def leave_out_revisions() -> None:
    """Count the revisions of every household on from far behind, in the caller's transaction.

    After a restore numbers that were given and forgotten would be given again, to other edits: who saw the
    forgotten one would count as having seen the other, and overwrite it.
    """
    query = update(Household).values(revision=Household.revision + REVISIONS_LEFT_OUT)
    db.session.execute(query, execution_options={"synchronize_session": False})


def present_former(household: Household) -> list[dict[str, Any]]:
    """Wire form of the members who died or moved away."""
    former = [member for member in household.members if member.removed_at is not None]
    return [_present_member(member) | {"removed_at": member.removed_at} for member in former]


def _home(household: Household) -> dict[str, str] | None:
    if household.home_lat is None or household.home_lon is None:
        return None
    return {"lat": household.home_lat, "lon": household.home_lon}


def _present_member(member: Member) -> dict[str, Any]:
    names = ("name", "relation", "sex", "stage", "labour", "id_masked", "main_labour", "disability_grade")
    age = roster.age_on(member.birth_on, clock.today())
    return {name: getattr(member, name) for name in names} | {"id": str(member.id), "age": age}
