"""The fund's numbers as data: kinds, lines, tiers, caps, each with its article. Pure; read once.

``packs/nanning-fund-2020/fund.yaml`` holds what the text says; figures that a county may set itself are
parameters of the pack and are filled in by ``Scheme.with_values``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from server.policy.entries import Place, one_of
from server.policy.loader import PACKS, load_packs
from server.policy.model import Text
from server.policy.yamlfile import read_yaml

PACK = "nanning-fund-2020"
ILLNESS, STUDY, DISASTER, ACCIDENT = "illness", "study", "disaster", "accident"
KINDS = (ILLNESS, STUDY, DISASTER, ACCIDENT)
MARGINAL_ON_EXCESS, WHOLE_ON_EXCESS = "marginal_on_excess", "whole_on_excess"
MARGINAL_ON_TOTAL, WHOLE_ON_TOTAL = "marginal_on_total", "whole_on_total"
READINGS = (MARGINAL_ON_EXCESS, WHOLE_ON_EXCESS, MARGINAL_ON_TOTAL, WHOLE_ON_TOTAL)
PAYMENTS, BASES = "payments", "bases"
HOUSEHOLD = "household"
PER = ("person", "student", HOUSEHOLD)
LISTED, OTHER = "listed", "other"
Cites = tuple[str, ...]
Values = Mapping[str, Decimal | int | None]
ValuesOn = Callable[[date], Values]


@dataclass(frozen=True, slots=True)
class Tier:
    """Amounts up to ``to`` (None: no end) at ``rate``; ``included`` says whether ``to`` itself belongs."""

    to: Decimal | None
    included: bool
    rate: Decimal

    def holds(self, amount: Decimal) -> bool:
        """Whether an amount above the tiers before this one lies in it."""
        return self.to is None or amount < self.to or (self.included and amount == self.to)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in yuan that may not have been published (``value`` None); ``param`` is what a county sets."""

    value: Decimal | None
    param: str
    cites: Cites


@dataclass(frozen=True, slots=True)
class Line:
    """The line under which nothing is paid. ``from_line``: reaching it is enough to open the right."""

    amount: Figure
    from_line: bool
    total: bool


@dataclass(frozen=True, slots=True)
class KindScheme:
    """One of the four kinds. ``per`` is the account: whose amounts of a calendar year add up."""

    kind: str
    label: Text
    counted: Text
    per: str
    cites: Mapping[str, Cites]
    line: Line
    tiers: tuple[Tier, ...]
    cap: Figure | None
    deducts: Mapping[str, Cites]

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings of the text that make sense for this kind."""
        return READINGS if self.line.total else (MARGINAL_ON_EXCESS, WHOLE_ON_EXCESS)


@dataclass(frozen=True, slots=True)
class Scheme:
    """The fund as it stood between two days, with the readings and figures a county has chosen."""

    since: date
    until: date | None
    reading: str
    combine: str
    period_cites: Cites
    household_cites: Mapping[str, Cites]
    combined_cap: Figure
    combined_kinds: tuple[str, ...]
    loan: Figure
    loan_stages: tuple[str, ...]
    kinds: Mapping[str, KindScheme]

    def covers(self, year: int) -> bool:
        """Whether the scheme pays for a calendar year."""
        return self.since.year <= year and (self.until is None or year <= self.until.year)

    def with_values(self, values: Values) -> Scheme:
        """The scheme with the parameters' values filled in; a name that is missing stays as it is."""
        kinds = {name: _line_filled(kind, values) for name, kind in self.kinds.items()}
        cap, loan = _filled(self.combined_cap, values), _filled(self.loan, values)
        return replace(self, combined_cap=cap, loan=loan, kinds=kinds)

    def cited(self) -> set[str]:
        """Every article that a calculation may cite."""
        found = {*self.period_cites, *self.combined_cap.cites, *self.loan.cites}
        found |= {cite for cites in self.household_cites.values() for cite in cites}
        for kind in self.kinds.values():
            found |= {cite for cites in kind.cites.values() for cite in cites} | set(kind.line.amount.cites)
            found |= set(kind.cap.cites) if kind.cap else set()
        return found


def _filled(figure: Figure, values: Values) -> Figure:
    if figure.param not in values:
        return figure
    value = values[figure.param]
    return replace(figure, value=None if value is None else Decimal(value))


def _line_filled(kind: KindScheme, values: Values) -> KindScheme:
    return replace(kind, line=replace(kind.line, amount=_filled(kind.line.amount, values)))


def scheme_for(year: int, values: ValuesOn | None = None) -> Scheme | None:
    """The scheme of a calendar year, None when there was none.

    Args:
        year: the calendar year of the costs.
        values: a county's parameters by day; those of the pack when not given. They are taken on the
            year's last day, because one account has one line for the whole year.
    """
    found = next((scheme for scheme in _schemes() if scheme.covers(year)), None)
    return found and found.with_values((values or pack_values)(date(year, 12, 31)))


