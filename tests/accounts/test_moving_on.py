"""Who is transferred or switched off has the new rights at the very next request."""

from __future__ import annotations

import pytest

from tests.accounts.desk import (
    act,
    code,
    entries,
    signs_in,
)
from tests.accounts.devices import known
from tests.conftest import client_of
from tests.factories import (
    ADMIN,
    COUNTY,
    DENG,
    GRID,
    GRID_IN_OTHER_COUNTY,
    GRID_IN_OTHER_TOWNSHIP,
    GRID_IN_OTHER_VILLAGE,
    HONG,
    LAN,
    LU,
    MEI,
    OTHER_VILLAGE,
    PASSWORD,
    PING,
    QIN,
    TAN,
    VILLAGE,
    WEI,
    ZHOU,
    make_household,
    make_session,
)
from tests.sync.pulling import Puller
from tests.sync.pushing import op_of, results
from tests.visits.bodies import visit_of


def names(reply):
    return {row["username"] for row in reply.json["items"]}


# --- transfer: rights end at once -------------------------------------------------------------------------


def test_a_transferred_member_has_the_new_scope_at_the_very_next_request(app, login):
    old, new = make_household(app, GRID), make_household(app, GRID_IN_OTHER_VILLAGE)
    session = make_session(app, MEI)
    mei = client_of(app, session)
    phone = Puller(mei)
    phone.all()
    assert set(phone.rows) == {str(old.id)}
    reply = act(login(ZHOU), MEI, "transfer", region_code=GRID_IN_OTHER_VILLAGE)
    assert reply.json["user"]["place"][-1] == f"区域{GRID_IN_OTHER_VILLAGE}"
    assert code(mei.get(f"/api/v1/households/{old.id}")) == (404, "household_not_found")
    assert mei.get(f"/api/v1/households/{new.id}").status_code == 200
    me = mei.get("/api/v1/me")
    assert me.json["region"]["code"] == me.headers["X-Scope"] == GRID_IN_OTHER_VILLAGE
    refreshed = client_of(app, session, "refresh_token").post("/api/v1/auth/refresh").json
    anew = app.test_client()
    anew.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {refreshed['access_token']}"
    assert code(anew.get(f"/api/v1/households/{old.id}")) == (404, "household_not_found")
    assert code(phone.get()) == (410, "cursor_gone")
    phone.cursor = None
    phone.all()
    assert set(phone.rows) == {str(new.id)}


def test_what_waited_on_the_phone_of_a_transferred_member_is_held(app, login):
    household = make_household(app, GRID)
    mei = client_of(app, make_session(app, MEI))
    act(login(ZHOU), MEI, "transfer", region_code=GRID_IN_OTHER_VILLAGE)
    (result,) = results(mei, op_of(visit_of(household.id)))
    assert result["st"] == "held"
    assert len(login(WEI).get("/api/v1/held").json["items"]) == 1


def test_her_device_belongs_to_the_new_place_at_once(app, login):
    make_session(app, MEI)
    act(login(QIN), MEI, "transfer", region_code=GRID_IN_OTHER_TOWNSHIP)
    assert known(app, MEI).region_code == GRID_IN_OTHER_TOWNSHIP
    assert names(login(ZHOU).get("/api/v1/users?q=mei")) == set()
    assert names(login(LU).get("/api/v1/users?q=mei")) == {"mei"}
    (entry,) = entries(app, "account.transfer")
    assert entry.details == {"before": GRID, "after": GRID_IN_OTHER_TOWNSHIP, "reason": True}


@pytest.mark.parametrize(
    ("person", "target", "place", "expected"),
    [
        (ZHOU, MEI, GRID_IN_OTHER_TOWNSHIP, (404, "region_not_found")),
        (ZHOU, MEI, VILLAGE, (422, "region_not_fitting")),
        (QIN, MEI, GRID_IN_OTHER_COUNTY, (404, "region_not_found")),
        (QIN, WEI, OTHER_VILLAGE, (200, None)),
        (QIN, DENG, COUNTY, (403, "role_not_allowed")),
        (ADMIN, MEI, GRID_IN_OTHER_COUNTY, (200, None)),
    ],
)
def test_where_people_are_transferred(app, login, person, target, place, expected):
    assert code(act(login(person), target, "transfer", region_code=place)) == expected


# --- switching off ----------------------------------------------------------------------------------------


def test_a_switched_off_account_is_out_at_the_next_request(app, login):
    session = make_session(app, MEI)
    mei = client_of(app, session)
    assert mei.get("/api/v1/me").status_code == 200
    act(login(ZHOU), MEI, "state", active=False)
    assert code(mei.get("/api/v1/me")) == (401, "account_disabled")
    assert code(client_of(app, session, "refresh_token").post("/api/v1/auth/refresh")) == (
        401,
        "account_disabled",
    )
    assert not signs_in(app, "mei", PASSWORD)


def test_switched_on_again_it_wants_a_new_sign_in(app, login):
    mei = client_of(app, make_session(app, MEI))
    act(login(ZHOU), MEI, "state", active=False)
    act(login(ZHOU), MEI, "state", version=2, active=True)
    assert code(mei.get("/api/v1/me")) == (401, "token_invalid")
    assert signs_in(app, "mei", PASSWORD)


def test_signing_somebody_out_leaves_the_password(app, login):
    mei = client_of(app, make_session(app, MEI))
    assert act(login(ZHOU), MEI, "sign-out").status_code == 200
    assert code(mei.get("/api/v1/me")) == (401, "token_invalid")
    assert signs_in(app, "mei", PASSWORD)


def test_the_rest_of_the_county_is_untouched(app, login):
    for person in (PING, LAN, HONG, TAN):
        client = client_of(app, make_session(app, person))
        act(login(ZHOU), MEI, "state", active=False)
        assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("address", ["/api/v1/checklists/2026-1", "/api/v1/policy"])
def test_what_a_browser_keeps_does_not_say_where_its_user_works(login, address):
    reply = login(MEI).get(address)
    assert reply.status_code == 200
    assert reply.cache_control.private
    assert "X-Scope" not in reply.headers
