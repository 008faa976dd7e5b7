"""flask webhooks: where a county's counts are sent. The operator knows which addresses may be reached."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup, with_appcontext

from server.core import audit
from server.core.db import transaction
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.notices import queries, sending
from server.notices.models import FORMATS, JSON_FORMAT
from server.regions.queries import counties

group = AppGroup("webhooks", help="Addresses outside that are sent counts, never personal data.")
REFUSED = {
    "url": "a whole https:// address, please / 地址要完整，以 https:// 开头",
    "secret": "the secret is empty / 密钥不能为空",
}


@group.command("add")
@click.option("--county", required=True, help="Six digits.")
@click.option("--url", required=True, help="An https address.")
@click.option("--secret", required=True, envvar="WEBHOOK_SECRET", help="Shared with the receiver.")
@click.option("--format", "kind", type=click.Choice(FORMATS), default=JSON_FORMAT, show_default=True)
@with_appcontext
def add(county: str, url: str, secret: str, kind: str) -> None:
    """Have a county's notices sent to an address from now on."""
    with region_scope(EVERYTHING), transaction():
        if county not in counties():
            raise click.ClickException(f"no county {county} here / 没有县 {county}")
        try:
            row = sending.add(county, url, secret, kind)
        except Problem as problem:
            raise click.ClickException(REFUSED[next(iter(problem.errors or {}), "url")]) from problem
        click.echo(str(row.id))


@group.command("list")
@with_appcontext
def list_all() -> None:
    """Show what is sent where, and how the last try ended."""
    with region_scope(EVERYTHING):
        for row in queries.webhooks():
            standing = row.last_error or ("sent" if row.sent_at else "new")
            words = standing if row.active else "removed"
            click.echo(f"{row.id}  {row.region_code}  {row.format:8}  {words}  {sending.address_of(row)}")


@group.command("remove")
@click.argument("webhook_id", type=click.UUID)
@with_appcontext
def remove(webhook_id: UUID) -> None:
    """Send no more to an address."""
    with region_scope(EVERYTHING), transaction():
        row = queries.webhook(webhook_id)
        if row is None:
            raise click.ClickException(f"no webhook {webhook_id} / 没有 {webhook_id}")
        sending.remove(row)


@group.command("test")
@click.argument("webhook_id", type=click.UUID)
@with_appcontext
def test(webhook_id: UUID) -> None:
    """Send an example at once and say what came back."""
    with region_scope(EVERYTHING):
        row = queries.webhook(webhook_id)
        if row is None:
            raise click.ClickException(f"no webhook {webhook_id} / 没有 {webhook_id}")
        error = sending.send(sending.example(row), row.format)
        with transaction():
            audit.record("webhook.test", ("webhook", row.id), row.region_code, error=error)
    if error is not None:
        raise click.ClickException(f"not taken / 没有收下: {error}")
    click.echo("taken / 已收下")
