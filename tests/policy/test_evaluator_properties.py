"""Random conditions over random facts: the evaluator against a naive one, and what missing means."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from server.policy.expression import compile_condition, names
from tests.policy import reference

CODES = ["a", "b", "none"]
numbers = st.integers(-3, 6) | st.sampled_from([Decimal("0.01"), Decimal("5000.00"), Decimal("-1.5")])
scalars = st.sampled_from(CODES) | numbers | st.booleans()
lists = st.lists(st.sampled_from(CODES), max_size=3)
items = st.dictionaries(st.sampled_from(["p", "q"]), scalars, max_size=2)
values = st.none() | scalars | lists
facts = st.fixed_dictionaries(
    {},
    optional={
        "x": values,
        "y": values,
        "l": st.none() | lists,
        "loop": st.none() | st.lists(items, max_size=3),
    },
)
params = st.fixed_dictionaries({}, optional={"P": numbers})


def names_of(in_item):
    named = [{"fact": "x"}, {"fact": "y"}, {"fact": "l"}]
    return st.sampled_from(named + ([{"item": "p"}, {"item": "q"}] if in_item else []))


def amounts(in_item):
    leaves = names_of(in_item) | numbers | st.just({"param": "P"})
    leaves |= st.sampled_from([{"count": "loop"}, {"size": "l"}, {"total": "loop", "of": "p"}])

    def grow(inner):
        pair = st.lists(inner, min_size=2, max_size=2)
        several = st.lists(inner, min_size=1, max_size=3)
        return st.one_of(
            several.map(lambda parts: {"sum": parts}),
            several.map(lambda parts: {"product": parts}),
            pair.map(lambda parts: {"minus": parts}),
            inner.map(lambda part: {"or_zero": part}),
        )

    return st.recursive(leaves, grow, max_leaves=4)


ORDERED = ["above", "at_least", "below", "at_most"]
OPERATORS = ["is", "is_not", "in", "not_in", "has", "lacks", "has_any", "empty", "known", "in_list", *ORDERED]


@st.composite
def comparisons(draw, in_item):
    if draw(st.booleans()):
        operator = draw(st.sampled_from(["is", "is_not", *ORDERED]))
        return {"value": draw(amounts(in_item)), operator: draw(amounts(in_item))}
    operator = draw(st.sampled_from(OPERATORS))
    return {**draw(names_of(in_item)), operator: draw(operands(operator, in_item))}


def operands(operator, in_item):
    if operator in ("empty", "known"):
        return st.booleans()
    if operator in ("in", "not_in", "has_any"):
        return st.lists(scalars, min_size=1, max_size=3)
    if operator == "in_list":
        return st.just({"fact": "l"})
    return amounts(in_item) if operator in ORDERED else scalars | names_of(in_item)


def conditions(in_item=False):
    def grow(inner):
        several = st.lists(inner, min_size=1, max_size=3)
        forms = [
            several.map(lambda parts: {"all": parts}),
            several.map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ]
        if not in_item:
            inside = conditions(in_item=True)
            forms.append(inside.map(lambda part: {"some": "loop", "where": part}))
            forms.append(inside.map(lambda part: {"every": "loop", "where": part}))
        return st.one_of(forms)

    return st.recursive(comparisons(in_item), grow, max_leaves=5)


@settings(max_examples=200, deadline=None)
@given(conditions(), facts, params)
def test_evaluator_agrees_with_the_naive_one(node, known, given_params):
    condition = compile_condition(node, known=None)
    assert condition.evaluate(known, given_params) is reference.truth(node, known, given_params)


@settings(max_examples=100, deadline=None)
@given(conditions(), facts, params)
def test_something_is_named_as_missing_exactly_when_the_truth_is_unknown(node, known, given_params):
    condition = compile_condition(node, known=None)
    missing = condition.missing(known, given_params)
    assert bool(missing) is (condition.evaluate(known, given_params) is None) or not names(node)
    assert missing <= names(node) | {"P"}


@settings(max_examples=100, deadline=None)
@given(conditions(), facts, params)
def test_only_a_true_condition_has_causes_and_they_are_its_own_facts(node, known, given_params):
    condition = compile_condition(node, known=None)
    causes = condition.causes(known, given_params)
    if condition.evaluate(known, given_params) is not True:
        assert causes == []
    assert {cause.fact for cause in causes} <= names(node)


@settings(max_examples=100, deadline=None)
@given(conditions(), facts, params, st.sampled_from(["x", "y"]), scalars)
def test_learning_one_more_fact_never_turns_true_into_false(node, known, given_params, name, learned):
    if known.get(name) is not None or mentions_absence(node):
        return
    condition = compile_condition(node, known=None)
    before = condition.evaluate(known, given_params)
    after = condition.evaluate(known | {name: learned}, given_params)
    assert before is None or before is after


def mentions_absence(node):
    if isinstance(node, dict):
        return bool(node.keys() & {"known", "or_zero"}) or any(map(mentions_absence, node.values()))
    return isinstance(node, list) and any(map(mentions_absence, node))
