"""What phones said of their visits, held against the server, and the county's page on it."""

import pytest

from server.local_policy.services import policy_version
from tests.factories import GONG, MEI, PING, QIN, WEI, inside, make_household
from tests.visits.bodies import DRY, send, visit_of

HEALTH = "/api/v1/policy/rule-health"
LISTED = f"{HEALTH}/differences"
OLD = "0123456789abcdef"


@pytest.fixture
def household(app):
    return make_household(app, members=2)


def judged(reply):
    """The rules the server met and left open."""
    found = reply.get_json()
    return [light["rule"] for light in found["lights"]], [rule["rule"] for rule in found["unknown"]]


def previewed(household, met, unknown, policy=OLD, **changes):
    preview = {"policy": policy, "met": sorted(met), "unknown": sorted(unknown)}
    return visit_of(household.id, DRY, preview=preview, **changes)


def of_rule(health, rule):
    return next(entry for entry in health["rules"] if entry["rule"] == rule)


def test_preview_that_says_the_same_is_counted_and_leaves_no_row(app, household, login):
    phone = login(MEI)
    met, unknown = judged(send(phone, visit_of(household.id, DRY)))
    assert send(phone, previewed(household, met, unknown)).status_code == 201
    health = login(QIN).get(HEALTH).get_json()
    assert health["previews"] == {"compared": 1, "agreed": 1, "differing": 0}
    assert login(QIN).get(LISTED).get_json() == {"items": [], "next": None}


def test_visit_of_an_old_phone_without_a_preview_is_taken_and_not_compared(app, household, login):
    assert send(login(MEI), visit_of(household.id, DRY)).status_code == 201
    assert send(login(MEI), visit_of(household.id, DRY, preview=None)).status_code == 201
    assert login(QIN).get(HEALTH).get_json()["previews"]["compared"] == 0


def test_difference_is_on_the_countys_page_with_both_versions_and_the_server_counts(app, household, login):
    phone = login(MEI)
    met, unknown = judged(send(phone, visit_of(household.id, DRY)))
    body = previewed(
        household, [rule for rule in met if rule != "R-WAT-01"] + ["R-WAT-02"], [*unknown, "R-REP-01"]
    )
    reply = send(phone, body)
    assert "R-WAT-01" in judged(reply)[0]
    county = login(QIN)
    health = county.get(HEALTH).get_json()
    with inside(app, QIN.region_code):
        version = policy_version(QIN.region_code)
    assert health["version"] == version
    assert health["previews"] == {"compared": 1, "agreed": 0, "differing": 1}
    [pair] = health["versions"]
    assert (pair["phone"], pair["server"], pair["visits"]) == (OLD, version, 1)
    none = {"met_phone": 0, "met_server": 0, "open_phone": 0, "open_server": 0}
    assert of_rule(health, "R-WAT-01")["differences"] == none | {"met_server": 1}
    assert of_rule(health, "R-WAT-02")["differences"] == none | {"met_phone": 1}
    assert of_rule(health, "R-REP-01")["differences"] == none | {"open_phone": 1}
    [item] = county.get(LISTED).get_json()["items"]
    assert (item["visit_id"], item["met_server"], item["met_phone"]) == (
        body["id"],
        ["R-WAT-01"],
        ["R-WAT-02"],
    )
    assert (item["open_phone"], item["open_server"], item["phone_version"]) == (["R-REP-01"], [], OLD)
    assert item["packs"]["common"]


def test_rules_are_counted_over_the_newest_facts_of_each_household(app, login):
    dry, clean = make_household(app, members=2), make_household(app, members=2)
    send(login(MEI), visit_of(dry.id, DRY))
    send(login(MEI), visit_of(dry.id, DRY))
    answers = dict(visit_of(clean.id)["answers"])
    del answers["water_state"]
    last = send(login(MEI), visit_of(clean.id, answers)).get_json()
    assert "R-WAT-02" in [rule["rule"] for rule in last["unknown"]]
    health = login(QIN).get(HEALTH).get_json()
    assert health["households"] == 2
    water, doubt = of_rule(health, "R-WAT-01"), of_rule(health, "R-WAT-02")
    assert (water["met"], water["met_share"], water["severity"]) == (1, 0.5, "red")
    assert water["last_met_at"] is not None
    assert (doubt["met"], doubt["unknown"], doubt["unknown_share"], doubt["last_met_at"]) == (0, 1, 0.5, None)


def test_a_copy_of_a_visit_is_compared_once(app, household, login):
    body = previewed(household, ["R-REP-01"], [])
    assert send(login(MEI), body).status_code == 201
    assert send(login(MEI), body).status_code == 200
    assert login(QIN).get(HEALTH).get_json()["previews"]["differing"] == 1


def test_differences_are_paged_and_filtered_by_rule(app, household, login):
    bodies = [previewed(household, [rule], []) for rule in ("R-REP-01", "R-REP-01", "R-POL-01")]
    for body in bodies:
        send(login(MEI), body)
    county = login(QIN)
    first = county.get(LISTED, query_string={"rule": "R-REP-01", "limit": 1}).get_json()
    second = county.get(LISTED, query_string={"rule": "R-REP-01", "cursor": first["next"]}).get_json()
    found = [item["visit_id"] for item in first["items"] + second["items"]]
    assert found == [bodies[1]["id"], bodies[0]["id"]]
    assert second["next"] is None
    assert county.get(LISTED, query_string={"cursor": "nonsense"}).status_code == 400
    assert county.get(LISTED, query_string={"rule": "%"}).status_code == 422


@pytest.mark.parametrize(
    "preview",
    [
        {"policy": "x", "met": [], "unknown": []},
        {"policy": OLD, "met": ["|R-WAT-01|"], "unknown": []},
        {"policy": OLD, "met": ["R-WAT-01"] * 101, "unknown": []},
        {"policy": OLD, "met": []},
        ["R-WAT-01"],
    ],
)
def test_preview_of_another_form_is_refused_and_nothing_is_kept(app, household, login, preview):
    reply = send(login(MEI), visit_of(household.id, DRY, preview=preview))
    assert reply.status_code == 422
    assert all(field.split(".")[0] == "preview" for field in reply.get_json()["errors"])
    assert login(QIN).get(HEALTH).get_json()["households"] == 0


def test_only_the_county_sees_the_page_and_only_its_own_visits(app, household, login):
    send(login(MEI), previewed(household, [], []))
    for person in (MEI, PING, WEI):
        assert login(person).get(HEALTH).status_code == 403
        assert login(person).get(LISTED).status_code == 403
    other = login(GONG)
    assert other.get(HEALTH).get_json()["previews"]["compared"] == 0
    assert other.get(LISTED).get_json()["items"] == []
