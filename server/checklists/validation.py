"""Walks through a form once: which questions show, what is wrong, what is missing, what the rules see.

Questions are met in the order of their dependencies. A question shows when its skip rule is TRUE; when it is
FALSE the question is hidden because nothing is wrong there, and counts with its neutral value; when it is
unknown (the question before it was not answered) nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .answers import Around, Person, read
from .definition import ANY_PROBLEM, Definition, Loop, Question

CONSENT = "consent"
STAGES = frozenset({"preschool", "primary", "junior", "senior", "college"})
_NO_PARAMS: Mapping[str, Any] = {}
_MESSAGES = {
    "unknown_question": "The checklist has no such question.",
    "unknown_option": "Not one of the options.",
    "wrong_type": "Not the kind of answer this question takes.",
    "out_of_range": "Outside the allowed range.",
    "not_shown": "This question is hidden by the other answers.",
    "constraint": "Does not fit the other answers.",
    "unknown_member": "Not a member of this household.",
    "duplicate": "Named twice.",
}


class AnswerError(NamedTuple):
    """One refused answer. ``item`` is the member, for a question asked per member."""

    question: str
    code: str
    message: str
    item: str | None = None


@dataclass(slots=True)
class Walk:
    """The outcome of a walk; ``skipped`` are the questions hidden because their skip rule is FALSE.

    ``asked`` is empty, except in the walk of ``with_roster``: what the phone showed, which stays shown.
    """

    definition: Definition
    answers: Mapping[str, Any]
    around: Around
    facts: dict[str, Any]
    errors: list[AnswerError] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    any_problem: bool | None = False
    asked: Set[str] = frozenset()

    @property
    def visible(self) -> list[str]:
        """Ids of the visible questions in screen order (a loop question when any member is asked it)."""
        return self._ordered(self.shown)

    @property
    def not_asked(self) -> list[str]:
        """Ids of the visible required questions that have no answer, in screen order."""
        return self._ordered(self.open)

    def refuse(self, question: str, code: str, item: str | None = None, message: str | None = None) -> None:
        """Note an error."""
        self.errors.append(AnswerError(question, code, message or _MESSAGES[code], item))

    def _ordered(self, ids: set[str]) -> list[str]:
        return sorted(ids, key=lambda key: self.definition.questions[key].place)


def validate_answers(
    definition: Definition,
    answers: Any,
    roster: Mapping[str, Any],
    members: Iterable[Person],
    on_date: date,
) -> list[AnswerError]:
    """What is wrong with the answers of a visit on ``on_date``. Missing answers are not errors."""
    return walk(definition, answers, roster, members, on_date).errors


def walk(
    definition: Definition,
    answers: Any,
    roster: Mapping[str, Any],
    members: Iterable[Person] | None,
    on_date: date,
    photo_count: int | None = None,
) -> Walk:
    """Walk through the form. ``members`` None: member ids are not checked. Never raises on bad answers."""
    people = None if members is None else {person.id: person for person in members}
    given = answers if isinstance(answers, Mapping) else {}
    if people is not None:
        people |= _added(given.get("roster_edit"))
    facts = roster_values(definition, roster)
    facts["visit_month"] = on_date.month
    facts["today"] = on_date.isoformat()
    run = Walk(definition, given, Around(on_date, people), facts)
    if given is not answers:
        run.refuse("answers", "wrong_type")
    _refuse_unknown(run)
    if given.get(CONSENT) == "no" and CONSENT in definition.questions:
        _refused_visit(run)
    else:
        _steps(run, photo_count)
    return run


def with_roster(run: Walk, roster: Mapping[str, Any]) -> Walk:
    """An accepted walk as the rules must see it when the register is not what the phone was loaded with.

    A question that the phone hid is neutral only when this roster hides it too; otherwise nobody asked it.
    What the phone showed stays asked. ``errors`` mean nothing here. The same walk, when the rosters agree.
    """
    known = roster_values(run.definition, roster)
    same = all(run.facts.get(name) == known.get(name) for name in run.definition.showing)
    if same or run.facts.get(CONSENT) == "no":
        return run
    names = {"visit_month", "today", *run.definition.roster}.difference(run.definition.showing)
    kept = {name: run.facts[name] for name in names & run.facts.keys()}
    again = Walk(run.definition, run.answers, run.around, kept | known, asked=run.shown)
    _steps(again, None)
    again.open |= run.open
    return again


def roster_values(definition: Definition, roster: Mapping[str, Any]) -> dict[str, Any]:
    """The register's facts in the types rules use; anything of another type counts as missing."""
    found: dict[str, Any] = {}
    for name, kind in definition.roster.items():
        value = roster.get(name)
        if kind == "money":
            value = _amount(value)
        elif type(value) is not _TYPES.get(kind, str):
            continue
        if value is not None:
            found[name] = value
    return found


