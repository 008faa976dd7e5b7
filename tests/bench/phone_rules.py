"""The rules on the phone: what engine and rules weigh, and how long one judgement takes on a slow phone."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from server.policy.compact import compact
from server.policy.loader import load_packs
from tests.bench.common import Bench, County, Result, clean_household
from tests.policy.twin.phone import bundle, written
from tests.support.phone import ARGUMENTS, chromium

BUDGET_KB, BUDGET_MS, SLOW, ROUNDS = 14, 5, 6, 200
DAY = "2026-11-22"
_NAMES = ("nanning", "heshan", "yangshuo", "pinggui", "ningxia")
_JUDGE = """async ([code, pack, day, facts, rounds]) => {
  const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const { openBench } = await import(address);
  const begun = performance.now();
  const bench = openBench(JSON.parse(pack), day);
  const opened = performance.now() - begun;
  const times = [];
  for (let n = 0; n < rounds; n += 1) {
    const started = performance.now();
    bench.judge(JSON.parse(facts[n % facts.length]));
    times.push(performance.now() - started);
  }
  return { opened, first: times[0], times };
}"""


def _packs() -> dict[str, str]:
    library = load_packs()
    return {
        name: json.dumps(compact(library, name), ensure_ascii=False, separators=(",", ":")) for name in _NAMES
    }


def _engine(folder: str, *options: str) -> str:
    return bundle(Path(folder) / "engine.mjs", *options).read_text(encoding="utf-8")


def weight(_county: County) -> Iterator[Result]:
    """Engine and rules as they travel, gzipped one by one; the heaviest profile counts."""
    with tempfile.TemporaryDirectory() as folder:
        engine = _gz(_engine(folder, "--minify", "src/core/policy/engine.ts"))
    rules = {name: _gz(text) for name, text in _packs().items()}
    heaviest = max(rules, key=lambda name: rules[name])
    listed = ", ".join(f"{name} {size:.1f}" for name, size in rules.items())
    note = f"engine {engine:.1f} + {heaviest}; rules: {listed}; budget {BUDGET_KB} KB"
    yield Result("phone_rules_gz", engine + rules[heaviest], "KB", len(rules), note)


def _gz(text: str) -> float:
    return len(gzip.compress(text.encode(), 9)) / 1024


def _households() -> list[str]:
    """A household with nothing wrong, one with much wrong, and one of whom little was asked."""
    clean: dict[str, Any] = clean_household()
    ill = [
        {"who": f"m{n}", "ill_type": "serious", "ill_selfpay": 20000.5, "ill_selffund": 10} for n in range(3)
    ]
    troubled = clean | {"ill": ill, "house_state": "D", "house_fix": "cannot", "shock": ["disaster"]}
    troubled |= {"hardship_src": ["medical", "house", "shock", "work"], "pcni": 4000, "biz_event": "market"}
    little = {name: clean[name] for name in ("n_members", "kind", "lifted", "released", "online_flag")}
    return [written(facts) for facts in (clean, troubled, little)]


def speed(_county: County) -> Iterator[Result]:
    """One judgement in Chromium at a sixth of the speed, while a form is filled in."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        code, pack = _engine(folder), _packs()["nanning"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page()
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
        found = page.evaluate(_JUDGE, [code, pack, DAY, _households(), ROUNDS])
        browser.close()
    times = sorted(found["times"])
    note = (
        f"median of clean, troubled and hardly asked households, 45 rules of nanning, {SLOW}x CPU throttle; "
        f"p95 {times[int(len(times) * 0.95)]:.1f}, first {found['first']:.1f}, compiling the rules once "
        f"{found['opened']:.1f}; budget {BUDGET_MS} ms"
    )
    yield Result("phone_rules_ms", times[len(times) // 2], "ms", len(times), note)


BENCHES: dict[str, Bench] = {"phone_rules_gz": weight, "phone_rules_ms": speed}
