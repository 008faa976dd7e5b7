"""``flask policy evaluate`` and ``explain``: the rules on facts from outside. Neither needs a database."""

from __future__ import annotations

import sys
from typing import Any

import click

from server.core import clock
from server.policy.eras import Benches
from server.policy.evaluation import as_json_line
from server.policy.evaluation import evaluate as evaluate_lines
from server.policy.lines import Reader
from server.policy.loader import load_packs


def _benches(_context: click.Context, _parameter: click.Parameter, name: str) -> Benches:
    library = load_packs()
    if name not in library.profiles:
        raise click.BadParameter(f"unknown profile {name!r}; one of {', '.join(sorted(library.profiles))}")
    return Benches(library, name)


profile_option = click.option(
    "--profile",
    "benches",
    required=True,
    callback=_benches,
    help="Which place's rules: an id of profiles.yaml.",
)


def _send(name: str) -> Any:
    stream = getattr(sys, name).buffer

    def send(entry: dict[str, Any]) -> None:
        stream.write(as_json_line(entry))
        stream.flush()

    return send


@click.command("evaluate")
@profile_option
def evaluate(benches: Benches) -> None:
    """Judge households: one JSON object of facts a line in, one answer a line out."""
    reader = Reader(load_packs())
    good = evaluate_lines(sys.stdin.buffer, reader, benches, clock.today(), _send("stdout"), _send("stderr"))
    if not good:
        raise SystemExit(1)
