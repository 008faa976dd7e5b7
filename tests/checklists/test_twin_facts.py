"""The facts rules read of a form: what the phone makes of random answers, and what the server does."""

import json
import random
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from server.checklists.answers import Person
from server.checklists.definition import definition
from server.checklists.facts import facts_of
from server.checklists.validation import walk
from server.config import ROOT

VERSION, DAY, FORMS = "2026-1", date(2026, 11, 20), 1500
FORM = definition(VERSION)
WIRE = json.loads((ROOT / f"server/checklists/definitions/{VERSION}.json").read_text("utf-8"))
PEOPLE = [
    {"id": "m1", "stage": None, "relation": "户主", "sex": "male"},
    {"id": "m2", "stage": None, "relation": "配偶", "sex": "female"},
    {"id": "m3", "stage": "college", "relation": "之子", "sex": "male"},
    {"id": "m4", "stage": "college", "relation": "之女", "sex": "female"},
]
IDS = [person["id"] for person in PEOPLE]
ALWAYS = [q for q in WIRE["questions"] if "show" not in q and "options" in q and q["type"] != "photo"]


def given(pick, question):
    """An answer a form may hold; "cannot say" among them, and now and then one that is not valid."""
    if pick.random() < 0.02:
        return pick.choice(["nonsense", 5, ["nonsense"], True, "-1.00"])
    options = [option["id"] for option in question.get("options", [])]
    makers = {
        "one": lambda: pick.choice([options[0], *options]),
        "many": lambda: pick.sample(
            [o for o in options if o != "none"], pick.choice([0, 0, 1, 2]) % len(options)
        ),
        "members": lambda: "unknown" if pick.random() < 0.1 else pick.sample(IDS, pick.choice([0, 0, 1, 2])),
        "money": lambda: pick.choice(["0.00", "5000.00", "4999.99", "12345.67"]),
        "date": lambda: "2026-10-08",
        "repeat": lambda: [{"op": "change", "member_id": "m1", "note": "x"}],
    }
    return makers[question["type"]]() if question["type"] in makers else None


def calm():
    """A family with nothing wrong: the first option of everything that opens nothing else."""
    first = {q["id"]: [] if q["options"][0]["id"] == "none" else q["options"][0]["id"] for q in ALWAYS}
    return first | {"biz_event": "none", "ask_help": "none"}


def form(pick):
    """Answers to most questions, and the loops of some members."""
    if pick.random() < 0.1:
        return calm()
    asked = pick.choice([0.5, 0.9, 1.0])
    questions = [question for question in WIRE["questions"] if pick.random() < asked]
    answers = {q["id"]: given(pick, q) for q in questions if "loop" not in q and q["type"] != "photo"}
    answers["consent"] = "yes"  # without consent nothing is judged
    for loop in ("ill", "stu"):
        inside = [question for question in questions if question.get("loop") == loop]
        answers[loop] = [
            {"who": who, **{q["id"]: given(pick, q) for q in inside}}
            for who in pick.sample(IDS, pick.choice([0, 1, 2]))
        ]
    return {name: value for name, value in answers.items() if value is not None and value != []} | {
        name: [] for name, value in answers.items() if value == []
    }


def register(pick):
    made = {
        "lifted": pick.random() < 0.5,
        "kind": pick.choice(["none", "none", "marginal"]),
        "n_members": pick.choice([2, 4]),
        "n_compulsory": pick.choice([0, 1]),
        "n_student": pick.choice([0, 2]),
        "n_college": pick.choice([0, 2]),
        "n_60plus": pick.choice([0, 1]),
        "n_labour": pick.choice([0, 2]),
        "n_half_labour": 0,
        "months_tracked": 3,
        "tekun_scattered": pick.random() < 0.2,
        "pcni_prev": pick.choice(["4999.99", "15000.00", None]),
        "net_prev": "60000.00",
    }
    return {name: value for name, value in made.items() if pick.random() < 0.97}


def plain(value):
    """Server's facts as the phone writes them: amounts as numbers, nothing for what is missing."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items() if entry is not None}
    return value


def people_in_order(facts):
    """The items of a loop by member, as their order is no fact; no rule knows a school stage of a patient."""
    made = dict(facts)
    for loop in {"ill", "stu"} & made.keys():
        made[loop] = sorted(made[loop], key=lambda item: item["who"])
    if "ill" in made:
        made["ill"] = [
            {name: value for name, value in item.items() if name != "stage"} for item in made["ill"]
        ]
    return made


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    out: Path = tmp_path_factory.mktemp("form") / "form.mjs"
    command = ["node", "scripts/bundle_policy.mjs", str(out), "src/features/visit/twin.ts"]
    subprocess.run(command, cwd=ROOT / "pwa", check=True, stdin=subprocess.DEVNULL)
    return out


def test_phone_and_server_read_the_same_facts_of_random_forms(bundled, tmp_path):
    pick = random.Random(20261122)
    forms = [(form(pick), register(pick), pick.random() < 0.5) for _ in range(FORMS)]
    asked = [
        {
            "answers": answers,
            "roster": roster,
            "members": PEOPLE,
            "today": DAY.isoformat(),
            "located": located,
        }
        for answers, roster, located in forms
    ]
    questions, out = tmp_path / "questions.ndjson", tmp_path / "facts.ndjson"
    questions.write_text("\n".join(json.dumps(line) for line in (WIRE, *asked)), encoding="utf-8")
    runner = Path(__file__).with_name("twin_facts.mjs")
    command = ["node", str(runner), str(bundled), str(questions), str(out)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    found = [people_in_order(plain(json.loads(line))) for line in out.read_text("utf-8").splitlines()]
    people = [Person(**person) for person in PEOPLE]
    for (answers, roster, located), theirs in zip(forms, found, strict=True):
        run = walk(FORM, answers, roster, people, DAY)
        mine = people_in_order(plain(facts_of(run, {"lat": 1} if located else None)))
        assert theirs == mine, answers
    assert {True, None} == {facts.get("income_skipped") for facts in found}
