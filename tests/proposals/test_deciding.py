"""The desk of those who decide on corrections: what they see, who may decide, and what a decision does."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.db import db, transaction
from server.households.queries import edits_of, get_household
from server.proposals.services import decision_on
from tests.factories import (
    FANG,
    GONG,
    GRID_IN_OTHER_TOWNSHIP,
    HONG,
    LAN,
    LU,
    MEI,
    OTHER_GRID,
    QIN,
    TAN,
    WEI,
    ZHOU,
    id_number,
    inside,
    make_household,
    make_user,
    writing,
)
from tests.proposals.edits import change, edit, form_of, values

URL = "/api/v1/proposals"
NUMBER = id_number(date(1981, 3, 2), "male", 992)


def decide(client, key, decision="approved", comment=""):
    return client.post(f"{URL}/{key}/decision", json={"decision": decision, "comment": comment})


def propose(app, household, *changes, person=MEI, **more):
    """A grid member's correction of which at least one field waits; the proposal's id."""
    key = change(app, person, household, *changes, **more).proposal_id
    assert key is not None
    return str(key)


@pytest.fixture
def household(app):
    return make_household(app, members=2)


def rename(app, household, name="韦大山", **more):
    return propose(app, household, (household.members[0].id, "name", name), **more)


# --- what they see ----------------------------------------------------------------------------------------


def test_a_proposal_shows_both_values_and_whose_the_present_one_is(app, login, household, clock):
    change(app, MEI, household, ("address", "hers"), (household.members[0].id, "stage", "college"))
    clock.advance(hours=2)
    kun = make_user(app, "grid_member", MEI.region_code, "kun")
    key = propose(app, household, ("address", "his"), person=kun, reason="They moved house.")
    (item,) = login(WEI).get(URL).json["items"]
    assert item == {
        "id": key,
        "kind": "edit",
        "household_id": str(household.id),
        "household_number": household.number,
        "head_name": "韦小山",
        "village": "区域450321100200",
        "author_name": "Kun",
        "written_at": "2026-11-23T02:00:00.000Z",
        "created_at": "2026-11-23T04:00:00.000Z",
        "reason": "They moved house.",
        "level": "village",
        "state": "open",
        "decided_by": None,
        "decided_at": None,
        "comment": "",
        "fields": [
            {
                "member_id": None,
                "member_name": None,
                "field": "address",
                "current": "hers",
                "proposed": "his",
                "why": "overlap",
                "current_by": "Mei",
                "current_at": "2026-11-23T02:00:00.000Z",
                "twins": None,
            }
        ],
    }


def test_while_it_waits_a_proposal_shows_the_value_of_now(app, login, household):
    first = household.members[0].id
    rename(app, household)
    change(app, WEI, household, (first, "name", "韦中山"))
    (item,) = login(WEI).get(URL).json["items"]
    assert [(f["current"], f["proposed"], f["current_by"]) for f in item["fields"]] == [
        ("韦中山", "韦大山", "Wei")
    ]


def test_a_decided_proposal_shows_what_was_there_when_it_was_proposed(app, login, household):
    key = rename(app, household)
    item = decide(login(WEI), key, comment="Seen the card.").json
    assert (item["state"], item["decided_by"], item["comment"]) == ("approved", "Wei", "Seen the card.")
    assert [(field["current"], field["proposed"]) for field in item["fields"]] == [("韦小山", "韦大山")]
    assert login(WEI).get(URL).json["items"] == []
    assert login(WEI).get(URL, query_string={"state": "decided"}).json["items"] == [item]


def test_numbers_of_people_are_masked_wherever_they_are_written(app, login, household):
    first = household.members[0].id
    change(app, MEI, household, ("phone", "13811112222"))
    key = propose(
        app, household, (first, "id_number", NUMBER), ("phone", "13933334444"), reason=f"Card says {NUMBER}."
    )
    wei = login(WEI)
    listed = wei.get(URL)
    shown = {
        field["field"]: (field["current"], field["proposed"]) for field in listed.json["items"][0]["fields"]
    }
    old = id_number(date(1980, 5, 4), "male")
    assert shown["id_number"] == (f"{old[:6]}********{old[-4:]}", f"{NUMBER[:6]}********{NUMBER[-4:]}")
    assert shown["phone"] == ("138****2222", "139****4444")
    decided = decide(wei, key, comment=f"It is {NUMBER}.")
    for reply in (listed, decided, wei.get(URL, query_string={"state": "decided"})):
        assert not [secret for secret in (NUMBER, old, "13811112222", "13933334444") if secret in reply.text]


def test_places_are_shown_by_name(app, login, household):
    from server.regions.services import add_natural_village

    hamlet = uuid4()
    with writing(app):
        add_natural_village(hamlet, LAN.region_code[:12], "小河屯")
    propose(app, household, ("grid", LAN.region_code), ("natural_village_id", str(hamlet)))
    (item,) = login(ZHOU).get(URL).json["items"]
    shown = {field["field"]: (field["current"], field["proposed"]) for field in item["fields"]}
    assert shown == {
        "grid": ("区域450321100200区域45032110020001", "区域450321100201区域45032110020101"),
        "natural_village_id": (None, "小河屯"),
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages_show_every_proposal_once_the_oldest_first(app, login, clock, limit):
    keys = []
    for _ in range(4):
        keys.append(rename(app, make_household(app)))
        clock.advance(minutes=len(keys) % 2)  # some within the same moment
    wei, seen, cursor = login(WEI), [], None
    while True:
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = wei.get(URL, query_string=query).json
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(item["id"] for item in seen) == sorted(keys)
    assert [item["created_at"] for item in seen] == sorted(item["created_at"] for item in seen)


@pytest.mark.parametrize("query", ["state=x", "limit=0", "limit=101", "cursor="])
def test_a_wrong_page_is_refused(app, login, query):
    assert login(WEI).get(f"{URL}?{query}").status_code == 422


def test_a_made_up_cursor_is_refused(app, login):
    assert login(WEI).get(f"{URL}?cursor=bm8gY3Vyc29yIG9mIG91cnM=").status_code == 400


def test_the_number_of_queries_does_not_grow_with_the_page(app, login):
    from sqlalchemy import event

    wei = login(WEI)

    def statements():
        seen = []
        with app.app_context():
            engine = db.engine
        note = lambda *args: seen.append(args[2])  # noqa: E731 - one listener, removed below
        event.listen(engine, "before_cursor_execute", note)
        wei.get(URL)
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    for _ in range(2):
        rename(app, make_household(app))
    few = statements()
    for _ in range(4):
        rename(app, make_household(app))
    assert statements() == few


# --- who may decide ---------------------------------------------------------------------------------------


def test_the_village_decides_on_corrections_and_the_township_on_moves_out_of_it(app, login, household):
    village = rename(app, household)
    township = propose(app, household, ("grid", LAN.region_code))
    within = propose(app, household, ("grid", OTHER_GRID))
    assert {item["id"] for item in login(WEI).get(URL).json["items"]} == {village, within}
    assert {item["id"] for item in login(ZHOU).get(URL).json["items"]} == {township}
    assert {item["id"] for item in login(QIN).get(URL).json["items"]} == {village, township, within}
    assert decide(login(WEI), township).status_code == 404
    assert decide(login(ZHOU), village).status_code == 404


@pytest.mark.parametrize("person", [TAN, LU])
def test_a_proposal_of_another_area_looks_like_none(app, login, household, person):
    key = rename(app, household)
    foreign, absent = decide(login(person), key), decide(login(person), uuid4())
    assert (foreign.status_code, foreign.json["code"]) == (404, "proposal_not_found")
    assert foreign.json["title"] == absent.json["title"]
    assert login(person).get(URL).json["items"] == []


@pytest.mark.parametrize("person", [MEI, HONG, QIN, GONG, FANG])
def test_others_do_not_decide(app, login, household, person):
    assert decide(login(person), rename(app, household)).status_code == 403


def test_nobody_decides_on_their_own(app, login, household):
    from server.accounts.queries import user_by_id

    person = make_user(app, "grid_member", MEI.region_code)
    key = rename(app, household, person=person)
    with writing(app):
        user = user_by_id(person.id)
        user.role, user.region_code = "first_secretary", WEI.region_code
    reply = decide(login(person), key)
    assert (reply.status_code, reply.json["code"]) == (409, "own_work")
    assert decide(login(WEI), key).status_code == 200


# --- what a decision does ---------------------------------------------------------------------------------


def test_an_approved_value_is_written_as_its_authors(app, login, household):
    first = household.members[0].id
    key = rename(app, household)
    assert decide(login(WEI), key).status_code == 200
    assert values(app, household.id, (first, "name")) == ["韦大山"]
    with inside(app):
        (rows,) = edits_of(household.id).values()
        assert [row.author_name for row in rows] == ["Mei"]


def test_a_declined_value_stays_on_record_and_changes_nothing(app, login, household):
    first = household.members[0].id
    key = rename(app, household)
    decide(login(WEI), key, "declined", "Not what the card says.")
    assert values(app, household.id, (first, "name")) == ["韦小山"]
    (item,) = login(WEI).get(f"{URL}?state=decided").json["items"]
    assert [field["proposed"] for field in item["fields"]] == ["韦大山"]


@pytest.mark.parametrize("decision", ["approved", "declined"])
def test_a_decision_sent_twice_is_one(app, login, household, decision):
    key, wei = rename(app, household), login(WEI)
    first = decide(wei, key, decision, "once")
    second = decide(wei, key, decision, "twice")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json == first.json
    with inside(app):
        query = select(AuditEntry).where(AuditEntry.action == "proposal.decide")
        assert len(db.session.scalars(query).all()) == 1


def test_another_decision_afterwards_is_refused(app, login, household):
    key, wei = rename(app, household), login(WEI)
    decide(wei, key, "declined")
    reply = decide(wei, key, "approved")
    assert (reply.status_code, reply.json["code"]) == (409, "proposal_decided")
    assert values(app, household.id, (household.members[0].id, "name")) == ["韦小山"]


def test_what_changed_since_is_overwritten_knowingly_and_written_down(app, login, household):
    first = household.members[0].id
    key = rename(app, household)
    change(app, WEI, household, (first, "name", "韦中山"))
    assert decide(login(WEI), key).status_code == 200
    assert values(app, household.id, (first, "name")) == ["韦大山"]
    with inside(app):
        query = select(AuditEntry).where(AuditEntry.action == "proposal.decide")
        entry = db.session.scalars(query).one()
        assert entry.details["changed_since"] == [{"member_id": str(first), "field": "name"}]
        query = (
            select(AuditEntry).where(AuditEntry.action == "household.edit").order_by(AuditEntry.seq.desc())
        )
        newest = db.session.scalars(query).first()
        assert newest.details["fields"][0]["replaced"] is not None


def test_two_proposals_of_one_value_are_one_change(app, login, household):
    kun = make_user(app, "grid_member", MEI.region_code)
    first, second = rename(app, household), rename(app, household, person=kun)
    wei = login(WEI)
    decide(wei, first)
    assert decide(wei, second).json["state"] == "approved"
    with inside(app):
        assert get_household(household.id).revision == 2


def test_what_can_no_longer_be_is_only_declined(app, login, household):
    from server.regions.services import add_natural_village

    hamlets = [uuid4() for _ in range(2)]
    with writing(app):
        for hamlet in hamlets:
            add_natural_village(hamlet, household.region_code[:12], "大榕屯")
    change(app, WEI, household, ("natural_village_id", str(hamlets[0])))
    key = propose(app, household, ("natural_village_id", str(hamlets[1])))
    decide(login(ZHOU), propose(app, household, ("grid", LAN.region_code)))
    reply = decide(login(TAN), key)
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["fields.0.proposed"])
    assert decide(login(TAN), key, "declined").status_code == 200


def test_a_wrong_decision_is_refused(app, login, household):
    key = rename(app, household)
    assert decide(login(WEI), key, "perhaps").status_code == 422
    assert decide(login(WEI), key, "approved", "x" * 501).status_code == 422


def test_the_author_learns_what_became_of_it_wherever_the_household_is(app, login, household):
    form = form_of(household.id, 1, ("grid", GRID_IN_OTHER_TOWNSHIP))
    key = edit(app, MEI, form).proposal_id
    with inside(app, MEI.region_code):
        assert decision_on(MEI.id, form.op_id).is_open
        assert decision_on(MEI.id, uuid4()) is None
        assert decision_on(WEI.id, form.op_id) is None
    reply = decide(login(ZHOU), key, comment="They live there now.")
    assert (reply.status_code, reply.json["state"]) == (200, "approved")
    with inside(app, MEI.region_code), transaction():
        found = decision_on(MEI.id, form.op_id)
        assert (found.state, found.decided_by, found.comment) == ("approved", "Zhou", "They live there now.")
