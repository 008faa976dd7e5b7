"""Conditions and values in words, Chinese and English, made from the condition so that they stay true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .expression import any_rule_fact
from .lexicon import Lexicon, Word
from .model import Pack, Parameter, Text

_SIGNS = {"sum": "＋", "minus": "－", "product": "×", "divide": "÷"}
_SIGNS_EN = {"sum": " + ", "minus": " − ", "product": " × ", "divide": " ÷ "}
_ORDERS = {
    "above": ("高于", "is above"),
    "at_least": ("不低于", "is at least"),
    "below": ("低于", "is below"),
    "at_most": ("不高于", "is at most"),
}
_YES: Text = {"zh": "是", "en": "yes"}
_NO: Text = {"zh": "否", "en": "no"}
_UNASKED: Text = {"zh": "没问", "en": "not asked"}
_NOTHING: Text = {"zh": "没有", "en": "none"}


def both(zh: str, en: str) -> dict[str, str]:
    """A text in both languages; curly quotes are for Chinese, they are as wide as a character there."""
    return {"zh": zh, "en": en.replace("“", '"').replace("”", '"')}


def figure(value: Decimal | int) -> str:
    """A number as it is read: grouped, fen only where there are any, halves rounded up."""
    exact = Decimal(value)
    cents = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{int(cents):,}" if cents == cents.to_integral_value() else f"{cents:,}"


class Speaker:
    """Says conditions and values with the labels of a lexicon and the parameters of one day."""

    def __init__(self, lexicon: Lexicon, packs: Iterable[Pack], params: Mapping[str, Any], on: date) -> None:
        self.lexicon = lexicon
        self.params = params
        self.on = on
        self.parameters: dict[str, Parameter] = {
            entry.name: entry for pack in packs for entry in pack.parameters
        }

    def label(self, name: str) -> Text:
        """A fact's name in quotes; a person needs none."""
        label = self.lexicon.word(name).label
        if name == "who":
            return label
        return both(f"“{label['zh']}”", f"“{label['en']}”")

    def value(self, name: str, value: Any) -> Text:
        """A value of a fact: options by their label, amounts with their unit, members by number."""
        word = self.lexicon.word(name)
        if value is None:
            return _UNASKED
        if isinstance(value, bool):
            return _YES if value else _NO
        if isinstance(value, list):
            return self._list(word, value)
        if isinstance(value, str):
            return word.options.get(value, both(value, value))
        return self._amount(word, value)

    def _list(self, word: Word, value: list[Any]) -> Text:
        if not value:
            return _NOTHING
        if word.kind in ("members", "loop"):
            return both(f"{len(value)} 人", f"{len(value)} member{'s' if len(value) > 1 else ''}")
        return _joined([word.options.get(entry, both(str(entry), str(entry))) for entry in value], "、", ", ")

    def _amount(self, word: Word, value: Any) -> Text:
        zh, en = unit_of(word)
        return both(f"{figure(value)}{zh}", f"{figure(value)}{en}")

    def condition(self, node: Mapping[str, Any]) -> dict[str, str]:
        """A condition in words."""
        for word in ("all", "any"):
            if word in node:
                return self._many(word, node[word])
        if "not" in node:
            return self._not(node["not"])
        if "some" in node or "every" in node:
            return self._loop(node)
        if "any_rule" in node:
            return dict(self.lexicon.word(any_rule_fact(node["any_rule"])).label)
        return self._test(node)

    def _not(self, node: Mapping[str, Any]) -> dict[str, str]:
        if "some" in node:
            who, said = self.lexicon.word(node["some"]).label, self.condition(node["where"])
            return both(f"“{who['zh']}”中没有人（{said['zh']}）", f"none of “{who['en']}” has ({said['en']})")
        said = self.condition(node)
        if "any_rule" in node:
            return both(said["zh"].replace("有", "没有", 1), f"not: {said['en']}")
        return both(f"不成立：（{said['zh']}）", f"it is not so that ({said['en']})")

    def _many(self, word: str, nodes: list[Any]) -> dict[str, str]:
        zh, en = ("，并且", ", and ") if word == "all" else ("，或者", ", or ")
        said = [node for node in nodes if word == "any" or not said_anyway(node, nodes)]
        return _joined([self._inner(word, node) for node in said], zh, en)

    def _inner(self, outer: str, node: Mapping[str, Any]) -> Text:
        said = self.condition(node)
        inner = node.get("any" if outer == "all" else "all", ())
        several = len([one for one in inner if "any" in node or not said_anyway(one, inner)]) > 1
        return both(f"（{said['zh']}）", f"({said['en']})") if several else said

    def _loop(self, node: Mapping[str, Any]) -> dict[str, str]:
        word = "some" if "some" in node else "every"
        who = self.lexicon.word(node[word]).label
        said = self.condition(node["where"])
        if word == "some":
            return both(
                f"“{who['zh']}”中至少有一人（{said['zh']}）",
                f"at least one of “{who['en']}” has ({said['en']})",
            )
        return both(f"“{who['zh']}”中每个人都（{said['zh']}）", f"each of “{who['en']}” has ({said['en']})")

    def heading(self, node: Mapping[str, Any]) -> Text:
        """A loop's condition without what it asks of each person: “患者”中至少有一人符合."""
        who = self.lexicon.word(node["some"] if "some" in node else node["every"]).label
        if "some" in node:
            return both(f"“{who['zh']}”中至少有一人符合", f"at least one of “{who['en']}” fits")
        return both(f"“{who['zh']}”中每个人都符合", f"each of “{who['en']}” fits")

    def _test(self, node: Mapping[str, Any]) -> dict[str, str]:
        """A comparison."""
        left, operator, right = comparison(node)
        said = self.expression(left)
        name = left.get("fact") or left.get("item") or ""
        zh, en = self._compared(name, operator, right)
        return both(f"{said['zh']}{zh}", f"{said['en']} {en}")

    def _compared(self, name: str, operator: str, right: Any) -> tuple[str, str]:
        if operator in _ORDERS:
            limit = self.limit(name, right)
            zh, en = _ORDERS[operator]
            return f"{zh}{limit['zh']}", f"{en} {limit['en']}"
        if operator in ("known", "empty"):
            return self._there(name, operator, right)
        if operator in ("in_list", "not_in_list"):
            other = self.label(right["fact"])
            zh, en = ("在", "is in") if operator == "in_list" else ("不在", "is not in")
            return f"{zh}{other['zh']}中", f"{en} {other['en']}"
        return self._chosen(name, operator, right)

    def _there(self, name: str, operator: str, wanted: bool) -> tuple[str, str]:
        if operator == "known":
            return ("已采集", "is known") if wanted else ("没有采集到", "is not known")
        people = self.lexicon.word(name).kind in ("members", "loop")
        one, one_en = ("一人", "one person") if people else ("一项", "one entry")
        return (f"{one}也没有", "has none") if wanted else (f"至少有{one}", f"has at least {one_en}")

    def _chosen(self, name: str, operator: str, right: Any) -> tuple[str, str]:
        codes = right if isinstance(right, list | tuple) else [right]
        said = [self._literal(name, code) for code in codes]
        zh, en = "".join(one["zh"] for one in said), ", ".join(one["en"] for one in said)
        one_of = "之一" if len(codes) > 1 else ""
        one_of_en = "one of " if len(codes) > 1 else ""
        return {
            "is": (f"为{zh}", f"is {en}"),
            "in": (f"为{zh}{one_of}", f"is {one_of_en}{en}"),
            "is_not": (f"不是{zh}", f"is not {en}"),
            "not_in": (f"不是{zh}{'中任何一个' if one_of else ''}", f"is none of {en}"),
            "has": (f"中有{zh}", f"includes {en}"),
            "has_any": (f"中有{zh}{one_of}", f"includes {one_of_en}{en}"),
            "lacks": (f"中没有{zh}", f"does not include {en}"),
        }[operator]

    def _literal(self, name: str, value: Any) -> Text:
        if isinstance(value, Mapping) or not isinstance(value, str | bool):
            return self.limit(name, value)
        said = self.value(name, value)
        return both(f"“{said['zh']}”", f"“{said['en']}”")

    def limit(self, name: str, node: Any) -> Text:
        """What a fact is held against, with its unit."""
        if isinstance(node, Mapping):
            return self.expression(node)
        return self.value(name, node) if name else both(figure(node), figure(node))

    def expression(self, node: Any) -> Text:
        """A number expression; parameters with the value in force."""
        if not isinstance(node, Mapping):
            return both(figure(node), figure(node))
        if "total" in node:
            of, loop = self.lexicon.word(node["of"]).label, self.lexicon.word(node["total"]).label
            return both(f"各“{loop['zh']}”的“{of['zh']}”合计", f"the total “{of['en']}” of “{loop['en']}”")
        word, body = next(iter(node.items()))
        if word in _SIGNS:
            return self._arithmetic(word, body)
        if word in ("count", "size"):
            label = self.lexicon.word(body).label
            return both(f"“{label['zh']}”的个数", f"the number of “{label['en']}”")
        return self.parameter(body) if word == "param" else self._named(word, body)

    def _named(self, word: str, body: Any) -> Text:
        return self.label(body) if word in ("fact", "item") else self.expression(body)

    def _arithmetic(self, word: str, parts: list[Any]) -> Text:
        said = []
        for n, part in enumerate(parts):
            one = self.expression(part)
            said.append(both(f"（{one['zh']}）", f"({one['en']})") if bracketed(word, n, part) else one)
        return _joined(said, _SIGNS[word], _SIGNS_EN[word])

    def parameter(self, name: str) -> Text:
        """A parameter with its value: “广西2020年收入参考线”（5,000 元）."""
        entry, value = self.parameters.get(name), self.params.get(name)
        label = entry.label if entry is not None else both(name, name)
        zh, en = unit_words(entry.unit if entry is not None else "ratio")
        if value is None:
            return both(f"“{label['zh']}”（县里未定）", f"“{label['en']}” (not set by the county)")
        return both(f"“{label['zh']}”（{figure(value)}{zh}）", f"“{label['en']}” ({figure(value)}{en})")


