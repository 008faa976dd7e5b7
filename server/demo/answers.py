"""Complete answers of a made-up visit: what the trouble says, and "nothing wrong" everywhere else."""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random
from typing import Any

from server.checklists.services import Definition, Person, definition, walk
from server.demo.troubles import Answers, yuan
from server.households.forms import NewHousehold

VERSION = "2026-1"
_ROUNDS = 12
_DEFAULT_INCOME = 14000


class DoesNotConverge(RuntimeError):
    """A made-up visit asks for ever more answers: the checklist and this module disagree."""


@cache
def _checklist() -> Definition:
    return definition(VERSION)


def complete(home: NewHousehold, roster: dict[str, Any], given: Answers, day: date, rng: Random) -> Answers:
    """All visible questions answered, walking through the form as the phone does.

    Raises:
        DoesNotConverge: see the class.
    """
    people = [Person(str(m.id), m.stage, m.relation, m.sex) for m in home.members]
    answers = given | _students(home, given, day, rng)
    usual = _usual(home, roster, rng)
    for _ in range(_ROUNDS):
        found = walk(_checklist(), answers, roster, people, day, 0)
        hidden = [error.question for error in found.errors if error.code == "not_shown"]
        missing = [key for key in found.not_asked if key not in ("photos", *_loop_questions())]
        if not hidden and not missing:
            return answers
        answers = {key: value for key, value in answers.items() if key not in hidden}
        answers |= {key: usual.get(key, _first(key)) for key in missing}
    raise DoesNotConverge(f"{missing} {hidden}")


@cache
def _loop_questions() -> frozenset[str]:
    return frozenset(key for key, question in _checklist().questions.items() if question.loop)


@cache
def _first(key: str) -> Any:
    """The stored form of a question's first option, which is "nothing wrong"."""
    entry = next(entry for entry in _checklist().document["questions"] if entry["id"] == key)
    if entry["type"] == "money":
        return "0.00"
    first = entry["options"][0]["id"] if entry.get("options") else None
    if entry["type"] == "one":
        return first
    return [] if first in (None, "none") else [first]


def _usual(home: NewHousehold, roster: dict[str, Any], rng: Random) -> Answers:
    """Usual answers that follow from who lives there and what they earn."""
    able = roster["n_labour"] + roster["n_half_labour"] > 0
    each = int(home.pcni_prev or _DEFAULT_INCOME)
    total = round(each * len(home.members) * rng.uniform(0.97, 1.08))
    return {
        "job_state": "stable" if able else "nolabour",
        "elder_live": "split" if roster["n_60plus"] == roster["n_members"] else "with",
        "inc_band": "above" if home.kind == "none" else "near" if each > 7000 else "below",
        "inc_wage": f"{total * 64 // 100}.00" if able else "0.00",
        "inc_biz": f"{total * 24 // 100}.00",
        "inc_prop": yuan(rng, 0, 600),
        "inc_trans": f"{total * (16 if able else 80) // 100}.00",
        "exp_biz": f"{total * 4 // 100}.00",
        "risk_now": rng.choice(("same", "better", "better", "gone")),
        "measure_ok": rng.choice(("all", "all", "all", "part")),
    }


def _students(home: NewHousehold, given: Answers, day: date, rng: Random) -> Answers:
    """With two students at college each of them is asked about, named or not (R-EDU-05, R-EDU-06)."""
    college = [str(member.id) for member in home.members if member.stage == "college"]
    items = {item["who"]: item for item in given.get("stu", [])}
    if len(college) > 1:
        items = {who: _student(who, day, rng) for who in college} | items
    return {"stu": list(items.values())} if items else {}


def _student(who: str, day: date, rng: Random) -> Answers:
    item: Answers = {"who": who, "stage": "college", "stu_nature": "public", "stu_aid": ["loan"]}
    item["stu_selfpay"] = yuan(rng, 4000, 7800)
    return item | ({"stu_selfpay_prev": item["stu_selfpay"]} if day.month <= 3 else {})
