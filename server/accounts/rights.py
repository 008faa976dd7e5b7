"""Who may look after whose account. Pure: the permission table's row ``user``, one rule a line.

The level above looks after an account: the township after grid members, the county after first secretaries,
townships and departments, an administrator after all. Nobody after their own. What gives power over a whole
county (``GRAVE``) takes two persons.
"""

from __future__ import annotations

from server.core.auth import Actor
from server.core.permissions import ROLES
from server.core.problems import Problem
from server.core.scope import covers

GRID_MEMBER, FIRST_SECRETARY, TOWNSHIP, COUNTY = "grid_member", "first_secretary", "township", "county"
DEPARTMENT, ADMIN, AUDITOR = "department", "admin", "auditor"
LOOKS_AFTER = {
    TOWNSHIP: frozenset({GRID_MEMBER}),
    COUNTY: frozenset({FIRST_SECRETARY, TOWNSHIP, DEPARTMENT}),
    ADMIN: frozenset({GRID_MEMBER, FIRST_SECRETARY, TOWNSHIP, COUNTY, DEPARTMENT, ADMIN, AUDITOR}),
}
GRAVE = frozenset({COUNTY, ADMIN, AUDITOR})
MOVABLE = frozenset({GRID_MEMBER, FIRST_SECRETARY, TOWNSHIP})
EDIT, TRANSFER, DISABLE, ENABLE, RESET, SIGN_OUT = (
    *("edit", "transfer", "disable", "enable"),
    *("reset", "sign_out"),
)
CREATE, REVOKE = "create", "revoke"
TAKES_TWO = frozenset({CREATE, RESET, ENABLE})


def sees(actor: Actor, region_code: str) -> bool:
    """Whether an account is in the caller's list: an administrator's has every one."""
    return actor.role == ADMIN or covers(actor.region_code, region_code)


def reaches(actor: Actor, region_code: str) -> bool:
    """Whether a place is within what the caller answers for; nowhere is only an administrator's."""
    return actor.role == ADMIN or covers(actor.region_code, region_code)


def check(actor: Actor, act: str, role: str, user_id: object = None) -> None:
    """Whether the caller may do this to an account of a role that they see.

    Raises:
        Problem: own_account, role_not_allowed.
    """
    if user_id is not None and user_id == actor.id:
        raise Problem("own_account")
    if role not in _those_of(actor.role, act):
        raise Problem("role_not_allowed")


def _those_of(role: str, act: str) -> frozenset[str]:
    mine = LOOKS_AFTER.get(role, frozenset())
    if act == TRANSFER:  # only the county covers both townships of a grid member who changes them
        return (mine | {GRID_MEMBER} if role == COUNTY else mine) & MOVABLE
    return mine


def acts(actor: Actor, role: str, user_id: object, *, active: bool) -> list[str]:
    """What the caller may do to an account, for the screen; two persons' acts among them."""
    if user_id == actor.id:
        return []
    wanted = [EDIT, TRANSFER, RESET, SIGN_OUT, DISABLE] if active else [EDIT, TRANSFER, ENABLE]
    found = [act for act in wanted if role in _those_of(actor.role, act)]
    if actor.role == FIRST_SECRETARY and role == GRID_MEMBER and active:
        found += ["ask_reset", "ask_revoke"]
    return found


def takes_two(act: str, role: str) -> bool:
    """Whether one person proposes and another one confirms."""
    return act in TAKES_TWO and role in GRAVE


def decides(actor: Actor, kind: str, role: str, region_code: str) -> bool:
    """Whether the caller may decide on a request about an account of this role and place.

    A grave one is confirmed by another administrator, or by county staff of the same county (any county for
    an administrator's account, which belongs to none).
    """
    if takes_two(kind, role):
        own = role == ADMIN or covers(actor.region_code, region_code)
        return actor.role == ADMIN or (actor.role == COUNTY and own)
    if not reaches(actor, region_code):
        return False
    return role in LOOKS_AFTER.get(actor.role, frozenset()) or (kind == REVOKE and actor.role == COUNTY)


def creatable(actor: Actor) -> list[str]:
    """Roles the caller may make accounts of, lowest first."""
    mine = LOOKS_AFTER.get(actor.role, frozenset())
    return [role for role in ROLES if role in mine]
