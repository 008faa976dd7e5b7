"""Full numbers: one member at a time, with a reason, within the area, and on record."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.db import db
from server.households import revealing
from tests.factories import (
    ADMIN,
    AUDITOR,
    DENG,
    GONG,
    LU,
    MEI,
    QIN,
    TAN,
    WEI,
    ZHOU,
    inside,
    make_household,
    make_member,
)
from tests.support import interrupting

PHONE = "19900000000"


@pytest.fixture
def home(app):
    """(household id, member id, identity number) of a household in Mei's grid."""
    member = make_member()
    household = make_household(app, members=[member])
    return household.id, household.members[0].id, member.id_number


def ask(client, home, **changes):
    address = f"/api/v1/households/{home[0]}/members/{home[1]}/reveal"
    return client.post(address, json={"reason": "identity"} | changes)


def told(app):
    with inside(app):
        query = select(AuditEntry).where(AuditEntry.action == "member.reveal").order_by(AuditEntry.seq)
        return db.session.scalars(query).all()


@pytest.mark.parametrize("person", [WEI, ZHOU, QIN], ids=lambda person: person.username)
def test_who_answers_for_the_area_sees_full_numbers_and_the_trail_says_so(app, login, home, person):
    reply = ask(login(person), home, reason="contact", note="电话打不通，换号核对")
    assert (reply.status_code, reply.json) == (200, {"id_number": home[2], "phone": PHONE})
    assert reply.headers["Cache-Control"] == "no-store"
    (entry,) = told(app)
    assert (entry.actor_id, entry.target_type, entry.target_id) == (person.id, "household", str(home[0]))
    assert entry.details == {"member": str(home[1]), "reason": "contact", "note": "电话打不通，换号核对"}


@pytest.mark.parametrize("person", [MEI, DENG, ADMIN, AUDITOR], ids=lambda person: person.username)
def test_nobody_else_may_ask(app, login, home, person):
    reply = ask(login(person), home)
    assert (reply.status_code, reply.json["code"]) == (403, "role_not_allowed")
    assert told(app) == []


@pytest.mark.parametrize("person", [TAN, LU, GONG], ids=lambda person: person.username)
def test_a_household_of_another_area_is_absent(app, login, home, person):
    reply = ask(login(person), home)
    assert (reply.status_code, reply.json["code"]) == (404, "household_not_found")
    assert told(app) == []


def test_a_member_of_another_household_is_absent(app, login, home):
    other = make_household(app).members[0].id
    for member in (other, uuid4()):
        reply = ask(login(WEI), (home[0], member))
        assert (reply.status_code, reply.json["code"]) == (404, "member_not_found")
    assert told(app) == []


@pytest.mark.parametrize(
    "body",
    [{"reason": None}, {"reason": "curious"}, {"reason": "other"}, {"reason": "other", "note": " 看 "},
     {"note": "x" * 201}, {"note": "a\x00b"}],
)  # fmt: skip
def test_without_a_reason_nothing_is_shown(app, login, home, body):
    assert ask(login(WEI), home, **body).status_code == 422
    assert told(app) == []


def test_numbers_written_into_the_note_are_masked_in_the_trail(app, login, home):
    ask(login(WEI), home, reason="other", note=f"核对 {home[2]} 和 13812345678")
    (entry,) = told(app)
    assert entry.details["note"] == f"核对 {home[2][:6]}********{home[2][-4:]} 和 138****5678"


def test_what_is_not_on_record_is_told_as_such(app, login):
    household = make_household(app, members=[make_member(id_number=None)], phone="")
    reply = ask(login(WEI), (household.id, household.members[0].id))
    assert reply.json == {"id_number": None, "phone": None}


def test_one_person_opens_only_so_many_within_an_hour(app, login, home, clock, monkeypatch):
    monkeypatch.setattr(revealing, "MOST_AN_HOUR", 3)
    wei = login(WEI)
    assert [ask(wei, home).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(wei, home)
    assert (refused.json["code"], refused.headers["Retry-After"]) == ("too_many_reveals", "3600")
    assert ask(login(ZHOU), home).status_code == 200
    assert len(told(app)) == 4
    clock.advance(minutes=61)
    assert ask(wei, home).status_code == 200


def test_several_asked_for_at_once_are_counted_one_after_the_other(app, login, home, monkeypatch):
    monkeypatch.setattr(revealing, "MOST_AN_HOUR", 1)
    wei, again = login(WEI), login(WEI)
    second = interrupting.after(monkeypatch, revealing.audit, "count_since", lambda: ask(again, home))
    assert ask(wei, home).status_code == 200
    assert second.result().json["code"] == "too_many_reveals"
    assert len(told(app)) == 1
