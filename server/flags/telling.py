"""What an explanation says of a light that a run or a person closed, and of one whose rule is gone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.flags.models import CLOSED

Wire = dict[str, Any]


def as_it_stands(light: Mapping[str, Any], found: Mapping[str, Any], version: str | None) -> Wire:
    """The runs behind a light; of one that is out also that it was lit, and what put it out."""
    runs = {"opened_by": light["opened_by"], "closed_by": light["closed_by"]}
    if light["state"] != CLOSED:
        return runs
    # Nothing is left to clear.
    return runs | {
        "state": CLOSED,
        "words": _went_out(light, found["words"], version),
        "ask": [],
        "change": None,
        "alternatives": [],
    }


def _went_out(light: Mapping[str, Any], words: Mapping[str, str], version: str | None) -> Wire:
    pack = f"{light['pack']} {light['pack_version']}"
    if (run := light["closed_by"]) is None:
        return {
            "zh": f"按规则版本 {pack} 亮灯，后由审核人排除。规则：{words['zh']}",
            "en": f"Lit by rules version {pack}; dismissed by a reviewer since. The rule: {words['en']}",
        }
    lit, now = f"{pack} · {version}" if version else pack, run["version"]
    return {
        "zh": f"按规则版本 {lit} 曾亮灯；{run['day']} 规则变更（版本 {now}）后已熄灭。"
        f"当时的规则：{words['zh']}",
        "en": f"Lit by rules version {lit}; no longer lit since the rules changed on {run['day']} "
        f"(version {now}). The rule then: {words['en']}",
    }


def kept_words(light: Mapping[str, Any]) -> Wire:
    """An explanation of what the light itself keeps, where no pack holds its rule any more."""
    label = dict(light["label"])
    place: Wire = {"item": None, "index": None}
    whole: Wire = {"form": "test", "words": label, "heading": None, "truth": True, "parts": []} | place
    copied = {name: light[name] for name in ("rule", "severity", "articles", "pack", "pack_version")}
    operands = [_operand(cause) for cause in light["causes"]]
    nothing: Wire = {"parameters": [], "ask": [], "change": None, "alternatives": []}
    return {
        **copied,
        **nothing,
        "label": label,
        "state": "met",
        "words": label,
        "tree": whole,
        "operands": operands,
    }


def _operand(cause: Mapping[str, Any]) -> Wire:
    value = cause["value"]
    text = "、".join(map(str, value)) if isinstance(value, list) else "—" if value is None else str(value)
    name = cause["fact"]
    return {
        "fact": name,
        "item": None,
        "index": None,
        "label": cause["label"] or {"zh": name, "en": name},
        "value": value,
        "text": {"zh": text, "en": text},
        "source": "given",
        "steps": None,
    }
