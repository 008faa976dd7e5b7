"""The lists that people read: every number and rule of the county with its source and its settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from server.checklists.services import current_version, lexicon_of
from server.core import clock
from server.local_policy.models import REVOCATION
from server.local_policy.queries import Act
from server.local_policy.services import CountyPolicy, county_policy, entry_of, revocations
from server.policy.expression import parameters
from server.policy.loader import load_packs
from server.policy.local import PARAMETER, chosen_rules, own_rules, parameters_of, value_text
from server.policy.model import Pack, Parameter, Rule
from server.policy.words import Speaker

Wire = dict[str, Any]


def settings_of(region_code: str) -> list[Wire]:
    """Every setting of the county of a region, the newest signature first. Raises Problem: policy_altered."""
    policy = county_policy(region_code)
    acts = policy.acts
    ended = revocations(acts)
    names = _names(policy.profile)
    settings = [act for act in acts if act.kind != REVOCATION]
    latest = _latest_values(policy.profile, settings, ended)
    return [
        _setting(act, ended.get(act.id), names, _state(policy.profile, act, ended.get(act.id), latest))
        for act in reversed(settings)
    ]


def setting(region_code: str, key: object) -> Wire:
    """One setting of the county; the caller knows that it is there."""
    return next(entry for entry in settings_of(region_code) if entry["id"] == key)


def parameter_list(region_code: str) -> Wire:
    """Every number of the county's profile. Raises Problem: policy_altered."""
    policy, settings = county_policy(region_code), settings_of(region_code)
    return _listing(
        policy,
        [
            _parameter(policy, pack, own, settings)
            for pack, own in parameters_of(load_packs(), policy.profile)
        ],
    )


def rule_list(region_code: str) -> Wire:
    """Every rule of the county's profile, the choosable ones last. Raises Problem: policy_altered."""
    policy, settings = county_policy(region_code), settings_of(region_code)
    library, say = load_packs(), _speaker(policy)
    own = [(pack, rule, False) for pack, rule in own_rules(library, policy.profile)]
    lent = [(pack, rule, True) for pack, rule in chosen_rules(library, policy.profile)]
    return _listing(
        policy,
        [
            _rule(policy, pack, rule, settings) | {"words": say.condition(rule.when), "choosable": choosable}
            for pack, rule, choosable in own + lent
        ],
    )


def _speaker(policy: CountyPolicy) -> Speaker:
    """Says conditions with today's numbers and the words of today's checklist."""
    today = clock.today()
    packs = load_packs().packs_of(policy.profile)
    return Speaker(lexicon_of(current_version(today)), packs, policy.bench(today).params, today)


def _listing(policy: CountyPolicy, items: list[Wire]) -> Wire:
    day = clock.today()
    return {"profile": policy.profile, "day": day, "version": policy.bench(day).version, "items": items}


def _names(profile: str) -> dict[str, tuple[Mapping[str, str], str | None]]:
    """Label of everything that can be set, and the unit of a parameter."""
    library = load_packs()
    rules = [*own_rules(library, profile), *chosen_rules(library, profile)]
    labels: dict[str, tuple[Mapping[str, str], str | None]] = {
        rule.id: (rule.label, None) for _, rule in rules
    }
    return labels | {own.name: (own.label, own.unit) for _, own in parameters_of(library, profile)}


def _latest_values(
    profile: str, settings: Sequence[Act], ended: Mapping[Any, Act]
) -> dict[tuple[str, str], object]:
    """The setting that decides today, for each thing that several settings are about."""
    today = clock.today()
    return {
        (act.kind, act.name): act.id
        for act in settings
        if (entry := entry_of(profile, act, ended.get(act.id))) is not None and entry.covers(today)
    }


def _state(profile: str, act: Act, revocation: Act | None, latest: Mapping[tuple[str, str], object]) -> str:
    today = clock.today()
    if revocation is not None and revocation.since <= max(today, act.since):
        return "revoked"
    if entry_of(profile, act, revocation) is None:
        return "without_effect"
    if act.since > today:
        return "coming"
    if act.until is not None and act.until < today:
        return "past"
    decides = act.kind != PARAMETER or latest.get((act.kind, act.name)) == act.id
    return "in_force" if decides else "superseded"


def _setting(
    act: Act, revocation: Act | None, names: Mapping[str, tuple[Mapping[str, str], str | None]], state: str
) -> Wire:
    label, unit = names.get(act.name, (None, None))
    copied = ("id", "kind", "name", "value", "since", "until", "reason", "signer_name", "signed_at")
    return {key: getattr(act, key) for key in copied} | {
        "label": None if label is None else dict(label),
        "unit": unit,
        "state": state,
        "revoked": revocation,
    }


def _parameter(policy: CountyPolicy, pack: Pack, own: Parameter, settings: Iterable[Wire]) -> Wire:
    library, today = load_packs(), clock.today()
    in_force = pack in library.packs_on(policy.profile, today)
    day = library.day(policy.profile, today)
    return {
        "name": own.name,
        "label": dict(own.label),
        "unit": own.unit,
        "value": value_text(own.unit, policy.bench(today).params.get(own.name)),
        "default": value_text(own.unit, own.value(day)) if in_force else None,
        "least": value_text(own.unit, own.least),
        "origin": own.origin,
        "note": own.note,
        "articles": _articles(own.cites),
        "pack": pack.id,
        "in_force": in_force,
        "values": [_dated(own.unit, since, value) for since, value in own.values],
        "settings": [entry for entry in settings if (entry["kind"], entry["name"]) == (PARAMETER, own.name)],
    }


def _dated(unit: str, since: date, value: Any) -> Wire:
    return {"since": since, "value": value_text(unit, value)}


def _rule(policy: CountyPolicy, pack: Pack, rule: Rule, settings: Iterable[Wire]) -> Wire:
    today = clock.today()
    bench = policy.bench(today)
    on = {ruling.rule.id for ruling in (*bench.first, *bench.last)}
    return {
        "rule": rule.id,
        "label": dict(rule.label),
        "severity": rule.severity,
        "risks": list(rule.risks),
        "note": rule.note,
        "articles": _articles(rule.cites),
        "condition": rule.when,
        "parameters": sorted(parameters(rule.when)),
        "pack": pack.id,
        "pack_version": pack.version,
        "on": rule.id in on,
        "in_force": pack.in_force.covers(load_packs().day(policy.profile, today)),
        "settings": [entry for entry in settings if entry["kind"] != PARAMETER and entry["name"] == rule.id],
    }


def _articles(cites: Iterable[str]) -> list[Wire]:
    known = load_packs().articles
    return [{"id": key, "document": known[key].document, "text": known[key].text} for key in cites]
