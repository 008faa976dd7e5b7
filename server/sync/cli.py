"""Commands about what phones send."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from server.sync import replay as replaying

group = AppGroup("sync", help="What phones sent.")


@group.command("replay")
@with_appcontext
def replay() -> None:
    """Carry out what was kept because it came from an app newer than the server was then."""
    told = replaying.replay()
    click.echo(", ".join(f"{fate} {told[fate]}" for fate in replaying.FATES))
