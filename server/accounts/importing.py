"""Importing people from a sheet: a dry run with a digest, then exactly that, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from server.accounts import choosing, ledger, passwords, rights, user_queries
from server.accounts.import_plan import CREATE, Known, Places, PlannedRow, Planner, columns_of, is_header
from server.accounts.import_words import HEADER, HELP, PASSWORDS, ROLE_NAMES
from server.accounts.models import User
from server.accounts.services import NewUser
from server.accounts.sheets import read_rows, workbook
from server.core import audit, clock
from server.core.auth import Actor
from server.core.canonical import canonical
from server.core.crypto import sign
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import EVERYTHING, NOTHING
from server.regions import queries as regions


@dataclass(frozen=True)
class Plan:
    """A judged sheet; the digest is of the file, of the caller and of what would become of each row."""

    rows: list[PlannedRow]
    places: Places
    file: str
    digest: str


@dataclass(frozen=True)
class Given:
    """An account that was made, and its one-time password; None where it was shown long enough."""

    form: NewUser
    password: str | None


def check(actor: Actor, data: bytes) -> Plan:
    """What a sheet would do; nothing is written.

    Raises:
        Problem: as for ``read_rows``; sheet_columns, sheet_doubled, sheet_empty.
    """
    found = read_rows(data, is_header)
    if not found:
        raise Problem("sheet_empty")
    header, rows = found[0], found[1:]
    columns = columns_of(header)
    if not rows:
        raise Problem("sheet_empty")
    places = _places(actor)
    at = columns["username"]
    known = _known(actor, [row.cells[at].lower() for row in rows if at < len(row.cells)])
    planner = Planner(columns, rights.creatable(actor), places, known)
    planned = [planner.judge(row) for row in rows]
    told = [[row.number, row.status, row.form.username, row.form.region_code] for row in planned]
    file = sha256(data).hexdigest()
    body = {"actor": str(actor.id), "file": file, "rows": told}
    return Plan(planned, places, file, sign("import", canonical(body).encode()))


def _places(actor: Actor) -> Places:
    area = EVERYTHING if actor.role == rights.ADMIN else actor.region_code
    found = {region.code: region.name for region in regions.under(area)}
    names = {code: name for code, name in found.items() if rights.reaches(actor, code)}
    return Places(names.items(), found)


def _known(actor: Actor, usernames: Sequence[str]) -> dict[str, Known]:
    found = user_queries.usernames(usernames)
    return {
        name: Known(_form_of(user) if rights.sees(actor, user.region_code) else None, user.active)
        for name, user in found.items()
    }


def _form_of(user: User) -> NewUser:
    return NewUser(
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        region_code=user.region_code,
        department=user.department,
    )


def apply(actor: Actor, op_id: UUID, plan: Plan, digest: str) -> list[Given]:
    """Make the accounts of the rows that were to be created; the other rows are left alone.

    Sent again within ten minutes it gives the same passwords as long as they were not used. The sheet was
    judged before the transaction began, which phones wait for; what may have changed since is asked again.

    Raises:
        Problem: import_changed, when file or accounts are others than at the check; operation_conflict.
    """
    line, again = ledger.begin(actor, op_id, "import", {"digest": digest, "file": plan.file})
    if again:
        fresh = clock.now() - line.at < choosing.SHOWN_AGAIN_FOR
        return _given_before(actor, op_id, plan, shown=fresh)
    forms = [row.form for row in plan.rows if row.status == CREATE]
    places = {form.region_code for form in forms} - {NOTHING}
    known = user_queries.usernames(form.username for form in forms)
    if plan.digest != digest or known or places != regions.held_open(places):
        raise Problem("import_changed")
    line.result = str(len(forms))
    given = [_added(op_id, form) for form in forms]
    audit.record("account.import", ("account_operation", op_id), actor.region_code, count=len(given))
    _flush()
    return given


def _flush() -> None:
    """Raises Problem: import_changed, when somebody else made one of them at this moment."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Problem("import_changed") from error


def _seed(op_id: UUID, username: str) -> str:
    return f"{op_id} {username}"


def _added(op_id: UUID, form: NewUser) -> Given:
    password = choosing.one_time_password(_seed(op_id, form.username))
    now = clock.now()
    user = User(
        id=uuid4(),
        username=form.username,
        password_hash=passwords.hash_random(password),
        display_name=form.display_name,
        role=form.role,
        region_code=form.region_code,
        department=form.department,
        active=True,
        locale="zh-CN",
        created_at=now,
        one_time_until=now + choosing.VALID_FOR,
    )
    db.session.add(user)
    audit.record("account.create", ("user", user.id), form.region_code, role=form.role)
    return Given(form, password)


def _given_before(actor: Actor, op_id: UUID, plan: Plan, *, shown: bool) -> list[Given]:
    """Who left the caller's area since is left out, as from the list."""
    found = user_queries.usernames(row.form.username for row in plan.rows)
    given = []
    for username, user in found.items():
        password = choosing.one_time_password(_seed(op_id, username))
        if rights.sees(actor, user.region_code) and passwords.is_random(user.password_hash, password):
            given.append(Given(_form_of(user), password if shown else None))
    return given


def counts(plan: Plan) -> dict[str, int]:
    """How many rows there are of each status."""
    return dict(Counter(row.status for row in plan.rows))


def template() -> bytes:
    """An empty sheet with the columns, and a second one that says how to fill it in."""
    widths = (20, 14, 12, 16, 16, 16, 20, 16)
    return workbook([("导入", [HEADER], widths), ("说明", HELP, (24, 100))])


def password_sheet(given: Sequence[Given], places: Places) -> bytes:
    """The one-time passwords, to hand over to each person."""
    until = f"{(clock.now() + choosing.VALID_FOR).astimezone(clock.COUNTY_TIME):%Y-%m-%d %H:%M}"
    rows = [
        (
            one.form.display_name,
            one.form.username,
            ROLE_NAMES[one.form.role],
            places.names.get(one.form.region_code, ""),
            one.password or "",
            until,
        )
        for one in given
    ]
    return workbook([("一次性密码", [PASSWORDS, *rows], (16, 22, 12, 24, 20, 20))])
