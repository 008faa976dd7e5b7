"""The one thing the product exists for: a visit in a valley without signal reaches the server once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.form import VisitForm
from tests.e2e.pages import Outbox, Worklist
from tests.e2e.story import keep_app, untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.waiting import eventually

STUDYING = ("preschool", "senior", "college")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_server(request: pytest.FixtureRequest) -> LiveServer:
    """The server on each engine."""
    name = "server" if request.param == "sqlite" else "postgres_server"
    found: LiveServer = request.getfixturevalue(name)
    return found


def family_with_student(api: Api) -> dict[str, Any]:
    """A household with at least two members, one at a school whose fees count."""
    for household in api.households():
        studying = [member for member in household["members"] if member["stage"] in STUDYING]
        if studying and len(household["members"]) > 1 and household["returned"] is None:
            return household
    raise AssertionError("the demo county has no household with a student")


def hard_times(household: dict[str, Any], photos: list[Path]) -> dict[str, Any]:
    """Answers of a family with an ill member, a student and an unsafe house: every follow-up opens."""
    student = next(m["id"] for m in household["members"] if m["stage"] in STUDYING)
    ill = next(m["id"] for m in household["members"] if m["id"] != student)
    return {
        "stu_over": [student],
        "stu_nature": "public",
        "ill_who": [ill],
        "ill_type": "serious",
        "ill_setting": ["inpatient"],
        "ill_selfpay": "20000",
        "ill_selffund": "3000",
        "ill_untreated": "yes",
        "house_state": "D",
        "house_cause": "age",
        "house_fix": "cannot",
        "inc_band": "below",
        "inc_wage": "9000",
        "inc_drop": "gt50",
        "photos": list(zip(("house", "bill", "scene"), photos, strict=True)),
    }


def visits_of(server: LiveServer, household: dict[str, Any]) -> list[dict[str, Any]]:
    """Every visit of a household in the database, oldest first."""
    wanted = household["id"] if server.database_url else household["id"].replace("-", "")
    rows = server.rows(
        "SELECT id, revision, state, severity FROM visit"
        " WHERE CAST(household_id AS VARCHAR) = :id ORDER BY seq",
        id=wanted,
    )
    return [dict(row) for row in rows]


def test_visit_filled_offline_over_a_restart_reaches_the_server_exactly_once(
    any_server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    photos: list[Path],
) -> None:
    api = api_of(any_server, "grid1")
    household = family_with_student(api)
    before = visits_of(any_server, household)
    phone = phone_of(any_server, whole=True)
    keep_app(phone, "grid1")

    phone.go_offline()
    page = phone.reopen()
    worklist = Worklist(page).wait()
    for words in (household["head_name"], household["initials"], household["number"]):
        worklist.find(words)
        expect(worklist.row_of(household)).to_be_visible()
    worklist.open(household)
    form = VisitForm(page, household).begin()
    asked = form.fill(hard_times(household, photos))
    form.save()
    expect(page.get_by_text("待传，有网自动发送")).to_be_visible()
    assert {key.split("@")[0] for key in asked} >= {"ill_selffund", "stu_nature", "house_fix", "inc_wage"}
    assert visits_of(any_server, household) == before

    phone.go_online()
    expect(page.get_by_text("服务器已收到，回执")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="回到走访列表").click()
    receipt = Outbox(page).open().receipt(household["head_name"])

    new = visits_of(any_server, household)[len(before) :]
    assert [(visit["revision"], visit["state"]) for visit in new] == [(1, "submitted")]
    check_record(api, household, receipt)


def check_record(api: Api, household: dict[str, Any], receipt: str) -> None:
    """The server's own account of the visit: judged with articles, photos ready."""
    newest = api.ok("GET", f"/households/{household['id']}")["history"][0]
    visit = eventually(
        lambda: api.ok("GET", f"/visits/{newest['id']}"),
        lambda seen: all(photo["state"] == "ready" for photo in seen["photos"]),
    )
    assert receipt in str(visit["receipt"])
    assert visit["severity"] == "red"
    assert all(light["articles"] and light["causes"] for light in visit["lights"])
    assert [photo["state"] for photo in visit["photos"]] == ["ready"] * 3
    assert visit["location"]["lat"].startswith("24.77")


def test_answer_lost_on_its_way_makes_the_phone_send_again_and_changes_nothing(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api = api_of(server, "grid1")
    household = untouched(api)[0]
    before = visits_of(server, household)
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    lost: list[int] = []

    def lose_first_answer(route: Route) -> None:
        carries_work = bool(route.request.post_data_json["ops"])
        answer = route.fetch()
        if lost or not carries_work:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    with phone.tolerating("Failed to load resource"):
        phone.context.route("**/api/v1/s1/push", lose_first_answer)
        visit(page, household, {})
        Outbox(page).open().receipt(household["head_name"])
    assert lost == [200]
    assert len(visits_of(server, household)) == len(before) + 1


def test_app_can_be_installed(server: LiveServer, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    devtools = phone.context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert '"name":"亮灯"' in manifest["data"].replace(": ", ":")
    problems = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A profile made for a test counts as incognito, where nothing can be installed; all else must be right.
    assert {problem["errorId"] for problem in problems} <= {"in-incognito"}
