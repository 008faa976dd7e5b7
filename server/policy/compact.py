"""The rules of one county as the phone takes them: only its profile, as JSON, with all that a light shows.

The twin on the phone (pwa/src/core/policy) judges by this. Values and settings keep their dates, so that a
phone without a network judges each visit by its own day. Names are Chinese: the English ones are part of the
app (``english_names``), which few phones ever load.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from .expression import names, parameters
from .local import PARAMETER, RULE_OFF, RULE_ON, LocalEntry, parameters_of, value_text
from .model import Article, Derived, Library, Pack, Parameter, Profile, Rule

FORM = 1


def compact(library: Library, profile: str, entries: Sequence[LocalEntry] = ()) -> dict[str, Any]:
    """The phone's rules of a profile, JSON-ready; ``version`` changes with anything in it.

    Args:
        library: all packs.
        profile: an id of the library's profiles.
        entries: the county's settings, oldest signature first, of any date.

    Raises:
        KeyError: unknown profile.
    """
    content = (
        {"form": FORM}
        | _content(library, library.profiles[profile])
        | {"local": _local(library, profile, entries)}
    )
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return {"version": hashlib.sha256(text.encode()).hexdigest()[:16], **content}


def english_names(library: Library) -> dict[str, str]:
    """English names of every rule and derived fact, by the keys under which the app keeps them."""
    packs = sorted(library.packs.values(), key=lambda pack: pack.id)
    rules = {f"rule.{rule.id}": rule.label["en"] for pack in packs for rule in pack.rules}
    return rules | {f"rule.{entry.name}": entry.label["en"] for pack in packs for entry in pack.derived}


def _content(library: Library, profile: Profile) -> dict[str, Any]:
    packs = _packs(library, profile)
    places = {pack.id: place for place, pack in enumerate(packs)}
    rules = _rules(library, profile)
    derived = _needed(
        library.packs_of(profile.id), [rule.when for _, rule, _ in rules], profile.income_within
    )
    nodes = [
        *(rule.when for _, rule, _ in rules),
        *(entry.node for _, entry in derived),
        profile.income_within,
    ]
    known = library.vocabulary(profile.packs)
    shown = sorted(frozenset().union(*map(names, nodes)))
    articles = [
        library.articles[name] for name in dict.fromkeys(c for _, rule, _ in rules for c in rule.cites)
    ]
    documents = list(dict.fromkeys(article.document for article in articles))
    return {
        "profile": profile.id,
        "since": profile.since.isoformat(),
        "packs": [_pack(pack) for pack in packs],
        "params": _params(packs, frozenset().union(*map(parameters, nodes))),
        "derived": [_derived(entry, places[pack.id]) for pack, entry in derived],
        "rules": [_rule(rule, places[pack.id], choosable) for pack, rule, choosable in rules],
        "articles": {article.id: _article(article, documents) for article in articles},
        "documents": documents,
        "labels": {entry.name: entry.label["zh"] for _, entry in derived},
        "money": [name for name in shown if (spec := known.find(name)) is not None and spec.kind == "money"],
        "within": profile.income_within,
    }


def _packs(library: Library, profile: Profile) -> list[Pack]:
    """The profile's packs, then those it only borrows choosable rules from."""
    ids = dict.fromkeys([*profile.packs, *profile.choosable.values()])
    return [library.packs[name] for name in ids]


def _rules(library: Library, profile: Profile) -> list[tuple[Pack, Rule, bool]]:
    """Every rule that can ever judge in the profile, of any date, in the order of the engine."""
    own = [(pack, rule, False) for pack in library.packs_of(profile.id) for rule in pack.rules]
    lent = [
        (library.packs[source], rule, True)
        for name, source in profile.choosable.items()
        for rule in library.packs[source].rules
        if rule.id == name
    ]
    return own + lent


def _needed(packs: Iterable[Pack], conditions: Sequence[Any], within: Any) -> list[tuple[Pack, Derived]]:
    """The derived facts that these conditions rest on, through other derived facts too."""
    entries = [(pack, entry) for pack in packs for entry in pack.derived]
    wanted = set(names(within)).union(*map(names, conditions))
    for _, entry in reversed(entries):  # each uses only those before it
        if entry.name in wanted:
            wanted |= names(entry.node)
    return [(pack, entry) for pack, entry in entries if entry.name in wanted]


def _pack(pack: Pack) -> dict[str, Any]:
    return {
        "id": pack.id,
        "version": pack.version,
        "since": pack.in_force.since.isoformat(),
        "until": _day(pack.in_force.until),
    }


def _params(packs: Iterable[Pack], used: frozenset[str]) -> dict[str, Any]:
    return {entry.name: _param(entry) for pack in packs for entry in pack.parameters if entry.name in used}


def _param(entry: Parameter) -> dict[str, Any]:
    values = [[since.isoformat(), None if value is None else str(value)] for since, value in entry.values]
    return {"unit": entry.unit, "values": values}


def _derived(entry: Derived, place: int) -> dict[str, Any]:
    return {"name": entry.name, "pack": place, "when" if entry.kind == "bool" else "value": entry.node}


def _rule(rule: Rule, place: int, choosable: bool) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": rule.id,
        "pack": place,
        "severity": rule.severity,
        "label": rule.label["zh"],
        "cites": list(rule.cites),
        "when": rule.when,
    }
    return written | ({"choosable": True} if choosable else {})


def _article(article: Article, documents: Sequence[str]) -> list[Any]:
    return [documents.index(article.document), article.text]


def _local(library: Library, profile: str, entries: Sequence[LocalEntry]) -> dict[str, Any]:
    units = {parameter.name: parameter.unit for _, parameter in parameters_of(library, profile)}
    return {
        "params": [
            [*_setting(entry), value_text(units[entry.name], entry.value)]
            for entry in _of(PARAMETER, entries)
        ],
        "off": [_setting(entry) for entry in _of(RULE_OFF, entries)],
        "on": [_setting(entry) for entry in _of(RULE_ON, entries)],
    }


def _of(kind: str, entries: Sequence[LocalEntry]) -> list[LocalEntry]:
    return [entry for entry in entries if entry.kind == kind]


def _setting(entry: LocalEntry) -> list[str | None]:
    return [entry.name, entry.since.isoformat(), _day(entry.until)]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
