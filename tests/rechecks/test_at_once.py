"""Village, township, register and rules at one household in the same moment: each waits, none is lost.

The second of two begins just where the first has read and not yet written. On SQLite one waits for the other
anyway; on PostgreSQL only because everybody takes the same rows in the same order.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from server.core import jobs
from server.core.db import db
from server.flags import rejudging
from server.flags.models import DONE, Rejudgement
from server.households import following
from server.rechecks import services as rechecks
from server.reviews import services as reviews
from server.visits.queries import Visit
from tests.factories import MEI, OTHER_GRID, QIN, WEI, ZHOU, inside, make_household
from tests.local_policy.settings import revoke, rule_off, signed
from tests.proposals.edits import change
from tests.proposals.test_moving import grids_of
from tests.rechecks.acting import URL, approved, outcome
from tests.support import interrupting
from tests.visits.bodies import DRY, new_id, send, visit_of

MOVES_VISITS = "server.visits.services.move_household"


@pytest.fixture
def dry(app, login):
    """A visit with two lights that the village has not decided on; its body."""
    body = visit_of(make_household(app).id, DRY)
    assert send(login(MEI), body).status_code == 201
    return body


def unlit(app, login, clock, rule):
    """A visit sent while a rule was off, which is on again; nobody was judged anew yet. Its body."""
    setting = signed(login(QIN), rule_off(rule))
    jobs.run_pending(app)
    body = visit_of(make_household(app).id, DRY)
    assert send(login(MEI), body).status_code == 201
    clock.advance(minutes=2)
    assert revoke(login(QIN), setting["id"]).status_code == 201
    clock.advance(minutes=2)
    return body


def deciding(client, body, decision="approved"):
    """An act: the decision of a village or township."""
    form = {"id": new_id(), "decision": decision, "comment": "请核实", "comments": []}
    return lambda: client.post(f"/api/v1/visits/{body['id']}/reviews", json=form)


def dismissing(client, body, rule):
    """An act: dismissing a light."""
    form = {"id": new_id(), "reason": "wrong_answer", "text": "核实过，有水"}
    return lambda: client.post(f"/api/v1/visits/{body['id']}/lights/{rule}/dismissals", json=form)


def concluding(client, body):
    """An act: handing a re-check up."""
    form = outcome()
    return lambda: client.post(f"{URL}/{body['id']}/outcomes", json=form)


def stored(app, body):
    with inside(app):
        return db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"])))


def newest_run(app):
    with inside(app):
        return db.session.scalars(select(Rejudgement).order_by(Rejudgement.created_at.desc())).first()


def said(reply):
    return reply.status_code, reply.json.get("code")


def test_what_the_village_approves_while_its_light_is_found_is_due(app, login, clock, monkeypatch):
    body = unlit(app, login, clock, "R-WAT-01")
    act = interrupting.after(monkeypatch, rejudging, "dismissed_of", deciding(login(WEI), body))
    jobs.run_pending(app)
    assert said(act.result()) == (201, None)
    visit = stored(app, body)
    assert (visit.state, visit.severity) == ("approved", "red")
    (row,) = login(ZHOU).get(URL).json["items"]
    assert (row["visit_id"], row["severity"]) == (body["id"], "red")


def test_a_light_is_found_while_the_village_approves(app, login, clock, monkeypatch):
    body = unlit(app, login, clock, "R-WAT-01")
    act = interrupting.after(monkeypatch, reviews, "decide", lambda: jobs.run_pending(app))
    assert said(deciding(login(WEI), body)()) == (201, None)
    assert act.result() == 1
    (row,) = login(ZHOU).get(URL).json["items"]
    assert (row["visit_id"], row["severity"]) == (body["id"], "red")


def test_a_light_dismissed_while_another_is_found(app, login, clock, monkeypatch):
    body = unlit(app, login, clock, "R-XCK-01")
    act = interrupting.after(monkeypatch, rejudging, "dismissed_of", dismissing(login(QIN), body, "R-WAT-01"))
    jobs.run_pending(app)
    assert newest_run(app).state == DONE
    assert said(act.result()) == (201, None)
    visit = stored(app, body)
    assert (visit.red_count, visit.yellow_count, visit.dismissed_count) == (0, 1, 1)


def lines(login, body):
    """What somebody might do with a visit that its village let through, or has before it."""
    return {
        "review": deciding(login(WEI), body),
        "conclude": concluding(login(ZHOU), body),
        "dismiss": dismissing(login(ZHOU), body, "R-XCK-01"),
    }


@pytest.mark.parametrize("what", ["review", "conclude", "dismiss"])
def test_a_household_moves_while_somebody_decides(app, login, monkeypatch, what):
    home = make_household(app)
    body = visit_of(home.id, DRY)
    if what == "conclude":
        body = approved(app, login, home=home.id)
    else:
        assert send(login(MEI), body).status_code == 201
    movers = following._movers
    act = interrupting.before(monkeypatch, movers, MOVES_VISITS, lines(login, body)[what])
    change(app, WEI, home, ("grid", OTHER_GRID), base=100)
    assert said(act.result()) == (201, None)
    grids = {frozenset(found) for found in grids_of(app, home.id).values() if found}
    assert grids == {frozenset({OTHER_GRID})}


@pytest.mark.parametrize("first", ["conclude", "back"])
def test_the_township_concludes_and_gives_back_at_once(app, login, dry, monkeypatch, first):
    assert deciding(login(WEI), dry, "escalated")().status_code == 201
    conclude, back = concluding(login(ZHOU), dry), deciding(login(ZHOU), dry, "returned")
    if first == "conclude":
        act = interrupting.before(monkeypatch, rechecks, "end_handing_up", back)
        replies = conclude(), act.result()
    else:
        act = interrupting.before(monkeypatch, reviews, "decide", conclude)
        replies = back(), act.result()
    assert replies[0].status_code == 201
    assert replies[1].json["code"] == ("visit_not_reviewable" if first == "conclude" else "recheck_not_due")


class Deadlock(Exception):
    """What PostgreSQL tells the one it gives up."""

    sqlstate = "40P01"


def test_a_run_goes_on_where_the_database_gave_it_up(app, login, clock, monkeypatch):
    body = unlit(app, login, clock, "R-WAT-01")
    real, troubles = rejudging.tell, [Deadlock(), Deadlock()]

    def tell(visits, before):
        if troubles:
            raise OperationalError("UPDATE visit", {}, troubles.pop())
        real(visits, before)

    monkeypatch.setattr(rejudging, "tell", tell)
    jobs.run_pending(app)
    run = newest_run(app)
    assert troubles == []
    assert (run.state, run.opened, run.closed) == (DONE, 2, 0)
    assert stored(app, body).severity == "red"
