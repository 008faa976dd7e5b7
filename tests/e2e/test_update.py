"""Two builds: a new version waits for open forms, a broken one changes nothing, and what is new is read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.form import VisitForm
from tests.e2e.pages import Tabs, Worklist
from tests.e2e.story import keep_app, untouched
from tests.support.api import Api
from tests.support.live_server import ROOT, LiveServer
from tests.support.phone import Phone
from tests.support.pin import unlock
from tests.support.waiting import eventually

NEXT = "9.9.9"
BUILD = """
import { build } from 'vite';
const [outDir, version] = process.argv.slice(1);
const define = { __APP_VERSION__: JSON.stringify(version), __CHANGES_ID__: '"another"' };
await build({ define, build: { outDir, emptyOutDir: true }, logLevel: 'error' });
"""
CHECK_NOW = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  const failed = await registration.update().then(() => '', String);
  const fresh = registration.installing;
  if (fresh) await new Promise((resolve) => {
    const look = () => fresh.state !== 'installing' && resolve();
    fresh.addEventListener('statechange', look);
    look();
  });
  return failed || (registration.waiting === null ? 'none' : 'waiting');
}"""


@pytest.fixture(scope="module")
def next_build(app_build: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app as its next version, built from the same sources."""
    folder = tmp_path_factory.mktemp("next") / "dist"
    command = ["node", "--input-type=module", "-e", BUILD, str(folder), NEXT]
    subprocess.run(command, cwd=ROOT / "pwa", check=True, capture_output=True, text=True)
    return folder


@pytest.fixture
def county(seeded: LiveServer, app_build: None, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A server that serves the app out of a folder of its own."""
    folder = tmp_path_factory.mktemp("served")
    made = LiveServer(tmp_path_factory.mktemp("server")).copy_of(seeded)
    made.environ["LIANGDENG_PWA_DIR"] = str(folder / "dist")
    shutil.copytree(ROOT / "pwa/dist", folder / "dist")
    yield made.start()  # type: ignore[misc]
    made.stop()


def serve(server: LiveServer, build: Path, spoil: Callable[[Path], None] = lambda _: None) -> None:
    """Put another build in the place of what is served."""
    served = Path(server.environ["LIANGDENG_PWA_DIR"])
    server.stop()
    shutil.rmtree(served)
    shutil.copytree(build, served)
    spoil(served)
    server.start()


def changed_chunk(served: Path) -> Path:
    """A file that the new version has and the old one has not."""
    old = {path.name for path in (ROOT / "pwa/dist/assets").iterdir()}
    new = [path for path in sorted((served / "assets").glob("*.js")) if path.name not in old]
    assert new
    return new[0]


def lose_a_file(served: Path) -> None:
    changed_chunk(served).unlink()


def cut_a_file(served: Path) -> None:
    """As a proxy does that ends early and still says that all is well."""
    cut = changed_chunk(served)
    cut.write_bytes(cut.read_bytes()[:-40])


def version_of(page: Page) -> str:
    """What the page about me says."""
    Tabs(page).go("我的")
    expect(page.get_by_role("main").get_by_text("应用版本")).to_be_visible()
    found = re.search(r"应用版本\s+([\d.]+)", page.get_by_role("main").inner_text())
    assert found
    return found[1]


def test_a_new_version_waits_and_a_broken_one_leaves_the_old_one_working(
    county: LiveServer,
    next_build: Path,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
) -> None:
    household = untouched(api_of(county, "grid1"))[0]
    now = json.loads((ROOT / "pwa/package.json").read_text())["version"]
    phone = phone_of(county, whole=True)
    page = keep_app(phone, "grid1")
    tolerated = ("Failed to load resource", "bad-precaching-response", "integrity", "digest")
    with phone.tolerating(*tolerated):
        for spoil in (lose_a_file, cut_a_file):
            serve(county, next_build, spoil)
            assert page.evaluate(CHECK_NOW) != "waiting"
        phone.go_offline()
        page = phone.reopen()
        Worklist(page).wait()
        assert version_of(page) == now
        expect(page.get_by_text("未读")).to_have_count(0)
        phone.go_online()
        Tabs(page).go("走访")
        Worklist(page).open(household)
        form = VisitForm(page, household).begin()
        form.fill({}, until="basic_lack")
        serve(county, next_build)
        assert page.evaluate(CHECK_NOW) == "waiting"
        expect(page.get_by_text("新版本已经下载好，填完这一户再更新")).to_be_visible()
        other = phone.context.new_page()
        other.goto(f"{phone.url}/#/me")  # from the list it would go to the open form
        unlock(other)
        other.get_by_role("button", name="更新", exact=True).click()
        expect(other.get_by_text("另一个标签页里还开着走访表，填完再更新")).to_be_visible()
        other.close()
        form.stands_at("basic_lack")
        page.goto(f"{phone.url}/#/")
        page.get_by_role("button", name="更新", exact=True).click()
        unlock(page)
        Worklist(page).wait()
        assert version_of(page) == NEXT
        expect(page.get_by_text("未读")).to_be_visible()
        page.get_by_role("link", name=re.compile("更新内容")).click()
        expect(page.get_by_text("导出加密文件")).to_be_visible()
        page.get_by_role("button", name="返回").click()
        expect(page.get_by_text("未读")).to_have_count(0)
        page.goto(f"{phone.url}/#/visit/{household['id']}")
        again = VisitForm(page, household).wait()
        assert eventually(again.current, bool, seconds=20) == "basic_lack"
