"""What a sheet of people would do, row by row. Pure: accounts and places are brought by the caller."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.accounts import rights
from server.accounts.import_words import COLUMNS, FAULTS, ROLE_WORDS
from server.accounts.services import NewUser
from server.accounts.sheets import SheetRow
from server.core import permissions
from server.core.names import LONGEST, begins_a_formula, holds_a_number
from server.core.problems import Problem

CREATE, SAME, CONFLICT, ERROR = STATUSES = ("create", "same", "conflict", "error")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,2}")
_CODE = re.compile(r"([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{14})")
_STEPS = ("county", "township", "village", "grid")
_LENGTHS = {6: 0, 9: 1, 12: 2, 14: 3}
Blame = Callable[[str, str], None]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell (``C5``; the row's number where none is to blame), by its code."""

    cell: str
    column: str
    code: str

    @property
    def sentences(self) -> dict[str, str]:
        """The sentence in both languages."""
        zh, en = FAULTS[self.code]
        return {"zh": zh, "en": en}


@dataclass
class PlannedRow:
    """What becomes of a row; ``form`` is whole unless the status is error."""

    number: int
    form: NewUser
    status: str = CREATE
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """An account that has a user name already; ``form`` is None where the caller does not see it."""

    form: NewUser | None
    active: bool = True


class Places:
    """The open places of an area by the names of their levels. Names are compared as people write them."""

    def __init__(self, names: Iterable[tuple[str, str]], above: Mapping[str, str]) -> None:
        self.names = dict(names)
        self.all_names = {**above, **self.names}
        self._by_path: dict[tuple[str, ...], list[str]] = {}
        for code in self.names:
            self._by_path.setdefault(self._path(code), []).append(code)

    def _path(self, code: str) -> tuple[str, ...]:
        steps = [code[:length] for length in _LENGTHS if length <= len(code)]
        return tuple(_tidy(self.all_names.get(step, "")) for step in steps)

    def find(self, wanted: Sequence[str]) -> list[str]:
        """Codes of the places whose names are these from the county down; a blank one above is any."""
        texts = [_tidy(text) for text in wanted]
        while texts and not texts[-1]:
            texts.pop()
        return [
            code
            for path, codes in self._by_path.items()
            if len(path) == len(texts)
            and all(not text or text == name for text, name in zip(texts, path, strict=True))
            for code in codes
        ]


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace(" ", "").casefold()


def columns_of(header: SheetRow) -> dict[str, int]:
    """Place of each column the template has, in whatever order and language.

    Raises:
        Problem: sheet_columns; sheet_doubled, where it is not clear which of two is meant.
    """
    if not is_header(header):
        raise Problem("sheet_columns")
    found = _columns(header)
    if len(dict(found)) < len(found):
        raise Problem("sheet_doubled")
    return dict(found)


def is_header(row: SheetRow) -> bool:
    """Whether a row has what every sheet of people has."""
    return {"username", "display_name", "role"} <= {name for name, _at in _columns(row)}


def _columns(row: SheetRow) -> list[tuple[str, int]]:
    words = {_tidy(word): name for name, given in COLUMNS.items() for word in given}
    named = [(words.get(_tidy(text).rstrip("*")), at) for at, text in enumerate(row.cells)]
    return [(name, at) for name, at in named if name is not None]


class Planner:
    """Judges the rows of one sheet in turn for one caller, whose roles to create are ``creatable``."""

    def __init__(
        self, columns: dict[str, int], creatable: Iterable[str], places: Places, known: Mapping[str, Known]
    ) -> None:
        self._columns, self._places, self._known = columns, places, known
        self._creatable = frozenset(creatable)
        self._seen: dict[str, PlannedRow] = {}

    def judge(self, row: SheetRow) -> PlannedRow:
        """What becomes of a row."""
        faults: list[Fault] = []
        texts = {name: row.cells[at] if at < len(row.cells) else "" for name, at in self._columns.items()}

        def blame(column: str, code: str) -> None:
            at = self._columns.get(column)
            cell = f"{chr(ord('A') + at)}{row.number}" if at is not None else str(row.number)
            faults.append(Fault(cell, column, code))

        username, name = texts["username"].lower(), texts["display_name"]
        for column, code in (("username", _username_fault(username)), ("display_name", _name_fault(name))):
            if code:
                blame(column, code)
        role = self._role(texts["role"], blame)
        place = self._place(texts, role, blame) if role else ""
        department = texts.get("department", "") if role == rights.DEPARTMENT else ""
        fault = _name_fault(department) if department else None
        if fault:
            blame("department", fault)
        form = NewUser(
            username=username[:LONGEST],
            display_name=name[:LONGEST],
            role=role,
            region_code=place,
            department=department[:LONGEST] or None,
        )
        planned = PlannedRow(row.number, form, ERROR if faults else CREATE, faults)
        if not faults:
            self._compare(planned, blame)
        return planned

    def _role(self, text: str, blame: Blame) -> str:
        role = ROLE_WORDS.get(_tidy(text), "")
        if not role:
            blame("role", "role_unknown" if text else "missing")
        elif role in rights.GRAVE:
            blame("role", "role_grave")
        elif role not in self._creatable:
            blame("role", "role_not_yours")
        else:
            return role
        return ""

    def _place(self, texts: dict[str, str], role: str, blame: Blame) -> str:
        code = texts.get("code", "")
        if code:
            fault = _code_fault(code, self._places.names, role)
            if fault:
                blame("code", fault)
            return "" if fault else code
        steps = _STEPS[: _LENGTHS[permissions.DIGITS[permissions.PLACED[role]]] + 1]
        own = steps[-1]
        wanted = [texts.get(step, "") for step in steps]
        if not wanted[-1] and own != "county":
            blame(own, "missing")
            return ""
        among = self._places.find(wanted) if any(wanted) else list(self._places.names)
        found = [one for one in among if permissions.fits(role, one)]
        if len(found) != 1:
            blame(own, "place_unknown" if not found else "place_ambiguous")
            return ""
        return found[0]

    def _compare(self, planned: PlannedRow, blame: Blame) -> None:
        """Beside the accounts there are, and the rows above."""
        username = planned.form.username
        above, there = self._seen.get(username), self._known.get(username)
        if there is not None:
            same = there.form == planned.form and there.active
            planned.status = SAME if same else CONFLICT
            if not same:
                blame("username", "taken" if there.form is None or there.active else "disabled")
        elif above is not None:
            planned.status = SAME if above.form == planned.form else CONFLICT
            blame("username", "twice_same" if planned.status == SAME else "twice")
        else:
            self._seen[username] = planned


def _username_fault(text: str) -> str | None:
    if not text:
        return "missing"
    if _SCIENTIFIC.fullmatch(text):
        return "scientific"
    return None if _USERNAME.fullmatch(text) else "username_form"


def _name_fault(text: str) -> str | None:
    if not text:
        return "missing"
    if len(text) > LONGEST:
        return "too_long"
    if holds_a_number(text):
        return "number"
    return "formula" if begins_a_formula(text) else None


def _code_fault(text: str, names: Mapping[str, str], role: str) -> str | None:
    if _SCIENTIFIC.fullmatch(text):
        return "scientific"
    if not _CODE.fullmatch(text) or text not in names:
        return "place_unknown"
    return None if permissions.fits(role, text) else "place_level"
