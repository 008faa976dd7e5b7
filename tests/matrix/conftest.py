"""The world, built once a process and engine; whatever a call changes is put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from server import config
from server.app import create_app
from server.core import clock as core_clock
from server.core.db import Base, db
from tests.contract import conformance
from tests.matrix.state import State
from tests.matrix.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(name, marks=pytest.mark.xdist_group(f"matrix-{name}"))
        for name in ("sqlite", "postgresql")
    ],
)
def engine(request: pytest.FixtureRequest) -> str:
    """Which database engine the test runs on; each engine's world is built by one worker."""
    return str(request.param)


@pytest.fixture(scope="session")
def _world(engine: str, make_settings: Callable[..., config.Settings]) -> Iterator[tuple[World, State]]:
    app = create_app(make_settings(engine))
    conformance.watch(app)
    with core_clock.clock_at(lambda: NOW):
        with app.app_context():
            Base.metadata.create_all(db.engine)
        world = World(app)
        state = State(app)
    yield world, state
    state.close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def world(_world: tuple[World, State]) -> Iterator[World]:
    """The world; its clock stands still."""
    with core_clock.clock_at(lambda: NOW):
        yield _world[0]
        _world[1].restore()
        _world[0].app.extensions["job_queue"].flush()


@pytest.fixture
def state(_world: tuple[World, State]) -> State:
    """What the database held when the world was built."""
    return _world[1]