_TYPES: Mapping[str, type] = {"bool": bool, "int": int}


def _amount(value: Any) -> Decimal | None:
    if type(value) is Decimal or type(value) is int:
        return Decimal(value)
    if type(value) is not str:
        return None
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return None
    return amount if amount.is_finite() else None


def _added(edits: Any) -> dict[str, Person]:
    """Members that the visit itself adds may be named in its answers."""
    if type(edits) is not list:
        return {}
    added = [entry for entry in edits if type(entry) is dict and entry.get("op") == "add"]
    ids = [(entry.get("member_id"), _stage(entry.get("school_stage"))) for entry in added]
    return {key: Person(key, stage) for key, stage in ids if type(key) is str}


def _stage(value: Any) -> str | None:
    return value if type(value) is str and value in STAGES else None


def _refuse_unknown(run: Walk) -> None:
    for key in run.answers:
        question = run.definition.questions.get(key)
        known = question is not None and question.loop is None
        if not known and key not in run.definition.loops:
            run.refuse(str(key), "unknown_question")


def _refused_visit(run: Walk) -> None:
    """Without consent only the visit itself is recorded."""
    run.facts[CONSENT] = "no"
    run.shown.add(CONSENT)
    for key, value in run.answers.items():
        known = key in run.definition.questions or key in run.definition.loops
        if known and key != CONSENT and value is not None:
            run.refuse(key, "not_shown")


def _steps(run: Walk, photo_count: int | None) -> None:
    pending = False
    problem = False
    for step in run.definition.steps:
        if step is None:
            run.any_problem = _any_problem(run.facts, problem, pending)
            if run.any_problem is not None:
                run.facts[ANY_PROBLEM] = run.any_problem
            continue
        found = _question(run, step, photo_count) if isinstance(step, Question) else _loop(run, step)
        problem = problem or found is True
        pending = pending or found is None


def _any_problem(facts: Mapping[str, Any], problem: bool, pending: bool) -> bool | None:
    """Any answer that is not "nothing wrong", or a monitored household; unknown while answers are open."""
    kind = facts.get("kind")
    if problem or (kind is not None and kind != "none"):
        return True
    return None if pending or kind is None else False


def _question(run: Walk, question: Question, photo_count: int | None) -> bool | None:
    """Take one question: True when it shows a problem, False when not, None when that is open."""
    key = question.id
    raw = run.answers.get(key)
    show = None if key in run.asked else question.show
    truth = True if show is None else show.evaluate(run.facts, _NO_PARAMS)
    if truth is not True:
        if raw is not None:
            run.refuse(key, "not_shown")
        if truth is False:
            run.skipped.add(key)
            if question.neutral is not None:
                run.facts[key] = question.neutral
        return None if truth is None and question.problem else False
    run.shown.add(key)
    if question.type == "photo":
        return _photos(run, question, raw, photo_count)
    return _answer(run, question, raw, run.facts, None)


def _photos(run: Walk, question: Question, raw: Any, count: int | None) -> bool:
    if raw is not None:
        run.refuse(question.id, "wrong_type")
    needed = question.required_when is not None and question.required_when.evaluate(run.facts, _NO_PARAMS)
    if count == 0 and needed is True:
        run.open.add(question.id)
    return False


def _answer(run: Walk, question: Question, raw: Any, into: dict[str, Any], who: str | None) -> bool | None:
    """Read a visible question's answer into ``into`` (the facts, or a loop item)."""
    key = question.id
    if raw is None:
        if question.required:
            run.open.add(key)
        return None if question.problem else False
    outcome = read(question, raw, run.around)
    if outcome.code is not None:
        run.refuse(key, outcome.code, who)
        return None if question.problem else False
    if outcome.value is not None:
        into[key] = outcome.value
    for constraint in question.constraints:
        if constraint.check.evaluate(run.facts, _NO_PARAMS, into) is False:
            run.refuse(key, "constraint", who, constraint.message["en"])
    return question.problem and outcome.value != question.clear


