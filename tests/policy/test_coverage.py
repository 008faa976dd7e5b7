"""Every criterion of the documents is evaluated by a rule, or by a person on a reviewer's form."""

import json
import re
from pathlib import Path

import pytest

from server.policy.loader import PACKS, load_packs
from server.policy.yamlfile import read_yaml

TABLE = json.loads((Path(__file__).parent / "digest_coverage.json").read_text("utf-8"))["criteria"]
COVERAGE = read_yaml(PACKS, PACKS / "coverage.yaml")
LIBRARY = load_packs()
RULES = {rule.id: rule for pack in LIBRARY.packs.values() for rule in pack.rules}
FORMS = {"C4.1", "C4.2", "C4.3", "C4.4"}


def test_the_table_of_the_digest_is_covered_line_by_line():
    found = {
        name: (set(entry.get("rules", [])), set(entry.get("forms", [])))
        for name, entry in COVERAGE["criteria"].items()
    }
    assert found == {
        name: (set(re.findall(r"R-[A-Z]+-\d+", text)), set(re.findall(r"tr_\w+", text)))
        for name, text in TABLE.items()
    }
    assert len(found) == 85


@pytest.mark.parametrize("name", sorted(COVERAGE["criteria"]))
def test_criterion_has_its_sentence_and_is_evaluated_by_rules_that_cite_it(name):
    entry = COVERAGE["criteria"][name]
    assert entry.keys() <= {"rules", "forms"}
    assert entry.get("rules") or entry.get("forms")
    assert name in LIBRARY.articles
    for rule in entry.get("rules", []):
        assert name in RULES[rule].cites
    for field in entry.get("forms", []):
        assert COVERAGE["forms"][field]["form"] in FORMS


def test_every_rule_evaluates_a_criterion_of_the_table():
    assert {rule for entry in COVERAGE["criteria"].values() for rule in entry.get("rules", [])} == set(RULES)


def test_what_no_visit_can_show_says_where_it_is_handled():
    elsewhere = COVERAGE["elsewhere"]
    assert elsewhere.keys().isdisjoint(COVERAGE["criteria"])
    assert elsewhere.keys() == {
        "N-TGT-2",
        "N-FUND-ILL-5",
        "N-FUND-ACC-6",
        "YS-2-5b",
        "PG-7STEP-1e",
        "CAT-7",
        "YS-1-2",
    }
    assert all(where["zh"] and where["en"] for where in elsewhere.values())
