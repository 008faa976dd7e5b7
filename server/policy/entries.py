"""The entries of a pack's files, read one by one with the place kept for the complaint."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .errors import PackError
from .model import (
    BY_CAUSE,
    COUNTY_MUST_SET,
    LIMIT_PERIODS,
    LIMIT_UNITS,
    RISKS,
    SEVERITIES,
    STARTS,
    UNITS,
    Article,
    Deadline,
    Derived,
    Limit,
    Parameter,
    Profile,
    Rule,
)
from .vocabulary import KINDS, Fact


@dataclass(frozen=True, slots=True)
class Place:
    """A value and where it stands: file and key."""

    file: str
    key: str
    value: Any

    def refused(self, message: str) -> PackError:
        """The complaint about this place, to be raised."""
        return PackError(self.file, self.key or "file", message)

    def only(self, keys: set[str], optional: Set[str] = frozenset()) -> None:
        """Refuse anything but a mapping with exactly these keys; ``optional`` ones may be left out."""
        if not isinstance(self.value, Mapping):
            raise self.refused("expected a mapping")
        extra = sorted(str(key) for key in self.value if key not in keys)
        missing = sorted(keys - optional - set(self.value))
        if extra:
            raise self.refused(f"unknown keys {extra}")
        if missing:
            raise self.refused(f"missing keys {missing}")

    def child(self, key: str) -> Place:
        """The value under ``key``."""
        if not isinstance(self.value, Mapping) or key not in self.value:
            raise self.refused(f"missing key {key!r}")
        return Place(self.file, f"{self.key}.{key}".lstrip("."), self.value[key])

    def children(self) -> list[tuple[str, Place]]:
        """All values of a mapping by key, in the order of the file."""
        if not isinstance(self.value, Mapping):
            raise self.refused("expected a mapping")
        return [(str(key), self.child(key)) for key in self.value]

    def text(self, key: str, default: str | None = None) -> str:
        """Text under ``key``."""
        if default is not None and key not in self.value:
            return default
        place = self.child(key)
        if not isinstance(place.value, str) or not place.value.strip():
            raise place.refused("expected text (quote it)")
        return place.value.strip()

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of text under ``key``."""
        if default is not None and key not in self.value:
            return default
        place = self.child(key)
        if not isinstance(place.value, list) or not all(isinstance(entry, str) for entry in place.value):
            raise place.refused("expected a list of text (quote yes, no, on, off)")
        return tuple(place.value)

    def label(self, key: str) -> dict[str, str]:
        """A label with zh and en under ``key``."""
        place = self.child(key)
        place.only({"zh", "en"})
        return {"zh": place.text("zh"), "en": place.text("en")}


def one_of(place: Place, key: str, choices: tuple[str, ...]) -> str:
    """Text under ``key`` that must be one of ``choices``."""
    value = place.text(key)
    if value not in choices:
        raise place.child(key).refused(f"{value!r} is not one of {list(choices)}")
    return value


def rule(place: Place) -> Rule:
    """Read one rule; its condition is compiled later, with the vocabulary."""
    if isinstance(place.value, Mapping) and isinstance(place.value.get("id"), str):
        place = Place(place.file, place.value["id"], place.value)
    place.only({"id", "label", "severity", "risk", "cites", "when", "note"}, optional={"note"})
    name = place.text("id")
    cites = place.texts("cites")
    if not cites:
        raise place.child("cites").refused("a rule without a citation")
    return Rule(
        id=name,
        label=place.label("label"),
        severity=one_of(place, "severity", SEVERITIES),
        risks=_risks(place),
        cites=cites,
        when=place.child("when").value,
        file=place.file,
        note=place.text("note", default=""),
    )


def _risks(place: Place) -> tuple[str, ...]:
    risks = place.texts("risk")
    unknown = [risk for risk in risks if risk not in RISKS]
    if risks != (BY_CAUSE,) and (unknown or not risks):
        raise place.child("risk").refused(f"unknown risks {unknown}")
    return risks


@dataclass(frozen=True, slots=True)
class Names:
    """The vocabulary of a pack: facts by name, fields of loops, and the names of each group."""

    facts: Mapping[str, Fact]
    items: Mapping[str, Mapping[str, Fact]]
    groups: Mapping[str, tuple[str, ...]]


