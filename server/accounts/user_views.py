"""Accounts and requests as the desk shows them, with names of places and people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from server.accounts import queries, rights, user_queries
from server.accounts.asking import OPEN
from server.accounts.models import AccountRequest, LoginSession, User
from server.accounts.users import Done
from server.core.auth import Actor
from server.core.masking import mask_written
from server.core.scope import NOTHING
from server.regions import queries as regions

_OWN = ("id", "username", "display_name", "role", "department", "region_code", "active", "version")


def rows(users: Sequence[User]) -> list[dict[str, Any]]:
    """Accounts with the names of their places, and when they were heard of last."""
    names = regions.names_of(user.region_code for user in users if user.region_code != NOTHING)
    contacts = user_queries.last_contacts(user.id for user in users)
    return [
        {name: getattr(user, name) for name in (*_OWN, "created_at", "one_time_until")}
        | {"place": place(names, user.region_code), "last_contact_at": contacts.get(user.id)}
        for user in users
    ]


def place(names: dict[str, str], code: str) -> list[str]:
    """Names of the regions of a code from the county down; nothing for nowhere."""
    if code == NOTHING:
        return []
    return [names[step] for step in regions.ancestors(code) if step in names]


def person(actor: Actor, user: User) -> dict[str, Any]:
    """All that the page about one person shows."""
    return rows([user])[0] | {
        "devices": user_queries.devices_of(user.id),
        "sessions": sessions(user_queries.live_sessions(user.id), actor.session_id),
        "requests": requests(actor, user_queries.open_requests_at(user)),
        "may": rights.acts(actor, user.role, user.id, active=user.active),
    }


def sessions(found: Iterable[LoginSession], current: UUID | None) -> list[dict[str, Any]]:
    """Sign-ins, the one that asks marked."""
    shown = ("id", "device_name", "app_version", "created_at", "last_used_at")
    return [{name: getattr(one, name) for name in shown} | {"current": one.id == current} for one in found]


def requests(actor: Actor, found: Sequence[AccountRequest]) -> list[dict[str, Any]]:
    """Requests with the names of the people in them; numbers written in them are masked for all."""
    people = queries.names_of(key for one in found for key in (one.asked_by, one.decided_by, one.user_id))
    names = regions.names_of(one.region_code for one in found if one.region_code != NOTHING)
    return [_request(actor, one, people, names) for one in found]


def _request(
    actor: Actor, one: AccountRequest, people: dict[UUID, str], names: dict[str, str]
) -> dict[str, Any]:
    own = ("id", "kind", "state", "user_id", "device_id", "asked_at", "decided_at")
    written = {name: mask_written(getattr(one, name)) for name in ("reason", "comment")}
    about = {
        "display_name": people.get(one.user_id) if one.user_id else one.wanted.get("display_name"),
        "username": one.wanted.get("username"),
        "role": one.role,
        "place": place(names, one.region_code),
    }
    mine = actor.id in (one.asked_by, one.user_id)
    may_decide = not mine and rights.decides(actor, one.kind, one.role, one.region_code)
    return (
        {name: getattr(one, name) for name in own}
        | written
        | {
            "about": about,
            "order": one.wanted.get("order"),
            "asked_by": people.get(one.asked_by, ""),
            "decided_by": people.get(one.decided_by) if one.decided_by else None,
            "may_decide": one.state == OPEN and may_decide,
        }
    )


def done(actor: Actor, outcome: Done) -> dict[str, Any]:
    """What became of an act."""
    return {
        "user": rows([outcome.user])[0] if outcome.user else None,
        "request": requests(actor, [outcome.request])[0] if outcome.request else None,
        "password": outcome.password,
    }
