"""The walks through the form that the server and the phone both take."""

import json
from datetime import date
from pathlib import Path

import pytest

from server.checklists.answers import Person
from server.checklists.definition import definition
from server.checklists.validation import walk

FORM = json.loads((Path(__file__).parent / "form_cases.json").read_text("utf-8"))
MEMBERS = [Person(**member) for member in FORM["base"]["members"]]


def in_one_order(errors):
    return sorted(errors, key=lambda error: (error["question"], error["code"], error.get("item", "")))


@pytest.mark.parametrize("case", FORM["cases"], ids=[case["name"] for case in FORM["cases"]])
def test_shared_walk_shows_refuses_and_asks_what_it_says(case):
    run = walk(
        definition(FORM["definition"]),
        FORM["base"]["answers"] | case["answers"],
        FORM["base"]["roster"] | case["roster"],
        MEMBERS,
        date.fromisoformat(case["visit_date"]),
        case["photos"],
    )
    errors = [
        {"question": error.question, "code": error.code} | ({"item": error.item} if error.item else {})
        for error in run.errors
    ]
    assert run.visible == case["visible"]
    assert in_one_order(errors) == in_one_order(case["errors"])
    assert run.not_asked == case["not_asked"]
    assert (run.any_problem is True) is case["any_problem"]


def test_there_are_enough_shared_walks_and_every_code_occurs():
    codes = {error["code"] for case in FORM["cases"] for error in case["errors"]}
    assert len(FORM["cases"]) >= 25
    assert codes == {
        "unknown_question",
        "unknown_option",
        "wrong_type",
        "out_of_range",
        "not_shown",
        "constraint",
        "unknown_member",
        "duplicate",
    }