def newest_year(today: date) -> int:
    """The last calendar year that any scheme covers, at most the present one."""
    return max((year for year in range(2020, today.year + 1) if scheme_for(year)), default=today.year)


def pack_values(on: date) -> dict[str, Decimal | int | None]:
    """The parameters of the fund's pack on a day, as the documents have them."""
    return {entry.name: entry.value(on) for entry in load_packs().packs[PACK].parameters}


@cache
def _schemes(root: Path = PACKS) -> tuple[Scheme, ...]:
    body = Place(f"{PACK}/fund.yaml", "", read_yaml(root, root / PACK / "fund.yaml"))
    body.only({"schemes"})
    entries = body.child("schemes")
    if not isinstance(entries.value, list) or not entries.value:
        raise entries.refused("expected a list of schemes")
    return tuple(_scheme(Place(entries.file, f"schemes[{n}]", each)) for n, each in enumerate(entries.value))


_SCHEME_KEYS = {
    "in_force",
    "reading",
    "combine",
    "period_cites",
    "household_cites",
    "combined_cap",
    "loan",
    "kinds",
}
_KIND_KEYS = {"label", "counted", "per", "cites", "line", "tiers", "cap", "deducts"}


def _scheme(place: Place) -> Scheme:
    place.only(_SCHEME_KEYS)
    since, until = (place.child("in_force").value.get(end) for end in ("from", "to"))
    if not isinstance(since, date) or not isinstance(until, date | None):
        raise place.child("in_force").refused("expected dates: from, and to or null")
    cap, loan = place.child("combined_cap"), place.child("loan")
    cap.only({"param", "kinds", "cites"})
    loan.only({"param", "stages", "cites"})
    return Scheme(
        since=since,
        until=until,
        reading=one_of(place, "reading", READINGS),
        combine=one_of(place, "combine", (PAYMENTS, BASES)),
        period_cites=place.texts("period_cites"),
        household_cites=_lists(place.child("household_cites"), {LISTED, OTHER}),
        combined_cap=_figure(cap),
        combined_kinds=cap.texts("kinds"),
        loan=_figure(loan),
        loan_stages=loan.texts("stages"),
        kinds={name: _kind(name, place.child("kinds").child(name)) for name in KINDS},
    )


def _kind(name: str, place: Place) -> KindScheme:
    place.only(_KIND_KEYS)
    line = place.child("line")
    line.only({"param", "opens", "total", "cites"})
    cap = place.child("cap")
    return KindScheme(
        kind=name,
        label=place.label("label"),
        counted=place.label("counted"),
        per=one_of(place, "per", PER),
        cites=_lists(place.child("cites"), {"counted", "rates", "condition", OTHER}),
        line=Line(
            _figure(line), one_of(line, "opens", ("above", "from")) == "from", bool(line.value["total"])
        ),
        tiers=_tiers(place.child("tiers")),
        cap=None if cap.value is None else _figure(cap),
        deducts=_lists(place.child("deducts"), {LISTED, OTHER}),
    )


def _lists(place: Place, keys: set[str]) -> dict[str, Cites]:
    place.only(keys)
    return {key: place.texts(key) for key in sorted(keys)}


def _figure(place: Place) -> Figure:
    """A parameter by name (its value comes later), or a value that the text itself gives."""
    value = place.value.get("value")
    if value is None:
        return Figure(None, place.text("param"), place.texts("cites"))
    return Figure(_amount(place.child("value")), "", place.texts("cites"))


def _amount(place: Place) -> Decimal:
    if isinstance(place.value, bool | float):
        raise place.refused("expected a whole number or text")
    try:
        return Decimal(str(place.value))
    except InvalidOperation as error:
        raise place.refused(f"{place.value!r} is not a number") from error


def _tiers(place: Place) -> tuple[Tier, ...]:
    """Read the tiers. Each must reach further than the one before, and the last one must not end."""
    if not isinstance(place.value, list) or not place.value:
        raise place.refused("expected a list of tiers")
    tiers = tuple(_tier(Place(place.file, f"{place.key}[{n}]", each)) for n, each in enumerate(place.value))
    ends = [tier.to for tier in tiers[:-1]]
    known = [end for end in ends if end is not None]
    if tiers[-1].to is not None or len(known) < len(ends) or known != sorted(set(known)):
        raise place.refused("tiers must rise, and only the last one is without end")
    return tiers


def _tier(place: Place) -> Tier:
    place.only({"to", "end", "rate"})
    end = place.child("to")
    return Tier(
        None if end.value is None else _amount(end),
        one_of(place, "end", ("included", "excluded")) == "included",
        _amount(place.child("rate")),
    )
