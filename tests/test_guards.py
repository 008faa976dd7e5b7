"""What holds for every operation there is, also for those written tomorrow."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from server.accounts.models import Device
from server.core import permissions
from server.core.audit import AuditEntry
from server.core.db import db
from server.core.jobs import run_pending
from server.households.queries import get_household
from tests.accounts import writes
from tests.accounts.test_login import sign_in
from tests.conftest import client_of
from tests.factories import (
    ADMIN,
    AUDITOR,
    BY_ROLE,
    FANG,
    GONG,
    HONG,
    LAN,
    LU,
    MEI,
    OTHER_GRID,
    PING,
    QIN,
    TAN,
    WEI,
    ZHOU,
    inside,
    make_household,
    make_session,
)
from tests.local_policy import settings
from tests.rechecks.writes import WRITES as OF_CASES
from tests.support.pictures import jpeg
from tests.sync.pushing import op_of, push
from tests.sync.relaying import bring, key_of, make_file, op_record
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, send_batch, visit_of

PLAUSIBLE = {"version": "2026-1", "sha256": "0" * 64, "part": "full", "on": "2026-10-01", "code": OTHER_GRID}
PLAUSIBLE |= {"month": "2026-11"}
WRITING = {"POST", "PUT", "PATCH", "DELETE"}
PHOTO = jpeg(1, (320, 240))
PROMISED = {"sha256": sha256(PHOTO).hexdigest(), "length": len(PHOTO), "kind": "water", "taken_at": None}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]


def operations(app):
    """(endpoint, method, address) of every operation, random identifiers filled in."""
    found = []
    for rule in rules(app):
        given = {name: uuid4() for name in rule.arguments}
        given |= {name: value for name, value in PLAUSIBLE.items() if name in given}
        with app.test_request_context():
            address = rule.build(given)[1]
        found += [(rule.endpoint, method, address) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def guarded(app):
    return [operation for operation in operations(app) if not permissions.is_public(operation[0])]


def call(client, method, address):
    return client.open(address, method=method, json={} if method in WRITING else None)


# --- the permission table ---------------------------------------------------------------------------------


def test_every_operation_has_a_row_and_every_row_an_operation(app):
    assert {rule.endpoint for rule in rules(app)} == set(permissions.table())


def test_only_signing_in_is_open_to_all():
    public = {name for name in permissions.table() if permissions.is_public(name)}
    assert public == {"accounts.login", "accounts.refresh", "accounts.logout"}


def test_operation_without_a_row_is_nobodys():
    assert not any(permissions.allows("visits.forgotten", role) for role in permissions.ROLES)


@pytest.mark.parametrize("role", permissions.ROLES)
def test_each_role_may_call_exactly_what_the_table_says(app, login, role):
    client = login(BY_ROLE[role])
    refused = {
        endpoint
        for endpoint, method, address in guarded(app)
        if (reply := call(client, method, address)).status_code == 403
        and reply.json["code"] == "role_not_allowed"
    }
    expected = {name for name, *_ in guarded(app) if not permissions.allows(name, role)}
    assert refused == expected


CONTENT = ("households", "sync", "relay", "legacy", "held", "photos", "proposals", "reviews", "local_policy")
CONTENT += ("rechecks", "county_desk")


def test_administrator_and_auditor_reach_no_household(app):
    content = {name for name in permissions.table() if name.split(".")[0] in CONTENT} - {"sync.hello"}
    assert content
    for person in (ADMIN, AUDITOR):
        assert not any(permissions.allows(name, person.role) for name in content)


def test_every_role_of_the_table_is_in_the_cast():
    assert set(BY_ROLE) == set(permissions.ROLES)


# --- rows out of scope ------------------------------------------------------------------------------------

FOREIGN = [PING, LAN, HONG, TAN, LU, FANG, GONG]


@pytest.fixture
def visit(app, login):
    """A red visit with one promised photo in Mei's grid."""
    household = make_household(app)
    body = visit_of(household.id, DRY, photos=[PROMISED])
    assert send(login(MEI), body).status_code == 201
    return body


def addresses(visit):
    return {
        "read_visit": ("GET", f"/api/v1/visits/{visit['id']}"),
        "read_household": ("GET", f"/api/v1/households/{visit['household_id']}"),
        "list_photos": ("GET", f"/api/v1/visits/{visit['id']}/photos"),
    }


@pytest.mark.parametrize("operation", ["read_visit", "read_household", "list_photos"])
@pytest.mark.parametrize("person", FOREIGN, ids=lambda person: person.username)
def test_record_of_another_area_looks_exactly_like_one_that_does_not_exist(visit, login, person, operation):
    method, address = addresses(visit)[operation]
    client = login(person)
    foreign = client.open(address, method=method)
    absent = client.open(re.sub(r"[0-9a-f-]{36}", str(uuid4()), address), method=method)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    differing = {"request_id", "instance"}
    assert {k: v for k, v in foreign.json.items() if k not in differing} == {
        k: v for k, v in absent.json.items() if k not in differing
    }


