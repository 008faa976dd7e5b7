"""The county's cases: what was handed up first, to whom it is given, and what is decided by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from server.accounts.models import User
from server.core.audit import AuditEntry
from server.core.db import db
from server.county_desk import services
from server.county_desk.models import Assignment, CountyDecision
from server.rechecks.models import Recheck
from server.visits.models import Visit
from tests.factories import (
    COUNTY,
    DENG,
    GONG,
    GRID_IN_OTHER_TOWNSHIP,
    HONG,
    LU,
    OTHER_COUNTY,
    QIN,
    ZHOU,
    inside,
    make_user,
    writing,
)
from tests.rechecks.acting import approved, conclude, outcome
from tests.support import interrupting
from tests.visits.bodies import new_id

URL = "/api/v1/county/cases"
ASSIGN = "/api/v1/county/assignments"


@pytest.fixture
def cases(app, login, clock):
    """Three cases: two of one township, the last one of the other; an hour apart."""
    bodies = [approved(app, login) for _ in range(2)]
    there = make_user(app, "first_secretary", GRID_IN_OTHER_TOWNSHIP[:12])
    bodies.append(approved(app, login, sender=HONG, reviewer=there))
    told = ((ZHOU, "unsafe_water"), (ZHOU, "illness"), (LU, "illness"))
    for body, (person, cause) in zip(bodies, told, strict=True):
        assert conclude(login, body, person, cause=cause).status_code == 201
        clock.advance(hours=1)
    return [body["id"] for body in bodies]


def listed(client, **query):
    reply = client.get(URL, query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def ids(client, **query):
    return [item["visit_id"] for item in listed(client, **query)["items"]]


def decide(client, visit_id, decision="monitor", **changes):
    form = {"id": new_id(), "decision": decision, "opinion": "同意纳入"} | changes
    return client.post(f"{URL}/{visit_id}/decisions", json=form)


def assign(client, visit_ids, **changes):
    form = {"id": new_id(), "visit_ids": visit_ids, "assignee_id": str(QIN.id), "note": "本周办结"} | changes
    return client.post(ASSIGN, json=form)


def test_what_was_handed_up_first_comes_first_with_its_counts(login, cases):
    qin = login(QIN)
    assert ids(qin) == cases
    counts = listed(qin)["counts"]
    assert (counts["households"], counts["persons"], counts["unassigned"]) == (3, 6, 3)
    towns = {line["township"]: line["households"] for line in counts["by_township"]}
    assert towns == {"450321100": 2, "450321101": 1}
    causes = {line["cause"]: (line["households"], line["persons"]) for line in counts["by_cause"]}
    assert causes == {"illness": (2, 4), "unsafe_water": (1, 2)}


def test_cases_are_narrowed_down(login, cases):
    qin = login(QIN)
    assert ids(qin, region="450321101") == cases[2:]
    assert ids(qin, cause="illness") == cases[1:]
    assert ids(qin, until="2026-11-22") == []
    assert ids(qin, until="2026-11-23") == cases
    assert ids(qin, state="monitor") == []


def test_cases_and_their_counts_are_narrowed_by_the_light_as_it_is_now(app, login, cases):
    with writing(app):
        visit = db.session.scalar(select(Visit).where(Visit.id == UUID(cases[1])))
        visit.severity_rank, visit.severity = 3, "none"
    qin = login(QIN)
    assert (ids(qin, severity="red"), ids(qin, severity="none")) == ([cases[0], cases[2]], [cases[1]])
    assert ids(qin, severity="red", cause="illness") == cases[2:]
    counts = listed(qin, severity="red")["counts"]
    assert (counts["households"], counts["persons"], counts["unassigned"]) == (2, 4, 2)
    assert [line["township"] for line in listed(qin, severity="none")["counts"]["by_township"]] == [
        "450321100"
    ]
    assert ids(qin, severity="yellow") == []
    assert qin.get(URL, query_string={"severity": "blue"}).status_code == 422


def test_a_month_holds_what_was_handed_up_in_it_by_the_countys_days(app, login, cases):
    ends = ("2026-10-31T15:59:59", "2026-10-31T16:00:00", "2026-11-30T16:00:00")
    with writing(app):
        for case, end in zip(cases, ends, strict=True):
            row = db.session.scalar(select(Recheck).where(Recheck.visit_id == UUID(case)))
            row.handed_up_at = datetime.fromisoformat(end).replace(tzinfo=UTC)
    qin = login(QIN)
    months = ("2026-10", "2026-11", "2026-12")
    assert [ids(qin, month=month) for month in months] == [[case] for case in cases]
    assert listed(qin, month="2026-11")["counts"]["households"] == 1
    assert ids(qin, month="2026-12", until="2026-11-30") == []
    assert qin.get(URL, query_string={"month": "2026-13"}).status_code == 422


def test_cases_come_in_pages(login, cases):
    first = listed(login(QIN), limit=2)
    rest = listed(login(QIN), limit=2, cursor=first["next"])
    assert [item["visit_id"] for item in (*first["items"], *rest["items"])] == cases
    assert (rest["next"], "counts" in rest) == (None, False)


def test_another_county_sees_none_and_decides_nothing(login, cases):
    gong = login(GONG)
    assert listed(gong) == {
        "items": [],
        "next": None,
        "counts": {"households": 0, "persons": 0, "unassigned": 0, "by_township": [], "by_cause": []},
    }
    assert decide(gong, cases[0]).json["code"] == "recheck_not_found"
    (result,) = assign(gong, cases[:1], assignee_id=str(GONG.id)).json["results"]
    assert (result["status"], result["code"]) == ("refused", "recheck_not_found")


# --- decisions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["monitor", "no_risk"])
def test_a_decision_takes_the_case_off_the_list(login, cases, decision):
    reply = decide(login(QIN), cases[0], decision)
    assert (reply.status_code, reply.json["officer_name"], reply.json["opinion"]) == (201, "Qin", "同意纳入")
    assert ids(login(QIN)) == cases[1:]
    assert ids(login(QIN), state=decision) == cases[:1]
    assert login(ZHOU).get(f"/api/v1/rechecks?state={decision}").json["counts"][decision] == 1


def test_back_asks_the_township_again_with_three_new_days(login, cases):
    assert decide(login(QIN), cases[0], "back", opinion="水源鉴定在哪里？").status_code == 201
    (item,) = login(ZHOU).get("/api/v1/rechecks").json["items"]
    assert (item["visit_id"], item["rounds"], item["starts_on"], item["due_on"]) == (
        cases[0], 1, "2026-11-23", "2026-11-26",
    )  # fmt: skip
    again = login(ZHOU).post(f"/api/v1/rechecks/{cases[0]}/outcomes", json=outcome(opinion="鉴定已附"))
    assert again.status_code == 201
    assert ids(login(QIN)) == cases  # it keeps its place: it was handed up first
    case = login(QIN).get(f"{URL}/{cases[0]}").json
    assert [each["decision"] for each in case["decisions"]] == ["back"]
    assert len(case["outcomes"]) == 2


def test_the_same_decision_twice_is_one(app, login, cases):
    form = {"id": new_id(), "decision": "monitor", "opinion": "同意"}
    replies = [login(QIN).post(f"{URL}/{cases[0]}/decisions", json=form) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 200]
    other = login(QIN).post(f"{URL}/{cases[0]}/decisions", json=form | {"opinion": "不同意"})
    assert other.json["code"] == "decision_conflict"
    assert decide(login(QIN), cases[0]).json["code"] == "not_handed_up"
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(CountyDecision)) == 1
        (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "county.decide"))
        assert entry.details == {"decision": "monitor"}


def test_nobody_decides_what_they_rechecked_themselves(app, login, cases):
    with writing(app):
        promoted = {"role": "county", "region_code": COUNTY}
        db.session.execute(update(User).where(User.id == ZHOU.id).values(**promoted))
    reply = decide(login(ZHOU), cases[0])
    assert (reply.status_code, reply.json["code"]) == (409, "own_recheck")
    assert login(ZHOU).get(f"{URL}/{cases[0]}").json["obstacle"] == "own_recheck"
    assert decide(login(ZHOU), cases[2]).status_code == 201  # the other township's is not theirs


@pytest.mark.parametrize("changes", [{"opinion": ""}, {"decision": "approve"}, {"id": "1"}])
def test_bad_decisions_change_nothing(login, cases, changes):
    assert decide(login(QIN), cases[0], **changes).status_code == 422
    assert ids(login(QIN)) == cases


# --- assignments ------------------------------------------------------------------------------------------


def test_cases_are_given_to_a_person_and_to_a_department(app, login, cases):
    qin = login(QIN)
    staff = qin.get("/api/v1/county/staff").json
    assert staff == {"people": [{"id": str(QIN.id), "name": "Qin"}], "departments": [DENG.department]}
    results = assign(qin, cases[:2]).json["results"]
    assert [each["status"] for each in results] == ["assigned", "assigned"]
    assert assign(qin, cases[2:], assignee_id=None, department=DENG.department).status_code == 200
    assert ids(qin, assigned="me") == cases[:2]
    assert ids(qin, assigned="nobody") == []
    assert ids(qin, department=DENG.department) == cases[2:]
    assert listed(qin)["counts"]["unassigned"] == 0
    assert listed(qin)["items"][0]["assignee_name"] == "Qin"


def test_each_row_has_its_own_result_and_a_batch_sent_again_the_same(app, login, cases):
    qin = login(QIN)
    assert decide(qin, cases[0]).status_code == 201
    assert assign(qin, cases[1:2]).status_code == 200
    form = {"id": new_id(), "visit_ids": [*cases, new_id()], "assignee_id": str(QIN.id), "note": ""}
    first, again = (qin.post(ASSIGN, json=form) for _ in range(2))
    told = [(each["status"], each["code"]) for each in first.json["results"]]
    assert told == [
        ("refused", "not_handed_up"),
        ("unchanged", None),
        ("assigned", None),
        ("refused", "recheck_not_found"),
    ]
    assert again.json == first.json
    assert qin.post(ASSIGN, json=form | {"note": "另一个"}).json["code"] == "assignment_conflict"
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Assignment)) == 2


def test_a_new_note_to_whoever_has_the_case_already_is_told(login, cases):
    qin = login(QIN)
    notes = ("本周办结", "请改为周五前办结", "请改为周五前办结", "")
    told = [assign(qin, cases[:1], note=note).json["results"][0]["status"] for note in notes]
    assert told == ["assigned", "assigned", "unchanged", "unchanged"]
    household = listed(qin)["items"][0]["household"]["id"]
    entries = qin.get(f"/api/v1/households/{household}/timeline").json["entries"]
    said = {entry["text"] for entry in entries if entry["kind"] == "assignment"}
    assert said == {"本周办结", "请改为周五前办结"}


def test_a_department_of_another_county_looks_after_no_case_here(app, login, cases):
    qin = login(QIN)
    assign(qin, cases, assignee_id=None, department=DENG.department)
    elsewhere = make_user(app, "department", OTHER_COUNTY)
    with writing(app):
        there = User.id == elsewhere.id
        db.session.execute(update(User).where(there).values(department=DENG.department))
        db.session.execute(update(User).where(User.id == DENG.id).values(active=False))
    assert ids(qin, assigned="nobody") == cases
    assert listed(qin)["counts"]["unassigned"] == len(cases)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"assignee_id": str(ZHOU.id)}, "assignee_unknown"),
        ({"assignee_id": None, "department": "没有这个局"}, "assignee_unknown"),
        ({"assignee_id": None}, "invalid"),
        ({"department": "education"}, "invalid"),
        ({"visit_ids": []}, "invalid"),
    ],
)
def test_bad_assignments_change_nothing(login, cases, changes, code):
    reply = login(QIN).post(
        ASSIGN, json={"id": new_id(), "visit_ids": cases, "assignee_id": str(QIN.id)} | changes
    )
    assert (reply.status_code, reply.json["code"]) == (422, code)
    assert listed(login(QIN))["counts"]["unassigned"] == 3


# --- the whole story --------------------------------------------------------------------------------------


def test_the_timeline_tells_everything_from_the_visit_to_the_decision(app, login, cases, clock):
    clock.advance(minutes=1)
    assign(login(QIN), cases[:1], note="请教育局核实 450321198005049912")
    clock.advance(minutes=1)
    decide(login(QIN), cases[0])
    household = listed(login(QIN), state="monitor")["items"][0]["household"]["id"]
    for person in (QIN, ZHOU):
        told = login(person).get(f"/api/v1/households/{household}/timeline").json
        kinds = [entry["kind"] for entry in reversed(told["entries"])]
        lights = kinds.count("light_opened")
        assert lights >= 1
        assert kinds == ["visit", *["light_opened"] * lights, "review", "recheck", "assignment", "decision"]
        newest = told["entries"][0]
        assert (newest["who"], newest["role"], newest["code"]) == ("Qin", "county", "monitor")
        assert "450321198005049912" not in str(told)
    assert login(LU).get(f"/api/v1/households/{household}/timeline").status_code == 404
    assert login(GONG).get(f"/api/v1/households/{household}/timeline").status_code == 404


def test_the_timeline_says_who_looked(app, login, cases, clock):
    from server.core import audit

    household = listed(login(QIN))["items"][0]["household"]["id"]
    with writing(app):
        audit.record("household.reveal", ("household", household), "450321", reason="核对身份")
    told = login(QIN).get(f"/api/v1/households/{household}/timeline").json["entries"]
    (read,) = [entry for entry in told if entry["kind"] == "read"]
    assert (read["code"], read["text"], read["role"]) == ("household.reveal", "核对身份", "system")


def test_a_case_whose_lights_went_out_can_still_be_decided(app, login, cases):
    with writing(app):
        for visit in db.session.scalars(select(Visit)):
            visit.severity_rank, visit.severity = 3, "none"
    assert login(QIN).get(f"{URL}/{cases[0]}").status_code == 200
    assert decide(login(QIN), cases[0], "no_risk").status_code == 201


def test_the_meeting_list_holds_what_was_handed_up_until_a_day(app, login, cases, clock):
    clock.advance(days=1)
    late = approved(app, login, at=clock.now - timedelta(hours=1))
    conclude(login, late)
    assert ids(login(QIN), until="2026-11-23") == cases
    assert ids(login(QIN), until="2026-11-24") == [*cases, late["id"]]


def test_the_same_assignment_sent_at_once_gives_what_it_did(app, login, cases, monkeypatch):
    form = {
        "id": new_id(),
        "visit_ids": cases[:2],
        "assignee_id": str(QIN.id),
        "note": "",
        "department": None,
    }
    qin, again = login(QIN), login(QIN)
    copy = lambda: again.post(ASSIGN, json=form)  # noqa: E731
    second = interrupting.after(monkeypatch, services.queries, "batch_by_id", copy)
    first = qin.post(ASSIGN, json=form)
    assert (first.status_code, second.result().status_code) == (200, 200)
    assert first.json == second.result().json
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Assignment)) == 2
