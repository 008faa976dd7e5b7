"""Random visits: a walk through the form that answers every visible question as it comes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from server.checklists.answers import Person
from server.checklists.definition import definition
from server.checklists.validation import walk

FORM = json.loads((Path(__file__).parent / "form_cases.json").read_text("utf-8"))
CURRENT = definition("2026-1")
MEMBERS = [Person(**member) for member in FORM["base"]["members"]]
DAYS = [date(2026, 11, 20), date(2027, 2, 10), date(2028, 2, 29)]

rosters = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["none", "unstable", "marginal", "sudden"]),
        "lifted": st.booleans(),
        "n_compulsory": st.integers(0, 2),
        "n_student": st.integers(0, 2),
        "n_college": st.sampled_from([0, 1, 2]),
        "n_60plus": st.integers(0, 2),
        "n_labour": st.integers(0, 2),
        "tekun_scattered": st.booleans(),
    },
).map(lambda changes: FORM["base"]["roster"] | changes)


def answer(draw, question, day):
    """A valid answer of one question."""
    kind = question.type
    if kind == "one":
        return draw(st.sampled_from(sorted(question.options - {"nolabour"})))
    if kind == "many":
        return many(draw, question)
    if kind == "members":
        return draw(st.lists(st.sampled_from([person.id for person in MEMBERS]), max_size=2, unique=True))
    if kind == "money":
        fen = draw(st.integers(0, 1_200_000))
        return f"{fen // 100}.{fen % 100:02d}"
    if kind == "date":
        return day.isoformat()
    return [{"op": "change", "member_id": "m3", "note": "x"}]


def many(draw, question):
    if question.id == "ill_proper":
        return draw(st.sampled_from([["ok"], ["excess"], ["no_referral", "excess"]]))
    least = 1 if question.id in ("loss_object", "ill_setting") else 0
    return draw(st.lists(st.sampled_from(sorted(question.options)), min_size=least, max_size=3, unique=True))


@st.composite
def visits(draw):
    """(answers, roster, day) of a visit that answers everything it is asked, with consent."""
    roster, day = draw(rosters), draw(st.sampled_from(DAYS))
    answers: dict[str, object] = {"consent": "yes"}
    for _ in range(8):
        run = walk(CURRENT, answers, roster, MEMBERS, day)
        if not run.not_asked:
            break
        for key in run.not_asked:
            question = CURRENT.questions[key]
            if question.loop is None:
                answers[key] = answer(draw, question, day)
        for loop in CURRENT.loops.values():
            fill(draw, answers, loop, run, day)
    return answers, roster, day


def fill(draw, answers, loop, run, day):
    """Answer what a loop's visible items still lack."""
    opened = answers.get(loop.opened_by)
    items = {item["who"]: item for item in answers.get(loop.id, [])}
    asked = list(opened) if isinstance(opened, list) else []
    if loop.also is not None and run.facts.get("n_college", 0) >= 2:
        asked += [
            person.id for person in MEMBERS if person.stage == loop.also_stage and person.id not in asked
        ]
    for who in asked:
        item = items.setdefault(who, {"who": who})
        for question in loop.questions:
            shown = question.show is None or question.show.evaluate(run.facts, {}, typed(item)) is True
            if shown and question.id not in item:
                item[question.id] = answer(draw, question, day)
        if "ill_selffund" in item:
            item["ill_selffund"] = "0.00"
    if items:
        answers[loop.id] = list(items.values())


def typed(item):
    return {key: Decimal(value) if key.endswith("selfpay") else value for key, value in item.items()}
