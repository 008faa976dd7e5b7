"""The question: which parameters get another value and which rules are off. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from server.policy.codegen import program, rules_using
from server.policy.engine import Bench
from server.policy.expression import ANY_RULE
from server.policy.generated import Program
from server.policy.loader import load_packs
from server.policy.local import LocalRefused, parameter_named, read_setting
from server.policy.model import BY_CAUSE

Errors = dict[str, list[dict[str, str]]]


class ChangeRefused(ValueError):
    """The question cannot be asked; ``errors`` names each part of it that is wrong."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("; ".join(f"{key}: {each[0]['message']}" for key, each in errors.items()))
        self.errors = errors


@dataclass(frozen=True)
class Change:
    """Parameters with their other value, and rules that are off."""

    params: Mapping[str, Decimal | int] = field(default_factory=dict)
    off: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """What has to be judged to answer: the rules as they are, and those that may come out differently.

    ``then`` judges only ``touched`` rules: the ``affected`` ones, and those that an affected rule asks for.
    ``whole`` judges all as they are, for households whose last judgement was by other rules than today's.
    """

    affected: frozenset[str]
    touched: frozenset[str]
    off: frozenset[str]
    whole: Program
    then: Program
    by_cause: frozenset[str]


def read_change(bench: Bench, parameters: Mapping[str, str], rules_off: Sequence[str]) -> Change:
    """Check a question against a county's rules. Raises ChangeRefused naming every wrong part."""
    errors: Errors = {}
    params: dict[str, Decimal | int] = {}
    for name, text in parameters.items():
        try:
            params[name] = read_parameter(bench, name, text)
        except LocalRefused as error:
            errors[f"parameters.{name}"] = [{"code": error.code, "message": error.message}]
    known = {ruling.rule.id for ruling in (*bench.first, *bench.last)}
    for place, rule in enumerate(rules_off):
        if rule not in known:
            message = f"{rule!r} is not a rule in force here"
            errors[f"rules_off.{place}"] = [{"code": "unknown_rule", "message": message}]
    if errors:
        raise ChangeRefused(errors)
    return Change(params, frozenset(rules_off))


def read_parameter(bench: Bench, name: str, text: str) -> Decimal | int:
    """A parameter's value from text. Raises LocalRefused: no such parameter in force, or no such value."""
    own = parameter_named(load_packs(), bench.profile, name)
    if name not in bench.params:
        raise LocalRefused("name", "unknown_name", f"{name!r} is not in force today")
    return read_setting(own, text)


def plan(bench: Bench, change: Change) -> Plan:
    """What to judge. Raises CannotCompile, ParameterRefused."""
    affected, touched = _touched(bench, change)
    params = {**bench.params, **change.params}
    by_cause = {r.rule.id for r in (*bench.first, *bench.last) if r.rule.risks == (BY_CAUSE,)}
    return Plan(
        affected=affected,
        touched=touched,
        off=change.off,
        whole=program(bench, bench.params),
        then=program(bench, params, touched - change.off),
        by_cause=frozenset(by_cause),
    )


def _touched(bench: Bench, change: Change) -> tuple[frozenset[str], frozenset[str]]:
    """Rules that may come out differently; and with them all that they ask for."""
    differing = [name for name, value in change.params.items() if bench.params[name] != value]
    affected = set(rules_using(bench, differing)) | change.off
    severities = {r.rule.id: r.rule.severity for r in bench.first}
    changing = {severities.get(rule, "") for rule in affected}
    support: set[str] = set()
    for ruling in bench.last:
        asked = _severities_asked(ruling.rule.when)
        if ruling.rule.id in affected or asked & changing:
            affected.add(ruling.rule.id)
            support |= {rule for rule, own in severities.items() if own in asked}
    return frozenset(affected), frozenset(affected | support)


def _severities_asked(node: object) -> set[str]:
    if isinstance(node, Mapping):
        own = {str(node[ANY_RULE])} if ANY_RULE in node else set()
        return own.union(*(_severities_asked(body) for body in node.values()))
    if isinstance(node, list | tuple):
        return set().union(*(_severities_asked(part) for part in node))
    return set()
