"""The 180 examples of the digest in every reading, and its 16 mixed cases."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from server.fund import words
from server.fund.claims import ClaimError
from server.fund.scheme import READINGS
from tests.fund.claims import pay_of, result_of

FOLDER = Path(__file__).parent
VECTORS = list(csv.DictReader((FOLDER / "vectors.csv").read_text(encoding="utf-8").splitlines()))
MIXED = yaml.safe_load((FOLDER / "mixed.yaml").read_text(encoding="utf-8"))


def test_all_examples_are_there():
    kinds = [row["kind"] for row in VECTORS]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "illness": 48,
        "study": 36,
        "disaster": 48,
        "accident": 48,
    }
    assert {name.split()[0] for name in MIXED} == {f"V-MIX-{n}" for n in range(1, 17)}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['kind']}-{row['amount_cny']}")
def test_example_of_the_digest_is_paid_as_it_says(row, reading):
    expected = row[f"pay_{reading}"]
    if expected == "":
        with pytest.raises(ClaimError, match="illness and accident only"):
            pay_of(row["kind"], row["amount_cny"], reading)
        return
    result = result_of(row["kind"], row["amount_cny"], reading)
    assert result.pay == Decimal(expected)
    assert (result.reason is None) == (result.pay > 0)


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['kind']}-{row['amount_cny']}")
def test_example_shows_its_excess_and_whether_the_maximum_cut_it(row):
    steps = {step.code: step for step in result_of(row["kind"], row["amount_cny"]).steps}
    shown = steps["excess"].value if "excess" in steps else Decimal(0)
    assert shown == Decimal(row["excess_cny"])
    assert ("cap" in steps) == (row["capped"] == "True")


@pytest.mark.parametrize("name", MIXED)
def test_mixed_case_is_paid_as_the_digest_says(name):
    case = MIXED[name]
    result = result_of(**case["claim"])
    assert str(result.pay) == case["pay"]
    if "reason" in case:
        assert words.REASONS[result.reason]["zh"] == case["reason"]
    assert (result.reason is None) == (result.pay > 0)
    assert list(result.marks) == case.get("marks", list(result.marks))
