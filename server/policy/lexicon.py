"""What facts are called, what they may hold and where they come from: the words an explanation is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .model import Library, Text

#: Register facts that describe last year, and those that a department or a village list brings.
_LAST_YEAR = frozenset({"pcni_prev", "net_prev"})
_LISTS = frozenset({"online_flag", "poor10"})
_ITEM_HEADS = frozenset({"who", "year", "stage"})
SOURCES = ("answer", "register", "last_year", "department_list", "derived", "form", "other_rules")
#: Codes that are no option of any question.
_CODES: Mapping[str, Mapping[str, Text]] = {
    "kind": {
        "none": {"zh": "非监测对象", "en": "not monitored"},
        "unstable": {"zh": "脱贫不稳定户", "en": "unstable after leaving poverty"},
        "marginal": {"zh": "边缘易致贫户", "en": "marginal"},
        "sudden": {"zh": "突发严重困难户", "en": "sudden serious hardship"},
    },
    "stage": {
        "preschool": {"zh": "学前", "en": "preschool"},
        "primary": {"zh": "小学", "en": "primary school"},
        "junior": {"zh": "初中", "en": "junior high school"},
        "senior": {"zh": "高中（中职）", "en": "senior high school"},
        "college": {"zh": "大学", "en": "college"},
    },
}
_WHO: Text = {"zh": "该成员", "en": "this member"}
#: One person of a loop.
_PEOPLE: Mapping[str, Text] = {
    "ill": {"zh": "患者", "en": "patient"},
    "stu": {"zh": "学生", "en": "student"},
}
_PERSON: Text = {"zh": "成员", "en": "member"}
#: Amounts of which more is better; of every other amount less is.
_INCOME = frozenset({"inc_wage", "inc_biz", "inc_prop", "inc_trans", "inc_claim", "pcni", *_LAST_YEAR})
_OTHER_RULES: Mapping[str, Text] = {
    "rules_any_red": {"zh": "本次走访有其他红灯", "en": "another rule shows red"},
    "rules_any_yellow": {"zh": "本次走访有其他黄灯", "en": "another rule shows yellow"},
    "rules_any_attention": {"zh": "本次走访有其他关注灯", "en": "another rule shows attention"},
}
Check = Callable[[Mapping[str, Any], Mapping[str, Any] | None], bool | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a checklist says of a question: options in order (the first = nothing wrong) and the range.

    ``clear`` is the list that means "nothing wrong".
    """

    options: Mapping[str, Text] = field(default_factory=dict)
    low: Decimal = Decimal(0)
    high: Decimal | None = None
    clear: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """One fact as it is spoken of; ``loop`` is where it is a field of an item."""

    name: str
    kind: str
    label: Text
    source: str
    options: Mapping[str, Text]
    low: Decimal
    high: Decimal | None
    clear: tuple[str, ...]
    checks: tuple[Check, ...]
    loop: str | None = None

    @property
    def fixed(self) -> bool:
        """Whether no answer of the family changes it: the register, last year, a department's list."""
        return self.source not in ("answer", "derived")

    def worse(self, before: Any, after: Any) -> bool:
        """Whether a change makes things look worse: a later option, a lower income, a higher cost."""
        if isinstance(after, bool) or before is None:
            return False
        if isinstance(after, int | Decimal):
            return bool((after < before) is (self.name in _INCOME)) and self.kind != "int"
        codes = list(self.options)
        return before in codes and after in codes and codes.index(after) > codes.index(before)


class Lexicon:
    """The words of all packs, with the options of one checklist."""

    def __init__(self, library: Library, asked: Mapping[str, Asked] | None = None) -> None:
        self._asked = asked or {}
        self._words: dict[str, Word] = {}
        for pack in library.packs.values():
            groups = {name: group for group, names in pack.groups.items() for name in names}
            for name, fact in pack.facts.items():
                self._add(name, fact.kind, fact.label, _source(name, groups.get(name)), fact.values)
            for loop, fields in pack.items.items():
                for name, fact in fields.items():
                    source = "register" if name in _ITEM_HEADS else "answer"
                    self._add(name, fact.kind, fact.label, source, fact.values, loop)
            for entry in pack.derived:
                self._add(entry.name, entry.kind, entry.label, "derived", frozenset())
        for name, label in _OTHER_RULES.items():
            self._add(name, "bool", label, "other_rules", frozenset())

    def _add(
        self, name: str, kind: str, label: Text, source: str, values: frozenset[str], loop: str | None = None
    ) -> None:
        asked = self._asked.get(name, Asked())
        named = dict(_CODES.get(name, {})) | dict(asked.options)
        options = {code: text for code, text in named.items() if not values or code in values}
        options |= {code: {"zh": code, "en": code} for code in sorted(values - options.keys())}
        said = _WHO if name == "who" else label
        scale = (asked.low, asked.high, asked.clear, asked.checks)
        word = Word(name, kind, said, source, options, *scale, loop)
        self._words.setdefault(name, word)

    def word(self, name: str) -> Word:
        """The word of a fact; a name nobody knows is called by itself."""
        found = self._words.get(name)
        if found is not None:
            return found
        plain = {"zh": name, "en": name}
        return Word(name, "text", plain, "form", {}, Decimal(0), None, (), ())

    def person(self, loop: str, at: int, who: str | None) -> Text:
        """One person of a loop: 学生 m2, or 第2名学生 where the item does not say who it is."""
        noun = _PEOPLE.get(loop, _PERSON)
        if who is None:
            return {"zh": f"第{at + 1}名{noun['zh']}", "en": f"{noun['en']} {at + 1}"}
        return {"zh": f"{noun['zh']} {who}", "en": f"{noun['en']} {who}"}


def _source(name: str, group: str | None) -> str:
    if name in _LAST_YEAR:
        return "last_year"
    if name in _LISTS:
        return "department_list"
    return {"roster": "register", "form": "form"}.get(group or "", "answer")