def facts(place: Place) -> Names:
    """Read the vocabulary of a pack."""
    place.only({"roster", "form", "answers", "loops"})
    known: dict[str, Fact] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for group in ("roster", "form", "answers"):
        entries = place.child(group).children()
        groups[group] = tuple(name for name, _ in entries)
        for name, entry in entries:
            if name in known:
                raise entry.refused("the same name twice")
            known[name] = _fact(name, entry)
    items: dict[str, dict[str, Fact]] = {}
    for name, loop in place.child("loops").children():
        loop.only({"label", "fields"})
        known[name] = Fact(name, "loop", label=loop.label("label"))
        items[name] = {field: _fact(field, entry) for field, entry in loop.child("fields").children()}
    return Names(known, items, groups)


def _fact(name: str, place: Place) -> Fact:
    place.only({"kind", "values", "label"}, optional={"values"})
    kind = one_of(place, "kind", tuple(sorted(KINDS - {"loop"})))
    return Fact(name, kind, frozenset(place.texts("values", default=())), place.label("label"))


def parameters(place: Place) -> tuple[Parameter, ...]:
    """Read the parameters of a pack with their dated values."""
    return tuple(_parameter(name, entry) for name, entry in place.children())


def _parameter(name: str, place: Place) -> Parameter:
    place.only(
        {"label", "unit", "origin", "cites", "note", "values", "min"}, optional={"note", "cites", "min"}
    )
    origin = one_of(place, "origin", ("document", COUNTY_MUST_SET))
    cites = place.texts("cites", default=())
    if origin == "document" and not (cites and place.value.get("values")):
        raise place.refused("a number of a document must be there and cite it")
    least = _number(place.child("min")) if "min" in place.value else None
    return Parameter(
        name=name,
        label=place.label("label"),
        unit=one_of(place, "unit", UNITS),
        origin=origin,
        cites=cites,
        note=place.text("note", default=""),
        values=_values(place.child("values"), least),
        least=least,
    )


def _values(place: Place, least: Decimal | None) -> tuple[tuple[date, Decimal | None], ...]:
    """Dated values, oldest first; a gap after ``to`` is a value of None; an empty list: no text gives one."""
    if not isinstance(place.value, list):
        raise place.refused("expected a list of values with from, to and value")
    found: list[tuple[date, Decimal | None]] = []
    free: date | None = date.min
    for n in range(len(place.value)):
        entry = Place(place.file, f"{place.key}[{n}]", place.value[n])
        entry.only({"from", "to", "value"})
        since, until = span(entry)
        if free is None or since < free:
            raise entry.refused("begins before the value above it ends")
        if found and since > free:
            found.append((free, None))
        value = _number(entry.child("value"))
        if least is not None and value < least:
            raise entry.child("value").refused(f"{value} is below the least, {least}")
        found.append((since, value))
        free = until + timedelta(days=1) if until is not None else None
    return (*found, (free, None)) if found and free is not None else tuple(found)


def _number(place: Place) -> Decimal:
    value = place.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.refused(f"{value!r} is not a number")
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise place.refused(f"{value!r} is not a number")
    return exact


def span(place: Place) -> tuple[date, date | None]:
    """The days ``from`` and ``to`` (null = no end known) of a mapping."""
    since, until = place.value.get("from"), place.value.get("to")
    if not isinstance(since, date) or not isinstance(until, date | None):
        raise place.refused("expected dates: from, and to or null")
    if until is not None and until < since:
        raise place.refused("to lies before from")
    return since, until


def articles(place: Place) -> dict[str, Article]:
    """Read the citable sentences of a pack and the documents they stand in."""
    place.only({"documents", "articles"})
    documents = {name: _document(entry) for name, entry in place.child("documents").children()}
    return {name: _article(name, entry, documents) for name, entry in place.child("articles").children()}


def _document(place: Place) -> tuple[str, str]:
    place.only({"title", "source"})
    return place.text("title"), place.text("source")


def _article(name: str, place: Place, documents: Mapping[str, tuple[str, str]]) -> Article:
    place.only({"document", "text", "source"}, optional={"source"})
    key = one_of(place, "document", tuple(documents))
    title, source = documents[key]
    return Article(name, title, place.text("text"), place.text("source", default=source))


