"""The cases that the server's evaluator and the phone's twin both answer."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from server.policy.errors import ExpressionError
from server.policy.expression import compile_condition

CASES = json.loads((Path(__file__).parent / "expression_cases.json").read_text("utf-8"), parse_float=Decimal)


@pytest.mark.parametrize("case", CASES["cases"], ids=[case["name"] for case in CASES["cases"]])
def test_shared_case_gives_the_expected_truth_and_names_what_is_missing(case):
    loop = "ill" if "item" in case else None
    condition = compile_condition(case["node"], known=None, loop=loop)
    given = (case["facts"], case.get("params", {}), case.get("item"))
    assert condition.evaluate(*given) is case["expected"]
    assert sorted(condition.missing(*given)) == case["missing"]


@pytest.mark.parametrize(
    "node", CASES["refused"], ids=[json.dumps(node, default=str) for node in CASES["refused"]]
)
def test_malformed_node_is_refused_before_any_household_is_judged(node):
    with pytest.raises(ExpressionError):
        compile_condition(node, known=None)


def test_there_are_enough_shared_cases():
    assert len(CASES["cases"]) >= 150
    assert len({case["name"] for case in CASES["cases"]}) == len(CASES["cases"])
