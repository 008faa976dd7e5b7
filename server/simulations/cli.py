"""``flask policy simulate``: what other figures would do to the households of this database."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from server.core import clock
from server.core.scope import EVERYTHING, region_scope
from server.flags.services import today_bench
from server.policy import engine
from server.policy.engine import Bench
from server.policy.loader import load_packs
from server.regions import queries as regions
from server.simulations import services
from server.simulations.services import Change, ChangeRefused


@click.command("simulate")
@click.option("--profile", required=True, help="Which place's rules: an id of profiles.yaml.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Another value of a parameter.")
@click.option("--off", "off", multiple=True, metavar="RULE", help="A rule that is off.")
@click.option("--county", help="Code of the county; all households when there are several and none is named.")
@with_appcontext
def simulate(profile: str, settings: tuple[str, ...], off: tuple[str, ...], county: str | None) -> None:
    """Count the households that would enter and leave each rule and kind; prints JSON."""
    if profile not in load_packs().profiles:
        raise click.BadParameter(f"unknown profile {profile!r}", param_hint="--profile")
    with region_scope(EVERYTHING):
        region = _county(county)
        bench = _bench(profile, region)
        found = services.simulate(region, _change(bench, settings, off), bench)
    click.echo(json.dumps(found, ensure_ascii=False, default=str))


def _county(named: str | None) -> str:
    known = regions.counties()
    if named is not None and named not in known:
        raise click.BadParameter(f"no county {named!r} in this database", param_hint="--county")
    return named or (known[0] if len(known) == 1 else EVERYTHING)


def _bench(profile: str, county: str) -> Bench:
    """The county's own rules with its settings where the profile is its own, else those of the packs."""
    if county and profile == current_app.extensions["settings"].profile:
        return today_bench(county)
    return engine.bench(profile, clock.today())


def _change(bench: Bench, settings: tuple[str, ...], off: tuple[str, ...]) -> Change:
    parts: dict[str, Any] = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
        if name.strip() in parts:
            raise click.BadParameter(f"{name.strip()} is set twice", param_hint="--set")
        parts[name.strip()] = value.strip()
    try:
        return services.read_change(bench, parts, off)
    except ChangeRefused as error:
        raise click.BadParameter(str(error), param_hint="--set" if parts else "--off") from error
