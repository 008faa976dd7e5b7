"""A household that moves takes all of its rows along; one that is removed keeps its history."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from server.core import clock
from server.core.audit import AuditEntry
from server.core.changes import Change
from server.core.db import Base, db
from server.core.jobs import run_pending
from server.core.scope import RegionScoped
from server.evidence.models import PhotoTrace
from server.households.models import Household
from server.photos.models import Photo
from server.sync.models import HeldOperation
from server.visits.models import Visit
from tests.factories import (
    GRID,
    GRID_IN_OTHER_TOWNSHIP,
    GRID_IN_OTHER_VILLAGE,
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
    writing,
)
from tests.proposals.edits import change
from tests.proposals.test_deciding import URL, decide, propose
from tests.rechecks.acting import conclude
from tests.test_guards import PROMISED
from tests.visits.bodies import DRY, NOW, new_id, send, visit_of

# A photo that came before its visit belongs to whoever sent it, and to no household yet.
NOT_OF_A_HOUSEHOLD = {"stray_photo"}


def tables_of_a_household():
    """Every region-scoped table that says, itself or by its visit, whose household it is about."""
    scoped = [m.class_ for m in Base.registry.mappers if issubclass(m.class_, RegionScoped)]
    found = {m: {"household_id", "visit_id"} & set(m.__table__.columns.keys()) for m in scoped}
    return [m for m, named in found.items() if named and m.__tablename__ not in NOT_OF_A_HOUSEHOLD]


def rows_of(model, household_id, visits):
    if hasattr(model, "household_id"):
        query = select(model).where(model.household_id == household_id)
    else:
        query = select(model).where(model.visit_id.in_(visits))
    return db.session.scalars(query).all()


def grids_of(app, household_id):
    """Where the rows of a household lie, by table."""
    with inside(app):
        visits = db.session.scalars(select(Visit.id).where(Visit.household_id == household_id)).all()
        found = {
            model.__tablename__: {row.region_code for row in rows_of(model, household_id, visits)}
            for model in tables_of_a_household()
        }
        home = db.session.scalar(select(Household.region_code).where(Household.id == household_id))
        return found | {"household": {home}}


def _trace_photo(app, household, body):
    with writing(app):
        photo = db.session.scalar(select(Photo.id).where(Photo.visit_id == UUID(body["id"])))
        own = {"photo_id": photo, "region_code": GRID, "household_id": household.id, "seq": 1, "sha256": "0"}
        db.session.add(PhotoTrace(visit_id=UUID(body["id"]), root_id=UUID(body["id"]), **own))


def full_household(app, login):
    """A household with a row in every table that could hold one."""
    household = make_household(app)
    preview = {"policy": "0123456789abcdef", "met": [], "unknown": []}
    body = visit_of(household.id, DRY, photos=[PROMISED], preview=preview)
    body["started_at"] = body["finished_at"]  # quicker than anybody can ask
    assert send(login(MEI), body).status_code == 201
    run_pending(app)
    _trace_photo(app, household, body)
    review = {"id": new_id(), "decision": "approved", "comment": "", "comments": []}
    assert login(WEI).post(f"/api/v1/visits/{body['id']}/reviews", json=review).status_code == 201
    assert conclude(login, body).status_code == 201
    case = {"id": new_id(), "visit_ids": [body["id"]], "assignee_id": str(QIN.id), "note": ""}
    assert login(QIN).post("/api/v1/county/assignments", json=case).status_code == 200
    decision = {"id": new_id(), "decision": "monitor", "opinion": "同意"}
    address = f"/api/v1/county/cases/{body['id']}/decisions"
    assert login(QIN).post(address, json=decision).status_code == 201
    rule = login(QIN).get(f"/api/v1/visits/{body['id']}").json["lights"][-1]["rule"]
    dismissal = {"id": new_id(), "reason": "already_helped", "text": "已解决"}
    address = f"/api/v1/visits/{body['id']}/lights/{rule}/dismissals"
    assert login(QIN).post(address, json=dismissal).status_code == 201
    change(app, MEI, household, ("address", "new"), (household.members[0].id, "name", "韦大山"))
    with writing(app):
        db.session.add(
            HeldOperation(
                id=uuid4(), region_code=GRID, user_id=MEI.id, author_name="Mei", op_id=uuid4(), sha256="0",
                kind="visit", household_id=household.id, schema_v=1, code="scope", raw="", comment="",
                received_at=clock.now(), xid=0, change_seq=0, result="",
            )
        )  # fmt: skip
    return household


@pytest.fixture
def household(app, login):
    return full_household(app, login)


def move(app, login, household, grid, decider=None):
    """A grid member proposes the move; the village or the township approves it."""
    decider = decider or (WEI if grid[:12] == GRID[:12] else ZHOU)
    reply = decide(login(decider), propose(app, household, ("grid", grid), base=2))
    assert reply.status_code == 200, reply.text


def test_every_table_of_a_household_is_tried(app, household):
    assert {name for name, grids in grids_of(app, household.id).items() if not grids} == set()
    assert {"visit", "photo", "flag", "household_facts", "review", "proposal"} <= set(
        grids_of(app, household.id)
    )


@pytest.mark.parametrize("grid", [OTHER_GRID, GRID_IN_OTHER_VILLAGE, GRID_IN_OTHER_TOWNSHIP])
def test_a_move_takes_every_row_along(app, login, household, grid):
    move(app, login, household, grid)
    assert {frozenset(found) for found in grids_of(app, household.id).values()} == {frozenset({grid})}


def test_a_forgotten_table_would_be_noticed(app, login, household, monkeypatch):
    from server.households import following

    monkeypatch.delitem(following._movers, "server.flags.services.move_household")
    move(app, login, household, OTHER_GRID)
    found = grids_of(app, household.id)
    assert (found["flag"], found["household_facts"], found["visit"]) == ({GRID}, {GRID}, {OTHER_GRID})


def test_another_household_stays_where_it_is(app, login, household):
    other = full_household(app, login)
    move(app, login, household, OTHER_GRID)
    assert {frozenset(found) for found in grids_of(app, other.id).values()} == {frozenset({GRID})}


def test_the_log_tells_the_old_grid_and_the_new_one(app, login, household):
    move(app, login, household, GRID_IN_OTHER_VILLAGE)
    with inside(app):
        query = select(Change).where(Change.kind == "household", Change.entity_id == household.id)
        told = [(row.region_code, row.effect) for row in db.session.scalars(query.order_by(Change.seq))]
        assert told[-2:] == [(GRID, "left"), (GRID_IN_OTHER_VILLAGE, "here")]
        query = select(AuditEntry.region_code).where(AuditEntry.action == "household.move")
        assert set(db.session.scalars(query)) == {GRID, GRID_IN_OTHER_VILLAGE}


def test_the_new_owner_sees_it_whole_and_the_old_one_nothing(app, login, household):
    move(app, login, household, GRID_IN_OTHER_VILLAGE)
    address = f"/api/v1/households/{household.id}"
    for person in (MEI, PING, WEI):
        assert login(person).get(address).status_code == 404
    for person in (TAN, ZHOU):
        shown = login(person).get(address).json
        assert [entry["severity"] for entry in shown["history"]] == ["red"]
        assert len(shown["history"][0]["reviews"]) == 1
    (row,) = login(LAN).get("/api/v1/households").json["items"]
    assert (row["grid"], row["last_visit"]["severity"]) == ("区域45032110020101", "red")
    assert login(WEI).get("/api/v1/visits").json["counts"]["total"] == 0
    assert [item["id"] for item in login(TAN).get("/api/v1/visits").json["items"]]


def test_open_proposals_are_decided_on_by_the_new_owner(app, login, household):
    (open_one,) = login(WEI).get(URL).json["items"]
    move(app, login, household, GRID_IN_OTHER_VILLAGE)
    assert login(WEI).get(URL).json["items"] == []
    assert decide(login(TAN), open_one["id"]).status_code == 200


def test_a_natural_village_is_left_behind_with_the_village(app, login):
    from server.regions.services import add_natural_village

    hamlets = uuid4(), uuid4()
    with writing(app):
        add_natural_village(hamlets[0], GRID[:12], "大榕屯")
        add_natural_village(hamlets[1], LAN.region_code[:12], "小河屯")
    household = make_household(app, natural_village_id=hamlets[0])
    move(app, login, household, OTHER_GRID)
    assert login(PING).get("/api/v1/households").json["items"][0]["natural_village"] == "大榕屯"
    key = propose(app, household, ("grid", LAN.region_code), person=PING, base=2)
    decide(login(ZHOU), key)
    assert login(LAN).get("/api/v1/households").json["items"][0]["natural_village"] == ""


def test_a_move_to_where_it_already_is_changes_nothing(app, household):
    outcome = change(app, MEI, household, ("grid", GRID), base=2)
    assert (outcome.applied, outcome.proposal_id) == ([], None)


def test_the_first_secretary_moves_within_the_village_at_once(app, login, household):
    assert change(app, WEI, household, ("grid", OTHER_GRID), base=2).proposal_id is None
    assert {frozenset(found) for found in grids_of(app, household.id).values()} == {frozenset({OTHER_GRID})}
    outcome = change(app, WEI, household, ("grid", GRID_IN_OTHER_VILLAGE), base=3)
    assert (outcome.applied, outcome.proposal_id is not None) == ([], True)


def test_a_move_to_another_township_is_the_old_ones_to_approve(app, login, household):
    key = propose(app, household, ("grid", GRID_IN_OTHER_TOWNSHIP), base=2)
    assert decide(login(LU), key).status_code == 404
    assert decide(login(ZHOU), key).status_code == 200
    assert login(HONG).get("/api/v1/households").json["items"][0]["id"] == str(household.id)
    assert login(LU).get(f"/api/v1/households/{household.id}").status_code == 200


# --- removal ----------------------------------------------------------------------------------------------


@pytest.fixture
def removed(app, login, household):
    decide(login(WEI), propose(app, household, ("removed", True), base=2))
    return household


def test_a_removed_household_is_on_no_list_and_its_history_stays(app, login, removed):
    assert login(MEI).get("/api/v1/households").json["items"] == []
    assert login(MEI).get(f"/api/v1/households/{removed.id}").status_code == 404
    shown = login(WEI).get(f"/api/v1/households/{removed.id}").json
    assert (shown["removed_at"], len(shown["history"])) == ("2026-11-23T02:00:00.000Z", 1)
    assert login(WEI).get("/api/v1/visits?latest=true").json["counts"]["total"] == 0
    assert login(WEI).get("/api/v1/visits").json["counts"]["total"] == 1


def test_no_rule_is_tried_on_a_removed_household_any_more(app, login, removed):
    from server.flags.jobs import sweep
    from server.flags.models import HouseholdFacts
    from server.simulations.queries import without_facts

    with inside(app):
        assert db.session.scalars(select(HouseholdFacts)).all() == []
        assert without_facts("") == 0
    with inside(app):
        sweep()
    with inside(app):
        assert db.session.scalars(select(HouseholdFacts)).all() == []


def test_a_visit_that_arrives_after_the_removal_is_kept_and_marked(app, login, removed):
    body = visit_of(removed.id, DRY, at=NOW)
    assert send(login(MEI), body).status_code == 201
    revision = visit_of(removed.id, DRY, at=NOW, revises=body["id"])
    assert send(login(MEI), revision).status_code == 201
    with inside(app):
        query = select(AuditEntry).where(AuditEntry.action == "visit.accept").order_by(AuditEntry.seq)
        assert [entry.details.get("removed", False) for entry in db.session.scalars(query)] == [
            False,
            True,
            True,
        ]
    shown = login(WEI).get(f"/api/v1/households/{removed.id}").json
    assert {body["id"], revision["id"]} <= {entry["id"] for entry in shown["history"]}
    assert login(MEI).get("/api/v1/households").json["items"] == []
    from server.flags.models import HouseholdFacts

    with inside(app):
        assert db.session.scalars(select(HouseholdFacts)).all() == []


def test_a_correction_that_arrives_after_the_removal_is_merged_like_any_other(app, login, removed):
    outcome = change(app, MEI, removed, ("phone", "13800000000"), base=2)
    assert outcome.proposal_id is None
    assert login(MEI).get("/api/v1/households").json["items"] == []


def test_a_removal_is_not_taken_back_by_a_correction(app, removed):
    from server.core.problems import Problem

    with pytest.raises(Problem, match="invalid"):
        change(app, WEI, removed, ("removed", False), base=3)


# --- members ----------------------------------------------------------------------------------------------


def test_a_member_who_is_gone_counts_nowhere_and_stays_on_record(app, login):
    household = make_household(app, members=3)
    gone = household.members[2].id
    mei, wei = login(MEI), login(WEI)
    assert mei.get("/api/v1/households").json["items"][0]["roster"]["n_members"] == 3
    decide(wei, propose(app, household, (gone, "removed", True)))
    (row,) = mei.get("/api/v1/households").json["items"]
    assert (row["roster"]["n_members"], row["roster"]["n_labour"]) == (2, 2)
    assert str(gone) not in [member["id"] for member in row["members"]]
    shown = wei.get(f"/api/v1/households/{household.id}").json
    assert [(former["id"], former["removed_at"]) for former in shown["former_members"]] == [
        (str(gone), "2026-11-23T02:00:00.000Z")
    ]


def test_a_visit_may_name_a_member_who_was_still_there_for_the_phone(app, login):
    household = make_household(app, members=3)
    gone = household.members[2].id
    change(app, WEI, household, (gone, "removed", True))
    reply = send(login(MEI), visit_of(household.id, DRY | {"ins_gap": [str(gone)]}))
    assert reply.status_code == 201, reply.json


def test_a_student_who_is_gone_is_asked_about_no_more(app, login):
    from tests.factories import make_member

    household = make_household(app, members=[make_member(), make_member(relation="之子", stage="college")])
    mei = login(MEI)
    asked = send(mei, visit_of(household.id, DRY)).json["unknown"]
    change(app, WEI, household, (household.members[1].id, "removed", True))
    roster = mei.get("/api/v1/households").json["items"][0]["roster"]
    now = send(mei, visit_of(household.id, DRY, roster=roster)).json["unknown"]
    assert len(now) < len(asked)