def derived(place: Place) -> tuple[Derived, ...]:
    """Read the derived facts: each has ``when`` (a condition) or ``value`` (an amount)."""
    return tuple(_derived(name, entry) for name, entry in place.children())


def _derived(name: str, place: Place) -> Derived:
    place.only({"label", "when", "value", "note"}, optional={"when", "value", "note"})
    if ("when" in place.value) == ("value" in place.value):
        raise place.refused("expected when or value")
    kind, key = ("bool", "when") if "when" in place.value else ("money", "value")
    return Derived(name, place.label("label"), kind, place.child(key).value)


def profile(name: str, place: Place) -> Profile:
    """Read one profile."""
    keys = {"title", "region", "since", "packs", "income_within", "choosable", "cites"}
    place.only(keys | {"township_settles"}, optional={"choosable", "region", "township_settles"})
    since = place.child("since")
    if not isinstance(since.value, date):
        raise since.refused("expected a date")
    return Profile(
        id=name,
        title=place.label("title"),
        region=place.text("region", default=""),
        since=since.value,
        packs=place.texts("packs"),
        choosable=_choosable(place.child("choosable")) if "choosable" in place.value else {},
        income_within=place.child("income_within").value,
        cites=place.texts("cites"),
        township_settles="township_settles" in place.value and _yes(place.child("township_settles")),
    )


def _yes(place: Place) -> bool:
    if not isinstance(place.value, bool):
        raise place.refused("expected true or false")
    return place.value


def _choosable(place: Place) -> dict[str, str]:
    return {rule_id: place.text(rule_id) for rule_id, _ in place.children()}


def deadlines(place: Place) -> tuple[Deadline, ...]:
    """Read the deadlines; citations and profiles are checked by the loader."""
    return tuple(_deadline(name, entry) for name, entry in place.children())


def _deadline(name: str, place: Place) -> Deadline:
    keys = {"label", "starts", "limit", "cites", "profiles", "optional", "note"}
    place.only(keys, optional={"optional", "note"})
    optional = place.value.get("optional", False)
    if not isinstance(optional, bool):
        raise place.child("optional").refused("expected true or false")
    cites, profiles = place.texts("cites"), place.texts("profiles")
    if not cites or not profiles:
        raise place.refused("a deadline needs a citation and a profile")
    return Deadline(
        id=name,
        label=place.label("label"),
        starts=one_of(place, "starts", STARTS),
        limit=_limit(place.child("limit")),
        cites=cites,
        profiles=profiles,
        optional=optional,
        note=place.text("note", default=""),
    )


def _limit(place: Place) -> Limit:
    if isinstance(place.value, Mapping) and "each" in place.value:
        return _window(place)
    place.only({"count", "unit", "at_least", "param"}, optional={"at_least", "param"})
    at_least = place.value.get("at_least", False)
    if not isinstance(at_least, bool):
        raise place.child("at_least").refused("expected true or false")
    return Limit(
        count=_whole(place.child("count"), 1, 366),
        unit=one_of(place, "unit", LIMIT_UNITS),
        at_least=at_least,
        param=place.text("param", default=""),
    )


def _window(place: Place) -> Limit:
    keys = {"count", "each", "months", "first_day", "last_day"}
    place.only(keys, optional={"months", "first_day", "last_day"})
    months = place.value.get("months", [])
    if not isinstance(months, list):
        raise place.child("months").refused("expected a list of months")
    return Limit(
        count=_whole(place.child("count"), 1, 31),
        each=one_of(place, "each", LIMIT_PERIODS),
        months=tuple(_whole(Place(place.file, f"{place.key}.months", month), 1, 12) for month in months),
        first_day=_whole(place.child("first_day"), 1, 31) if "first_day" in place.value else 1,
        last_day=_whole(place.child("last_day"), 1, 31) if "last_day" in place.value else None,
    )


def _whole(place: Place, low: int, high: int) -> int:
    value = place.value
    if type(value) is not int or not low <= value <= high:
        raise place.refused(f"{value!r} is not a whole number from {low} to {high}")
    return value
