"""flask fund calculate: its fixed form, bad lines beside good ones, and no database behind it."""

import json
from io import BytesIO

import pytest

from server.app import create_app


@pytest.fixture
def run(make_settings):
    """The command in an app whose database was never set up: (exit code, answers, complaints)."""
    app = create_app(make_settings("sqlite"))

    def call(*lines, reading=None):
        texts = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines]
        options = ["--reading", reading] if reading else []
        given = BytesIO(b"\n".join(texts) + b"\n")
        result = app.test_cli_runner().invoke(args=["fund", "calculate", *options], input=given)
        out, err = (
            [json.loads(line) for line in text.splitlines()] for text in (result.stdout, result.stderr)
        )
        return result.exit_code, out, err

    return call


def test_line_is_answered_in_the_fixed_form(run):
    code, (answer,), complaints = run({"id": "a-1", "kind": "illness", "amount_cny": "20000.00"})
    steps = answer.pop("steps")
    assert (code, complaints) == (0, [])
    assert answer == {"id": "a-1", "pay_cny": "6500.00", "reading": "marginal_on_excess", "reason": None}
    assert [step["value_cny"] for step in steps if step["code"] == "tier"] == ["1500.00", "5000.00"]
    assert all(set(step) == {"code", "text", "value_cny", "cites"} for step in steps)


def test_reading_is_chosen_by_the_option(run):
    code, (answer,), _ = run({"kind": "illness", "amount_cny": "20000.00"}, reading="whole_on_total")
    assert (code, answer["pay_cny"], answer["reading"]) == (0, "14000.00", "whole_on_total")


def test_reading_that_does_not_exist_is_refused_before_any_line(app):
    result = app.test_cli_runner().invoke(args=["fund", "calculate", "--reading", "kind"], input="{}\n")
    assert (result.exit_code, result.stdout) == (2, "")


def test_reading_that_a_kind_does_not_know_refuses_only_its_lines(run):
    lines = [{"kind": kind, "amount_cny": "20000"} for kind in ("study", "accident", "disaster")]
    code, out, complaints = run(*lines, reading="marginal_on_total")
    assert (code, [answer["pay_cny"] for answer in out]) == (1, ["10000.00"])
    assert [each["line"] for each in complaints] == [1, 3]
    assert all(each["error"].startswith("reading: ") for each in complaints)


def test_nothing_paid_says_why(run):
    _, (answer,), _ = run({"kind": "accident", "amount_cny": "50000.00", "liability": "full"})
    assert answer["pay_cny"] == "0.00"
    assert answer["reason"] == {
        "code": "full_liability",
        "zh": "负全责除外",
        "en": "Full liability is excluded",
    }


def test_bills_and_conditions_are_read(run):
    bill = {"on": "2020-06-01", "cost_cny": "40000.00", "paid_by": {"insurance": "28000.00"}}
    _, (answer,), _ = run({"kind": "accident", "accident": "traffic", "liability": "minor", "bills": [bill]})
    assert answer["pay_cny"] == "2500.00"


