"""Outcomes of re-checks: settled or handed up, once, by nobody who wrote or reviewed the visit."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from server.accounts.models import User
from server.core.audit import AuditEntry
from server.core.db import db
from server.rechecks import export
from server.rechecks.models import RecheckOutcome
from tests.factories import LU, MEI, QIN, TOWNSHIP, WEI, ZHOU, inside, make_user, writing
from tests.rechecks.acting import URL, approved, conclude, outcome
from tests.rechecks.test_due import ids, listed
from tests.visits.bodies import CLEAN, NOW, send, visit_of

LEDGER = "/api/v1/ledger"


@pytest.fixture
def settling(monkeypatch):
    """As in Ningxia, where a township may settle a case itself."""
    monkeypatch.setattr("server.rechecks.services.may_settle", lambda: True)
    monkeypatch.setattr("server.rechecks.rules.may_settle", lambda: True)


@pytest.fixture
def body(app, login):
    return approved(app, login)


def line(cause, **counted):
    """A line of the ledger; what is not said is nought."""
    nought = dict.fromkeys(("entries", "persons", "households", "settled", "handed_up", "decided"), 0)
    return nought | {"cause": cause} | counted


def test_handing_up_takes_it_off_the_list_and_says_what_was_found(login, body):
    home = {"home_on": "2026-11-23", "home_by": "周主任、韦书记"}
    found = [{"rule": "R-WAT-01", "found": "yes", "note": "水井已干"}]
    reply = conclude(login, body, home_on=home["home_on"], home_by=home["home_by"], findings=found)
    assert reply.status_code == 201, reply.text
    assert (reply.json["decision"], reply.json["officer_name"], reply.json["findings"]) == (
        "hand_up",
        "Zhou",
        found,
    )
    assert ids(login(ZHOU)) == []
    (item,) = listed(login(ZHOU), state="handed_up")["items"]
    assert (item["cause"], item["persons"], item["officer_name"]) == ("unsafe_water", 2, "Zhou")
    seen = login(QIN).get(f"{URL}/{body['id']}").json
    assert [each["opinion"] for each in seen["outcomes"]] == ["情况属实"]


def test_the_same_outcome_twice_is_one(app, login, body):
    form = outcome()
    replies = [login(ZHOU).post(f"{URL}/{body['id']}/outcomes", json=form) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 200]
    assert replies[0].json == replies[1].json
    other = login(ZHOU).post(f"{URL}/{body['id']}/outcomes", json=form | {"opinion": "另一种意见"})
    assert (other.status_code, other.json["code"]) == (409, "recheck_conflict")
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(RecheckOutcome)) == 1
        query = select(AuditEntry).where(AuditEntry.action == "recheck.conclude")
        (entry,) = db.session.scalars(query)
        assert entry.details == {"decision": "hand_up", "cause": "unsafe_water"}


def test_two_officers_at_once_conclude_once(app, login, body):
    other = make_user(app, "township", TOWNSHIP)
    clients = [login(ZHOU), login(other)]
    with ThreadPoolExecutor(2) as pool:
        post = lambda client: client.post(f"{URL}/{body['id']}/outcomes", json=outcome())  # noqa: E731
        replies = list(pool.map(post, clients))
    assert sorted(reply.status_code for reply in replies) == [201, 409]
    assert {reply.json.get("code") for reply in replies} == {None, "recheck_not_due"}


def test_settling_needs_a_place_that_allows_it(login, body):
    reply = conclude(login, body, decision="settle")
    assert (reply.status_code, reply.json["code"]) == (409, "settle_not_allowed")
    assert listed(login(ZHOU))["may_settle"] is False


def test_where_it_is_allowed_a_case_is_settled(login, body, settling):
    assert conclude(login, body, decision="settle").status_code == 201
    assert listed(login(ZHOU))["counts"] | {"handed_up": 0} == {
        "due": 0, "overdue": 0, "settled": 1, "handed_up": 0, "monitor": 0, "no_risk": 0,
    }  # fmt: skip


def test_nobody_rechecks_own_work_or_own_review(app, login, body):
    for person, code in ((MEI, "own_work"), (WEI, "own_review")):
        with writing(app):
            promoted = {"role": "township", "region_code": TOWNSHIP}
            db.session.execute(update(User).where(User.id == person.id).values(**promoted))
        reply = conclude(login, body, person)
        assert (reply.status_code, reply.json["code"]) == (409, code)
        assert login(person).get(f"{URL}/{body['id']}").json["obstacle"] == code


def test_another_township_finds_nothing(login, body):
    reply = conclude(login, body, LU)
    assert (reply.status_code, reply.json["code"]) == (404, "recheck_not_found")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cause": "verify"}, "cause"),
        ({"opinion": ""}, "opinion"),
        ({"decision": "forget"}, "decision"),
        ({"home_on": "2026-11-24", "home_by": "周主任"}, "home_on"),
        ({"home_on": "2026-11-20"}, "home_by"),
        ({"findings": [{"rule": "R-WAT-01", "found": "yes"}]}, "home_on"),
        (
            {"home_on": "2026-11-20", "home_by": "周", "findings": [{"rule": "R-HOU-01", "found": "yes"}]},
            "findings.0.rule",
        ),
    ],
)
def test_bad_outcomes_change_nothing(login, body, changes, field):
    reply = conclude(login, body, **changes)
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")
    assert field in reply.json["errors"]
    assert ids(login(ZHOU)) == [body["id"]]


def test_a_newer_visit_of_the_household_is_linked(app, login, body, clock):
    clock.advance(hours=5)
    newer = visit_of(body["household_id"], CLEAN, at=NOW + timedelta(hours=4))
    assert send(login(MEI), newer).status_code == 201
    assert login(ZHOU).get(f"{URL}/{body['id']}").json["newer_visit"]["id"] == newer["id"]
    assert conclude(login, body).json["newer_visit_id"] == newer["id"]


def test_identity_numbers_in_an_opinion_are_masked(login, body):
    number = "450321198005049912"
    home = {"home_on": "2026-11-23", "home_by": f"韦书记 {number}"}
    reply = conclude(login, body, opinion=f"本人身份证 {number} 已核对", **home)
    for written in (reply.json["opinion"], reply.json["home_by"]):
        assert (number in written, "450321********9912" in written) == (False, True)
    told = login(QIN).get(f"/api/v1/households/{body['household_id']}/timeline")
    assert (number in told.text, "韦书记 450321********9912" in str(told.json)) == (False, True)


# --- the ledger -------------------------------------------------------------------------------------------


def test_the_ledger_counts_entries_and_persons_by_cause(app, login, settling):
    bodies = [approved(app, login) for _ in range(3)]
    conclude(login, bodies[0])
    conclude(login, bodies[1], decision="settle")
    conclude(login, bodies[2], cause="illness")
    seen = login(ZHOU).get(LEDGER).json
    assert seen["causes"] == [
        line("unsafe_water", entries=2, persons=4, households=2, settled=1, handed_up=1),
        line("illness", entries=1, persons=2, households=1, handed_up=1),
    ]
    assert seen["households"] == 3
    ill = login(ZHOU).get(LEDGER, query_string={"cause": "illness"}).json
    assert [item["visit_id"] for item in ill["items"]] == [bodies[2]["id"]]
    assert ill["households"] == 3, "causes and households are of the whole, whatever the cause asked for"
    other = login(LU).get(LEDGER).json
    assert (other["causes"], other["households"]) == ([], 0)
    assert login(ZHOU).get(LEDGER, query_string={"first": "2026-12"}).json["items"] == []


def test_a_household_re_checked_again_is_an_entry_more_and_one_household(app, login, settling):
    home = approved(app, login, at=NOW - timedelta(days=2))
    again = [
        approved(app, login, home=home["household_id"], at=NOW - timedelta(hours=hours)) for hours in (30, 6)
    ]
    for body, cause in zip((home, *again), ("unsafe_water", "unsafe_water", "illness"), strict=True):
        assert conclude(login, body, cause=cause, decision="settle").status_code == 201
    other = approved(app, login)
    conclude(login, other, cause="illness")
    seen = login(ZHOU).get(LEDGER).json
    assert seen["causes"] == [
        line("illness", entries=2, persons=4, households=2, settled=1, handed_up=1),
        line("unsafe_water", entries=2, persons=4, households=1, settled=2),
    ]
    assert seen["households"] == 2, "a household under two causes counts once in the total"
    narrowed = login(ZHOU).get(LEDGER, query_string={"state": "handed_up"}).json
    assert (len(narrowed["items"]), narrowed["households"]) == (1, 1)
    assert narrowed["items"][0]["visit_id"] == other["id"]


def test_the_ledger_comes_in_pages(app, login):
    bodies = [approved(app, login) for _ in range(3)]
    for each in bodies:
        assert conclude(login, each).status_code == 201
    first = login(ZHOU).get(LEDGER, query_string={"limit": 2}).json
    rest = login(ZHOU).get(LEDGER, query_string={"limit": 2, "cursor": first["next"]}).json
    seen = [item["visit_id"] for item in (*first["items"], *rest["items"])]
    assert sorted(seen) == sorted(each["id"] for each in bodies)
    assert rest["next"] is None
    assert (first["households"], first["months"]) == (3, ["2026-11"])
    assert not {"causes", "households", "months"} & rest.keys(), "counts come with the first page"


def test_the_file_masks_names_runs_no_formula_and_is_audited(app, login, body):
    with writing(app):
        db.session.execute(update(User).where(User.id == ZHOU.id).values(display_name="=HYPERLINK(1)"))
    assert conclude(login, body).status_code == 201
    reply = login(ZHOU).get(f"{LEDGER}/file")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0] == "韦**"
    assert rows[1][5] == "饮水"
    assert "'=HYPERLINK(1)" in rows[1]
    assert "韦小山" not in reply.text
    with inside(app):
        (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "recheck.export"))
        assert (entry.region_code, entry.details) == (TOWNSHIP, {"rows": 1})


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠A1", "\u200b=1"]
)
def test_no_cell_begins_a_formula(text):
    assert export.safe(text) == f"'{text}"
    assert export.safe(f"x{text}") == f"x{text}"
    assert export.safe(None) == ""


def test_a_file_of_too_many_rows_is_refused(app, login, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 1)
    for _ in range(2):
        assert conclude(login, approved(app, login)).status_code == 201
    reply = login(ZHOU).get(f"{LEDGER}/file")
    assert (reply.status_code, reply.json["code"]) == (422, "too_many_rows")


def test_every_cause_has_a_word():
    from server.rechecks.services import CAUSES

    assert set(CAUSES) == set(export.CAUSE_WORDS)
