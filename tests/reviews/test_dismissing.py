"""POST …/lights/{rule}/dismissals: who may put out which light, once, with a reason, and what stays of it."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from server.core import jobs
from server.core.audit import AuditEntry
from server.core.db import db
from server.flags.models import Dismissal
from server.policy import engine
from server.policy.local import LocalPolicy
from tests.factories import GONG, LU, MEI, QIN, TAN, WEI, ZHOU, inside, make_household, writing
from tests.reviews.test_deciding import decide
from tests.reviews.test_list import REPORTED
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def sent(app, mei):
    """``sent(answers)``: a visit with these answers."""

    def make(answers, **changes):
        body = visit_of(make_household(app).id, answers, **changes)
        assert send(mei, body).status_code == 201
        return body

    return make


def read(client, visit):
    return client.get(f"/api/v1/visits/{visit['id']}").json


def lit(client, visit, severity):
    lights = read(client, visit)["lights"]
    return next(one["rule"] for one in lights if one["severity"] == severity and one["state"] == "open")


def dismiss(client, visit, rule, **changes):
    body = {"id": new_id(), "reason": "already_helped", "text": "水管上周已接通，亲自看过。"} | changes
    return client.post(f"/api/v1/visits/{visit['id']}/lights/{rule}/dismissals", json=body)


def light_of(client, visit, rule):
    return next(one for one in read(client, visit)["lights"] if one["rule"] == rule)


def only_blue(app, visit, rule):
    """Make a light one of the lowest level: which rules are is a matter of the packs."""
    from server.flags.models import Flag

    with writing(app):
        flag = db.session.scalar(select(Flag).where(Flag.rule == rule))
        flag.severity = "attention"


@pytest.mark.parametrize(
    ("person", "severity", "status"),
    [
        (WEI, "attention", 201),
        (WEI, "yellow", 403),
        (WEI, "red", 403),
        (ZHOU, "attention", 201),
        (ZHOU, "yellow", 201),
        (ZHOU, "red", 403),
        (QIN, "attention", 201),
        (QIN, "yellow", 201),
        (QIN, "red", 201),
    ],
)
def test_each_level_dismisses_its_own_lights_and_those_below(app, login, sent, person, severity, status):
    visit = sent(DRY if severity == "red" else REPORTED)
    rule = lit(login(WEI), visit, "red" if severity == "red" else "yellow")
    if severity == "attention":
        only_blue(app, visit, rule)
    reply = dismiss(login(person), visit, rule)
    assert reply.status_code == status
    if status == 403:
        assert reply.json["code"] == "light_above_level"
        assert light_of(login(WEI), visit, rule)["state"] == "open"


def test_a_dismissed_light_is_out_beside_the_judgement_and_tells_who_when_and_why(app, login, sent):
    visit = sent(DRY)
    rule = lit(login(WEI), visit, "red")
    receipt = read(login(WEI), visit)["receipt"]
    reply = dismiss(login(QIN), visit, rule)
    light = light_of(login(WEI), visit, rule)
    assert (light["state"], light["closed_by"], light["dismissed_by"]) == ("closed", None, reply.json)
    assert reply.json["actor_name"] == QIN.username.title()
    assert (reply.json["reason"], reply.json["text"]) == ("already_helped", "水管上周已接通，亲自看过。")
    detail = read(login(WEI), visit)
    assert detail["receipt"] == receipt
    assert detail["dismissals"] == [reply.json]
    history = login(WEI).get(f"/api/v1/households/{visit['household_id']}").json["history"][0]
    assert history["dismissals"] == [reply.json]
    why = login(WEI).get(f"/api/v1/visits/{visit['id']}/lights/{rule}/explanation")
    assert (why.status_code, why.json["state"]) == (200, "closed")
    with inside(app):
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "light.dismiss"))
    assert (entry.actor_id, entry.details) == (
        QIN.id, {"rule": rule, "severity": "red", "reason": "already_helped"},
    )  # fmt: skip


def test_the_list_follows_and_the_county_keeps_sight_of_the_household(login, sent):
    visit = sent(REPORTED)
    for light in read(login(WEI), visit)["lights"]:
        assert dismiss(login(QIN), visit, light["rule"]).status_code == 201
    (line,) = login(WEI).get("/api/v1/visits").json["items"]
    assert (line["severity"], line["top_lights"], line["risks"]) == ("none", [], [])
    assert line["dismissed_count"] >= 1
    assert login(QIN).get(f"/api/v1/visits/{visit['id']}").status_code == 200


def test_the_same_dismissal_sent_again_is_one(app, login, sent):
    visit = sent(DRY)
    rule, number = lit(login(WEI), visit, "red"), new_id()
    first, again = (dismiss(login(QIN), visit, rule, id=number) for _ in range(2))
    assert (first.status_code, again.status_code, first.json) == (201, 200, again.json)
    other = dismiss(login(QIN), visit, rule, id=number, text="Something else.")
    assert (other.status_code, other.json["code"]) == (409, "dismissal_conflict")
    once_more = dismiss(login(QIN), visit, rule)
    assert (once_more.status_code, once_more.json["code"]) == (409, "light_not_lit")
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Dismissal)) == 1


def test_nobody_dismisses_a_light_of_their_own_visit(app, login, sent):
    from server.accounts.models import User

    visit = sent(DRY)
    with writing(app):
        db.session.scalar(select(User).where(User.id == MEI.id)).role = "county"
        db.session.scalar(select(User).where(User.id == MEI.id)).region_code = QIN.region_code
    reply = dismiss(login(MEI), visit, lit(login(WEI), visit, "red"))
    assert (reply.status_code, reply.json["code"]) == (409, "own_work")


@pytest.mark.parametrize("person", [TAN, LU, GONG])
def test_a_visit_of_elsewhere_looks_absent(login, sent, person):
    visit = sent(DRY)
    reply = dismiss(login(person), visit, lit(login(WEI), visit, "red"))
    assert (reply.status_code, reply.json["code"]) == (404, "visit_not_found")


def test_a_grid_member_dismisses_nothing(login, sent):
    assert dismiss(login(MEI), sent(DRY), "R-WAT-01").status_code == 403


def test_a_light_the_visit_never_had_is_not_found(login, sent):
    reply = dismiss(login(QIN), sent(CLEAN), "R-WAT-01")
    # The county does not see a visit without lights at all; the village does.
    assert reply.status_code == 404
    reply = dismiss(login(WEI), sent(CLEAN), "R-WAT-01")
    assert (reply.status_code, reply.json["code"]) == (404, "light_not_found")


@pytest.mark.parametrize(
    ("field", "bad"),
    [("id", "x"), ("id", None), ("reason", "because"), ("reason", None), ("text", "   "), ("text", None),
     ("text", "x" * 501), ("text", "a\u0000b")],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_changes(login, sent, field, bad):
    visit = sent(DRY)
    rule = lit(login(WEI), visit, "red")
    reply = dismiss(login(QIN), visit, rule, **{field: bad})
    assert (reply.status_code, list(reply.json["errors"])) == (422, [field])
    assert light_of(login(WEI), visit, rule)["state"] == "open"


def test_a_correction_keeps_what_was_dismissed_where_the_facts_are_the_same(login, mei, sent):
    visit = sent(DRY)
    rule = lit(login(WEI), visit, "red")
    done = dismiss(login(QIN), visit, rule).json
    decide(login(WEI), visit, "returned", comment="Income?")
    same = visit_of(visit["household_id"], DRY | {"inc_wage": "43000.00"}, revises=visit["id"], at=NOW)
    assert send(mei, same).status_code == 201
    light = light_of(login(WEI), same, rule)
    assert (light["state"], light["dismissed_by"]) == ("closed", done)
    assert read(login(WEI), same)["dismissals"] == [done]
    decide(login(WEI), same, "returned", comment="Water?")
    other = visit_of(visit["household_id"], DRY | {"water_state": "quality"}, revises=same["id"], at=NOW)
    assert send(mei, other).status_code == 201
    assert light_of(login(WEI), other, rule)["state"] == "open"


def test_a_new_visit_with_the_same_facts_lights_it_again(login, mei, sent):
    visit = sent(DRY, at=NOW.replace(day=2))
    rule = lit(login(WEI), visit, "red")
    dismiss(login(QIN), visit, rule)
    later = visit_of(visit["household_id"], DRY)
    send(mei, later)
    assert light_of(login(WEI), later, rule)["state"] == "open"


class TestJudgedAgain:
    """A run over the county by other rules."""

    @pytest.fixture
    def run(self, app, login, monkeypatch):
        """``run(policy)`` judges the county by other rules."""

        def judge(policy):
            monkeypatch.setattr(
                "server.flags.services.bench_for",
                lambda _region, on: engine.bench("yangshuo", on, policy),
            )
            reply = login(QIN).post("/api/v1/policy/rejudgements", json={"reason": "新标准开始执行"})
            assert reply.status_code == 201
            jobs.run_pending(app)

        return judge

    def test_the_light_stays_out_while_others_come(self, login, sent, run):
        visit = sent(DRY)
        dismiss(login(QIN), visit, "R-WAT-01")
        run(LocalPolicy(params={"LINE_GX": Decimal(25000)}))
        assert light_of(login(WEI), visit, "R-INC-01")["state"] == "open"
        light = light_of(login(WEI), visit, "R-WAT-01")
        assert (light["state"], light["closed_by"]) == ("closed", None)
        (line,) = login(WEI).get("/api/v1/visits").json["items"]
        assert (line["light_counts"]["yellow"] >= 1, line["dismissed_count"]) == (True, 1)
        run(LocalPolicy())
        assert light_of(login(WEI), visit, "R-WAT-01")["state"] == "closed"

    def test_it_stays_out_when_its_rule_goes_and_comes_back(self, login, sent, run):
        visit = sent(DRY)
        dismiss(login(QIN), visit, "R-WAT-01")
        run(LocalPolicy(off=frozenset({"R-WAT-01"})))
        run(LocalPolicy())
        light = light_of(login(WEI), visit, "R-WAT-01")
        assert (light["state"], light["dismissed_by"]["text"]) == ("closed", "水管上周已接通，亲自看过。")

    def test_other_facts_light_it_again(self, app, login, sent, run):
        from server.flags.models import Flag

        visit = sent(DRY)
        dismiss(login(QIN), visit, "R-WAT-01")
        with writing(app):
            flag = db.session.scalar(select(Flag).where(Flag.rule == "R-WAT-01"))
            flag.causes = [cause | {"value": "another"} for cause in flag.causes]
        run(LocalPolicy(params={"LINE_GX": Decimal(25000)}))
        detail = read(login(WEI), visit)
        assert light_of(login(WEI), visit, "R-WAT-01")["state"] == "open"
        assert len(detail["dismissals"]) == 1
