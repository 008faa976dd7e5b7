"""Reads single answers as they come over the wire: strict types, no coercion.

Each reader returns the value rules see, or the code of what is wrong. Codes: wrong_type, unknown_option,
out_of_range, unknown_member, duplicate, constraint.
"""

# ruff: noqa: ARG001 - every reader has the same signature

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .definition import Question

UNKNOWN = "unknown"
HEAD, SPOUSE = "户主", "配偶"
_MONEY = re.compile(r"-?(?:0|[1-9]\d{0,14})\.\d{2}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
#: Nine digits of yuan: above this an amount without a limit of its own is a slip of the finger.
_CEILING = Decimal("999999999.99")
_NAMED = {"add", "change"}


class Person(NamedTuple):
    """A member as the form needs him or her; ``relation`` is a word of the national form."""

    id: str
    stage: str | None = None
    relation: str | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The outcome of reading: a value, or the code of what is wrong with it."""

    value: Any = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What an answer is read against: the day, and the members (None = not checked)."""

    on: date
    people: Mapping[str, Person] | None


def read(question: Question, raw: Any, around: Around) -> Answered:
    """Read one answer of a question."""
    return _READERS[question.type](question, raw, around)


def _one(question: Question, raw: Any, around: Around) -> Answered:
    if type(raw) is not str:
        return Answered(code="wrong_type")
    return Answered(raw) if raw in question.options else Answered(code="unknown_option")


def _texts(raw: Any) -> str | None:
    """The code of what keeps ``raw`` from being a list of distinct texts."""
    if type(raw) is not list or not all(type(entry) is str for entry in raw):
        return "wrong_type"
    return "duplicate" if len(set(raw)) != len(raw) else None


def _many(question: Question, raw: Any, around: Around) -> Answered:
    code = _texts(raw)
    if code is None and not question.options.issuperset(raw):
        code = "unknown_option"
    return Answered(code=code) if code else Answered(raw)


def _members(question: Question, raw: Any, around: Around) -> Answered:
    """A list of member ids. The word "unknown" is an answer, but its value stays missing."""
    if raw == UNKNOWN and type(raw) is str:
        return Answered() if UNKNOWN in question.options else Answered(code="unknown_option")
    code = _texts(raw)
    if code is None and around.people is not None and not all(entry in around.people for entry in raw):
        code = "unknown_member"
    return Answered(code=code) if code else Answered(raw)


def _money(question: Question, raw: Any, around: Around) -> Answered:
    if type(raw) is not str or not _MONEY.fullmatch(raw):
        return Answered(code="wrong_type")
    amount = Decimal(raw)
    high = question.high if question.high is not None else _CEILING
    return Answered(amount) if question.low <= amount <= high else Answered(code="out_of_range")


def _date(question: Question, raw: Any, around: Around) -> Answered:
    if not is_day(raw):
        return Answered(code="wrong_type")
    if question.max_age_months is not None and raw < _months_before(around.on, question.max_age_months):
        return Answered(code="out_of_range")
    return Answered(raw)


def is_day(raw: Any) -> bool:
    """Whether ``raw`` is text that names a day of the calendar, YYYY-MM-DD."""
    if type(raw) is not str or not _DAY.fullmatch(raw):
        return False
    try:
        date.fromisoformat(raw)
    except ValueError:
        return False
    return True


def _months_before(on: date, months: int) -> str:
    """The ISO text of the same day that many months earlier; it need not exist (text order is enough)."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return f"{year:04d}-{month + 1:02d}-{on.day:02d}"


def _photo(question: Question, raw: Any, around: Around) -> Answered:
    """Photos travel with the visit, never among the answers."""
    return Answered(code="wrong_type")


def _repeat(question: Question, raw: Any, around: Around) -> Answered:
    if type(raw) is not list or not all(type(entry) is dict for entry in raw):
        return Answered(code="wrong_type")
    for entry in raw:
        code = _edit(question.fields, entry, around)
        if code is not None:
            return Answered(code=code)
    named = [entry["member_id"] for entry in raw if entry.get("member_id") is not None]
    if len(set(named)) != len(named):
        return Answered(code="duplicate")
    if around.people is not None and not _head_and_spouse_fit(raw, around.people):
        return Answered(code="constraint")
    return Answered(raw)


def _edit(fields: Sequence[Mapping[str, Any]], entry: Mapping[str, Any], around: Around) -> str | None:
    """The code of what is wrong with one change of a member."""
    specs = {field["id"]: field for field in fields}
    for key, value in entry.items():
        if key not in specs:
            return "unknown_option"
        code = None if value is None else _field(specs[key], value, around)
        if code is not None:
            return code
    return _complete(entry, around)


def _complete(entry: Mapping[str, Any], around: Around) -> str | None:
    change, who = entry.get("op"), entry.get("member_id")
    if change is None or (change == "add" and not entry.get("name")):
        return "constraint"
    if change == "add":
        return None
    if who is None:
        return "constraint"
    return "unknown_member" if around.people is not None and who not in around.people else None


def _field(spec: Mapping[str, Any], value: Any, around: Around) -> str | None:
    if type(value) is not str:
        return "wrong_type"
    if spec["type"] == "one":
        return None if any(option["id"] == value for option in spec["options"]) else "unknown_option"
    if spec["type"] == "date":
        return (
            "wrong_type" if not is_day(value) else "out_of_range" if value > around.on.isoformat() else None
        )
    if spec["type"] == "id_number":
        return None if is_id_number(value) else "constraint"
    return "out_of_range" if len(value) > spec.get("max_length", 64) else None


def is_id_number(text: str) -> bool:
    """Whether ``text`` is a resident identity number: 18 places, a real date, the check digit of GB 11643."""
    if not re.fullmatch(r"[1-9]\d{16}[\dXx]", text, re.ASCII):
        return False
    if not is_day(f"{text[6:10]}-{text[10:12]}-{text[12:14]}"):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def _head_and_spouse_fit(edits: Sequence[Mapping[str, Any]], people: Mapping[str, Person]) -> bool:
    """After the edits: one head, at most one spouse, of the other sex (where the register says so)."""
    after = [(person.relation, person.sex) for person in _after(edits, people)]
    heads = [sex for relation, sex in after if relation == HEAD]
    spouses = [sex for relation, sex in after if relation == SPOUSE]
    had_head = any(person.relation == HEAD for person in people.values())
    if len(heads) > 1 or len(spouses) > 1 or (had_head and after and not heads):
        return False
    return not (heads and spouses and heads[0] is not None and heads[0] == spouses[0])


def _after(edits: Sequence[Mapping[str, Any]], people: Mapping[str, Person]) -> list[Person]:
    living = dict(people)
    added: list[Person] = []
    for entry in edits:
        who = entry.get("member_id")
        if entry["op"] == "remove":
            living.pop(str(who), None)
        elif entry["op"] == "add":
            added.append(Person(str(who), None, entry.get("relation"), entry.get("sex")))
        elif who in living:
            old = living[who]
            living[who] = old._replace(
                relation=entry.get("relation") or old.relation, sex=entry.get("sex") or old.sex
            )
    return [*living.values(), *added]


_READERS = {
    "one": _one,
    "many": _many,
    "members": _members,
    "money": _money,
    "date": _date,
    "photo": _photo,
    "repeat": _repeat,
}
