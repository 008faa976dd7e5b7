"""The lists of numbers and rules, and the rules as phones get them."""

import pytest

from server.policy.compact import compact
from server.policy.loader import load_packs
from tests.factories import GONG, LU, MEI, QIN, TAN, WEI, ZHOU
from tests.local_policy.settings import TOMORROW, parameter, revoke, rule_off, signed

LIBRARY = load_packs()


@pytest.fixture
def mei(login):
    return login(MEI)


def numbers(client):
    return {each["name"]: each for each in client.get("/api/v1/policy/parameters").json["items"]}


def rules(client):
    return {each["rule"]: each for each in client.get("/api/v1/policy/rules").json["items"]}


def policy(client, **headers):
    return client.get("/api/v1/policy", headers=headers)


def test_every_number_of_the_profile_is_listed_with_its_source(qin):
    found = numbers(qin)
    assert set(found) == {own.name for pack in LIBRARY.packs_of("yangshuo") for own in pack.parameters}
    line = found["LINE_GX"]
    assert (line["value"], line["default"], line["origin"]) == ("5000.00", "5000.00", "document")
    assert (line["least"], found["NEAR"]["least"]) == (None, "1")
    assert [cited["id"] for cited in line["articles"]] == ["GX-2-ART2"]
    assert "5000元以下" in line["articles"][0]["text"]
    assert found["LINE_YEAR"]["origin"] == "county_must_set"
    assert found["LINE_YEAR"]["note"]


def test_a_setting_is_the_value_in_force_beside_the_default(qin):
    setting = signed(qin, parameter("7000"))
    line = numbers(qin)["LINE_GX"]
    assert (line["value"], line["default"], line["settings"]) == ("7000.00", "5000.00", [setting])
    revoke(qin, setting["id"])
    line = numbers(qin)["LINE_GX"]
    assert (line["value"], line["settings"][0]["state"]) == ("5000.00", "revoked")


def test_a_setting_of_another_county_changes_no_number_and_no_rule(qin, login):
    gong = login(GONG)
    before = numbers(gong), rules(gong), policy(gong).data
    signed(qin, parameter())
    signed(qin, rule_off())
    assert (numbers(gong), rules(gong), policy(gong).data) == before


def test_every_rule_is_listed_with_its_sentences_and_whether_it_is_on(qin):
    signed(qin, rule_off("R-BAS-01"))
    found = rules(qin)
    assert set(found) == {rule.id for pack in LIBRARY.packs_of("yangshuo") for rule in pack.rules}
    assert [name for name, rule in found.items() if not rule["on"]] == ["R-BAS-01"]
    assert all(rule["articles"] and rule["articles"][0]["text"] for rule in found.values())
    assert found["R-BAS-01"]["condition"] == {"fact": "basic_lack", "empty": False}
    assert found["R-BAS-01"]["settings"][0]["kind"] == "rule_off"


def test_a_rule_is_said_in_words_with_the_number_in_force(qin):
    assert "“广西2020年收入参考线”（5,000 元）" in rules(qin)["R-INC-01"]["words"]["zh"]
    signed(qin, parameter("7000"))
    words = rules(qin)["R-INC-01"]["words"]
    assert "（7,000 元）" in words["zh"]
    assert "(7,000 yuan)" in words["en"]


def test_the_lists_name_the_rules_of_the_day(qin):
    before = qin.get("/api/v1/policy/rules").json["version"]
    signed(qin, parameter(**{"from": TOMORROW}))
    assert qin.get("/api/v1/policy/rules").json["version"] == before
    signed(qin, parameter())
    listed = {qin.get(f"/api/v1/policy/{each}").json["version"] for each in ("rules", "parameters")}
    assert len(listed) == 1
    assert before not in listed


@pytest.mark.parametrize("person", [MEI, WEI, TAN, ZHOU, LU, QIN], ids=lambda person: person.username)
def test_everybody_of_the_county_gets_the_same_rules(qin, login, person):
    signed(qin, parameter())
    assert policy(login(person)).data == policy(qin).data


def test_the_phones_rules_are_those_of_the_profile_with_the_countys_settings(qin, mei):
    plain = compact(LIBRARY, "yangshuo")
    assert policy(mei).json == plain
    signed(qin, parameter("7000", until="2026-12-31"))
    signed(qin, rule_off("R-BAS-01"))
    found = policy(mei).json
    assert found["local"] == {
        "params": [["LINE_GX", "2026-11-23", "2026-12-31", "7000.00"]],
        "off": [["R-BAS-01", "2026-11-23", None]],
        "on": [],
    }
    assert found["version"] != plain["version"]
    assert {k: v for k, v in found.items() if k not in ("local", "version")} == {
        k: v for k, v in plain.items() if k not in ("local", "version")
    }


def test_unchanged_rules_are_not_sent_twice(qin, mei):
    tag = policy(mei).headers["ETag"]
    again = policy(mei, **{"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    signed(qin, parameter())
    changed = policy(mei, **{"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] == tag) == (200, False)


def test_another_day_alone_sends_nothing_again(mei, login, clock):
    tag = policy(mei).headers["ETag"]
    clock.advance(days=20)
    assert policy(login(MEI), **{"If-None-Match": tag}).status_code == 304


def test_the_tag_is_the_version_in_the_text(mei):
    reply = policy(mei)
    assert reply.headers["ETag"] == f'"{reply.json["version"]}"'
    assert "no-store" not in reply.headers["Cache-Control"]


def test_the_command_prints_the_same_rules(app, mei):
    result = app.test_cli_runner().invoke(args=["policy", "pack", "--profile", "yangshuo"])
    assert result.exit_code == 0
    assert result.output.rstrip("\n") == policy(mei).text


def test_the_command_names_the_profiles_there_are(app):
    result = app.test_cli_runner().invoke(args=["policy", "pack", "--profile", "mars"])
    assert result.exit_code == 2
    assert "yangshuo" in result.output
