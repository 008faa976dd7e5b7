"""A second evaluator of the condition language, written for clarity only; the real one is held against it."""

from fractions import Fraction
from functools import reduce

ORDER = {
    "above": lambda a, b: a > b,
    "at_least": lambda a, b: a >= b,
    "below": lambda a, b: a < b,
    "at_most": lambda a, b: a <= b,
}


def truth(node, facts, params, item=None):  # noqa: PLR0911 - one return a form
    """True, False or None by Kleene's tables."""
    if "all" in node:
        return reduce(kleene_and, (truth(part, facts, params, item) for part in node["all"]))
    if "any" in node:
        parts = [kleene_not(truth(part, facts, params, item)) for part in node["any"]]
        return kleene_not(reduce(kleene_and, parts))
    if "not" in node:
        return kleene_not(truth(node["not"], facts, params, item))
    if "every" in node or "some" in node:
        items = facts.get(node.get("every") or node.get("some"))
        if items is None:
            return None
        parts = [truth(node["where"], facts, params, entry) for entry in items]
        if "some" in node:
            return kleene_not(reduce(kleene_and, map(kleene_not, parts), True))
        return reduce(kleene_and, parts, True)
    return comparison(node, facts, params, item)


def kleene_and(a, b):
    return False if a is False or b is False else None if a is None or b is None else True


def kleene_not(a):
    return None if a is None else not a


def comparison(node, facts, params, item):  # noqa: C901, PLR0911 - one return an operator
    [operator] = [key for key in node if key not in ("fact", "item", "value")]
    left = value(
        {k: v for k, v in node.items() if k in ("fact", "item")} or node.get("value"), facts, params, item
    )
    if operator == "known":
        return (left is not None) == node["known"]
    if left is None:
        return None
    if operator == "empty":
        return (len(left) == 0) == node["empty"] if isinstance(left, list) else None
    if operator in ("in", "not_in", "has_any"):
        options = [exact(option) for option in node[operator]]
        if operator == "has_any":
            return any(exact(entry) in options for entry in left) if isinstance(left, list) else None
        return None if isinstance(left, list) else (exact(left) in options) == (operator == "in")
    right = value(node[operator], facts, params, item)
    if right is None:
        return None
    if operator in ("in_list", "not_in_list"):
        if isinstance(left, list) or not isinstance(right, list):
            return None
        return (exact(left) in map(exact, right)) == (operator == "in_list")
    if operator in ("has", "lacks"):
        if not isinstance(left, list) or isinstance(right, list):
            return None
        return (exact(right) in map(exact, left)) == (operator == "has")
    return scalars(operator, left, right)


def scalars(operator, left, right):
    if isinstance(left, list) or isinstance(right, list):
        return None
    (kind, a), (other, b) = exact(left), exact(right)
    if operator in ("is", "is_not"):
        return ((kind, a) == (other, b)) == (operator == "is")
    return ORDER[operator](a, b) if kind == other == "number" else None


def exact(scalar):
    if isinstance(scalar, bool):
        return "bool", scalar
    if isinstance(scalar, str):
        return "text", scalar
    return "number", Fraction(str(scalar))


def value(node, facts, params, item):
    if not isinstance(node, dict):
        return node
    if "total" in node:
        items = facts.get(node["total"])
        return None if items is None else added([entry.get(node["of"]) for entry in items])
    [(word, body)] = node.items()
    if word in ("fact", "item", "param"):
        return {"fact": facts, "item": item or {}, "param": params}[word].get(body)
    if word in ("count", "size"):
        return len(facts[body]) if isinstance(facts.get(body), list) else None
    if word == "or_zero":
        inner = value(body, facts, params, item)
        return inner if number(inner) is not None else 0
    return calculated(word, [number(value(part, facts, params, item)) for part in body])


def calculated(word, parts):
    if None in parts:
        return None
    if word == "sum":
        return added(parts)
    if word == "product":
        return reduce(lambda a, b: a * b, parts, Fraction(1))
    if word == "minus":
        return parts[0] - parts[1]
    return None if parts[1] == 0 else parts[0] / parts[1]


def added(parts):
    numbers = [number(part) for part in parts]
    return None if None in numbers else sum(numbers, Fraction(0))


def number(scalar):
    if scalar is None or isinstance(scalar, bool | str | list):
        return None
    return scalar if isinstance(scalar, Fraction) else Fraction(str(scalar))
