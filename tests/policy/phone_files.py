"""What the phone's tests and its English screens take from the packs: ``python -m tests.policy.phone_files``.

vitest reads no YAML and no Python, so the cases beside the packs are written out once, with the rules as a
phone gets them. A test says when they are no longer what the packs say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from server.config import ROOT
from server.policy.compact import compact, english_names
from server.policy.loader import PACKS, load_packs

NAMES = ROOT / "pwa/src/i18n/rules.en.json"
CASES = ROOT / "tests/policy/pack_cases.json"
DAY = "2026-11-20"


def texts() -> Mapping[Path, str]:
    """Both files as the packs would have them."""
    names = json.dumps(english_names(load_packs()), ensure_ascii=False, indent=2, sort_keys=True)
    lines = ",\n    ".join(json.dumps(case, ensure_ascii=False) for case in _cases())
    clean = json.dumps(_read(PACKS / "common/tests/clean_household.yaml"), ensure_ascii=False)
    rules = json.dumps(compact(load_packs(), "all"), ensure_ascii=False)
    cases = (
        f'{{\n  "day": "{DAY}",\n  "pack": {rules},\n  "clean": {clean},\n  "cases": [\n    {lines}\n  ]\n}}'
    )
    return {NAMES: f"{names}\n", CASES: f"{cases}\n"}


def _cases() -> list[dict[str, Any]]:
    paths = (path for path in sorted(PACKS.glob("*/tests/*.yaml")) if path.name != "clean_household.yaml")
    return [case for path in paths for case in _read(path)]


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