def said_anyway(node: Mapping[str, Any], beside: Iterable[Any]) -> bool:
    """Whether "it is known" needs no words, because another part compares the same fact."""
    if node.get("known") is not True:
        return False
    return any(other is not node and other.get("fact") == node.get("fact") for other in beside)


def bracketed(word: str, place: int, part: Any) -> bool:
    """Whether a part of a sum, difference, product or quotient needs brackets."""
    if not isinstance(part, Mapping) or word == "sum":
        return False
    return bool({"sum", "minus"} & part.keys()) and (word in ("product", "divide") or place > 0)


def comparison(node: Mapping[str, Any]) -> tuple[Mapping[str, Any], str, Any]:
    """Left side, operator and right side of a comparison."""
    word = next(key for key in ("fact", "item", "value") if key in node)
    operator = next(key for key in node if key != word)
    return {word: node[word]}, operator, node[operator]


def unit_words(unit: str) -> tuple[str, str]:
    """A parameter's unit behind its number."""
    if unit.startswith("CNY"):
        return " 元", " yuan"
    return (" 个月", " months") if unit == "months" else ("", "")


def unit_of(word: Word) -> tuple[str, str]:
    """A fact's unit behind its number."""
    if word.kind == "money":
        return " 元", " yuan"
    if word.name == "months_tracked":
        return " 个月", " months"
    return (" 人", "") if word.name.startswith("n_") else ("", "")


def _joined(texts: Iterable[Text], zh: str, en: str) -> dict[str, str]:
    every = list(texts)
    return both(zh.join(one["zh"] for one in every), en.join(one["en"] for one in every))
