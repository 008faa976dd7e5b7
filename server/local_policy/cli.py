"""``flask policy pack``: the rules of a profile as phones take them. Needs no database."""

from __future__ import annotations

import json

import click

from server.policy.compact import compact
from server.policy.loader import load_packs


@click.command("pack")
@click.option("--profile", required=True, help="Which place's rules: an id of profiles.yaml.")
def pack(profile: str) -> None:
    """Print the phone's rules of a profile, without any county's settings."""
    library = load_packs()
    if profile not in library.profiles:
        names = ", ".join(sorted(library.profiles))
        raise click.BadParameter(f"unknown profile {profile!r}; one of {names}", param_hint="--profile")
    click.echo(json.dumps(compact(library, profile), ensure_ascii=False, separators=(",", ":")))
