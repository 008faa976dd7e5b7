"""A small demo county behind real gunicorn, and phones to use it with.

Seeding happens once; every module gets its own copy of the data, so that no module sees
another's visits.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.conftest import new_postgres_database
from tests.e2e.looks import SIZES, ComplaintsOf, Tour, complaints
from tests.e2e.pages import PASSWORD
from tests.support.api import Api
from tests.support.live_server import LiveServer, build_pwa, steady_free_port
from tests.support.phone import Phone, install
from tests.support.pictures import write_jpegs

HOUSEHOLDS = 60
HERE = Path(__file__).parent
LONGEST = (HERE, HERE.parent / "sim")

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module of browser tests to one worker. Browser tests begin, the simulator follows, short ones fill
    the end: whoever is last alone with a long test keeps the other workers waiting.

    A machine that others use as well may starve a browser until a wait is over: what fails is tried once
    more, and the closing lines say so.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.flaky(reruns=1))
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: next((n for n, place in enumerate(LONGEST) if place in item.path.parents), 9))


@pytest.fixture(scope="session")
def app_build() -> None:
    """The phone app as a person would get it."""
    build_pwa()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def seeded(app_build: None, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A seeded installation that is never started; copies of it are. All workers share it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return seeded_in(tmp_path_factory.mktemp("county"))
    shared = tmp_path_factory.getbasetemp().parent / "county"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return seeded_in(shared)


def seeded_in(folder: Path) -> LiveServer:
    """The seeded installation of a folder, made unless somebody has made it."""
    made = LiveServer(folder)
    if not (folder / "seeded").exists():
        made.seed(HOUSEHOLDS)
        (folder / "seeded").touch()
    return made


@pytest.fixture(scope="session")
def steady_port() -> int:
    """The port of every module's server in turn: what a browser keeps belongs to an address."""
    return steady_free_port()


@pytest.fixture(scope="module")
def server(
    seeded: LiveServer, steady_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A running server on SQLite, fresh for the module."""
    copy = LiveServer(tmp_path_factory.mktemp("server"), port=steady_port).copy_of(seeded).start()
    yield copy
    copy.stop()


@pytest.fixture(scope="session")
def installed(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """``installed(url)`` is a profile with the app of that address and nothing else, made once."""
    made: dict[str, Path] = {}

    def profile(url: str) -> Path:
        if url not in made:
            made[url] = tmp_path_factory.mktemp("installed")
            install(Phone(playwright, made[url], url, whole=False, first_cards=True))
        return made[url]

    return profile


@pytest.fixture(scope="module")
def postgres_server(app_build: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running server on PostgreSQL, fresh for the module."""
    folder = tmp_path_factory.mktemp("pg-server")
    made = LiveServer(folder, new_postgres_database(folder.name))
    made.seed(HOUSEHOLDS)
    yield made.start()
    made.stop()


@pytest.fixture
def phone_of(
    playwright: Playwright,
    installed: Callable[[str], Path],
    steady_port: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Phone]]:
    """``phone_of(server)`` is a new phone, not opened; at the end none may have logged an error.

    It has the app already, in a light browser. ``whole=True``: the browser a person has, and nothing in it.
    """
    phones: list[Phone] = []

    def make(server: LiveServer, *, whole: bool = False, **options: object) -> Phone:
        profile = tmp_path_factory.mktemp("profile")
        phone = Phone(playwright, profile, server.url, whole=whole, **options)  # type: ignore[arg-type]
        if not whole and server.url.endswith(f":{steady_port}"):  # a line to a server has its own address
            shutil.copytree(installed(server.url), profile, dirs_exist_ok=True)
        phones.append(phone)
        return phone

    yield make
    for phone in phones:
        phone.close()
    assert [complaint for phone in phones for complaint in phone.complaints] == []


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three photos as a camera writes them: 6 megapixels, position in EXIF."""
    return write_jpegs(tmp_path_factory.mktemp("photos"), 3)


@pytest.fixture
def api_of() -> Iterator[Callable[[LiveServer, str], Api]]:
    """``api_of(server, "grid1")`` is a signed-in device without a browser."""
    made: list[Api] = []

    def sign_in(server: LiveServer, username: str) -> Api:
        made.append(Api(server.port, username, PASSWORD))
        return made[-1]

    yield sign_in
    for api in made:
        api.close()


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Folder for pictures of the screens, when the environment names one."""
    named = os.environ.get("SCREENSHOTS")
    if not named:
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def complaints_of(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    screenshots: Path | None,
) -> ComplaintsOf:
    """``complaints_of(tour, sizes)``: what is wrong with its screens in these sizes, walked in the first."""

    def go(tour: Tour, sizes: Sequence[str]) -> dict[str, object]:
        screens = tour(phone_of(server, size=SIZES[sizes[0]]), api_of(server, "grid1"))
        return complaints(screens, sizes, screenshots, f"{tour.__name__}-{{}}-{{}}")

    return go
