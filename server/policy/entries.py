"""The entries of a pack's files, read one by one with the place kept for the complaint."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .errors import PackError
from .model import (
    BY_CAUSE,
    COUNTY_MUST_SET,
    RISKS,
    SEVERITIES,
    UNITS,
    Article,
    Derived,
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
    place.only({"label", "unit", "origin", "cites", "note", "values"}, optional={"note", "cites"})
    origin = one_of(place, "origin", ("document", COUNTY_MUST_SET))
    cites = place.texts("cites", default=())
    if origin == "document" and not cites:
        raise place.refused("a number of a document must cite it")
    return Parameter(
        name=name,
        label=place.label("label"),
        unit=one_of(place, "unit", UNITS),
        origin=origin,
        cites=cites,
        note=place.text("note", default=""),
        values=_values(place.child("values")),
    )


def _values(place: Place) -> tuple[tuple[date, Decimal], ...]:
    if not isinstance(place.value, Mapping) or not place.value:
        raise place.refused("expected values by first day")
    for since, value in place.value.items():
        if not isinstance(since, date):
            raise place.refused(f"{since!r} is not a date")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise place.refused(f"{value!r} is not a number")
    return tuple(sorted((since, Decimal(str(value))) for since, value in place.value.items()))


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
    place.only({"title", "region", "packs", "income_within"})
    return Profile(
        name,
        place.label("title"),
        place.text("region"),
        place.texts("packs"),
        place.child("income_within").value,
    )
