"""What one person asks for and another decides: a first secretary's, and acts that take two."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from server.accounts import device_queries, rights, user_queries
from server.accounts.models import KILL, AccountRequest, User
from server.accounts.services import NewUser
from server.core import audit, clock
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem

OPEN, DONE, DECLINED, MOVED = "open", "done", "declined", "moved"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a first secretary asks the township for: a password anew, or a device taken back or wiped."""

    id: UUID
    kind: str
    reason: str
    device_id: UUID | None = None
    order: str = KILL


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether it is done; the number is that of the act."""

    op_id: UUID
    decision: str
    comment: str = ""


def propose(
    actor: Actor,
    request_id: UUID,
    kind: str,
    *,
    reason: str,
    user: User | None = None,
    form: NewUser | None = None,
) -> AccountRequest:
    """Write down an act that another one has to confirm; one that waits already is given back.

    Raises:
        Problem: operation_conflict, when there is another request of this number; busy.
    """
    waiting = waiting_for(user, kind) if user else None
    if waiting is not None:
        _note(waiting)
        return waiting
    about = user or form
    if about is None:
        raise ValueError("a request is about somebody")
    wanted = asdict(form) if form else {}
    return _added(actor, request_id, kind, user, about.role, about.region_code, wanted, reason)


def ask(actor: Actor, user_id: UUID, wish: Wish) -> AccountRequest:
    """A first secretary asks for something about a grid member; the same again is the same request.

    A password anew is asked for once until somebody decided: the second would end the first one's password.

    Raises:
        Problem: user_not_found, role_not_allowed, device_not_found, operation_conflict.
    """
    user = user_queries.visible(actor, user_id, lock=True)
    if user.role != rights.GRID_MEMBER:
        raise Problem("role_not_allowed")
    known = user_queries.request_by_id(wish.id)
    if known is not None:
        if not _is_same(known, actor, user, wish):
            raise Problem("operation_conflict")
        return known
    waiting = waiting_for(user, wish.kind)
    if waiting is not None:
        return waiting
    if wish.kind == rights.REVOKE:
        found = device_queries.by_id(wish.device_id) if wish.device_id else None
        if found is None or found.user.id != user.id:
            raise Problem("device_not_found")
    role, place = user.role, user.region_code
    return _added(actor, wish.id, wish.kind, user, role, place, _wanted(wish), wish.reason, wish.device_id)


def _wanted(wish: Wish) -> dict[str, str | None]:
    return {"order": wish.order} if wish.kind == rights.REVOKE else {}


def _is_same(known: AccountRequest, actor: Actor, user: User, wish: Wish) -> bool:
    about = (known.asked_by, known.user_id, known.kind, known.device_id)
    same = about == (actor.id, user.id, wish.kind, wish.device_id)
    return same and (known.wanted, known.reason) == (_wanted(wish), wish.reason)


def waiting_for(user: User, kind: str) -> AccountRequest | None:
    """The request of a kind about an account, made where it is now, that nobody decided on yet.

    Devices may have one each.
    """
    if kind == rights.REVOKE:
        return None
    return next((one for one in user_queries.open_requests_at(user) if one.kind == kind), None)


def _added(
    actor: Actor,
    request_id: UUID,
    kind: str,
    user: User | None,
    role: str,
    region_code: str,
    wanted: dict[str, str | None],
    reason: str,
    device_id: UUID | None = None,
) -> AccountRequest:
    request = AccountRequest(
        id=request_id,
        kind=kind,
        user_id=user.id if user else None,
        device_id=device_id,
        role=role,
        region_code=region_code,
        wanted=wanted,
        reason=reason,
        asked_by=actor.id,
        asked_at=clock.now(),
        state=OPEN,
        comment="",
    )
    _keep(request)
    _note(request)
    db.session.flush()
    return request


def _note(request: AccountRequest) -> None:
    about = {"kind": request.kind, "role": request.role}
    audit.record("account.ask", ("account_request", request.id), request.region_code, **about)


def _keep(request: AccountRequest) -> None:
    """Raises Problem: operation_conflict, another request has this number; busy, it comes at this moment."""
    if user_queries.request_by_id(request.id) is not None:
        raise Problem("operation_conflict")
    db.session.add(request)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Problem("busy", retry_after=1) from error


def to_decide(actor: Actor, request_id: UUID) -> AccountRequest:
    """A request the caller may decide on, its row held, the account's before: so does whoever moves it.

    Raises:
        Problem: request_not_found; own_request, to whoever asked and to whom it is about; role_not_allowed.
    """
    request = user_queries.request_by_id(request_id)
    if request is not None and request.user_id is not None:
        user_queries.lock(request.user_id)
    request = user_queries.request_by_id(request_id, lock=True)
    if request is None or not (request.asked_by == actor.id or knows_of(actor, request)):
        raise Problem("request_not_found")
    if actor.id in (request.asked_by, request.user_id):
        raise Problem("own_request")
    if not rights.decides(actor, request.kind, request.role, request.region_code):
        raise Problem("role_not_allowed")
    return request


def knows_of(actor: Actor, request: AccountRequest) -> bool:
    """Whether a request is in the caller's list although somebody else asked."""
    if actor.role == rights.COUNTY and request.role == rights.ADMIN:
        return True
    if actor.role == rights.TOWNSHIP and request.role != rights.GRID_MEMBER:
        return False
    return rights.reaches(actor, request.region_code)


def close(actor: Actor, request: AccountRequest, form: Decision) -> None:
    """Write down what was decided."""
    _end(actor, request, form.decision, form.comment)


def end_for_moving(actor: Actor, user: User) -> None:
    """Close what was asked about somebody who goes to another place: nobody could carry it out any more.

    Whoever asked sees why; at the new place it is asked anew. The account's row is held.
    """
    for request in user_queries.open_requests_about(user.id):
        _end(actor, request, MOVED, "")


def _end(actor: Actor, request: AccountRequest, state: str, comment: str) -> None:
    request.state, request.comment = state, comment
    request.decided_by, request.decided_at = actor.id, clock.now()
    details = {"kind": request.kind, "decision": state}
    audit.record("account.decide", ("account_request", request.id), request.region_code, **details)
    db.session.flush()
