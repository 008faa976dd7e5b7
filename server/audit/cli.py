"""flask audit: verify the trail, and hand out what to keep elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from server.audit import services
from server.audit.heads import BadHeads, read, signed
from server.audit.verifying import (
    DELETED,
    EDITED,
    FOREIGN_HEAD,
    HEAD,
    INSERTED,
    SWAPPED,
    TRUNCATED,
    UNGUARDED,
)
from server.core import audit_rows
from server.core.audit_chain import is_chain

group = AppGroup("audit", help="The audit trail: its chains and their heads.")
STEP = 20_000
SAID = {
    EDITED: "edited: what it says does not make its hash",
    DELETED: "deleted: an entry is missing",
    SWAPPED: "swapped: it stands at the place of another",
    INSERTED: "inserted: nobody wrote it here",
    TRUNCATED: "truncated: entries from here on are missing",
    HEAD: "the head is missing, or is not that of its entries",
    FOREIGN_HEAD: "another entry than the kept head says: rewritten, or an older backup was restored",
    UNGUARDED: "the trigger that refuses changes is gone, switched off, or another",
}


@group.command("head")
@click.option("--chain", help="Only this county (six digits), or - for what concerns none.")
@with_appcontext
def head(chain: str | None) -> None:
    """Print the signed heads as JSON: keep them where nobody who runs this server can change them."""
    click.echo(json.dumps(signed([chain] if chain else audit_rows.chains()), indent=2))


@group.command("verify")
@click.option("--heads", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def verify(file: Path | None) -> None:
    """Walk along every chain; exit code 1 when something is wrong.

    Without a file of heads, a trail that was rewritten from some entry to its end, the head included, looks
    right.
    """
    try:
        kept = read(json.loads(file.read_text(encoding="utf-8"))) if file else []
    except (BadHeads, ValueError) as error:
        raise click.ClickException(str(error)) from error
    wrong = 0
    for finding in services.verify_all(kept, _tell):
        wrong += 1
        place = "" if finding.number is None else f" entry {finding.number}"
        click.echo(f"{_named(finding.chain)}{place}: {SAID[finding.kind]}")
    if wrong:
        raise SystemExit(1)
    click.echo("The audit trail is whole.")


def _tell(chain: str, number: int, count: int) -> None:
    if number % STEP == 0 or number == count:
        click.echo(f"{_named(chain)}: {number} of {count}", err=True)


def _named(chain: str) -> str:
    """A chain that is none of ours in quotes: its name may be empty, or anything."""
    return chain if is_chain(chain) else repr(chain)
