"""In-process measurements: judging one household, checking one checklist. And the weight of the built app."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from server.checklists.definition import definition
from server.checklists.lexicon import lexicon_of
from server.checklists.validation import validate_answers
from server.policy.engine import bench
from server.policy.eras import Benches
from server.policy.evaluation import as_json_line, evaluate
from server.policy.explain import Explainer
from server.policy.lines import Reader
from server.policy.loader import load_packs
from tests.bench.common import Bench, County, Result, clean_household, machine
from tests.support.live_server import ROOT, build_pwa

_DAY = date(2026, 11, 22)
_ROUNDS, _PER_ROUND = 15, 200


def _best_round_us(work: Callable[[], object]) -> float:
    """Microseconds a call in the quickest of several rounds: what the code costs without its neighbours."""
    rounds = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        for _ in range(_PER_ROUND):
            work()
        rounds.append((time.perf_counter() - started) / _PER_ROUND * 1e6)
    return min(rounds)


def _troubled() -> dict[str, Any]:
    """A household with an ill member, a student and an unsafe house: many rules have to look closely."""
    ill = {"who": "m1", "ill_type": "serious", "ill_setting": ["inpatient"], "ill_selfpay": Decimal(20_000)}
    student = {"who": "m2", "stage": "college", "stu_nature": "public", "stu_selfpay": Decimal(12_000)}
    return clean_household() | {
        "ill": [ill],
        "ill_untreated": "yes",
        "stu": [student],
        "house_state": "D",
        "house_fix": "cannot",
        "inc_band": "below",
        "pcni": Decimal(4_000),
    }


def rule_evaluation(_county: County) -> Iterator[Result]:
    """One household by the rules of the county's profile."""
    judge = bench("yangshuo", _DAY).judge
    clean, troubled = clean_household(), _troubled()
    n, met = _ROUNDS * _PER_ROUND, len(judge(troubled).met)
    note = f"ill member, student, unsafe house: {met} rules met; quickest of {_ROUNDS} rounds; {machine()}"
    yield Result("rule_evaluation_us", _best_round_us(lambda: judge(troubled)), "us/household", n, note)
    note = f"nothing wrong, no rule met; quickest of {_ROUNDS} rounds"
    yield Result("rule_evaluation_clean_us", _best_round_us(lambda: judge(clean)), "us/household", n, note)


def explanation(_county: County) -> Iterator[Result]:
    """All lights of one household explained, each with the smallest change that would clear it."""
    rules = bench("yangshuo", _DAY)
    explainer = Explainer(rules, lexicon_of("2026-1"), _DAY)
    facts = _troubled()
    lights = [light.rule for light in rules.judge(facts).met]

    def explain_all() -> None:
        for rule in lights:
            explainer.explain(facts, rule)

    value = _best_round_us(explain_all) / 1000
    note = f"{len(lights)} lights, words cached as in the server; quickest of {_ROUNDS} rounds; {machine()}"
    yield Result("explain_ms", value, "ms/household", _ROUNDS * _PER_ROUND, note)


def evaluation(_county: County) -> Iterator[Result]:
    """Lines of facts through ``policy evaluate`` in one process: reading, judging, writing."""
    line = json.dumps({"id": "h", **_troubled()}, default=str).encode() + b"\n"
    lines, reader = line * 1000, Reader(load_packs())
    assert reader.read(line).facts, "a refused line would be quick"
    for profile in ("yangshuo", "all"):
        benches, best = Benches(load_packs(), profile), 0.0
        for _ in range(5):
            started = time.perf_counter()
            evaluate(BytesIO(lines), reader, benches, _DAY, as_json_line, as_json_line)
            best = max(best, 1000 / (time.perf_counter() - started))
        note = f"profile {profile}, a household with an ill member, a student, an unsafe house; best of 5"
        yield Result("evaluate_per_s", best, "households/s", 5000, note)


def validation(_county: County) -> Iterator[Result]:
    """The answers of one visit against the definition."""
    form = definition("2026-1")
    facts = clean_household()
    answers = {key: value for key, value in facts.items() if key in form.questions and value is not None}
    roster = {key: value for key, value in facts.items() if key in form.roster}
    value = _best_round_us(lambda: validate_answers(form, answers, roster, [], _DAY))
    note = f"{len(answers)} answers; quickest of {_ROUNDS} rounds; {machine()}"
    yield Result("validation_us", value, "us/visit", _ROUNDS * _PER_ROUND, note)


def weight(_county: County) -> Iterator[Result]:
    """What a grid member's phone loads before her first list."""
    build_pwa()
    command = ["node", "scripts/weigh.mjs"]  # ends with 1 above the budget; the figure counts all the same
    done = subprocess.run(command, cwd=ROOT / "pwa", capture_output=True, text=True, check=False)
    row = json.loads(done.stdout)
    yield Result("grid_member_gz", row["value"], row["unit"], row["n"], row["note"])


BENCHES: dict[str, Bench] = {
    "rule_evaluation_us": rule_evaluation,
    "explain_ms": explanation,
    "evaluate_per_s": evaluation,
    "validation_us": validation,
    "grid_member_gz": weight,
}