@pytest.mark.parametrize("person", [MEI, WEI, ZHOU, QIN], ids=lambda person: person.username)
def test_record_of_ones_own_area_is_there(visit, login, person):
    client = login(person)
    for method, address in addresses(visit).values():
        assert client.open(address, method=method).status_code == 200


@pytest.mark.parametrize("person", FOREIGN, ids=lambda person: person.username)
def test_nothing_of_another_area_is_in_any_list_or_count(visit, login, person):
    client = login(person)
    for address in ("/api/v1/households", "/api/v1/visits", "/api/v1/s1/pull"):
        reply = client.get(address)
        assert reply.status_code == 200
        assert visit["id"] not in reply.text
        assert visit["household_id"] not in reply.text
        assert reply.json.get("counts", {"total": 0})["total"] == 0


def test_a_visit_to_a_household_of_another_area_is_refused_as_absent(visit, login):
    reply = send(login(PING), visit_of(visit["household_id"]))
    assert (reply.status_code, reply.json["code"]) == (404, "household_not_found")


@pytest.mark.parametrize("person", [TAN, LU], ids=lambda person: person.username)
def test_a_visit_of_another_area_cannot_be_reviewed(visit, login, person):
    body = {"id": new_id(), "decision": "approved", "comment": "", "comments": []}
    reply = login(person).post(f"/api/v1/visits/{visit['id']}/reviews", json=body)
    assert (reply.status_code, reply.json["code"]) == (404, "visit_not_found")


# --- audit ------------------------------------------------------------------------------------------------


def _login(app, _login, _visit, _clock):
    return sign_in(app.test_client())


def _refresh(app, _login, _visit, _clock):
    client = client_of(app, make_session(app, MEI), "refresh_token")
    return client.post("/api/v1/auth/refresh")


def _logout(app, _login, _visit, _clock):
    return client_of(app, make_session(app, MEI), "refresh_token").post("/api/v1/auth/logout")


def _put_visit(_app, login, visit, _clock):
    return send(login(MEI), visit_of(visit["household_id"]))


def _post_batch(_app, login, visit, _clock):
    return send_batch(login(MEI), visit_of(visit["household_id"]))


def _push(_app, login, visit, _clock):
    return push(login(MEI), op_of(visit_of(visit["household_id"])))


def _carry(app, login, visit, _clock):
    login(MEI)
    file = make_file(key_of(app, MEI), op_record(op_of(visit_of(visit["household_id"]))))
    return bring(login(WEI), file, 0)


def _decide_held(app, login, _visit, _clock):
    push(login(MEI), op_of(visit_of(make_household(app, OTHER_GRID).id)))
    wei = login(WEI)
    (held,) = wei.get("/api/v1/held").json["items"]
    return wei.post(f"/api/v1/held/{held['id']}/decision", json={"decision": "taken"})


def _put_photo(_app, login, visit, _clock):
    address = f"/api/v1/visits/{visit['id']}/photos/{PROMISED['sha256']}"
    return login(MEI).put(address, data=PHOTO, content_type="application/octet-stream")


def _send_chunk(_app, login, visit, _clock):
    address = f"/api/v1/s1/visits/{visit['id']}/photos/{PROMISED['sha256']}"
    headers = {"Upload-Offset": "0", "Upload-Length": str(len(PHOTO)), "X-Content-SHA256": PROMISED["sha256"]}
    return login(MEI).patch(address, data=PHOTO, headers=headers, content_type="application/octet-stream")


def _review(_app, login, visit, _clock):
    body = {"id": new_id(), "decision": "approved", "comment": "", "comments": []}
    return login(WEI).post(f"/api/v1/visits/{visit['id']}/reviews", json=body)


def _approve_together(app, login, _visit, _clock):
    """Two, hours apart: of so few at most one is drawn to be looked at, so that one is surely approved."""
    times = (NOW, NOW - timedelta(hours=2))
    bodies = [visit_of(make_household(app).id, CLEAN, at=at) for at in times]
    for body in bodies:
        send(login(MEI), body)
    run_pending(app)
    ids = [body["id"] for body in bodies]
    return login(WEI).post("/api/v1/visits/approvals", json={"id": new_id(), "visit_ids": ids})


def _dismiss(_app, login, visit, _clock):
    body = {"id": new_id(), "reason": "already_helped", "text": "水管上周已接通。"}
    return login(QIN).post(f"/api/v1/visits/{visit['id']}/lights/R-WAT-01/dismissals", json=body)


def _edit(client, visit, **changes):
    body = {"op_id": new_id(), "base_revision": 1, "set": [{"field": "address", "value": "大榕屯9号"}]}
    return client.post(f"/api/v1/households/{visit['household_id']}/edits", json=body | changes)


