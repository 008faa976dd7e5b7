"""Which answers say something of people's health, money and numbers, and who may get those answers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.contract.conformance import document
from tests.matrix import table

# Whole numbers of people and accounts are in no answer but one: there is no property for them.
REVEALED = {"id_number", "phone"}  # by households.reveal_member, for a reason, audited
UNMASKED = ("id_number", "phone_number", "telephone", "bank_account", "bank_card", "card_number")
SENSITIVE = re.compile(
    r"id_(masked|tail|card|number)|phone_|bank|card|illness|disab|pcni|net_prev|income_of|health"
)


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = document()
        for step in node["$ref"].split("/")[1:]:
            found = found[step]
        node = found
    return node


def _properties(node: dict[str, Any], seen: frozenset[str] = frozenset()) -> set[str]:
    """The names of all properties a schema may have, however deep."""
    if (reference := node.get("$ref")) in seen:
        return set()
    seen, node = seen | ({reference} if reference else set()), _resolved(node)
    found = set(node.get("properties", {}))
    inner = [*node.get("properties", {}).values(), *node.get("allOf", []), *node.get("oneOf", [])]
    inner += [node[name] for name in ("items", "additionalProperties") if isinstance(node.get(name), dict)]
    return found.union(*(_properties(each, seen) for each in inner))


def answers(app) -> dict[str, set[str]]:
    """Endpoint → the properties of its good answers."""
    rules = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method in rule.methods:
            rules[path, method.lower()] = rule.endpoint
    found: dict[str, set[str]] = {}
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                names = found.setdefault(rules[path, method], set())
                for status, reply in operation["responses"].items():
                    if status.startswith("2"):
                        contents = _resolved(reply).get("content", {}).values()
                        names |= set().union(*(_properties(content["schema"]) for content in contents))
    return found


def _classes() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = table.permitted()["fields"]
    return found


@pytest.mark.parametrize("kind", sorted(_classes()))
def test_what_tells_of_people_is_answered_to_those_who_care_for_them_only(_shared_app, kind):  # noqa: PT019
    properties, roles = set(_classes()[kind]["properties"]), set(_classes()[kind]["roles"])
    told = {name: found & properties for name, found in answers(_shared_app).items()}
    telling = {name for name, found in told.items() if found and _is_of_people(name)}
    assert telling or kind == "health_and_income"
    for name in telling:
        row = table.permitted()["operations"][name]
        assert isinstance(row, dict), f"{name} tells {told[name]} to everybody who is signed in"
        assert set(row) <= roles, f"{name} tells {told[name]} to {set(row) - roles}"


OF_NOBODY = {"local_policy", "fund", "checklists", "simulations", "workdays", "rule_health"}


def _is_of_people(name: str) -> bool:
    """The rules and the calculator have facts, addresses and present values too, of nobody."""
    return name.partition(".")[0] not in OF_NOBODY


def test_no_answer_has_a_place_for_a_whole_number(_shared_app):  # noqa: PT019
    for name, found in answers(_shared_app).items():
        allowed = REVEALED if name == "households.reveal_member" else set()
        assert not found & set(UNMASKED) - allowed, name


def test_every_property_that_sounds_like_it_is_classed(_shared_app):  # noqa: PT019
    classed = set().union(*(each["properties"] for each in _classes().values()))
    for name, found in answers(_shared_app).items():
        sounding = {one for one in found if SENSITIVE.search(one)} - classed - {"phone_version"}
        assert not sounding, f"{name}: say in permissions.yaml, under fields, who may get {sounding}"


def test_administrators_auditors_and_departments_are_in_no_class():
    for kind, each in _classes().items():
        assert not set(each["roles"]) & {"admin", "auditor", "department"}, kind
