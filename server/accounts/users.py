"""Looking after accounts: made, moved, switched off, let in again. Each act once, each with its audit entry.

Rows of accounts are not region-scoped (see ``models``): every function here checks the caller's rights
itself, and is called with everything in scope.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from server.accounts import asking, choosing, ledger, passwords, queries, rights, services, user_queries
from server.accounts.models import AccountOperation, AccountRequest, User
from server.accounts.services import NewUser
from server.core import audit, clock, permissions
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import NOTHING
from server.regions import queries as regions

_REQUEST = "request "  # before the number of a request in the ledger, where other acts have an account's


@dataclass(frozen=True, kw_only=True)
class Act:
    """What every act on an account carries: its number, the version it was decided on, and why."""

    op_id: UUID
    version: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What of an account is edited; None leaves it, a blank department takes it away."""

    display_name: str | None = None
    department: str | None = None


@dataclass(frozen=True)
class Done:
    """What became of an act: the account, the request where two persons are needed, a password to hand over.

    ``password`` is None where there is none, and where it was shown long enough.
    """

    user: User | None = None
    request: AccountRequest | None = None
    password: str | None = None


def create(actor: Actor, op_id: UUID, form: NewUser, reason: str) -> Done:
    """Make an account with a one-time password; a grave one is only proposed.

    Raises:
        Problem: role_not_allowed, region_not_found, invalid, username_taken, operation_conflict;
            user_not_found, when it is sent again and the account has left the caller's area.
    """
    rights.check(actor, rights.CREATE, form.role)
    line, again = ledger.begin(actor, op_id, "create", asdict(form) | {"reason": reason})
    if again:
        return _repeated(actor, line)
    check_place(actor, form.role, form.region_code)
    if queries.user_by_name(form.username) is not None:
        raise Problem("username_taken")
    if rights.takes_two(rights.CREATE, form.role):
        return _proposed(line, asking.propose(actor, op_id, rights.CREATE, form=form, reason=reason))
    user, password = add(form, seed=str(op_id))
    line.result = str(user.id)
    return Done(user=user, password=password)


def add(form: NewUser, seed: str) -> tuple[User, str]:
    """An account and its one-time password, which follows from the seed."""
    password = choosing.one_time_password(f"{seed} {form.username}")
    try:
        user = services.create_user(form, passwords.hash_random(password))
    except IntegrityError as error:
        raise Problem("username_taken") from error
    user.one_time_until = clock.now() + choosing.VALID_FOR
    return user, password


def check_place(actor: Actor, role: str, region_code: str) -> None:
    """Whether an account of a role may belong to a place of the caller's area, which stays open meanwhile.

    Raises:
        Problem: region_not_found, the same for a place elsewhere and for none; region_not_fitting.
    """
    is_there = region_code == NOTHING or bool(regions.held_open([region_code]))
    if not is_there or not rights.reaches(actor, region_code):
        raise Problem("region_not_found")
    if not permissions.fits(role, region_code):
        raise Problem("region_not_fitting")


def edit(actor: Actor, user_id: UUID, act: Act, names: Names) -> Done:
    """Change the name that others see, or the department of department staff.

    Raises:
        Problem: user_not_found, own_account, role_not_allowed, user_changed, operation_conflict.
    """
    user, line, again = _begin(actor, user_id, act, rights.EDIT, asdict(names))
    if again:
        return _repeated(actor, line)
    if names.display_name is not None:
        user.display_name = names.display_name
    if names.department is not None and user.role == rights.DEPARTMENT:
        user.department = names.department or None
    _changed(user, "account.edit", act)
    return Done(user=user)


def transfer(actor: Actor, user_id: UUID, act: Act, region_code: str) -> Done:
    """Give somebody another place. Their rights of before end with this transaction, on every device.

    Role and place are read at every request, so the next one has the new scope; what waits unsent on their
    phone for households of before is held when it arrives.

    Raises:
        Problem: as for ``edit``; region_not_found, region_not_fitting.
    """
    user, line, again = _begin(actor, user_id, act, rights.TRANSFER, {"region_code": region_code})
    if again:
        return _repeated(actor, line)
    check_place(actor, user.role, region_code)
    before, user.region_code = user.region_code, region_code
    if before != region_code:
        asking.end_for_moving(actor, user)
    for device in user_queries.devices_of(user.id):
        device.region_code = region_code
    _changed(user, "account.transfer", act, before=before, after=region_code)
    return Done(user=user)


