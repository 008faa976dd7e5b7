"""The digest's own conditions, evaluated apart from the packs: Python read by ``ast``, three-valued.

A name that is absent or null was not asked: any use of it is unknown, except ``is None`` and ``is not None``,
which are always decided. ``and``, ``or``, ``not``, ``any`` and ``all`` follow Kleene's tables.
"""

import ast
import json
import operator
from decimal import Decimal
from functools import cache
from pathlib import Path

DIGEST = json.loads((Path(__file__).parent / "digest_rules.json").read_text("utf-8"), parse_float=Decimal)
RULES = {rule["id"]: rule for rule in DIGEST["rules"]}
PARAMETERS = {name: Decimal(value) for name, value in DIGEST["parameters"].items()}
INCOME = ("inc_wage", "inc_biz", "inc_prop", "inc_trans")
ORDER = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
}
FUNCTIONS = {"len": len, "set": set, "bool": bool}


def rules_of(profile):
    """The rule ids of a profile by the digest's sets."""
    return {rule for rule, entry in RULES.items() if entry["set"] in DIGEST["profiles"][profile]}


def outcomes(facts):
    """True, False or None for every rule but R-XCK-01, which depends on the other rules of its profile."""
    known = with_derived(facts)
    return {rule: truth(RULES[rule]["when"], known) for rule in RULES if rule != "R-XCK-01"}


def in_profile(found, facts, profile):
    """What ``outcomes`` found, for the rules of one profile, with R-XCK-01 judged last."""
    own = {rule: found[rule] for rule in rules_of(profile) if rule in found}
    red = [outcome for rule, outcome in own.items() if RULES[rule]["severity"] == "red"]
    any_red = True if True in red else None if None in red else False
    known = facts | {"rules_any_red": any_red}
    return own | {"R-XCK-01": truth(RULES["R-XCK-01"]["when"], known)}


def with_derived(facts):
    """The facts with the derived values; one that is given wins."""
    known = {"pcni": pcni(facts), "rigid_total": rigid_total(facts)}
    known |= {name: truth(text, facts | known) for name, text in DIGEST["derived"].items()}
    given = {name: value for name, value in facts.items() if value is not None}
    return known | given


def pcni(facts):
    parts = [facts.get(name) for name in (*INCOME, "exp_biz", "n_members")]
    if None in parts or parts[-1] == 0:
        return None
    return (sum(map(Decimal, parts[:4])) - Decimal(parts[4])) / Decimal(parts[5])


def rigid_total(facts):
    if facts.get("ill") is None or facts.get("stu") is None:
        return None
    parts = [entry.get("ill_selfpay") for entry in facts["ill"]]
    parts += [entry.get("stu_selfpay") for entry in facts["stu"]]
    parts += [facts.get("acc_selfpay"), facts.get("rigid_exp"), facts.get("inc_claim")]
    return None if None in parts else sum(map(Decimal, parts[:-1])) - Decimal(parts[-1])


def truth(text, facts):
    return as_truth(value(parsed(text), facts))


@cache
def parsed(text):
    return ast.parse(text, mode="eval").body


def as_truth(found):
    return None if found is None else bool(found)


def every(parts):
    parts = list(parts)
    return False if False in parts else None if None in parts else True


def some(parts):
    parts = list(parts)
    return True if True in parts else None if None in parts else False


def negated(part):
    return None if part is None else not part


def value(node, names):
    """The value of an expression, None when it rests on something that is not known."""
    return FORMS[type(node)](node, names)


def name_value(node, names):
    return names.get(node.id)


def attribute(node, names):
    if node.value.id == "P":
        return PARAMETERS[node.attr]
    return names[node.value.id].get(node.attr)


def connected(node, names):
    join = every if isinstance(node.op, ast.And) else some
    return join(as_truth(value(part, names)) for part in node.values)


def inverted(node, names):
    return negated(as_truth(value(node.operand, names)))


def compared(node, names):
    sides = [node.left, *node.comparators]
    pairs = zip(sides, node.ops, sides[1:], strict=False)
    return every(one_comparison(left, op, right, names) for left, op, right in pairs)


def one_comparison(left, op, right, names):
    if isinstance(op, ast.Is | ast.IsNot):
        return (value(left, names) is None) == isinstance(op, ast.Is)
    a, b = value(left, names), value(right, names)
    return None if a is None or b is None else ORDER[type(op)](a, b)


def calculated(node, names):
    a, b = value(node.left, names), value(node.right, names)
    return None if a is None or b is None else ARITHMETIC[type(node.op)](a, b)


def called(node, names):
    name, [argument] = node.func.id, node.args
    if name in ("any", "all"):
        return quantified(argument, names, every if name == "all" else some)
    found = value(argument, names)
    return None if found is None else FUNCTIONS[name](found)


def quantified(node, names, join):
    """``any(x for i in loop if c)`` is: some item has c and x; ``all(...)``: no item has c without x."""
    [loop] = node.generators
    items = value(loop.iter, names)
    if items is None:
        return None
    parts = []
    for entry in items:
        inner = names | {loop.target.id: entry}
        holds = as_truth(value(node.elt, inner))
        chosen = every(as_truth(value(test, inner)) for test in loop.ifs)
        parts.append(every([chosen, holds]) if join is some else some([negated(chosen), holds]))
    return join(parts)


FORMS = {
    ast.BoolOp: connected,
    ast.UnaryOp: inverted,
    ast.Compare: compared,
    ast.BinOp: calculated,
    ast.Call: called,
    ast.Attribute: attribute,
    ast.Name: name_value,
    ast.Constant: lambda node, names: node.value,
    ast.Set: lambda node, names: {entry.value for entry in node.elts},
    ast.List: lambda node, names: [entry.value for entry in node.elts],
}
