"""The rules of a county on a day, and the acts that change them: signed once, revoked, never edited."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from server.core import audit, clock, installation
from server.core.auth import Actor
from server.core.db import db, lives_a_transaction
from server.core.problems import Problem
from server.households.services import Cadence, decides_cadence
from server.local_policy.chain import check_chain, signature_of
from server.local_policy.models import REVOCATION, LocalSetting
from server.local_policy.queries import Act, acts_of, county_of
from server.policy import engine
from server.policy.compact import compact
from server.policy.engine import Bench
from server.policy.eras import first_days
from server.policy.loader import load_packs
from server.policy.local import (
    PARAMETER,
    LocalEntry,
    LocalRefused,
    check_entry,
    local_on,
    parameter_named,
    read_setting,
    settings_days,
    value_text,
)

_MEMO = lives_a_transaction("local_policy")
SURVEYS, MONITORED = "VISIT_MONTHS_", "VISIT_MONTHS_MONITORED"
FARTHEST_DAYS = 3660  # ten years ahead; more is a slip of the finger


@dataclass(frozen=True, kw_only=True)
class SettingForm:
    """A setting to sign; ``value`` only for a parameter, as text."""

    id: UUID
    kind: str
    name: str
    value: str | None
    since: date
    until: date | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class RevocationForm:
    """A revocation to sign; ``since`` is the first day without the setting (None = today)."""

    id: UUID
    since: date | None
    reason: str


@dataclass(frozen=True)
class CountyPolicy:
    """The acts of a county, the entries of any date they come to, and the benches made of them so far."""

    profile: str
    acts: tuple[Act, ...]
    entries: tuple[LocalEntry, ...]
    days: tuple[date, ...]
    _made: dict[date, Bench] = field(default_factory=dict, compare=False)

    def bench(self, on: date) -> Bench:
        """The rules in force on a day; compiled once for all days between two changes."""
        first = self.days[bisect_right(self.days, on) - 1]
        if first not in self._made:
            day = load_packs().day(self.profile, first)
            self._made[first] = engine.bench(self.profile, first, local_on(self.entries, day))
        return self._made[first]


@dataclass(frozen=True)
class PhonePolicy:
    """The rules of a county as phones take them; ``version`` changes with anything in them."""

    version: str
    content: dict[str, Any]
    text: bytes


def bench_for(region_code: str, on: date) -> Bench:
    """The rules that judge a household of a region on a day, with its county's settings.

    The settings are read once in a database transaction, however many households are judged in it, so that
    what another process signed counts from the next request on.

    Raises:
        Problem: policy_altered, when a stored setting is not what was signed.
    """
    return county_policy(region_code).bench(on)


def bench_that_judged(region_code: str, on: date, version: str) -> Bench:
    """The rules of a day as they were when they had a version; as they are now where that is lost.

    A county may sign a setting for a day that was judged before: then the day has had several versions, one
    for each part of the chain of signatures. ``Bench.version`` of the answer tells which one it is.

    Raises:
        Problem: policy_altered.
    """
    now = county_policy(region_code)
    if now.bench(on).version == version:
        return now.bench(on)
    earlier = (_policy(now.profile, now.acts[:length]).bench(on) for length in reversed(range(len(now.acts))))
    return next((bench for bench in earlier if bench.version == version), now.bench(on))


def county_policy(region_code: str) -> CountyPolicy:
    """All rules of the county of a region, read and verified once in a transaction.

    Raises:
        Problem: policy_altered.
    """
    county = county_of(region_code)
    memo: dict[str, CountyPolicy] = db.session.info.setdefault(_MEMO, {})
    if county not in memo:
        acts = acts_of(county)
        check_chain(acts)
        memo[county] = _policy(installation.profile(), acts)
    return memo[county]


@decides_cadence
def visit_cadence(region_code: str) -> Cadence:
    """How often the county of a region visits: of the documents in force the shortest period (AMB-19).

    Settings that were altered stop judging; a worklist goes on with what the documents say.
    """
    try:
        params = bench_for(region_code, clock.today()).params
    except Problem:
        return Cadence()
    months = {name: int(value) for name, value in params.items() if name.startswith(SURVEYS) and value}
    usual = Cadence()
    monitored = months.pop(MONITORED, usual.monitored)
    return Cadence(monitored, min(months.values(), default=usual.others))


def phone_policy(region_code: str) -> PhonePolicy:
    """The rules of the county of a region for its phones. Raises Problem: policy_altered."""
    policy = county_policy(region_code)
    return _phone_policy(policy.profile, policy.entries)


def policy_version(region_code: str) -> str:
    """The version of the rules that a phone of the region would be given now. Raises Problem."""
    return phone_policy(region_code).version


@lru_cache(maxsize=256)
def _policy(profile: str, acts: tuple[Act, ...]) -> CountyPolicy:
    entries = entries_of(profile, acts)
    days = sorted({*first_days(load_packs(), profile), *settings_days(entries)})
    return CountyPolicy(profile, acts, entries, tuple(days))


@lru_cache(maxsize=64)
def _phone_policy(profile: str, entries: tuple[LocalEntry, ...]) -> PhonePolicy:
    content = compact(load_packs(), profile, entries)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return PhonePolicy(content["version"], content, text.encode())


def entries_of(profile: str, acts: Sequence[Act]) -> tuple[LocalEntry, ...]:
    """The settings as the engine takes them, oldest signature first, each up to the day it was revoked.

    A setting of something that the installation's present profile does not have is left out.
    """
    ended = revocations(acts)
    found = (entry_of(profile, act, ended.get(act.id)) for act in acts if act.kind != REVOCATION)
    return tuple(entry for entry in found if entry is not None)


def revocations(acts: Sequence[Act]) -> dict[UUID, Act]:
    """The revocation that counts for each setting that was revoked: the last one, of the earliest day."""
    settings = _revoked(acts)
    return {settings[act.id]: act for act in acts if act.id in settings}


def _revoked(acts: Sequence[Act]) -> dict[UUID, UUID]:
    """The setting that each revocation ends, also where it only brings another revocation forward."""
    found: dict[UUID, UUID] = {}
    for act in acts:
        if act.revokes_id is not None:
            found[act.id] = found.get(act.revokes_id, act.revokes_id)
    return found


def entry_of(profile: str, act: Act, revocation: Act | None) -> LocalEntry | None:
    """A setting as the engine takes it; None when it has no effect on any day."""
    library = load_packs()
    ends = [act.until, revocation.since - timedelta(days=1) if revocation else None]
    until = min((day for day in ends if day is not None), default=None)
    if until is not None and until < act.since:
        return None
    try:
        own = parameter_named(library, profile, act.name) if act.kind == PARAMETER else None
        value = read_setting(own, act.value) if own else None
        entry = LocalEntry(act.kind, act.name, value, act.since, until)
        check_entry(library, profile, entry)
    except LocalRefused:
        return None  # it was signed while the installation had another profile
    return entry


def sign_setting(actor: Actor, form: SettingForm) -> tuple[Act, bool]:
    """Store a setting of the actor's county; the same sent twice is one. Returns it, and whether it is new.

    Raises:
        Problem: invalid (by field), setting_conflict, policy_altered.
    """
    value = _checked_value(form)
    draft = _draft(actor, form.id, form.kind, form.name, form.since, form.reason)
    return _append(draft._replace(value=value, until=form.until))


def _checked_value(form: SettingForm) -> str | None:
    """The value in its one spelling. Raises Problem: invalid."""
    library, profile = load_packs(), installation.profile()
    try:
        value, text = None, None
        if form.kind == PARAMETER:
            own = parameter_named(library, profile, form.name)
            value = read_setting(own, form.value)
            text = value_text(own.unit, value)
        elif form.value is not None:
            raise LocalRefused("value", "not_expected", "only a parameter has a value")
        check_entry(library, profile, LocalEntry(form.kind, form.name, value, form.since, form.until))
        _check_not_too_far(form.since)
    except LocalRefused as refused:
        raise _invalid(refused) from refused
    return text


def _check_not_too_far(since: date) -> None:
    if since > clock.today() + timedelta(days=FARTHEST_DAYS):
        raise LocalRefused("from", "too_far", "more than ten years ahead")


def _invalid(refused: LocalRefused) -> Problem:
    return Problem("invalid", errors={refused.field: [{"code": refused.code, "message": refused.message}]})


def revoke_setting(actor: Actor, setting_id: UUID, form: RevocationForm) -> tuple[Act, bool]:
    """End a setting from a day on; an end still to come may be brought forward, by an act of its own.

    Returns the act, and whether it is new.

    Raises:
        Problem: setting_not_found, setting_revoked, invalid, setting_conflict, policy_altered.
    """
    acts = county_policy(actor.region_code).acts
    setting = next((act for act in acts if act.id == setting_id and act.kind != REVOCATION), None)
    if setting is None:
        raise Problem("setting_not_found")
    known = next((act for act in acts if act.id == form.id), None)
    since = form.since or (known.since if known else clock.today())
    earlier = revocations(acts).get(setting_id)
    if known is None:
        _check_end(setting, earlier, since)
    ends = known.revokes_id if known and _revoked(acts).get(known.id) == setting_id else setting_id
    if known is None and earlier is not None:
        ends = earlier.id
    draft = _draft(actor, form.id, REVOCATION, setting.name, since, form.reason)
    return _append(draft._replace(revokes_id=ends), setting_id)


def _check_end(setting: Act, earlier: Act | None, since: date) -> None:
    """Whether a setting may be revoked from a day on, where it was revoked before or was not.

    Raises:
        Problem: setting_revoked, invalid.
    """
    if earlier is not None and earlier.since <= clock.today():
        raise Problem("setting_revoked")
    if earlier is not None and since >= earlier.since:
        message = f"the setting already ends on {earlier.since.isoformat()}; only an earlier day changes that"
        raise _invalid(LocalRefused("from", "not_earlier", message))
    if setting.until is not None and since > setting.until:
        raise _invalid(LocalRefused("from", "after_until", "the setting has ended before that day"))


def _draft(actor: Actor, key: UUID, kind: str, name: str, since: date, reason: str) -> Act:
    """An act that has neither place nor signature yet."""
    return Act(
        id=key,
        region_code=county_of(actor.region_code),
        position=0,
        kind=kind,
        name=name,
        value=None,
        since=since,
        until=None,
        revokes_id=None,
        reason=reason,
        signed_by=actor.id,
        signer_name=actor.display_name,
        signed_at=clock.now(),
        previous="",
        signature="",
    )


def _append(draft: Act, setting_id: UUID | None = None) -> tuple[Act, bool]:
    """Put an act at the end of its county's chain, signed; ``setting_id``: what it ends."""
    acts = county_policy(draft.region_code).acts
    earlier = next((act for act in acts if act.id == draft.id), None)
    if earlier is not None:
        if _meaning(earlier) != _meaning(draft):
            raise Problem("setting_conflict")
        return earlier, False
    placed = draft._replace(position=len(acts) + 1, previous=acts[-1].signature if acts else "")
    act = placed._replace(signature=signature_of(placed))
    db.session.add(LocalSetting(**act._asdict()))
    audit.record(
        "policy.revoke" if act.kind == REVOCATION else "policy.set",
        ("local_setting", setting_id or act.id),
        act.region_code,
        kind=act.kind,
        name=act.name,
        value=act.value,
        since=act.since.isoformat(),
        until=act.until.isoformat() if act.until else None,
    )
    db.session.flush()
    db.session.info.pop(_MEMO, None)
    return act, True


def _meaning(act: Act) -> tuple[Any, ...]:
    """What was signed and by whom, apart from when and where in the chain."""
    return act.kind, act.name, act.value, act.since, act.until, act.revokes_id, act.reason, act.signed_by
