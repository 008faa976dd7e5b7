"""Reads the packs folder and refuses, by file and key, whatever does not hold together.

Checked: unknown or missing keys, doubled keys, names outside the vocabulary, units, severities, risks,
citations without an article, dates, and every condition. A wrong pack stops the start, not a visit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from .entries import (
    Names,
    Place,
    articles,
    deadlines,
    derived,
    facts,
    parameters,
    profile,
    rule,
    span,
)
from .errors import ExpressionError, PackError
from .expression import compile_amount, compile_condition
from .model import Article, Deadline, Library, Pack, Period, Profile, Rule, vocabulary_of
from .vocabulary import Vocabulary
from .yamlfile import read_yaml

T = TypeVar("T")
PACKS = Path(__file__).parent / "packs"
_PACK_KEYS = {"title", "number", "issuer", "in_force", "version", "seed", "note", "needs", "quotes"}


@lru_cache(maxsize=8)
def load_packs(root: Path = PACKS) -> Library:
    """Read and check every pack and profile under ``root`` once. Raises PackError."""
    folders = sorted(entry for entry in root.iterdir() if (entry / "pack.yaml").is_file())
    packs = {folder.name: _pack(root, folder) for folder in folders}
    sentences = _all_articles(packs)
    for name in packs:
        _check_pack(packs, name)
    profiles = _profiles(root, packs, sentences)
    library = Library(packs, profiles, sentences, _deadlines(root, profiles, sentences))
    _check_deadlines(library)
    return library


def vocabulary_of_pack(packs: Mapping[str, Pack], name: str) -> Vocabulary:
    """What the conditions of one pack may name: its own entries and those of the packs it needs."""
    pack = packs[name]
    return vocabulary_of((*(packs[needed] for needed in pack.needs), pack))


def _pack(root: Path, folder: Path) -> Pack:
    head = Place(f"{folder.name}/pack.yaml", "pack", read_yaml(root, folder / "pack.yaml"))
    head.only(_PACK_KEYS, optional={"needs", "quotes", "note", "seed"})
    names = _optional(root, folder, "facts.yaml", facts, Names({}, {}, {}))
    return Pack(
        id=folder.name,
        version=head.text("version"),
        title=head.label("title"),
        number=head.text("number"),
        issuer=head.text("issuer"),
        in_force=_period(head.child("in_force")),
        note=head.text("note", default=""),
        seed=head.text("seed", default=""),
        needs=head.texts("needs", default=()),
        quotes=head.texts("quotes", default=()),
        facts=names.facts,
        items=names.items,
        groups=names.groups,
        parameters=_optional(root, folder, "parameters.yaml", parameters, ()),
        articles=_optional(root, folder, "articles.yaml", articles, {}),
        derived=_optional(root, folder, "derived.yaml", derived, ()),
        rules=tuple(_rules(root, folder)),
    )


def _optional(root: Path, folder: Path, name: str, read: Callable[[Place], T], default: T) -> T:
    if not (folder / name).is_file():
        return default
    return read(Place(f"{folder.name}/{name}", "", read_yaml(root, folder / name)))


def _rules(root: Path, folder: Path) -> Iterator[Rule]:
    for path in sorted((folder / "rules").glob("*.yaml")):
        file = f"{folder.name}/rules/{path.name}"
        body = read_yaml(root, path)
        if not isinstance(body, list):
            raise PackError(file, "rules", "expected a list of rules")
        for n, entry in enumerate(body):
            yield rule(Place(file, f"[{n}]", entry))


def _period(place: Place) -> Period:
    place.only({"from", "to"})
    return Period(*span(place))


def _all_articles(packs: Mapping[str, Pack]) -> dict[str, Article]:
    """Every sentence by its id. One that stands in two packs is refused: they could come to differ."""
    found: dict[str, Article] = {}
    for pack in packs.values():
        for name, article in pack.articles.items():
            if name in found:
                raise PackError(f"{pack.id}/articles.yaml", name, "the same article stands in another pack")
            found[name] = article
    return found


def _check_pack(packs: Mapping[str, Pack], name: str) -> None:
    pack = packs[name]
    for key, named in (("needs", pack.needs), ("quotes", pack.quotes)):
        unknown = [other for other in named if other not in packs]
        if unknown:
            raise PackError(f"{name}/pack.yaml", key, f"unknown packs {unknown}")
    citable = _citable(packs, pack)
    _check_parameters(pack, citable)
    _check_derived(packs, pack)
    known = vocabulary_of_pack(packs, name)
    seen: set[str] = set()
    for entry in pack.rules:
        if entry.id in seen:
            raise PackError(entry.file, entry.id, "the same rule twice")
        seen.add(entry.id)
        _check_rule(entry, known, citable)
    _check_quotes(packs, pack)


def _citable(packs: Mapping[str, Pack], pack: Pack) -> frozenset[str]:
    """The articles a pack may cite: its own, and those of the packs it says it needs or quotes."""
    sources = (pack, *(packs[other] for other in (*pack.needs, *pack.quotes)))
    return frozenset(name for source in sources for name in source.articles)


def _check_quotes(packs: Mapping[str, Pack], pack: Pack) -> None:
    cited = {name for rule in pack.rules for name in rule.cites}
    cited |= {name for parameter in pack.parameters for name in parameter.cites}
    for other in pack.quotes:
        if cited.isdisjoint(packs[other].articles):
            raise PackError(f"{pack.id}/pack.yaml", "quotes", f"nothing of {other!r} is cited")


def _check_parameters(pack: Pack, citable: frozenset[str]) -> None:
    for parameter in pack.parameters:
        _check_cites(parameter.cites, citable, f"{pack.id}/parameters.yaml", parameter.name)


def _check_cites(cites: tuple[str, ...], citable: Collection[str], file: str, key: str) -> None:
    for cited in cites:
        if cited not in citable:
            raise PackError(file, key, f"unknown citation {cited!r}")


def _check_rule(entry: Rule, known: Vocabulary, citable: frozenset[str]) -> None:
    _check_cites(entry.cites, citable, entry.file, f"{entry.id}.cites")
    with _blamed(entry.file, entry.id):
        compile_condition(entry.when, known=known)


def _check_derived(packs: Mapping[str, Pack], pack: Pack) -> None:
    """A derived fact may use those before it, so they can be computed in the order they are written."""
    before = vocabulary_of(tuple(packs[needed] for needed in pack.needs))
    for n, entry in enumerate(pack.derived):
        earlier = vocabulary_of((_only_derived(pack, n),))
        known = Vocabulary(
            {**before.facts, **earlier.facts}, {**before.items, **pack.items}, before.params | earlier.params
        )
        with _blamed(f"{pack.id}/derived.yaml", entry.name):
            if entry.kind == "bool":
                compile_condition(entry.node, known=known)
            else:
                compile_amount(entry.node, known=known)


def _only_derived(pack: Pack, count: int) -> Pack:
    return replace(pack, derived=pack.derived[:count])


@contextmanager
def _blamed(file: str, key: str) -> Iterator[None]:
    """Turn an ExpressionError into a PackError that names the file and the key."""
    try:
        yield
    except ExpressionError as error:
        raise PackError(file, f"{key}.{error.place}", error.message) from error


def _profiles(root: Path, packs: Mapping[str, Pack], sentences: Mapping[str, Article]) -> dict[str, Profile]:
    body = Place("profiles.yaml", "", read_yaml(root, root / "profiles.yaml"))
    found = {name: profile(name, entry) for name, entry in body.children()}
    for entry in found.values():
        _check_profile(entry, packs)
        _check_cites(entry.cites, sentences, "profiles.yaml", f"{entry.id}.cites")
    return found


def _check_profile(entry: Profile, packs: Mapping[str, Pack]) -> None:
    unknown = [name for name in entry.packs if name not in packs]
    if unknown:
        raise PackError("profiles.yaml", f"{entry.id}.packs", f"unknown packs {unknown}")
    chosen = tuple(packs[name] for name in entry.packs)
    for pack in chosen:
        if not set(pack.needs) <= set(entry.packs):
            raise PackError("profiles.yaml", f"{entry.id}.packs", f"{pack.id} needs {list(pack.needs)}")
    _check_doubled(entry, "rule", [*entry.choosable, *(own.id for pack in chosen for own in pack.rules)])
    _check_doubled(entry, "parameter", [own.name for pack in chosen for own in pack.parameters])
    _check_doubled(entry, "derived fact", [own.name for pack in chosen for own in pack.derived])
    _check_since(entry, chosen)
    known = vocabulary_of(chosen)
    _check_choosable(entry, packs, known)
    with _blamed("profiles.yaml", entry.id):
        compile_condition(entry.income_within, known=known, place="income_within")


def _check_since(entry: Profile, chosen: tuple[Pack, ...]) -> None:
    """A profile begins when all its packs are in force, so that no rule lacks a number on that day."""
    late = [pack.id for pack in chosen if not pack.in_force.covers(entry.since)]
    if late:
        raise PackError("profiles.yaml", f"{entry.id}.since", f"not in force on that day: {late}")
    given = {own.name for pack in chosen for own in pack.parameters if own.values}
    unset = sorted(name for name in given if parameters_on(chosen, entry.since)[name] is None)
    if unset:
        raise PackError("profiles.yaml", f"{entry.id}.since", f"no value on that day: {unset}")


def _check_choosable(entry: Profile, packs: Mapping[str, Pack], known: Vocabulary) -> None:
    """A rule to choose must exist where it is said to, and read only what the profile's own packs know."""
    for name, source in entry.choosable.items():
        found = [rule for rule in packs[source].rules if rule.id == name] if source in packs else []
        if not found:
            raise PackError("profiles.yaml", f"{entry.id}.choosable.{name}", f"no such rule in {source!r}")
        with _blamed("profiles.yaml", f"{entry.id}.choosable.{name}"):
            compile_condition(found[0].when, known=known)


