"""``flask demo``: seed the demo county, show its users."""

from __future__ import annotations

import json
from datetime import datetime

import click
from flask import Flask
from flask.cli import AppGroup

from server.accounts import queries as accounts
from server.core import clock
from server.core.scope import EVERYTHING, region_scope
from server.demo import places
from server.demo import seed as seeding
from server.demo.users import PASSWORD
from server.regions import queries as regions

group = AppGroup("demo", help="A made-up county to try the system with.")
_SHOWN_PER_ROLE = 3


def init_app(app: Flask) -> None:
    """Add ``flask demo …``."""
    app.cli.add_command(group)


@group.command("seed")
@click.option("--county", type=click.Choice(sorted(places.COUNTIES)), default="450321", show_default=True)
@click.option("--households", type=click.IntRange(min=2), default=2000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Same number, same data.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day with visits; today when not given."
)
def seed(county: str, households: int, seed: int, until: datetime | None) -> None:
    """Fill an empty database with the demo county."""
    last_day = until.date() if until else clock.today()
    wish = seeding.Wish(county=county, households=households, seed=seed, until=last_day)
    with region_scope(EVERYTHING):
        if not seeding.is_empty():
            click.echo("The database already holds data; nothing was changed.")
            return
        seeding.seed(wish, click.echo)
        _print_users(as_json=False)


@group.command("users")
@click.option("--json", "as_json", is_flag=True, help="All users as one JSON list.")
def users(as_json: bool) -> None:
    """Show the demo users and their password."""
    with region_scope(EVERYTHING):
        _print_users(as_json=as_json)


def _print_users(*, as_json: bool) -> None:
    found = _described()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    shown: dict[str, int] = {}
    click.echo(f"{'user':<12}{'password':<16}{'role':<17}region")
    for user in found:
        shown[user["role"]] = shown.get(user["role"], 0) + 1
        if shown[user["role"]] <= _SHOWN_PER_ROLE:
            place = f"{user['region_code']} {user['region_name']} ({user['display_name']})"
            click.echo(f"{user['username']:<12}{PASSWORD:<16}{user['role']:<17}{place}")
    click.echo(f"{len(found)} users in all; every one has this password.")


def _described() -> list[dict[str, str]]:
    everyone = sorted(accounts.all_users(), key=lambda user: (user.role, len(user.username), user.username))
    names = regions.names_of(user.region_code for user in everyone if user.region_code.isdigit())
    return [
        {
            "username": user.username,
            "password": PASSWORD,
            "role": user.role,
            "display_name": user.display_name,
            "region_code": user.region_code,
            "region_name": "".join(names.get(code, "") for code in regions.ancestors(user.region_code)),
        }
        for user in everyone
    ]