def _edit_household(_app, login, visit, _clock):
    return _edit(login(WEI), visit)


def _decide_proposal(_app, login, visit, _clock):
    moving = [{"field": "grid", "value": LAN.region_code}]
    key = _edit(login(WEI), visit, set=moving).json["proposal"]
    body = {"decision": "approved", "comment": ""}
    return login(ZHOU).post(f"/api/v1/proposals/{key}/decision", json=body)


def _sign_setting(_app, login, _visit, _clock):
    return settings.sign(login(QIN), settings.parameter())


def _revoke_setting(_app, login, _visit, _clock):
    qin = login(QIN)
    return settings.revoke(qin, settings.signed(qin, settings.parameter())["id"])


def _set_day(_app, login, _visit, _clock):
    body = {"working": False, "name": "三月三", "source": "区政府通知"}
    return login(QIN).put("/api/v1/calendar/days/2026-04-20", json=body)


def _remove_day(app, login, visit, clock):
    _set_day(app, login, visit, clock)
    return login(QIN).delete("/api/v1/calendar/days/2026-04-20")


def _rejudge(_app, login, _visit, _clock):
    return login(QIN).post("/api/v1/policy/rejudgements", json={"reason": "新标准开始执行"})


def _order_device(app, login, _visit, _clock):
    login(MEI)
    with inside(app):
        known = db.session.scalars(select(Device.id).where(Device.user_id == MEI.id)).first()
    body = {"order": "drain", "reason": "手机要收回"}
    return login(ZHOU).post(f"/api/v1/devices/{known}/orders", json=body)


def _reveal(_app, login, visit, _clock):
    with inside(_app):
        household = get_household(UUID(visit["household_id"]))
        member = household.members[0].id
    address = f"/api/v1/households/{visit['household_id']}/members/{member}/reveal"
    return login(WEI).post(address, json={"reason": "identity"})


def _check_trail(_app, login, _visit, _clock):
    return login(AUDITOR).post("/api/v1/audit/checks")


def _see_notices(app, login, _visit, _clock):
    send(login(MEI), visit_of(make_household(app).id, DRY))
    run_pending(app)
    return login(WEI).post("/api/v1/notices/seen", json={"upto": 2**40})


# Asked by POST because the question is long; each has a test that nothing is stored.
CALCULATING = {
    "user_imports.check_import",
    "fund.calculate",
    "simulations.simulate",
    "simulations.list_households",
    "simulations.draw_curve",
}
WRITES = {
    "households.reveal_member": (_reveal, "member.reveal"),
    "audit.start_check": (_check_trail, "audit.check_ask"),
    "accounts.login": (_login, "account.login"),
    "accounts.refresh": (_refresh, "account.session_used"),
    "accounts.logout": (_logout, "account.logout"),
    **writes.ACCOUNTS,
    "devices.order_device": (_order_device, "device.order"),
    "legacy.put_visit": (_put_visit, "visit.accept"),
    "legacy.post_batch": (_post_batch, "visit.accept"),
    "sync.push": (_push, "visit.accept"),
    "relay.carry": (_carry, "visit.accept"),
    "held.decide_held": (_decide_held, "sync.decide"),
    "photos.put_photo": (_put_photo, "photo.store"),
    "photos.send_chunk": (_send_chunk, "photo.store"),
    "reviews.review_visit": (_review, "visit.review"),
    "reviews.approve_visits": (_approve_together, "visit.review"),
    "reviews.dismiss_light": (_dismiss, "light.dismiss"),
    "proposals.edit_household": (_edit_household, "household.edit"),
    "proposals.decide_proposal": (_decide_proposal, "proposal.decide"),
    "notices.see_notices": (_see_notices, "notices.see"),
    "flags.start_rejudgement": (_rejudge, "policy.rejudge_ask"),
    "workdays.set_day": (_set_day, "calendar.set"),
    "workdays.remove_day": (_remove_day, "calendar.remove"),
    "local_policy.sign_setting": (_sign_setting, "policy.set"),
    "local_policy.revoke_setting": (_revoke_setting, "policy.revoke"),
    **OF_CASES,
}


def count(app, action):
    with inside(app):
        query = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
        return db.session.scalar(query)


def test_every_writing_operation_is_tried_below(app):
    writing = {name for name, method, _ in operations(app) if method in WRITING}
    assert set(WRITES) == writing - CALCULATING


@pytest.mark.parametrize("operation", sorted(WRITES))
def test_writing_leaves_an_audit_entry(app, login, visit, clock, operation):
    write, action = WRITES[operation]
    login(MEI), login(WEI)  # signing in leaves entries of its own
    before = count(app, action)
    reply = write(app, login, visit, clock)
    assert reply.status_code in (200, 201, 202, 204), reply.text
    assert count(app, action) > before
