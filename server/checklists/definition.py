"""Checklist definitions: read, checked and compiled once. A released version never changes.

The JSON file is what the phone gets; this module is what the server makes of the same file. A wrong file
stops the start and names the question.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from server.policy.errors import ExpressionError
from server.policy.expression import Condition, compile_condition, names
from server.policy.loader import load_packs
from server.policy.vocabulary import Fact, Vocabulary

DEFINITIONS = Path(__file__).parent / "definitions"
ANY_PROBLEM = "any_problem"
TYPES = {"one", "many", "members", "money", "date", "photo", "repeat"}
_KINDS = {"one": "code", "many": "codes", "members": "members", "money": "money", "date": "date"}
_NEEDED = {"id", "section", "type", "label", "required", "problem", "refs"}
_SHAPE = {"hint", "options", "fields", "min", "max", "unit", "max_age_months", "max_count"}
_FLOW = {"show", "loop", "constraints", "required_when", "neutral"}
# What only the phone reads: `anew` is when the last visit's answer may not stand for this one's, `safety`
# that a change between "nothing wrong" and "something wrong" needs a reason.
_PHONE = {"anew", "safety"}
_ANEW = {"always", "year"}
_KEYS = _NEEDED | _SHAPE | _FLOW | _PHONE | {"core", "observer", "extra"}


class DefinitionError(ValueError):
    """A definition file that must not be used; the message names the question and the key."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition an answer must not break; ``message`` in zh and en."""

    check: Condition
    message: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``clear`` is the answer "nothing wrong", ``neutral`` what a hidden one counts as."""

    id: str
    type: str
    options: frozenset[str]
    show: Condition | None
    loop: str | None
    constraints: tuple[Constraint, ...]
    low: Decimal
    high: Decimal | None
    max_age_months: int | None
    required: bool
    required_when: Condition | None
    problem: bool
    clear: Any
    neutral: Any
    fields: tuple[Mapping[str, Any], ...]
    place: int


@dataclass(frozen=True, slots=True)
class Loop:
    """Questions asked once per member named in ``opened_by`` (and per member of ``also_stage``)."""

    id: str
    opened_by: str
    also: Condition | None
    also_stage: str | None
    questions: tuple[Question, ...]


Step = Question | Loop | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A compiled definition. ``steps`` is the order of evaluation; None stands for ``any_problem``.

    ``showing`` are the register's facts that decide which questions are asked.
    """

    version: str
    released_on: date
    document: Mapping[str, Any]
    questions: Mapping[str, Question]
    loops: Mapping[str, Loop]
    steps: tuple[Step, ...]
    roster: Mapping[str, str]
    showing: tuple[str, ...]

    @property
    def counted(self) -> int:
        """How many questions the checklist has, without the previous-year extras."""
        return sum(1 for entry in self.document["questions"] if not entry.get("extra"))


def versions() -> tuple[str, ...]:
    """All released versions, oldest first."""
    found = [definition(path.stem) for path in DEFINITIONS.glob("*.json")]
    return tuple(
        entry.version for entry in sorted(found, key=lambda entry: (entry.released_on, entry.version))
    )


def current_version(on: date | None = None) -> str:
    """The newest version, or the newest one released by ``on`` (the first one before that)."""
    every = versions()
    released = [name for name in every if on is None or definition(name).released_on <= on]
    return released[-1] if released else every[0]


@lru_cache(maxsize=16)
def definition(version: str) -> Definition:
    """The compiled definition of a version. KeyError: no such version. DefinitionError: a broken file."""
    path = DEFINITIONS / f"{version}.json"
    if not version.replace("-", "").isalnum() or not path.is_file():
        raise KeyError(version)
    loaded = compile_definition(json.loads(path.read_text("utf-8")))
    if loaded.version != version:
        raise DefinitionError(f"{path.name}: version: expected {version}")
    return loaded


def compile_definition(document: Mapping[str, Any]) -> Definition:
    """Check and compile a definition document. Raises DefinitionError."""
    raw = _raw_questions(document)
    known = vocabulary(document)
    questions = {key: _question(entry, n, known) for n, (key, entry) in enumerate(raw.items())}
    loops = {entry["id"]: _loop(entry, questions, known) for entry in document["loops"]}
    return Definition(
        version=document["version"],
        released_on=date.fromisoformat(document["released_on"]),
        document=document,
        questions=questions,
        loops=loops,
        steps=tuple(_steps(questions, loops, raw, document)),
        roster={name: fact.kind for name, fact in _roster().items()},
        showing=tuple(sorted(_showing(document) & set(_roster()))),
    )


