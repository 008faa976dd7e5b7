"""``flask policy``: ``evaluate`` and ``explain`` on facts given, ``rejudge`` on those of the database."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import with_appcontext

from server.checklists.services import current_version, lexicon_of
from server.core import clock
from server.core.db import db, transaction
from server.core.scope import EVERYTHING, region_scope
from server.flags import queries, rejudging
from server.flags.jobs import rejudge as go_through
from server.flags.models import COMMAND
from server.flags.schemas import RunSchema
from server.policy.eras import Benches
from server.policy.evaluation import as_json_line
from server.policy.evaluation import evaluate as evaluate_lines
from server.policy.explain import Explainer
from server.policy.lines import MAX_BYTES, LineError, Reader, SecondObject
from server.policy.loader import load_packs
from server.regions import queries as regions


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


@click.command("explain")
@profile_option
@click.option("--rule", required=True, help="The rule to explain, such as R-INC-01.")
def explain(benches: Benches, rule: str) -> None:
    """Explain one rule for one household: a JSON object of facts in, one JSON object out."""
    try:
        line = Reader(load_packs()).read(sys.stdin.buffer.read(MAX_BYTES + 1).rstrip())
    except SecondObject as error:
        _send("stderr")(
            {"line": error.line, "error": f"explain takes one object; found a second on line {error.line}"}
        )
        raise SystemExit(1) from error
    except LineError as error:
        _send("stderr")({"line": 1, "error": str(error)})
        raise SystemExit(1) from error
    day = line.on or clock.today()
    explainer = Explainer(benches.on(day), lexicon_of(current_version(day)), day)
    if rule not in explainer.rules:
        known = ", ".join(explainer.rules)
        raise click.BadParameter(f"no rule {rule!r} on {day}; one of {known}", param_hint="--rule")
    head = {"id": line.id, "profile": benches.profile, "date": day.isoformat()}
    _send("stdout")(head | explainer.explain(line.facts, rule))


@click.command("rejudge")
@click.option("--county", required=True, help="Code of the county whose households are judged again.")
@click.option("--reason", default="asked for by command", show_default=True)
@with_appcontext
def rejudge(county: str, reason: str) -> None:
    """Judge a county's latest facts by today's rules, now and here; prints the run as JSON."""
    with region_scope(EVERYTHING):
        if county not in regions.counties():
            raise click.BadParameter(f"no county {county!r} in this database", param_hint="--county")
        with transaction():
            run, _ = rejudging.request(county, reason, COMMAND)
        run_id = run.id
        go_through(str(run_id))
        db.session.rollback()
        click.echo(json.dumps(RunSchema().dump(queries.run_by_id(run_id)), ensure_ascii=False))
