"""Commands for accounts: how the first administrator comes into being, and how a password is replaced."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup
from marshmallow import ValidationError

from server.accounts import passwords, queries, services
from server.core import permissions
from server.core.db import transaction
from server.core.names import NameText
from server.core.permissions import ROLES
from server.core.scope import EVERYTHING, NOTHING, region_scope
from server.regions import queries as regions

group = AppGroup("accounts", help="Accounts of people.")


def init_app(app: Flask) -> None:
    """Add ``flask accounts …``."""
    app.cli.add_command(group)


def _hash(password: str) -> str:
    try:
        return passwords.hash_password(password)
    except passwords.PasswordRefused as error:
        raise click.UsageError(str(error)) from error


def _named(_: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """A name by the rule of forms and sheets, tidied; what need not be given may be blank."""
    if text is None:
        return None
    try:
        return NameText(shortest=int(option.required)).deserialize(text) or None
    except ValidationError as error:
        raise click.BadParameter(" ".join(error.messages)) from error


@group.command("create")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option(
    "--region", "region_code", default=NOTHING, help="Region code; everything under it can be seen."
)
@click.option("--name", "display_name", required=True, callback=_named, help="Name shown to others.")
@click.option("--department", default=None, callback=_named)
@click.password_option(help="At least 8 characters; asked for when not given.")
def create(
    username: str, role: str, region_code: str, display_name: str, department: str | None, password: str
) -> None:
    """Create an account."""
    password_hash = _hash(password)
    form = services.NewUser(
        username=username,
        display_name=display_name,
        role=role,
        region_code=region_code,
        department=department,
    )
    with region_scope(EVERYTHING), transaction():
        if queries.user_by_name(username) is not None:
            raise click.UsageError(f"there is already an account called {username}")
        if role != "admin" and [r.code for r in regions.path_of(region_code)][-1:] != [region_code]:
            raise click.UsageError(f"there is no region {region_code}")
        if role != "admin" and not permissions.fits(role, region_code):
            raise click.UsageError(f"a {role} works in a {permissions.PLACED[role]}, {region_code} is none")
        services.create_user(form, password_hash)
    click.echo(f"created {username} ({role})")


@group.command("set-password")
@click.argument("username")
@click.password_option(help="At least 8 characters; asked for when not given.")
def set_password(username: str, password: str) -> None:
    """Replace an account's password; every device of the account has to sign in again."""
    password_hash = _hash(password)
    with region_scope(EVERYTHING), transaction():
        user = queries.user_by_name(username)
        if user is None:
            raise click.UsageError(f"there is no account called {username}")
        services.set_password(user, password_hash)
    click.echo(f"password of {username} replaced")