def _deadlines(
    root: Path, profiles: Mapping[str, Profile], sentences: Mapping[str, Article]
) -> tuple[Deadline, ...]:
    file = "deadlines.yaml"
    found = deadlines(Place(file, "", read_yaml(root, root / file)))
    for entry in found:
        _check_cites(entry.cites, sentences, file, f"{entry.id}.cites")
        unknown = [name for name in entry.profiles if name not in profiles]
        if unknown:
            raise PackError(file, f"{entry.id}.profiles", f"unknown profiles {unknown}")
    return found


def _check_deadlines(library: Library) -> None:
    """A parameter that sets a limit must be known, with a fitting unit, wherever the deadline runs."""
    for entry in library.deadlines:
        for name in entry.profiles if entry.limit.param else ():
            own = [known for pack in library.packs_of(name) for known in pack.parameters]
            if not any((known.name, known.unit) == (entry.limit.param, entry.limit.unit) for known in own):
                raise PackError("deadlines.yaml", f"{entry.id}.limit.param", f"not set in {name}")


def _check_doubled(entry: Profile, what: str, keys: list[str]) -> None:
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        raise PackError("profiles.yaml", f"{entry.id}.packs", f"the same {what} in two packs: {doubled}")


def parameters_on(packs: tuple[Pack, ...], on: date) -> dict[str, Decimal | int | None]:
    """Every parameter of these packs with its value in force on ``on`` (None before the first)."""
    return {entry.name: entry.value(on) for pack in packs for entry in pack.parameters}
