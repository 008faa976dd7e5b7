"""The flask commands. ``flask db`` and ``flask openapi`` come with their libraries."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade

from server.accounts import cli as accounts
from server.audit import cli as audit
from server.backups import cli as backups
from server.core import jobs, state
from server.core.db import transaction
from server.core.scope import EVERYTHING, region_scope
from server.demo import cli as demo
from server.flags import cli as flags
from server.fund import cli as fund
from server.local_policy import cli as local_policy
from server.notices import cli as notices
from server.simulations import cli as simulations
from server.sync import cli as sync

jobs_group = AppGroup("jobs", help="The background worker.")
policy = AppGroup("policy", help="The rules: judged, explained, tried with other figures.")


def init_app(app: Flask) -> None:
    """Add every command to the app."""
    app.cli.add_command(setup)
    app.cli.add_command(jobs_group)
    app.cli.add_command(policy)
    policy.add_command(flags.evaluate)
    policy.add_command(flags.explain)
    policy.add_command(flags.rejudge)
    policy.add_command(simulations.simulate)
    app.cli.add_command(fund.group)
    app.cli.add_command(audit.group)
    app.cli.add_command(sync.group)
    app.cli.add_command(notices.group)
    policy.add_command(local_policy.pack)
    accounts.init_app(app)
    backups.init_app(app)
    demo.init_app(app)


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Bring the database to the newest schema and give a new one its epoch."""
    upgrade()
    with region_scope(EVERYTHING), transaction():
        state.ensure_epoch()
        click.echo(f"ready, epoch {state.epoch()}")


@jobs_group.command("run")
def run_jobs() -> None:
    """Be the background worker until stopped."""
    jobs.serve(current_app._get_current_object())  # type: ignore[attr-defined] # noqa: SLF001