def set_active(actor: Actor, user_id: UUID, act: Act, *, active: bool) -> Done:
    """Switch an account off (every sign-in ends) or on again; on again takes two persons where it is grave.

    Raises:
        Problem: as for ``edit``; place_closed.
    """
    wanted = rights.ENABLE if active else rights.DISABLE
    if not active and actor.role == rights.ADMIN and actor.id not in user_queries.hold_admins():
        raise Problem("account_disabled")  # two who switch each other off would leave none
    user, line, again = _begin(actor, user_id, act, wanted, {})
    if again:
        return _repeated(actor, line)
    if rights.takes_two(wanted, user.role):
        return _proposed(line, asking.propose(actor, act.op_id, wanted, user=user, reason=act.reason))
    switch(user, act, active=active)
    return Done(user=user)


def switch(user: User, act: Act, *, active: bool) -> None:
    """Switch an account, rights having been checked.

    Raises:
        Problem: place_closed, when the place of an account to switch on was closed meanwhile.
    """
    if active and user.region_code != NOTHING and not regions.held_open([user.region_code]):
        raise Problem("place_closed")
    user.active = active
    if not active:
        end_sessions(user)
    _changed(user, "account.enable" if active else "account.disable", act)


def reset_password(actor: Actor, user_id: UUID, act: Act) -> Done:
    """A one-time password in place of a forgotten one: shown once, changed at the first sign-in.

    Raises:
        Problem: as for ``edit``; account_disabled.
    """
    user, line, again = _begin(actor, user_id, act, rights.RESET, {})
    if again:
        return _repeated(actor, line)
    if not user.active:
        raise Problem("user_disabled")
    if rights.takes_two(rights.RESET, user.role):
        return _proposed(line, asking.propose(actor, act.op_id, rights.RESET, user=user, reason=act.reason))
    return Done(user=user, password=give_password(user, act))


def give_password(user: User, act: Act) -> str:
    """A new one-time password; sign-ins with the old one end, wrong tries on it are forgotten."""
    password = choosing.one_time_password(f"{act.op_id} {user.username}")
    user.password_hash = passwords.hash_random(password)
    user.one_time_until = clock.now() + choosing.VALID_FOR
    end_sessions(user)
    services.forget_guesses(user)
    _changed(user, "account.reset_password", act)
    return password


def sign_out(actor: Actor, user_id: UUID, act: Act) -> Done:
    """End every sign-in of somebody; what their phone holds stays on it.

    Raises:
        Problem: as for ``edit``.
    """
    user, line, again = _begin(actor, user_id, act, rights.SIGN_OUT, {})
    if again:
        return _repeated(actor, line)
    end_sessions(user)
    _changed(user, "account.sign_out", act)
    return Done(user=user)


def end_sessions(user: User, but: UUID | None = None) -> None:
    """End the sign-ins of a user, except one."""
    for session in user_queries.live_sessions(user.id, lock=True):
        if session.id != but:
            session.revoked_at = clock.now()


def _begin(
    actor: Actor, user_id: UUID, act: Act, wanted: str, asked: dict[str, Any]
) -> tuple[User, AccountOperation, bool]:
    user = user_queries.visible(actor, user_id, lock=True)
    rights.check(actor, wanted, user.role, user.id)
    told = {"user": str(user_id), "version": act.version, "reason": act.reason}
    line, again = ledger.begin(actor, act.op_id, wanted, told | asked)
    if not again:
        line.result = str(user.id)
        if user.version != act.version:
            raise Problem("user_changed")
    return user, line, again


def _changed(user: User, action: str, act: Act, **details: Any) -> None:
    user.version += 1
    audit.record(action, ("user", user.id), user.region_code, reason=bool(act.reason), **details)
    db.session.flush()


def _proposed(line: AccountOperation, request: AccountRequest) -> Done:
    line.result = f"{_REQUEST}{request.id}"
    return Done(request=request)


def _request_of(line: AccountOperation) -> AccountRequest | None:
    """What an act only proposed; the lines of earlier versions hold its number, which was their own."""
    key = line.result.removeprefix(_REQUEST)
    is_request = key != line.result or key == str(line.id)
    return user_queries.request_by_id(UUID(key)) if is_request else None


def _repeated(actor: Actor, line: AccountOperation) -> Done:
    """The outcome of an act of before; its password again if the answer may have got lost.

    Raises:
        Problem: user_not_found, when the account has left the caller's area since.
    """
    request = _request_of(line)
    if request is not None:
        return Done(request=request)
    user = user_queries.visible(actor, UUID(line.result))
    return Done(user=user, password=password_again(line, user))


def password_again(line: AccountOperation, user: User | None) -> str | None:
    """The one-time password of an act of a moment ago, unless it was used or replaced since."""
    fresh = clock.now() - line.at < choosing.SHOWN_AGAIN_FOR
    if user is None or not fresh or user.one_time_until is None:
        return None
    password = choosing.one_time_password(f"{line.id} {user.username}")
    return password if passwords.matches(user.password_hash, password) else None
