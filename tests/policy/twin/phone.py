"""Asks the phone's engine: questions as JSON lines, one answer a line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
RUNNER = Path(__file__).with_name("runner.mjs")
#: Integers beyond it, and amounts of more digits than a double keeps, travel as {"$n": text}.
LARGEST = 2**53
DIGITS = 15


def bundle(out: Path, *options: str) -> Path:
    """Bundle the engine of the phone into one file that Node can run."""
    command = ["node", "scripts/bundle_policy.mjs", str(out), *options]
    subprocess.run(command, cwd=ROOT / "pwa", check=True, stdin=subprocess.DEVNULL)
    return out


def ask(engine: Path, questions: Iterable[str], folder: Path) -> list[str]:
    """The engine's answers, in the order of the questions that ask something."""
    path, out = folder / "questions.ndjson", folder / "answers.txt"
    path.write_text("\n".join(questions), encoding="utf-8")
    command = ["node", str(RUNNER), str(engine), str(path), str(out)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return out.read_text(encoding="utf-8").split("\n")[:-1]


def written(value: Any) -> str:
    """A question as one line of JSON; Decimals become numbers where a double holds them exactly."""
    return json.dumps(_wire(value), ensure_ascii=False, separators=(",", ":"))


def _wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _wire(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(entry) for entry in value]
    if isinstance(value, Decimal):
        short = len(value.as_tuple().digits) <= DIGITS
        return float(value) if short else {"$n": f"{value:f}"}
    if type(value) is int and abs(value) > LARGEST:
        return {"$n": str(value)}
    return value
