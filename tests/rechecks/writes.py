"""Every writing operation on re-checks and cases, and the audit entry it must leave (``test_guards``)."""

from __future__ import annotations

from tests.factories import QIN, WEI, ZHOU
from tests.rechecks.acting import outcome, review
from tests.visits.bodies import new_id


def _conclude(app, login, visit, clock):
    """The visit is let through with its red light; the township hands it up."""
    review(login(WEI), visit["id"])
    return login(ZHOU).post(f"/api/v1/rechecks/{visit['id']}/outcomes", json=outcome())


def _confirm_month(_app, login, _visit, _clock):
    return login(ZHOU).put("/api/v1/rechecks/months/2026-11/confirmation")


def _decide_case(app, login, visit, clock):
    _conclude(app, login, visit, clock)
    body = {"id": new_id(), "decision": "monitor", "opinion": "同意"}
    return login(QIN).post(f"/api/v1/county/cases/{visit['id']}/decisions", json=body)


def _assign_cases(app, login, visit, clock):
    _conclude(app, login, visit, clock)
    body = {"id": new_id(), "visit_ids": [visit["id"]], "assignee_id": str(QIN.id), "note": ""}
    return login(QIN).post("/api/v1/county/assignments", json=body)


def _save_filter(_app, login, _visit, _clock, address="/api/v1/filters/0190a000-0000-7000-8000-000000000001"):
    return login(QIN).put(address, json={"name": "红灯", "query": {"severity": "red"}})


def _remove_filter(app, login, visit, clock):
    _save_filter(app, login, visit, clock)
    return login(QIN).delete("/api/v1/filters/0190a000-0000-7000-8000-000000000001")


WRITES = {
    "rechecks.conclude_recheck": (_conclude, "recheck.conclude"),
    "rechecks.confirm_month": (_confirm_month, "recheck.confirm_month"),
    "county_desk.decide_case": (_decide_case, "county.decide"),
    "county_desk.assign_cases": (_assign_cases, "county.assign"),
    "county_desk.save_filter": (_save_filter, "filter.save"),
    "county_desk.remove_filter": (_remove_filter, "filter.remove"),
}