def vocabulary(document: Mapping[str, Any]) -> Vocabulary:
    """What skip rules and constraints may name: the register, the form's own facts, and the answers."""
    facts = _roster() | _group("form")
    items: dict[str, dict[str, Fact]] = {
        entry["id"]: {"who": Fact("who", "text"), "stage": Fact("stage", "code")}
        for entry in document["loops"]
    }
    for loop in items:
        facts[loop] = Fact(loop, "loop")
    for entry in document["questions"]:
        if entry["type"] in _KINDS:
            values = _stored_options(entry) if entry["type"] != "members" else frozenset()
            fact = Fact(entry["id"], _KINDS[entry["type"]], values)
            (items[entry["loop"]] if entry.get("loop") else facts)[entry["id"]] = fact
        elif entry["type"] == "repeat":
            facts[entry["id"]] = Fact(entry["id"], "loop")
    return Vocabulary(facts, items)


def _roster() -> dict[str, Fact]:
    return _group("roster")


def _group(group: str) -> dict[str, Fact]:
    common = load_packs().packs["common"]
    return {name: common.facts[name] for name in common.groups[group]}


def _stored_options(entry: Mapping[str, Any]) -> frozenset[str]:
    """Options as they are stored: "none" of a list question is written as the empty list."""
    options = [option["id"] for option in entry.get("options", ())]
    return frozenset(option for option in options if not (option == "none" and entry["type"] == "many"))


def _showing(document: Mapping[str, Any]) -> set[str]:
    """What skip rules and loops name; ``any_problem`` reads ``kind``."""
    rules = [entry.get("show") for entry in document["questions"]]
    rules += [entry.get("also") for entry in document["loops"]]
    return {"kind"}.union(*map(names, rules))