BAD = [
    (b"{", "line"),
    (b"\xff", "line"),
    (b"[]", "line"),
    (b"7", "line"),
    (b"[" * 100_000, "line"),
    (b'{"kind": "illness", "kind": "study", "amount_cny": "1"}', "kind: written twice"),
    (
        b'{"kind": "illness", "bills": [{"on": "2020-02-03", "on": "2020-02-04", "cost_cny": "1"}]}',
        "on: written",
    ),
    (b'{"kind": "illness", "amount_cny": NaN}', "amount_cny"),
    (b'{"kind": "illness", "amount_cny": Infinity}', "amount_cny"),
    (b'{"kind": "illness", "amount_cny": 1e400}', "amount_cny"),
    (b'{"kind": "illness", "amount_cny": 1e999999999}', "amount_cny"),
    (b'{"kind": "illness", "amount_cny": 1.001}', "amount_cny"),
    (b'{"kind": "illness", "amount_cny": -1}', "amount_cny"),
    (b'{"kind": "illness", "amount_cny": ' + b"9" * 5000 + b"}", "amount_cny"),
    (b'{"kind": "illness", "amount_cny": "1", "year": ' + b"9" * 5000 + b"}", "year"),
    (b'{"kind": "illness", "amount_cny": "1", "who": ' + b"9" * 5000 + b"}", "who"),
    (b'{"kind": "illness", "amount_cny": "1", "id": ' + b"9" * 5000 + b"}", "id"),
    (b'{"kind": "illness", "amount_cny": "1", "bills": ' + b"[" * 600 + b"]" * 600 + b"}", "line"),
    (
        b'{"kind": "illness", "bills": [{"on": "2020-02-03", "cost_cny": 9, "paid_by": {"insurance": -1}}]}',
        "bills.0.paid_by.insurance",
    ),
    ({"kind": "illness", "amount_cny": "1", "id": 1.5}, "id"),
    ({"kind": "illness"}, "amount_cny"),
    ({"amount_cny": "1"}, "kind"),
    ({"kind": "fire", "amount_cny": "1"}, "kind"),
    ({"kind": ["illness"], "amount_cny": "1"}, "kind"),
    ({"kind": None, "amount_cny": "1"}, "kind"),
    ({"kind": "illness", "amount_cny": "1", "amount": "1"}, "amount"),
    ({"kind": "illness", "amount_cny": ""}, "amount_cny"),
    ({"kind": "illness", "amount_cny": "-1"}, "amount_cny"),
    ({"kind": "illness", "amount_cny": "1.001"}, "amount_cny"),
    ({"kind": "illness", "amount_cny": "1e3"}, "amount_cny"),
    ({"kind": "illness", "amount_cny": "NaN"}, "amount_cny"),
    ({"kind": "illness", "amount_cny": "１"}, "amount_cny"),
    ({"kind": "illness", "amount_cny": "1\n"}, "amount_cny"),
    ({"kind": "illness", "amount_cny": ["1"]}, "amount_cny"),
    ({"kind": "illness", "amount_cny": True}, "amount_cny"),
    ({"kind": "illness", "amount_cny": None}, "amount_cny"),
    ({"kind": "illness", "amount_cny": "10000000000"}, "amount_cny"),
    ({"kind": "illness", "amount_cny": "1", "id": ["a"]}, "id"),
    ({"kind": "illness", "amount_cny": "1", "year": "2020"}, "year"),
    ({"kind": "illness", "amount_cny": "1", "year": 2019}, "year"),
    ({"kind": "illness", "amount_cny": "1", "approved_by_county": 1}, "approved_by_county"),
    ({"kind": "illness", "bills": [{"on": "2020-02-30", "cost_cny": "1"}]}, "bills.0.on"),
    ({"kind": "illness", "bills": [{"on": "20200203", "cost_cny": "1"}]}, "bills.0.on"),
    (
        {"kind": "illness", "bills": [{"on": "2020-02-03", "cost_cny": "1", "paid_by": {"lottery": "1"}}]},
        "bills.0",
    ),
]


@pytest.mark.parametrize(("line", "field"), BAD, ids=lambda value: str(value)[:60] if value else "none")
def test_bad_line_is_named_and_the_others_are_answered(run, line, field):
    good = {"id": 2, "kind": "study", "amount_cny": "18000"}
    code, out, complaints = run(good, line, b"", good)
    assert code == 1
    assert [answer["pay_cny"] for answer in out] == ["9000.00", "9000.00"]
    assert [each["line"] for each in complaints] == [2]
    assert complaints[0]["error"].startswith(field)
    assert "sys." not in complaints[0]["error"]


def test_amount_written_as_a_number_is_taken_as_it_is_written(run):
    written = (b"20000", b"9999.99", b"2e4", b"20000.000", b"-0")
    _, out, _ = run(*(b'{"kind": "illness", "amount_cny": ' + number + b"}" for number in written))
    assert [answer["pay_cny"] for answer in out] == ["6500.00", "1500.00", "6500.00", "6500.00", "0.00"]


def test_half_character_in_an_identifier_is_given_back(run):
    _, (answer,), _ = run(b'{"id": "\\ud800", "kind": "illness", "amount_cny": "1"}')
    assert answer["id"] == "\ud800"
