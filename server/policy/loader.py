"""Reads the packs folder and refuses, by file and key, whatever does not hold together.

Checked: unknown or missing keys, doubled keys, names outside the vocabulary, units, severities, risks,
citations without an article, dates, and every condition. A wrong pack stops the start, not a visit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from .entries import Names, Place, articles, derived, facts, parameters, profile, rule
from .errors import ExpressionError, PackError
from .expression import compile_amount, compile_condition
from .model import Library, Pack, Period, Profile, Rule, vocabulary_of
from .vocabulary import Vocabulary
from .yamlfile import read_yaml

T = TypeVar("T")
PACKS = Path(__file__).parent / "packs"
_PACK_KEYS = {"title", "number", "issuer", "in_force", "version", "seed", "note", "needs"}


@lru_cache(maxsize=8)
def load_packs(root: Path = PACKS) -> Library:
    """Read and check every pack and profile under ``root`` once. Raises PackError."""
    folders = sorted(entry for entry in root.iterdir() if (entry / "pack.yaml").is_file())
    packs = {folder.name: _pack(root, folder) for folder in folders}
    for name in packs:
        _check_pack(root, packs, name)
    return Library(packs, _profiles(root, packs))


def vocabulary_of_pack(packs: Mapping[str, Pack], name: str) -> Vocabulary:
    """What the conditions of one pack may name: its own entries and those of the packs it needs."""
    pack = packs[name]
    return vocabulary_of((*(packs[needed] for needed in pack.needs), pack))


def _pack(root: Path, folder: Path) -> Pack:
    head = Place(f"{folder.name}/pack.yaml", "pack", read_yaml(root, folder / "pack.yaml"))
    head.only(_PACK_KEYS, optional={"needs", "note", "seed"})
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
    since, until = place.value.get("from"), place.value.get("to")
    if not isinstance(since, date) or not isinstance(until, date | None):
        raise place.refused("expected dates: from, and to or null")
    if until is not None and until < since:
        raise place.refused("to lies before from")
    return Period(since, until)


def _check_pack(root: Path, packs: Mapping[str, Pack], name: str) -> None:
    pack = packs[name]
    for needed in pack.needs:
        if needed not in packs:
            raise PackError(f"{name}/pack.yaml", "needs", f"unknown pack {needed!r}")
    _check_parameters(pack)
    _check_derived(packs, pack)
    known = vocabulary_of_pack(packs, name)
    seen: set[str] = set()
    for entry in pack.rules:
        if entry.id in seen:
            raise PackError(entry.file, entry.id, "the same rule twice")
        seen.add(entry.id)
        _check_rule(pack, entry, known)


def _check_parameters(pack: Pack) -> None:
    for parameter in pack.parameters:
        for cited in parameter.cites:
            if cited not in pack.articles:
                raise PackError(f"{pack.id}/parameters.yaml", parameter.name, f"unknown citation {cited!r}")


def _check_rule(pack: Pack, entry: Rule, known: Vocabulary) -> None:
    for cited in entry.cites:
        if cited not in pack.articles:
            raise PackError(entry.file, f"{entry.id}.cites", f"unknown citation {cited!r}")
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


def _profiles(root: Path, packs: Mapping[str, Pack]) -> dict[str, Profile]:
    body = Place("profiles.yaml", "", read_yaml(root, root / "profiles.yaml"))
    found = {name: profile(name, body.child(name)) for name in body.value}
    for entry in found.values():
        _check_profile(entry, packs)
    return found


def _check_profile(entry: Profile, packs: Mapping[str, Pack]) -> None:
    unknown = [name for name in entry.packs if name not in packs]
    if unknown:
        raise PackError("profiles.yaml", f"{entry.id}.packs", f"unknown packs {unknown}")
    chosen = tuple(packs[name] for name in entry.packs)
    for pack in chosen:
        if not set(pack.needs) <= set(entry.packs):
            raise PackError("profiles.yaml", f"{entry.id}.packs", f"{pack.id} needs {list(pack.needs)}")
    _check_doubled(entry, "rule", [own.id for pack in chosen for own in pack.rules])
    _check_doubled(entry, "parameter", [own.name for pack in chosen for own in pack.parameters])
    _check_doubled(entry, "derived fact", [own.name for pack in chosen for own in pack.derived])
    with _blamed("profiles.yaml", entry.id):
        compile_condition(entry.income_within, known=vocabulary_of(chosen), place="income_within")


def _check_doubled(entry: Profile, what: str, keys: list[str]) -> None:
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        raise PackError("profiles.yaml", f"{entry.id}.packs", f"the same {what} in two packs: {doubled}")


def parameters_on(packs: tuple[Pack, ...], on: date) -> dict[str, Decimal | int | None]:
    """Every parameter of these packs with its value in force on ``on`` (None before the first)."""
    return {entry.name: entry.value(on) for pack in packs for entry in pack.parameters}