def _loop(run: Walk, loop: Loop) -> bool | None:
    """Take one loop: its items become the fact of its name, complete only when the opener is answered."""
    opened = run.facts.get(loop.opened_by)
    given = _given_items(run, loop)
    allowed = list(opened) if isinstance(opened, list) else []
    also = [*_also(run, loop, given), *(given if run.asked else ())]
    allowed += [who for who in dict.fromkeys(also) if who not in allowed]
    problem: bool | None = False
    items = []
    for who in allowed:
        item, found = _item(run, loop, who, given.get(who, {}))
        items.append(item)
        problem = (
            True if found is True or problem is True else None if found is None or problem is None else False
        )
    for who in given:
        if who not in allowed:
            run.refuse(loop.id, "not_shown", who)
    if isinstance(opened, list):
        run.facts[loop.id] = items + _unseen(run, loop, items)
    return problem


def _given_items(run: Walk, loop: Loop) -> dict[str, Mapping[str, Any]]:
    raw = run.answers.get(loop.id)
    if raw is None:
        return {}
    if type(raw) is not list:
        run.refuse(loop.id, "wrong_type")
        return {}
    found: dict[str, Mapping[str, Any]] = {}
    for entry in raw:
        who = entry.get("who") if type(entry) is dict else None
        if type(who) is not str:
            run.refuse(loop.id, "wrong_type")
        elif who in found:
            run.refuse(loop.id, "duplicate", who)
        elif run.around.people is not None and who not in run.around.people:
            run.refuse(loop.id, "unknown_member", who)
        else:
            found[who] = entry
    return found


def _also(run: Walk, loop: Loop, given: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Members that are asked without being named in the opening question."""
    if loop.also is None or loop.also.evaluate(run.facts, _NO_PARAMS) is not True:
        return []
    if run.around.people is None:
        return [who for who, item in given.items() if item.get("stage") == loop.also_stage]
    return [person.id for person in run.around.people.values() if person.stage == loop.also_stage]


def _unseen(run: Walk, loop: Loop, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items for members that must be asked but whose ids are not at hand: all their answers are open."""
    if (
        loop.also is None
        or run.around.people is not None
        or loop.also.evaluate(run.facts, _NO_PARAMS) is not True
    ):
        return []
    seen = sum(1 for item in items if item.get("stage") == loop.also_stage)
    return [{"stage": loop.also_stage} for _ in range(run.facts["n_college"] - seen)]


def _item(run: Walk, loop: Loop, who: str, raw: Mapping[str, Any]) -> tuple[dict[str, Any], bool | None]:
    item: dict[str, Any] = {"who": who, "year": run.around.on.year}
    _item_head(run, loop, item, raw)
    result: bool | None = False
    for question in loop.questions:
        truth = True if question.show is None else question.show.evaluate(run.facts, _NO_PARAMS, item)
        value = raw.get(question.id)
        if truth is True or (run.asked and value is not None):
            run.shown.add(question.id)
            found = _answer(run, question, value, item, who)
            result = True if found is True or result is True else None if found is None else result
            continue
        if value is not None:
            run.refuse(question.id, "not_shown", who)
        if truth is False and question.neutral is not None:
            item[question.id] = question.neutral
    return item, result


def _item_head(run: Walk, loop: Loop, item: dict[str, Any], raw: Mapping[str, Any]) -> None:
    """Check what an item carries besides answers: the year, the student's stage, nothing else."""
    inside = {question.id for question in loop.questions}
    for key in raw:
        if key not in inside and key not in ("who", "stage", "year"):
            run.refuse(str(key), "unknown_question", item["who"])
    year, stage = raw.get("year"), raw.get("stage")
    if year is not None and type(year) is not int:
        run.refuse(loop.id, "wrong_type", item["who"])
    elif year is not None and year != item["year"]:
        run.refuse(loop.id, "out_of_range", item["who"])
    person = run.around.people.get(item["who"]) if run.around.people is not None else None
    known = person.stage if person is not None else None
    if stage is not None and _stage(stage) is None:
        run.refuse(loop.id, "unknown_option", item["who"])
    # The register may have learned of a new school since the phone last asked: its word counts, and the
    # visit is not sent back for it.
    if known or _stage(stage):
        item["stage"] = known or stage
