"""Carrying out what somebody asked for, once another person agreed."""

from __future__ import annotations

from uuid import UUID

from server.accounts import asking, devices, ledger, queries, rights, user_queries, users
from server.accounts.asking import DECLINED, DONE, OPEN, Decision
from server.accounts.devices import DeviceOrder
from server.accounts.models import AccountRequest, User
from server.accounts.services import NewUser
from server.accounts.users import Act, Done
from server.core.auth import Actor
from server.core.problems import Problem


def decide(actor: Actor, request_id: UUID, form: Decision) -> Done:
    """Decline a request, or carry it out in the same transaction.

    Raises:
        Problem: request_not_found, own_request, role_not_allowed, request_decided, and those of the act.
    """
    request = asking.to_decide(actor, request_id)
    told = {"request": str(request_id), "decision": form.decision, "comment": form.comment}
    line, again = ledger.begin(actor, form.op_id, "decide", told)
    if again:
        user = _decided_about(actor, request, line.result)
        return Done(user=user, request=request, password=users.password_again(line, user))
    if request.state != OPEN:
        raise Problem("request_decided")
    done = Done(request=request)
    if form.decision == DONE:
        done = _carried_out(actor, request, form)
    asking.close(actor, request, form)
    line.result = str(done.user.id) if done.user else ""
    return done


def _carried_out(actor: Actor, request: AccountRequest, form: Decision) -> Done:
    if request.kind == rights.CREATE:
        wanted = NewUser(**request.wanted)
        if queries.user_by_name(wanted.username) is not None:
            raise Problem("username_taken")
        user, password = users.add(wanted, seed=str(form.op_id))
        request.user_id = user.id
        return Done(user=user, request=request, password=password)
    user = _subject(actor, request)
    act = Act(op_id=form.op_id, version=user.version, reason=request.reason)
    if request.kind == rights.RESET:
        return Done(user=user, request=request, password=users.give_password(user, act))
    if request.kind == rights.ENABLE:
        users.switch(user, act, active=True)
    else:
        _revoke(actor, request)
    return Done(user=user, request=request)


def _decided_about(actor: Actor, request: AccountRequest, result: str) -> User | None:
    """The account that a decision of before concerned, None where nothing was done."""
    return _within_reach(actor, request, queries.user_by_id(UUID(result))) if result else None


def _subject(actor: Actor, request: AccountRequest) -> User:
    """The account as it is now: it may have moved away since somebody asked."""
    found = queries.user_by_id(request.user_id) if request.user_id else None
    user = _within_reach(actor, request, found)
    user_queries.lock(user.id)
    if request.kind == rights.RESET and not user.active:
        raise Problem("user_disabled")
    return user


def _within_reach(actor: Actor, request: AccountRequest, user: User | None) -> User:
    if user is None or not rights.decides(actor, request.kind, user.role, user.region_code):
        raise Problem("user_not_found")
    return user


def _revoke(actor: Actor, request: AccountRequest) -> None:
    if request.device_id is None:
        raise Problem("device_not_found")
    order = DeviceOrder(order=str(request.wanted["order"]), reason=request.reason)
    devices.give_order(actor, request.device_id, order)


__all__ = ["DECLINED", "DONE", "Decision", "decide"]
