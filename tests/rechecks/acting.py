"""Visits as they come to the township: sent, let through by the village, handed up or settled."""

from __future__ import annotations

from tests.factories import MEI, WEI, ZHOU, make_household
from tests.visits.bodies import DRY, NOW, new_id, send, visit_of

URL = "/api/v1/rechecks"


def review(client, visit_id, decision="approved"):
    """A decision of the village."""
    body = {"id": new_id(), "decision": decision, "comment": "请核实", "comments": []}
    reply = client.post(f"/api/v1/visits/{visit_id}/reviews", json=body)
    assert reply.status_code == 201, reply.text


def approved(app, login, answers=None, *, home=None, grid=None, sender=MEI, reviewer=WEI, at=NOW):
    """A visit that the village let through; with a red light if nothing else is said. Its body.

    Of a new household, or of that with the number ``home``.
    """
    home = home or make_household(app, grid or sender.region_code).id
    body = visit_of(home, DRY if answers is None else answers, at=at)
    assert send(login(sender), body).status_code == 201
    review(login(reviewer), body["id"])
    return body


def outcome(decision="hand_up", **changes):
    """An outcome as a township sends it."""
    return {"id": new_id(), "decision": decision, "cause": "unsafe_water", "opinion": "情况属实"} | changes


def conclude(login, body, person=ZHOU, **changes):
    """Hand a visit up, or whatever is said otherwise."""
    return login(person).post(f"{URL}/{body['id']}/outcomes", json=outcome(**changes))
