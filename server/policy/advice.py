"""A change of facts in words: what would have to be otherwise for a light to go out, and how far off."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .amounts import Answers, Place
from .comparisons import ORDERS
from .model import Text
from .parts import Part, read_names
from .repairs import alike
from .results import plain_value
from .words import Speaker, both, figure, unit_of, unit_words
from .world import Edit, Linear, Spot, World, gap

_INSURANCE = "ins_gap"
_REGISTER: Text = {
    "zh": "（登记事项，先核对台账再改）",
    "en": " (a register entry: check and correct the register first)",
}


def advice(
    world: World,
    edit: Edit,
    places: list[Place],
    say: Speaker,
    enough: Mapping[Spot, Answers],
) -> dict[str, Any]:
    """A change as JSON: its steps, and all of it in one sentence. ``enough``: what does for open amounts."""
    said, steps = [], []
    for spot, after in edit.items():
        step = _step(world, spot, after, places, say) | _asking(spot, enough.get(spot), say)
        said.append(_of(world.whose(spot), _with_distance(step)))
        steps.append(step | {"words": _named(world, spot, step["words"])})
    return {
        "words": both("；".join(one["zh"] for one in said), "; ".join(one["en"] for one in said)),
        "steps": steps,
    }


def _named(world: World, spot: Spot, words: Text) -> Text:
    """A step's words with the position of a person who has no id; the id stands beside it otherwise."""
    return words if world.who(spot) is not None else _of(world.whose(spot), words)


def _of(whose: Text | None, words: Text) -> Text:
    return words if whose is None else both(f"{whose['zh']}：{words['zh']}", f"{whose['en']}: {words['en']}")


def _with_distance(step: dict[str, Any]) -> Text:
    """A step where nobody can see beside it how far it is."""
    far, words = step["distance"], step["words"]
    return words if far is None else both(f"{far['zh']}：{words['zh']}", f"{far['en']}: {words['en']}")


def _step(world: World, spot: Spot, after: Any, places: list[Place], say: Speaker) -> dict[str, Any]:
    word, before = world.word(spot), world.value(spot)
    found = _distance(world, spot, places, say) if isinstance(after, int | Decimal) else None
    words = _words(world, spot, before, after, say)
    if found is not None:
        words = _or_instead(words, found[1], say)
    if word.fixed:
        words = both(words["zh"] + _REGISTER["zh"], words["en"] + _REGISTER["en"])
    removed, added = _entries(before, after)
    return {
        "fact": spot.name,
        "item": world.who(spot),
        "index": spot.at,
        "label": dict(word.label),
        "before": plain_value(before),
        "after": plain_value(after),
        "by": _by(before, after),
        "removed": removed,
        "added": added,
        "instead": found[1] if found is not None else [],
        "fixed": word.fixed,
        "any_value": False,
        "distance": found[0] if found is not None else None,
        "words": words,
    }


def _asking(spot: Spot, enough: Answers | None, say: Speaker) -> dict[str, Any]:
    """What to say instead where more than one answer does."""
    if enough is None or (enough.low is not None and enough.low == enough.high):
        return {}
    label, (zh, en) = say.label(spot.name), _which(spot, enough, say)
    words = both(f"把{label['zh']}补采上（{zh}）", f"collect {label['en']} ({en})")
    return {"words": words, "distance": None} | ({"after": None, "any_value": True} if enough.any else {})


def _which(spot: Spot, enough: Answers, say: Speaker) -> tuple[str, str]:
    if enough.any:
        return "问到即可", "any answer will do"
    low, high, but = (say.value(spot.name, value) for value in (enough.low, enough.high, enough.but))
    if enough.but is not None:
        return f"只要不是 {but['zh']}就熄灭", f"any answer but {but['en']}"
    if enough.high is None:
        return f"不少于 {low['zh']}时熄灭", f"at least {low['en']}"
    if enough.low is None:
        return f"不多于 {high['zh']}时熄灭", f"at most {high['en']}"
    return f"{low['zh']}到 {high['zh']}之间时熄灭", f"from {low['en']} to {high['en']}"


def _by(before: Any, after: Any) -> Any:
    if isinstance(after, bool) or not isinstance(after, int | Decimal) or before is None:
        return None
    return plain_value(after - before)


