"""One line of facts from outside: JSON text to checked facts, or the error that names the field.

Identifiers are those of the checklist, the register and the derived facts, whatever the profile: a fact that
no rule of a profile reads is still a fact. null or absent = not asked, [] = asked, none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, NoReturn

from .model import Library, vocabulary_of
from .vocabulary import LIST_KINDS, NUMBER_KINDS, Fact, Vocabulary

MAX_BYTES = 1024 * 1024  # of one line; the facts of a large family are 4 KB
MAX_AMOUNT = Decimal(10) ** 12  # yuan
MAX_DIGITS, MAX_PLACES = 28, 20  # what Decimal arithmetic keeps exactly
MAX_ERRORS = 5  # named in one message
#: Checklist entries that no rule reads: changes of the member list, photos.
UNREAD = frozenset({"roster_edit", "photos"})
NONE, CANNOT_SAY = "none", "unknown"
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class LineError(ValueError):
    """A line that cannot be judged; the message names the field."""


class SecondObject(LineError):
    """Text that goes on with another object; ``line`` is where, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Line:
    """The facts of one household. ``on`` chooses the rules in force; None = today's."""

    id: str | int | None
    on: date | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Odd:
    """A number of JSON text that is none: NaN, Infinity, or thousands of digits."""

    text: str


class Reader:
    """Reads lines by the vocabulary of all packs."""

    def __init__(self, library: Library) -> None:
        every = vocabulary_of(tuple(library.packs.values()))
        inside = {name: spec for fields in every.items.values() for name, spec in fields.items()}
        heads = {name: inside[name] for name in ("who", "stage", "year") if name in inside}
        asked = {name: spec for name, spec in inside.items() if name not in heads}
        self.known = Vocabulary(asked | dict(every.facts), every.items)
        self._heads = heads
        self._derived = {"rules_any_red": Fact("rules_any_red", "bool")}

    def read(self, raw: bytes) -> Line:
        """The checked line. Raises LineError, naming every field that is wrong (the first five)."""
        given = read_object(raw)
        number, on = read_id(given.pop("id", None)), _day_of(given.pop("date", None))
        wrong: list[str] = []
        facts: dict[str, Any] = {}
        for name, value in given.items():
            try:
                found = self._fact(name, value)
            except LineError as error:
                wrong.append(str(error))
            else:
                if found is not None:
                    facts[name] = found
        if wrong:
            more = [f"and {len(wrong) - MAX_ERRORS} more"] if len(wrong) > MAX_ERRORS else []
            raise LineError("; ".join(wrong[:MAX_ERRORS] + more))
        return Line(number, on, facts)

    def _fact(self, name: str, value: Any) -> Any:
        if name in UNREAD:
            return _list(name, value) if value is not None else None
        spec = self.known.facts.get(name) or self._derived.get(name)
        if spec is None:
            _unknown(name, name, (*self.known.facts, "id", "date"))
        if value is None:
            return None
        return self._items(name, value) if spec.kind == "loop" else _READ[spec.kind](name, value, spec)

    def _items(self, loop: str, value: Any) -> list[dict[str, Any]]:
        fields = self._heads | dict(self.known.items[loop])
        return [self._item(f"{loop}[{n}]", entry, fields) for n, entry in enumerate(_list(loop, value))]

    def _item(self, place: str, entry: Any, fields: Mapping[str, Fact]) -> dict[str, Any]:
        if type(entry) is not dict:
            raise LineError(f"{place}: expected an object, found {shown(entry)}")
        item: dict[str, Any] = {}
        for name, value in entry.items():
            spec = fields.get(name)
            if spec is None:
                _unknown(f"{place}.{name}", name, tuple(fields))
            if value is not None:
                found = _READ[spec.kind](f"{place}.{name}", value, spec)
                if found is not None:
                    item[name] = found
        return item


def shown(value: Any) -> str:
    """A value in an error message: short, and as it was written."""
    if isinstance(value, _Odd):
        return value.text[:40]
    if isinstance(value, Decimal):
        return str(value)[:40]
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _unknown(place: str, name: str, names: tuple[str, ...]) -> NoReturn:
    if not name.strip():
        head = place.removesuffix(name)
        raise LineError(f"{head}{json.dumps(name[:20])}: an identifier is empty")
    near = get_close_matches(name[:60], names, n=1)
    raise LineError(f"{place[:80]}: unknown identifier" + (f" (did you mean {near[0]}?)" if near else ""))


