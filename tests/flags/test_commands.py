"""``flask policy evaluate`` and ``explain`` as they are called from outside, with no database set up."""

from __future__ import annotations

import json

import pytest

from server.app import create_app


@pytest.fixture(scope="module")
def run(make_settings):
    """Call a command with lines on its standard input; the app's database has not even tables."""
    app = create_app(make_settings("sqlite"))

    def call(*arguments, lines=()):
        return app.test_cli_runner().invoke(args=["policy", *arguments], input="\n".join(lines))

    return call


def answers(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_is_answered_in_the_agreed_form(run):
    lines = ['{"id": "a", "basic_lack": ["grain"], "date": "2026-01-05"}', '{"id": 2}']
    result = run("evaluate", "--profile", "yangshuo", lines=lines)
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = answers(result)
    assert list(first) == ["id", "met", "unknown", "kind"]
    assert (first["id"], first["met"], second["id"], second["met"]) == ("a", ["R-BAS-01"], 2, [])
    assert second["unknown"]["R-MED-06"] == ["cert_gap", "ins_gap"]


def test_bad_line_goes_to_stderr_and_makes_the_command_fail_at_the_end(run):
    lines = ['{"id": 1}', '{"id": 2, "pcni": 1e400}', '{"id": 3}']
    result = run("evaluate", "--profile", "all", lines=lines)
    assert result.exit_code == 1
    assert [answer["id"] for answer in answers(result)] == [1, 3]
    assert json.loads(result.stderr) == {"line": 2, "error": "pcni: 1E+400 is too large"}


def test_unknown_profile_is_answered_with_those_there_are(run):
    result = run("evaluate", "--profile", "guilin")
    assert result.exit_code == 2
    assert (
        "unknown profile 'guilin'; one of all, heshan, nanning, ningxia, pinggui, yangshuo" in result.stderr
    )


def test_nothing_in_gives_nothing_out(run):
    result = run("evaluate", "--profile", "ningxia")
    assert (result.exit_code, result.output) == (0, "")


def test_explanation_holds_values_operands_articles_and_the_change(run):
    lines = ["{", '"id": "x", "pcni": 4660,', '"n_members": 4}']
    result = run("explain", "--profile", "yangshuo", "--rule", "R-INC-01", lines=lines)
    (found,) = answers(result)
    assert (found["id"], found["profile"], found["state"]) == ("x", "yangshuo", "met")
    assert found["values"] == {"pcni": "4660.00"}
    assert [operand["source"] for operand in found["operands"]] == ["given"]
    assert found["articles"][0]["text"]
    assert found["change"]["steps"][0]["by"] == "340.01"


def test_explanation_of_a_bad_object_names_the_field(run):
    result = run("explain", "--profile", "all", "--rule", "R-INC-01", lines=['{"pcni": "x"}'])
    assert result.exit_code == 1
    assert json.loads(result.stderr)["error"].startswith("pcni: ")


@pytest.mark.parametrize(
    ("lines", "line"),
    [(['{"pcni": 1}', '{"pcni": 2}'], 2), (["", '{"pcni": 1}', "", "{}"], 4), (["{} {}"], 1)],
)
def test_explanation_of_two_objects_is_refused_with_the_line_of_the_second(run, lines, line):
    result = run("explain", "--profile", "yangshuo", "--rule", "R-INC-01", lines=lines)
    assert (result.exit_code, result.stdout) == (1, "")
    error = f"explain takes one object; found a second on line {line}"
    assert json.loads(result.stderr) == {"line": line, "error": error}


def test_rule_of_another_profile_is_refused_with_those_there_are(run):
    result = run("explain", "--profile", "yangshuo", "--rule", "R-INC-03", lines=["{}"])
    assert result.exit_code == 2
    assert "no rule 'R-INC-03'" in result.stderr
    assert "R-INC-01" in result.stderr