def _entries(before: Any, after: Any) -> tuple[list[Any], list[Any]]:
    if not isinstance(after, list):
        return [], []
    earlier = before if isinstance(before, list) else []
    taken = [
        entry.get("who") if isinstance(entry, dict) else entry for entry in earlier if entry not in after
    ]
    return [entry for entry in taken if entry is not None], [entry for entry in after if entry not in earlier]


def _words(world: World, spot: Spot, before: Any, after: Any, say: Speaker) -> dict[str, str]:
    label = say.label(spot.name)
    zh, en = label["zh"], label["en"]
    new = say.value(spot.name, after)
    if before is None:
        return both(f"补问{zh}，答案是“{new['zh']}”时熄灭", f"ask {en}; with “{new['en']}” it goes out")
    if isinstance(after, list):
        return _list_words(zh, en, spot, before, after, say)
    old = say.value(spot.name, before)
    if isinstance(after, bool) or not isinstance(after, int | Decimal):
        return both(
            f"{zh}由“{old['zh']}”变为“{new['zh']}”", f"{en} changes from “{old['en']}” to “{new['en']}”"
        )
    more = after > before
    by = say.value(spot.name, abs(after - before))
    return both(
        f"{zh}{'增加' if more else '减少'} {by['zh']}（{old['zh']} → {new['zh']}）",
        f"{en} {by['en']} {'more' if more else 'less'} ({old['en']} → {new['en']})",
    )


def _list_words(zh: str, en: str, spot: Spot, before: Any, after: list[Any], say: Speaker) -> dict[str, str]:
    removed = [entry for entry in before if entry not in after]
    added = [entry for entry in after if entry not in before]
    if spot.name == _INSURANCE and not added:
        n = len(removed)
        return both(f"为 {n} 名成员补上参保证明", f"insurance proof for {n} member{'s' if n > 1 else ''}")
    old, new = _quoted(spot, removed, say), _quoted(spot, added, say)
    if not removed:
        return both(f"{zh}加上{new['zh']}", f"{en} with {new['en']}")
    took = both(f"{zh}去掉{old['zh']}", f"{en} without {old['en']}")
    return took if not added else both(f"{took['zh']}，加上{new['zh']}", f"{took['en']}, with {new['en']}")


def _quoted(spot: Spot, entries: list[Any], say: Speaker) -> Text:
    said = say.value(spot.name, entries)
    people = say.lexicon.word(spot.name).kind in ("members", "loop")
    return both(f" {said['zh']}", said["en"]) if people else both(f"“{said['zh']}”", f"“{said['en']}”")


def _distance(
    world: World, spot: Spot, places: list[Place], say: Speaker
) -> tuple[dict[str, str], list[str]] | None:
    """How far the compared amount is from its limit, and the other places that would do as well."""
    for part, here in places:
        if part.operator not in ORDERS or part.right is None:
            continue
        line = gap(part, world, here)
        if line.value is None or not line.slopes.get(spot):
            continue
        same = next((group for group in alike(line, world) if spot in group), [spot])
        others = [other for other in same if other != spot and other.loop is None and spot.loop is None]
        names = [other.name for other in others if (line.slopes[other] > 0) == (line.slopes[spot] > 0)]
        return _lead(part, line, say), names
    return None


def _lead(part: Part, line: Linear, say: Speaker) -> dict[str, str]:
    assert part.left is not None
    assert part.right is not None
    assert line.value is not None
    left, right = say.expression(part.left.node), say.limit(part.name, part.right.node)
    zh, en = _unit(part.left.node, say)
    far = figure(abs(line.value))
    if not line.value:
        return both(f"{left['zh']}正好等于{right['zh']}", f"{left['en']} is exactly {right['en']}")
    side = ("高", "above") if line.value > 0 else ("低", "below")
    return both(
        f"{left['zh']}比{right['zh']}{side[0]} {far}{zh}",
        f"{left['en']} is {far}{en} {side[1]} {right['en']}",
    )


def _unit(node: Any, say: Speaker) -> tuple[str, str]:
    words = [say.lexicon.word(name) for name, _ in read_names(node)]
    return unit_of(words[0]) if words and all(word.kind == "int" for word in words) else unit_words("CNY")


def _or_instead(words: dict[str, str], instead: list[str], say: Speaker) -> dict[str, str]:
    if not instead:
        return words
    labels = [say.label(name) for name in instead]
    zh, en = "".join(one["zh"] for one in labels), ", ".join(one["en"] for one in labels)
    return both(f"{words['zh']}，或者{zh}中任何一项变动同样多", f"{words['en']}, or as much of {en}")
