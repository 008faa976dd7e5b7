"""The checklist definition: what it holds, that the policy knows its names, and what is refused."""

import copy
import json
from datetime import date
from decimal import Decimal

import pytest
import yaml

from server.checklists.definition import (
    DEFINITIONS,
    DefinitionError,
    compile_definition,
    current_version,
    definition,
    versions,
    vocabulary,
)
from server.checklists.validation import walk
from server.policy.expression import names
from server.policy.loader import PACKS, load_packs
from tests.checklists.forms import CURRENT, DAYS, FORM, MEMBERS

DOCUMENT = json.loads((DEFINITIONS / "2026-1.json").read_text("utf-8"))
QUESTIONS = {entry["id"]: entry for entry in DOCUMENT["questions"]}
CLEAN = yaml.safe_load((PACKS / "common/tests/clean_household.yaml").read_text("utf-8"))


def test_there_are_sixty_questions_and_two_that_look_back_a_year():
    assert CURRENT.counted == 60
    assert [key for key, entry in QUESTIONS.items() if entry.get("extra")] == [
        "stu_selfpay_prev",
        "ill_selfpay_prev",
    ]


def test_thirteen_questions_are_always_asked_three_for_children_and_one_for_the_elderly():
    core = [entry.get("core") for entry in QUESTIONS.values()]
    assert (core.count(True), core.count("kids"), core.count("old")) == (13, 3, 1)
    assert all("show" not in entry for entry in QUESTIONS.values() if entry.get("core") is True)


def test_versions_are_known_and_the_newest_is_current():
    assert versions() == ("2026-1",)
    assert current_version() == current_version(date(2026, 11, 1)) == "2026-1"
    assert current_version(date(2020, 1, 1)) == "2026-1"


def test_marks_say_what_is_asked_anew_and_what_change_needs_a_reason():
    always = {key for key, entry in QUESTIONS.items() if entry.get("anew") == "always"}
    assert always >= {"consent", "sign", "photos", "shock", "roster_change", "roster_edit"}
    assert always >= {key for key, entry in QUESTIONS.items() if entry.get("observer")}
    safety = {key for key, entry in QUESTIONS.items() if entry.get("safety")}
    assert safety == {"basic_lack", "edu_school", "ill_untreated", "house_state", "water_state"}


@pytest.mark.parametrize(
    ("question", "mark", "word"),
    [("house_state", {"anew": "weekly"}, "anew"), ("sign", {"safety": True}, "safety")],
)
def test_a_mark_that_means_nothing_is_refused(question, mark, word):
    document = copy.deepcopy(DOCUMENT)
    next(entry for entry in document["questions"] if entry["id"] == question).update(mark)
    with pytest.raises(DefinitionError, match=f"{question}: {word}"):
        compile_definition(document)


@pytest.mark.parametrize("version", ["2025-1", "../2026-1", "", "2026-1.json"])
def test_unknown_version_is_not_found(version):
    with pytest.raises(KeyError):
        definition(version)


def test_answers_that_a_problem_opened_do_not_keep_the_problem_alive():
    opened = {"inc_drop": "gt50", "neg_items": ["vehicle"], "hardship_src": ["work"], "sign": "oral"}
    answers = FORM["base"]["answers"]
    open_run = walk(
        CURRENT, answers | opened | {"house_state": "C"}, FORM["base"]["roster"], MEMBERS, DAYS[0]
    )
    cured = walk(CURRENT, answers | opened, FORM["base"]["roster"], MEMBERS, DAYS[0])
    assert (open_run.any_problem, cured.any_problem) == (True, False)
    assert {error.question for error in cured.errors} == set(opened)


def test_neutral_answers_are_those_of_the_clean_household():
    for key, entry in QUESTIONS.items():
        if "neutral" in entry and key in CLEAN:
            stored = CURRENT.questions[key].neutral
            assert stored == CLEAN[key], key


