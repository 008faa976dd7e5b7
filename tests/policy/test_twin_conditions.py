"""Random conditions over random facts: the phone's evaluator against the server's, answer by answer."""

import random

import pytest

from server.policy.errors import ExpressionError
from server.policy.expression import compile_condition
from tests.policy.twin import conditions, phone

RULES, HOUSEHOLDS = 300, 400


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return phone.bundle(tmp_path_factory.mktemp("engine") / "engine.mjs")


def cases(seed, rules=RULES, households=HOUSEHOLDS):
    """Questions for the phone, and the server's own answers: a list of households' answers a condition."""
    pick = random.Random(seed)
    known = [(conditions.facts(pick), conditions.params(pick)) for _ in range(households)]
    questions, answers = [phone.written({"known": known})], []
    for _ in range(rules):
        node, condition = sensible(pick)
        questions.append(phone.written({"node": node}))
        answers.append([answer(condition, facts, params) for facts, params in known])
    return questions, answers


def sensible(pick):
    """A random condition that the server's loader would let into a pack."""
    while True:
        node = conditions.condition(pick)
        try:
            return node, compile_condition(node, known=None)
        except ExpressionError:
            continue


def answer(condition, facts, params):
    truth = condition.evaluate(facts, params)
    if truth is not None:
        return "true " if truth else "false "
    return f"null {','.join(sorted(condition.missing(facts, params)))}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_conditions_have_the_same_truth_and_ask_for_the_same(seed, engine, tmp_path):
    questions, answers = cases(seed)
    found = [line.split("|") for line in phone.ask(engine, questions, tmp_path)]
    assert [len(line) for line in found] == [HOUSEHOLDS] * RULES
    different = [
        (questions[n + 1], k, mine, theirs)
        for n, (line, reply) in enumerate(zip(answers, found, strict=True))
        for k, (mine, theirs) in enumerate(zip(line, reply, strict=True))
        if mine != theirs
    ]
    assert different[:3] == []
    assert {text.split(" ")[0] for line in answers for text in line} == {"true", "false", "null"}


#: Bugs put into the phone's engine, each of which some random condition has to find.
PLANTED = {
    "the line itself no longer counts": ("sign >= 0", "sign > 0"),
    "money is added as doubles": (
        "return result(x + y, scale, a, b);",
        "return decimal(Number(a.digits) / 10 ** a.scale + Number(b.digits) / 10 ** b.scale);",
    ),
    "an unknown part counts as false": ("if (answer === null) result = null;", ""),
    "truth equals one": ("a === b || isNumeric(a)", "a == b || isNumeric(a)"),
    "only the first absent name is asked for": (
        "parts.flatMap((part) => part.missing(s)) : NONE",
        "parts[0].missing(s) : NONE",
    ),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_a_bug_planted_in_the_phones_engine_is_found(bug, engine, tmp_path):
    right, wrong = PLANTED[bug]
    code = engine.read_text(encoding="utf-8")
    assert right in code
    changed = tmp_path / "changed.mjs"
    changed.write_text(code.replace(right, wrong), encoding="utf-8")
    questions, answers = cases(seed=1, rules=150, households=150)
    assert phone.ask(changed, questions, tmp_path) != ["|".join(line) for line in answers]
