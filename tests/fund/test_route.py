"""POST /fund/calculations: what the screen shows."""

import pytest
from sqlalchemy import func, select

from server.core.audit import AuditEntry
from server.core.db import db
from tests.factories import ADMIN, GONG, MEI, QIN, WEI, ZHOU, inside
from tests.local_policy import settings

ADDRESS = "/api/v1/fund/calculations"


def ask(client, reading=None, **claim):
    body = {"claim": claim} | ({"reading": reading} if reading else {})
    return client.post(ADDRESS, json=body)


@pytest.mark.parametrize("person", [WEI, ZHOU, QIN])
def test_reviewers_and_county_calculate(login, person):
    reply = ask(login(person), kind="illness", amount_cny="20000.00")
    assert (reply.status_code, reply.json["pay_cny"], reply.json["reason"]) == (200, "6500.00", None)
    assert (reply.json["per"], reply.json["year"]) == ("person", 2026)


@pytest.mark.parametrize("person", [MEI, ADMIN])
def test_others_may_not(login, person):
    assert ask(login(person), kind="illness", amount_cny="1").status_code == 403


def test_other_readings_stand_beside_the_figure(login):
    reply = ask(login(QIN), kind="illness", amount_cny="20000")
    pays = {each["reading"]: each["pay_cny"] for each in reply.json["alternatives"]}
    assert pays == {
        "marginal_on_excess": "6500.00",
        "whole_on_excess": "7500.00",
        "marginal_on_total": "10000.00",
        "whole_on_total": "14000.00",
    }
    assert [each["reading"] for each in reply.json["alternatives"] if each["chosen"]] == [
        "marginal_on_excess"
    ]


def test_study_and_disaster_have_two_readings(login):
    reply = ask(login(QIN), kind="study", amount_cny="18000", reading="whole_on_excess")
    assert reply.json["pay_cny"] == "6000.00"
    assert [each["pay_cny"] for each in reply.json["alternatives"]] == ["9000.00", "6000.00"]


def test_every_cited_article_comes_with_its_sentence(login):
    reply = ask(login(QIN), kind="illness", amount_cny="20000")
    cited = {cite for step in reply.json["steps"] for cite in step["cites"]}
    assert {article["id"] for article in reply.json["articles"]} == cited
    sentence = next(each["text"] for each in reply.json["articles"] if each["id"] == "N-FUND-ILL-3")
    assert "阶梯式比例" in sentence


def test_unpublished_maximum_is_marked(login):
    assert ask(login(QIN), kind="accident", amount_cny="20000").json["marks"] == ["cap_not_published"]


@pytest.mark.parametrize(
    ("claim", "pay"),
    [
        ({"who": "husband"}, "0.00"),
        ({"who": "wife"}, "0.00"),
        ({"choices": {"per": "household"}}, "600.00"),
    ],
)
def test_bills_of_a_couple_count_by_person_or_by_household(login, claim, pay):
    bills = [
        {"on": "2026-03-02", "cost_cny": cost, "who": who}
        for cost, who in (("3000", "husband"), ("4000", "wife"))
    ]
    assert ask(login(QIN), kind="illness", bills=bills, **claim).json["pay_cny"] == pay


def test_bills_of_a_couple_by_person_ask_whose_account(login):
    bills = [{"on": "2026-03-02", "cost_cny": "3000", "who": who} for who in ("husband", "wife")]
    reply = ask(login(QIN), kind="illness", bills=bills)
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["who"])


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ({"kind": "illness", "amount_cny": 20000}, "claim.amount_cny"),
        ({"kind": "illness", "amount_cny": "-1"}, "claim.amount_cny"),
        ({"kind": "illness", "amount_cny": "1", "amount": "2"}, "claim.amount"),
        ({"kind": "study", "amount_cny": "1", "liability": "full"}, "claim.liability"),
        ({"kind": "illness", "amount_cny": "1", "year": 2019}, "year"),
    ],
)
def test_wrong_field_is_named(login, claim, field):
    reply = ask(login(QIN), **claim)
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")
    assert list(reply.json["errors"]) == [field]


def test_reading_that_the_kind_does_not_know_is_refused(login):
    reply = ask(login(QIN), kind="disaster", amount_cny="20000", reading="whole_on_total")
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["reading"])


def test_nothing_is_stored(app, login):
    client = login(QIN)
    with inside(app):
        before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    ask(client, kind="illness", amount_cny="20000")
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_maximum_that_the_county_has_signed_is_applied_and_the_mark_is_gone(login, monkeypatch):
    monkeypatch.setattr("server.core.installation.profile", lambda: "nanning")
    qin = login(QIN)
    settings.signed(qin, settings.parameter(name="FUND_CAP", value="5000.00"))
    reply = ask(qin, kind="illness", amount_cny="20000").json
    assert (reply["pay_cny"], reply["marks"]) == ("5000.00", [])
    assert reply["steps"][-1]["code"] == "combined_cap"
    assert ask(login(GONG), kind="illness", amount_cny="20000").json["pay_cny"] == "6500.00"


def test_line_that_the_county_has_signed_is_used(login, monkeypatch):
    monkeypatch.setattr("server.core.installation.profile", lambda: "nanning")
    qin = login(QIN)
    settings.signed(qin, settings.parameter(name="NN_ILL", value="10000.00"))
    assert ask(qin, kind="illness", amount_cny="20000").json["pay_cny"] == "4000.00"
    assert ask(qin, kind="illness", amount_cny="20000", year=2025).json["pay_cny"] == "6500.00"