def _raw_questions(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    sections = {entry["id"] for entry in document["sections"]}
    loops = {entry["id"] for entry in document["loops"]}
    found: dict[str, Mapping[str, Any]] = {}
    for entry in document["questions"]:
        key = entry.get("id", "?")
        extra = sorted(set(entry) - _KEYS)
        if extra or not set(entry) >= _NEEDED:
            raise DefinitionError(f"{key}: unknown keys {extra}, missing {sorted(_NEEDED - set(entry))}")
        if key in found:
            raise DefinitionError(f"{key}: the same question twice")
        if entry.get("loop") is not None and entry["loop"] not in loops:
            raise DefinitionError(f"{key}: loop: unknown {entry['loop']!r}")
        if entry["section"] not in sections:
            raise DefinitionError(f"{key}: section: unknown {entry['section']!r}")
        if entry["type"] not in TYPES:
            raise DefinitionError(f"{key}: type: unknown {entry['type']!r}")
        if entry.get("anew", "always") not in _ANEW:
            raise DefinitionError(f"{key}: anew: unknown {entry['anew']!r}")
        if entry.get("safety") and not entry["problem"]:
            raise DefinitionError(f"{key}: safety: only where an answer can say that something is wrong")
        _check_labels(key, entry)
        found[key] = entry
    return found


def _check_labels(key: str, entry: Mapping[str, Any]) -> None:
    for labelled in (entry, *entry.get("options", ()), *entry.get("fields", ())):
        label = labelled.get("label", {})
        if not (
            isinstance(label.get("zh"), str)
            and label["zh"]
            and isinstance(label.get("en"), str)
            and label["en"]
        ):
            raise DefinitionError(f"{key}: label: zh and en are both needed")
    ids = [option["id"] for option in entry.get("options", ())]
    if len(ids) != len(set(ids)):
        raise DefinitionError(f"{key}: options: the same option twice")
    if entry["type"] in ("one", "many", "members", "photo") and not ids:
        raise DefinitionError(f"{key}: options: none given")


def _question(entry: Mapping[str, Any], place: int, known: Vocabulary) -> Question:
    key, loop = entry["id"], entry.get("loop")

    def compiled(name: str, node: Any) -> Condition | None:
        if node is None:
            return None
        try:
            return compile_condition(node, known=known, loop=loop, place=name)
        except ExpressionError as error:
            raise DefinitionError(f"{key}: {error}") from error

    checks = [(compiled("constraints", raw["check"]), raw["message"]) for raw in entry.get("constraints", ())]
    return Question(
        id=key,
        type=entry["type"],
        options=_stored_options(entry),
        show=compiled("show", entry.get("show")),
        loop=loop,
        constraints=tuple(Constraint(check, message) for check, message in checks if check is not None),
        low=Decimal(entry.get("min", "0")),
        high=Decimal(entry["max"]) if "max" in entry else None,
        max_age_months=entry.get("max_age_months"),
        required=bool(entry["required"]),
        required_when=compiled("required_when", entry.get("required_when")),
        problem=bool(entry["problem"]),
        clear=_clear(entry),
        neutral=_stored(entry, entry["neutral"]) if "neutral" in entry else None,
        fields=tuple(entry.get("fields", ())),
        place=place,
    )


def _clear(entry: Mapping[str, Any]) -> Any:
    """The stored answer that means "nothing wrong": the first option, [] where that option is "none"."""
    if not entry["problem"]:
        return None
    if not entry.get("options"):
        raise DefinitionError(f"{entry['id']}: problem: a question without options has no clear answer")
    first = entry["options"][0]["id"]
    if entry["type"] == "one":
        return first
    return [] if first == "none" else [first]


def _stored(entry: Mapping[str, Any], value: Any) -> Any:
    return Decimal(value) if entry["type"] == "money" else value


def _loop(entry: Mapping[str, Any], questions: Mapping[str, Question], known: Vocabulary) -> Loop:
    key = entry["id"]
    try:
        also = compile_condition(entry["also"], known=known, place="also") if "also" in entry else None
    except ExpressionError as error:
        raise DefinitionError(f"{key}: {error}") from error
    if entry["opened_by"] not in questions:
        raise DefinitionError(f"{key}: opened_by: unknown question {entry['opened_by']!r}")
    inside = tuple(question for question in questions.values() if question.loop == key)
    return Loop(key, entry["opened_by"], also, entry.get("also_stage"), inside)


def _steps(
    questions: Mapping[str, Question],
    loops: Mapping[str, Loop],
    raw: Mapping[str, Mapping[str, Any]],
    document: Mapping[str, Any],
) -> Iterator[Step]:
    """Every step after the steps it reads. A step that reads itself is refused."""
    needs = _needs(questions, loops, raw, document)
    done: set[str] = set()
    order: list[str] = []

    def visit(key: str, path: tuple[str, ...]) -> None:
        if key in path:
            raise DefinitionError(f"{key}: show: depends on itself through {' -> '.join((*path, key))}")
        if key in done:
            return
        for needed in sorted(needs[key] & set(needs), key=list(needs).index):
            visit(needed, (*path, key))
        done.add(key)
        order.append(key)

    for key in needs:
        visit(key, ())
    for key in order:
        yield None if key == ANY_PROBLEM else loops.get(key) or questions[key]


def _needs(
    questions: Mapping[str, Question],
    loops: Mapping[str, Loop],
    raw: Mapping[str, Mapping[str, Any]],
    document: Mapping[str, Any],
) -> dict[str, set[str]]:
    """What each step reads: the names of its conditions; ``any_problem`` reads all problem questions."""
    needs: dict[str, set[str]] = {}
    for question in questions.values():
        key = question.loop or question.id
        entry = raw[question.id]
        conditions = [entry.get("show"), entry.get("required_when"), *entry.get("constraints", ())]
        read = set().union(*(names(node) for node in conditions)) - {question.id}
        needs.setdefault(key, set()).update(read - {key} if question.loop else read)
    for raw_loop in document["loops"]:
        needs[raw_loop["id"]] |= {raw_loop["opened_by"], *names(raw_loop.get("also"))}
    needs[ANY_PROBLEM] = {question.loop or question.id for question in questions.values() if question.problem}
    for key, loop in loops.items():
        needs[key] -= {question.id for question in loop.questions}
    return needs