def test_policy_knows_every_question_with_its_kind_and_options():
    form, common = vocabulary(DOCUMENT), load_packs().packs["common"]
    answered = {key for key, entry in QUESTIONS.items() if entry["type"] not in ("photo", "repeat")}
    top = {key for key in answered if "loop" not in QUESTIONS[key]}
    assert set(common.groups["answers"]) == top
    for key in top:
        assert (common.facts[key].kind, common.facts[key].values) == (
            form.facts[key].kind,
            form.facts[key].values,
        )
    for loop, fields in common.items.items():
        assert set(fields) - {"who", "stage", "year"} == {
            key for key in answered if QUESTIONS[key].get("loop") == loop
        }
        for key in set(fields) - {"who", "stage", "year"}:
            assert (fields[key].kind, fields[key].values) == (
                form.items[loop][key].kind,
                form.items[loop][key].values,
            )


def test_every_name_in_a_rule_is_asked_registered_or_derived():
    library = load_packs()
    packs = library.packs_of("yangshuo")
    roster, made = set(packs[0].groups["roster"]), set(packs[0].groups["form"])
    derived = {entry.name for pack in packs for entry in pack.derived}
    known = set(QUESTIONS) | set(CURRENT.loops) | roster | made | derived | {"who", "stage"}
    used = set().union(*(names(rule.when) for pack in packs for rule in pack.rules))
    used |= set().union(*(names(entry.node) for pack in packs for entry in pack.derived))
    assert used <= known


def test_amounts_have_limits_in_yuan():
    assert CURRENT.questions["stu_selfpay"].high == Decimal(200000)
    assert CURRENT.questions["ill_selfpay"].high == Decimal(2000000)
    assert CURRENT.questions["inc_claim"].high is None


BAD = [
    (
        "unknown fact in a skip rule",
        lambda q: q["house_cause"].update(show={"fact": "roof", "is": "gone"}),
        "house_cause: show",
    ),
    (
        "unknown option in a skip rule",
        lambda q: q["house_cause"].update(show={"fact": "house_state", "is": "E"}),
        "house_cause: show",
    ),
    (
        "item outside a loop",
        lambda q: q["house_cause"].update(show={"item": "ill_type", "is": "other"}),
        "house_cause: show",
    ),
    ("unknown section", lambda q: q["shock"].update(section="attic"), "shock: section"),
    ("unknown type", lambda q: q["shock"].update(type="essay"), "shock: type"),
    ("unknown key", lambda q: q["shock"].update(colour="red"), "shock: unknown keys"),
    ("label without English", lambda q: q["shock"].update(label={"zh": "变故", "en": ""}), "shock: label"),
    ("option without a label", lambda q: q["shock"]["options"][0].pop("label"), "shock: label"),
    (
        "the same option twice",
        lambda q: q["shock"]["options"].append(q["shock"]["options"][0]),
        "shock: options",
    ),
    ("no options", lambda q: q["acc_liab"].update(options=[]), "acc_liab: options"),
    ("amount that cannot be a problem", lambda q: q["biz_loss"].update(problem=True), "biz_loss: problem"),
    (
        "unknown loop",
        lambda q: q["ill_type"].update(loop="pets", show={"fact": "n_members", "above": 0}),
        "ill_type: loop",
    ),
    (
        "skip rules in a circle",
        lambda q: q["shock"].update(show={"fact": "labour_lost", "is": "lost"}),
        "depends on itself",
    ),
    ("problem that opens itself", lambda q: q["hardship_src"].update(problem=True), "depends on itself"),
]


@pytest.mark.parametrize(("what", "spoil", "message"), BAD, ids=[row[0] for row in BAD])
def test_planted_mistake_in_a_definition_is_refused_by_name(what, spoil, message):
    document = copy.deepcopy(DOCUMENT)
    spoil({entry["id"]: entry for entry in document["questions"]})
    with pytest.raises(DefinitionError, match=message):
        compile_definition(document)


def test_the_same_question_twice_is_refused():
    document = copy.deepcopy(DOCUMENT)
    document["questions"].append(document["questions"][0])
    with pytest.raises(DefinitionError, match="twice"):
        compile_definition(document)
