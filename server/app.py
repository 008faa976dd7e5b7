"""create_app: the only place where settings, tools and domains meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from flask_migrate import Migrate
from sqlalchemy.engine import make_url

from server import __version__, config
from server.accounts import device_routes, devices, import_routes, user_routes
from server.accounts import routes as accounts
from server.accounts.services import load_actor, standing
from server.audit import routes as audit
from server.checklists import routes as checklists
from server.core import auth, crypto, disk, health, http, jobs, jsontext, logs, openapi, permissions, problems
from server.core.db import db, disconnect
from server.county_desk import routes as county_desk
from server.evidence import jobs as evidence_jobs
from server.flags import routes as flags
from server.fund import routes as fund
from server.grids import routes as grids
from server.households import routes as households
from server.local_policy import routes as local_policy
from server.notices import jobs as notice_jobs
from server.notices import routes as notices
from server.photos import jobs as photo_jobs
from server.photos import routes as photos
from server.proposals import routes as proposals
from server.rechecks import routes as rechecks
from server.regions import routes as regions
from server.reviews import routes as reviews
from server.rule_health import routes as rule_health
from server.simulations import routes as simulations
from server.sync import held_routes, legacy, relay_routes
from server.sync import routes as sync
from server.visits import jobs as visit_jobs
from server.workdays import routes as workdays

JOBS = (photo_jobs, evidence_jobs, visit_jobs, notice_jobs)  # declared by being imported
BLUEPRINTS = (
    accounts.blueprint,
    device_routes.blueprint,
    user_routes.blueprint,
    import_routes.blueprint,
    grids.blueprint,
    regions.blueprint,
    checklists.blueprint,
    local_policy.blueprint,
    photos.blueprint,
    flags.blueprint,
    simulations.blueprint,
    reviews.blueprint,
    households.blueprint,
    rechecks.blueprint,
    county_desk.blueprint,
    rule_health.blueprint,
    proposals.blueprint,
    fund.blueprint,
    workdays.blueprint,
    audit.blueprint,
    sync.blueprint,
    legacy.blueprint,
    held_routes.blueprint,
    relay_routes.blueprint,
    notices.blueprint,
)


class App(Flask):
    """Flask without a question it asks a dozen times a request: none of our functions is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


class _Commands(AppGroup):
    """The flask commands, imported when somebody asks for one: a web worker needs none of them."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.name)
        self._app, self._loaded = app, False

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        self._load()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        self._load()
        return super().list_commands(ctx)

    def _load(self) -> None:
        if not self._loaded:
            from server import cli  # noqa: PLC0415 - that is the point

            cli.init_app(self._app)
            self._loaded = True


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application for one set of settings (the environment's when none is given).

    Raises:
        config.ConfigError: the environment holds a setting that is unknown, missing or malformed.
    """
    settings = settings or config.load()
    app = App(__name__, static_folder=None)
    app.cli = _Commands(app)
    app.testing = settings.testing
    app.extensions["settings"] = settings
    app.extensions["keyring"] = keys = crypto.Keyring(settings.secret_key)

    http.init_app(app, settings.request_max_bytes)
    logs.init_app(app, settings.log_level, settings.log_format)
    problems.init_app(app)
    _init_database(app, settings)
    gate = auth.Gate(load_actor=load_actor, standing=standing, note_wipe=devices.note_wipe)
    auth.init_app(app, keys, gate, settings.access_token_minutes, settings.refresh_token_days)
    disk.init_app(app, settings.data_dir, settings.disk_reserve_percent)
    _init_api(app)
    jobs.init_app(app, settings.jobs_url)
    health.init_app(app)
    http.serve_pwa(app, settings.pwa_dir)
    return app


def let_go(app: Flask) -> None:
    """Close this process's connections: those that are about to be forked from it must not share them."""
    jobs.close(app)
    with app.app_context():
        disconnect()


def _init_database(app: Flask, settings: config.Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.photo_dir.mkdir(parents=True, exist_ok=True)
    url = make_url(settings.database_url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "hide_parameters": True,  # what a statement was given belongs into no message that a log may hold
        "pool_size": 40,
        "max_overflow": 10,
        "pool_use_lifo": True,  # the one used last has its pages, plans and prepared statements at hand
        "json_serializer": jsontext.dumps,
        "json_deserializer": jsontext.loads,
    }
    db.init_app(app)
    Migrate(app, db, directory=str(config.ROOT / "migrations"), render_as_batch=True)


def _init_api(app: Flask) -> None:
    app.config.update(openapi.config(__version__))
    api = openapi.Api(app)
    openapi.describe(api)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    guarded = (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(auth.API))
    permissions.check(rule.endpoint for rule in guarded)
