"""What differs between two visits of a household, question by question and member by member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LOOPS = ("ill", "stu")
_KEY = "who"
_EVENTS = ("roster_edit",)  # tells what to do now; the last visit's edits are no state to compare with

Answers = Mapping[str, Any]
Change = dict[str, Any]


def differences(before: Answers, after: Answers) -> list[Change]:
    """Changes from ``before`` to ``after``, ordered by question, then loop item.

    Returns:
        ``{question, item, before, after}`` each; ``item`` is the member's id for a question of a loop, else
        None; a side is None when the question was not asked then. Order within a list makes no difference.
    """
    if "no" in (before.get("consent"), after.get("consent")):
        before, after = _only_consent(before), _only_consent(after)
    found = [*_compare(None, _plain(before) | dict.fromkeys(_EVENTS), _plain(after))]
    for loop in LOOPS:
        old, new = _items(before, loop), _items(after, loop)
        for item in sorted(old.keys() | new.keys()):
            found += _compare(item, old.get(item, {}), new.get(item, {}))
    return sorted(found, key=lambda change: (change["question"], change["item"] or ""))


def _only_consent(answers: Answers) -> Answers:
    return {"consent": answers.get("consent")}


def _plain(answers: Answers) -> dict[str, Any]:
    return {question: value for question, value in answers.items() if question not in LOOPS}


def _items(answers: Answers, loop: str) -> dict[str, Answers]:
    return {entry[_KEY]: {k: v for k, v in entry.items() if k != _KEY} for entry in answers.get(loop) or []}


def _compare(item: str | None, before: Answers, after: Answers) -> list[Change]:
    return [
        {"question": question, "item": item, "before": before.get(question), "after": after.get(question)}
        for question in before.keys() | after.keys()
        if _comparable(before.get(question)) != _comparable(after.get(question))
    ]


def _comparable(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return sorted(value)
    return value