def read_object(raw: bytes) -> dict[str, Any]:
    """The object of a line: whole numbers as int, others as Decimal, none rounded. Raises LineError."""
    if len(raw) > MAX_BYTES:
        raise LineError(f"line: longer than {MAX_BYTES} bytes")
    try:
        given = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_Odd,
        )
    except UnicodeDecodeError as error:
        raise LineError(f"line: not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column" if error.lineno > 1 else "column"
        said = f"line: not JSON: {error.msg} at {where} {error.colno}"
        if error.msg == "Extra data" and error.doc[error.pos] == "{":
            raise SecondObject(said, error.lineno) from None
        raise LineError(said) from None
    except RecursionError:
        raise LineError("line: nested too deeply") from None
    if type(given) is not dict:
        raise LineError(f"line: expected an object of facts, found {shown(given)}")
    return given


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise LineError(f"{twice[:80] if twice.strip() else json.dumps(twice[:20])}: written twice")
    return found


def _decimal(text: str) -> Decimal | _Odd:
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond what Decimal can hold
        return _Odd(text)
    return number if number.is_finite() else _Odd(text)


def _integer(text: str) -> int | _Odd:
    return int(text) if len(text) <= MAX_DIGITS else _Odd(text)


def read_id(value: Any) -> str | int | None:
    """The line's own name, which its answer carries. Raises LineError."""
    if value is None or type(value) in (str, int):
        return value  # type: ignore[no-any-return]
    raise LineError(f"id: expected text or a whole number, found {shown(value)}")


def _day_of(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(_day("date", value, None))


def _list(place: str, value: Any) -> list[Any]:
    if type(value) is not list:
        raise LineError(f"{place}: expected a list, found {shown(value)}")
    return value


def _day(place: str, value: Any, spec: Fact | None) -> str:
    if type(value) is str and _DAY.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            raise LineError(f"{place}: there is no day {value}") from None
        return value
    raise LineError(f"{place}: expected a date YYYY-MM-DD, found {shown(value)}")


def _bool(place: str, value: Any, spec: Fact) -> bool:
    if type(value) is not bool:
        raise LineError(f"{place}: expected true or false, found {shown(value)}")
    return value


def read_number(place: str, value: Any, what: str) -> Decimal:
    """A number that is not below 0 and that Decimal keeps exactly, also as plain digits in text.

    Args:
        place: where it stands, for the message.
        value: what the line says there.
        what: what was expected there, in words.

    Raises:
        LineError: naming ``place``.
    """
    if type(value) is str and _AMOUNT.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, _Odd):
        raise LineError(f"{place}: {shown(value)} is not a number that can be used")
    if type(value) is not int and type(value) is not Decimal:
        raise LineError(f"{place}: expected {what}, found {shown(value)}")
    number = Decimal(value)
    if number < 0:
        raise LineError(f"{place}: {shown(value)} is below 0")
    if number > MAX_AMOUNT:
        raise LineError(f"{place}: {shown(value)} is too large")
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    if len(digits) > MAX_DIGITS or not isinstance(exponent, int) or exponent < -MAX_PLACES:
        raise LineError(f"{place}: {shown(value)} has too many digits")
    return number


def _money(place: str, value: Any, spec: Fact) -> Decimal:
    return read_number(place, value, "an amount in yuan")


def _ratio(place: str, value: Any, spec: Fact) -> Decimal:
    return read_number(place, value, "a number")


def _int(place: str, value: Any, spec: Fact) -> int:
    if type(value) is str:
        raise LineError(f"{place}: expected a whole number, found {shown(value)} as text")
    number = read_number(place, value, "a whole number")
    if number != number.to_integral_value():
        raise LineError(f"{place}: {shown(value)} is not a whole number")
    return int(number)


def _text(place: str, value: Any, spec: Fact) -> str:
    if type(value) is not str:
        raise LineError(f"{place}: expected text, found {shown(value)}")
    return value


def _code(place: str, value: Any, spec: Fact) -> str:
    if type(value) is not str:
        raise LineError(f"{place}: expected one option, found {shown(value)}")
    if spec.values and value not in spec.values:
        raise LineError(f"{place}: {shown(value)} is not one of {', '.join(sorted(spec.values))}")
    return value


def _codes(place: str, value: Any, spec: Fact) -> list[str]:
    """``["none"]`` is how the checklist shows what is stored as the empty list."""
    entries = _list(place, value)
    if entries == [NONE]:
        return []
    return _different(place, [_code(f"{place}[{n}]", entry, spec) for n, entry in enumerate(entries)])


def _members(place: str, value: Any, spec: Fact) -> list[str] | None:
    """Members by id; "cannot say" leaves the question open, so it counts as not asked."""
    if value in (CANNOT_SAY, [CANNOT_SAY]):
        return None
    entries = _list(place, value)
    if entries == [NONE]:
        return []
    return _different(place, [_text(f"{place}[{n}]", entry, spec) for n, entry in enumerate(entries)])


def _different(place: str, entries: list[str]) -> list[str]:
    if len(set(entries)) != len(entries):
        twice = next(entry for entry in entries if entries.count(entry) > 1)
        raise LineError(f"{place}: {shown(twice)} is there twice")
    return entries


_READ: Mapping[str, Callable[[str, Any, Fact], Any]] = {
    "bool": _bool,
    "int": _int,
    "money": _money,
    "ratio": _ratio,
    "code": _code,
    "codes": _codes,
    "members": _members,
    "date": _day,
    "text": _text,
}
assert set(_READ) >= NUMBER_KINDS | LIST_KINDS
