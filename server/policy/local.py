"""What a county changed in its profile: dated entries, and what they come to on one day. Pure.

A county may give a parameter another value, switch a rule off, or switch a choosable rule on. An entry
never invents anything: ``check_entry`` refuses a name that the profile does not have and a value that does
not fit the parameter's unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .errors import PolicyError
from .model import Library, Pack, Parameter, Rule

PARAMETER, RULE_OFF, RULE_ON = "parameter", "rule_off", "rule_on"
ENTRY_KINDS = (PARAMETER, RULE_OFF, RULE_ON)
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,4})?", re.ASCII)
_CENT = Decimal("0.01")
LONGEST_MONTHS = 600
HIGHEST_RATIO = 100


class LocalRefused(PolicyError):
    """A setting that may not be made; ``field`` is ``name``, ``value``, ``from`` or ``until``."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.code, self.message = field, code, message


@dataclass(frozen=True, slots=True)
class LocalEntry:
    """One setting and the days it covers, both ends included; ``until`` None = no end known."""

    kind: str
    name: str
    value: Decimal | int | None
    since: date
    until: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the entry is in force on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class LocalPolicy:
    """What a county's settings come to on one day: values by parameter, rules off, choosable rules on."""

    params: Mapping[str, Decimal | int] = field(default_factory=dict, hash=False)
    off: frozenset[str] = frozenset()
    on: frozenset[str] = frozenset()


NOT_CHANGED = LocalPolicy()


def local_on(entries: Iterable[LocalEntry], on: date) -> LocalPolicy:
    """The settings in force on a day; of several values for a parameter the one signed last counts.

    Args:
        entries: oldest signature first, revoked days already cut off.
        on: the day, of the profile's time (``Library.day``).
    """
    now = [entry for entry in entries if entry.covers(on)]
    return LocalPolicy(
        {entry.name: entry.value for entry in now if entry.kind == PARAMETER and entry.value is not None},
        frozenset(entry.name for entry in now if entry.kind == RULE_OFF),
        frozenset(entry.name for entry in now if entry.kind == RULE_ON),
    )


def check_entry(library: Library, profile: str, entry: LocalEntry) -> None:
    """Refuse an entry that touches what the profile does not have, or on days its pack is not in force.

    Raises:
        LocalRefused: naming the field that is wrong.
        KeyError: unknown profile.
    """
    pack = _pack_of(library, profile, entry)
    if pack is None:
        raise LocalRefused("name", "unknown_name", f"{entry.name!r} is not a {entry.kind} of this profile")
    if entry.until is not None and entry.until < entry.since:
        raise LocalRefused("until", "before_from", "the last day lies before the first")
    begin = max(pack.in_force.since, library.profiles[profile].since)
    if entry.since < begin:
        raise LocalRefused("from", "before_policy", f"the policy is in force from {begin.isoformat()}")
    if pack.in_force.until is not None and entry.since > pack.in_force.until:
        raise LocalRefused("from", "after_policy", f"the policy ends on {pack.in_force.until.isoformat()}")


def check_local(library: Library, profile: str, local: LocalPolicy) -> None:
    """Refuse what a profile does not have. Raises LocalRefused; KeyError for an unknown profile."""
    named = {
        PARAMETER: set(local.params) - {own.name for _, own in parameters_of(library, profile)},
        RULE_OFF: set(local.off) - {own.id for _, own in own_rules(library, profile)},
        RULE_ON: set(local.on) - set(library.profiles[profile].choosable),
    }
    for kind, unknown in named.items():
        if unknown:
            raise LocalRefused("name", "unknown_name", f"{sorted(unknown)} is no {kind} of {profile!r}")


def _pack_of(library: Library, profile: str, entry: LocalEntry) -> Pack | None:
    """The pack that holds what the entry names; None when the profile has no such thing."""
    if entry.kind == PARAMETER:
        return next((pack for pack, own in parameters_of(library, profile) if own.name == entry.name), None)
    choosable = library.profiles[profile].choosable
    if entry.kind == RULE_ON:
        return library.packs[choosable[entry.name]] if entry.name in choosable else None
    return next((pack for pack, own in own_rules(library, profile) if own.id == entry.name), None)


def parameters_of(library: Library, profile: str) -> Iterator[tuple[Pack, Parameter]]:
    """Every parameter of a profile with its pack, in force today or not."""
    return ((pack, own) for pack in library.packs_of(profile) for own in pack.parameters)


def own_rules(library: Library, profile: str) -> Iterator[tuple[Pack, Rule]]:
    """Every rule of a profile's own packs with its pack; those a county may choose are not among them."""
    return ((pack, own) for pack in library.packs_of(profile) for own in pack.rules)


def chosen_rules(library: Library, profile: str) -> Iterator[tuple[Pack, Rule]]:
    """Every rule of other packs that a county of the profile may switch on, with its pack."""
    for name, source in library.profiles[profile].choosable.items():
        pack = library.packs[source]
        yield from ((pack, own) for own in pack.rules if own.id == name)


def parameter_named(library: Library, profile: str, name: str) -> Parameter:
    """A parameter of the profile. Raises LocalRefused."""
    for _, own in parameters_of(library, profile):
        if own.name == name:
            return own
    raise LocalRefused("name", "unknown_name", f"{name!r} is not a parameter of this profile")


def read_setting(own: Parameter, text: Any) -> Decimal | int:
    """Another value of a parameter. Raises LocalRefused: it does not fit the unit, or is below the least."""
    value = read_value(own.unit, text)
    if own.least is not None and value < own.least:
        raise LocalRefused("value", "below_least", f"expected at least {value_text(own.unit, own.least)}")
    return value


def read_value(unit: str, text: Any) -> Decimal | int:
    """The number in ``text`` if it fits the unit: yuan ≥ 0 to the fen, a ratio > 0, whole months ≥ 1.

    Raises:
        LocalRefused: anything else, also numbers that are not written as text.
    """
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise LocalRefused("value", "not_a_number", "expected a plain number as text, such as 7000.00")
    value = Decimal(text)
    if unit == "months":
        if value != value.to_integral_value() or not 1 <= value <= LONGEST_MONTHS:
            raise LocalRefused("value", "not_months", f"expected whole months from 1 to {LONGEST_MONTHS}")
        return int(value)
    if unit == "ratio":
        if not 0 < value <= HIGHEST_RATIO:
            raise LocalRefused("value", "not_a_ratio", f"expected a ratio above 0, at most {HIGHEST_RATIO}")
        return value
    if value != value.quantize(_CENT):
        raise LocalRefused("value", "not_money", "expected yuan with at most two decimals")
    return value.quantize(_CENT)


def value_text(unit: str, value: Decimal | int | None) -> str | None:
    """A parameter's value on the wire: money with two decimals, ratios and months in their shortest form."""
    if value is None:
        return None
    if unit in ("months", "ratio"):
        return f"{Decimal(value).normalize():f}"
    return f"{Decimal(value).quantize(_CENT)}"


def settings_days(entries: Sequence[LocalEntry]) -> tuple[date, ...]:
    """The days on which what the entries come to may change, in order."""
    first = {entry.since for entry in entries}
    after = {date.fromordinal(entry.until.toordinal() + 1) for entry in entries if entry.until is not None}
    return tuple(sorted(first | after))
