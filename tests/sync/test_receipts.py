"""Receipts: a number that can be read out, and a signature that anybody can verify."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.canonical import canonical
from server.core.crypto import is_signed
from tests.factories import ADMIN, DENG, FANG, GONG, LAN, MEI, OTHER_GRID, PING, QIN, TAN, WEI, ZHOU
from tests.support.pictures import jpeg
from tests.sync.pushing import assign, op_of, results
from tests.visits.bodies import CLEAN, DRY, send, visit_of

PROMISED = [
    {"sha256": character * 64, "length": 1000, "kind": "water", "taken_at": None} for character in "ba"
]


@pytest.fixture
def visit(mei, homes):
    return visit_of(homes[0].id, DRY, photos=PROMISED)


@pytest.fixture
def receipt(mei, visit):
    (found,) = results(mei, op_of(visit))
    return found["result"]["receipt"]


def proof(person, number):
    return person.get(f"/api/v1/receipts/{number}")


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed_text(found):
    """What the signature is over, made of what the server says, as a stranger would."""
    told = {"visit": found["visit_id"], "sha256": found["sha256"], "received_at": found["received_at"]}
    return told | {"photos": [photo["sha256"] for photo in found["photos"]], "seq": found["seq"]}


def verifies(found, **changes):
    return is_signed(
        raw(found["public_key"]), canonical(signed_text(found) | changes).encode(), raw(found["signature"])
    )


@pytest.mark.parametrize("person", [MEI, WEI, ZHOU, QIN], ids=lambda person: person.username)
def test_the_number_shows_the_visit_to_whoever_may_open_it(login, visit, receipt, homes, person):
    found = proof(login(person), receipt["number"])
    assert found.status_code == 200
    assert {name: found.json[name] for name in receipt} == receipt
    assert (found.json["visit_id"], found.json["household_number"]) == (visit["id"], homes[0].number)
    assert found.json["sha256"] == op_of(visit)["sha256"]
    assert found.json["photos"] == [{"sha256": p["sha256"], "state": "expected"} for p in PROMISED]
    assert verifies(found.json)


WRITTEN = [
    lambda number: number.replace("-", "").lower(),
    lambda number: f" {number[:4]} {number[5:]} ",
    lambda number: number.replace("-", "－"),
    lambda number: number.replace("-", " — "),
    lambda number: number.replace("0", "O").replace("1", "l"),
    lambda number: f"回执：{number.replace('-', '.')}。",
    lambda number: f"\u200b{number}\ufeff",
    lambda number: "".join(chr(ord(sign) + 0xFEE0) for sign in number),  # typed at full width
]


@pytest.mark.parametrize("write", WRITTEN)
def test_a_number_is_found_however_it_is_written(login, receipt, write):
    wei = login(WEI)
    assert proof(wei, write(receipt["number"])).json == proof(wei, receipt["number"]).json


def test_the_key_is_named_by_the_hash_of_itself(login, receipt):
    from hashlib import sha256

    found = proof(login(WEI), receipt["number"]).json
    assert found["key"] == sha256(raw(found["public_key"])).hexdigest()[:8]


CHANGES = [
    {"visit": "019a0000-0000-7000-8000-000000000000"},
    {"sha256": "0" * 64},
    {"photos": ["a" * 64, "b" * 64]},
    {"photos": ["b" * 64]},
    {"photos": []},
    {"received_at": "2026-11-23T02:00:00.001Z"},
    {"seq": 2},
    {"more": 1},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_whatever_is_changed_the_signature_does_not_verify(login, receipt, change):
    assert not verifies(proof(login(WEI), receipt["number"]).json, **change)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(data=st.data())
def test_a_flipped_byte_of_the_text_the_signature_or_the_key_does_not_verify(login, receipt, data):
    found = proof(login(WEI), receipt["number"]).json
    parts = [
        raw(found["public_key"]),
        canonical(signed_text(found)).encode(),
        raw(found["signature"]),
    ]
    assert is_signed(*parts)
    part = data.draw(st.integers(0, 2))
    place = data.draw(st.integers(0, len(parts[part]) - 1))
    flipped = parts[part][place] ^ data.draw(st.integers(1, 255))
    parts[part] = parts[part][:place] + bytes([flipped]) + parts[part][place + 1 :]
    assert not is_signed(*parts)


FORGED = ["0000-0000", "0001-0000", "7K4M-29XQ", "ZZZZZZZZZZZZZZZZ", "x", "回执", "0" * 300, "%00", "-"]


@pytest.mark.parametrize("number", FORGED)
def test_a_made_up_number_is_not_found(login, receipt, number):
    reply = proof(login(WEI), number)
    assert (reply.status_code, reply.json["code"]) == (404, "receipt_not_found")


def test_a_number_whose_last_part_is_guessed_is_not_found(login, receipt):
    """The check character is right, the three before it are not ours."""
    from server.visits.receipts import ALPHABET, is_well_formed

    wei, head = login(WEI), receipt["number"].split("-")[0]
    tails = [f"{a}{b}0{c}" for a in ALPHABET[:4] for b in ALPHABET[:4] for c in ALPHABET]
    guessed = [number for tail in tails if is_well_formed(number := f"{head}-{tail}")]
    assert len(guessed) == 16
    assert {proof(wei, number).status_code for number in guessed if number != receipt["number"]} == {404}


@pytest.mark.parametrize("person", [PING, LAN, TAN, FANG, GONG], ids=lambda person: person.username)
def test_a_receipt_of_another_area_looks_like_a_made_up_one(login, receipt, person):
    phone = login(person)
    foreign, absent = proof(phone, receipt["number"]), proof(phone, "0000-0000")
    varying = ("request_id", "instance")
    shown = [{k: v for k, v in reply.json.items() if k not in varying} for reply in (foreign, absent)]
    assert (foreign.status_code, shown[0]) == (404, shown[1])


@pytest.mark.parametrize("person", [ADMIN, DENG], ids=lambda person: person.username)
def test_who_opens_no_visits_opens_no_receipts(login, receipt, person):
    assert proof(login(person), receipt["number"]).status_code == 403


def test_the_county_sees_only_what_was_flagged(login, mei, homes):
    (plain,) = results(mei, op_of(visit_of(homes[1].id, CLEAN)))
    number = plain["result"]["receipt"]["number"]
    assert (proof(login(QIN), number).status_code, proof(login(WEI), number).status_code) == (404, 200)


def test_an_author_who_was_moved_away_keeps_the_receipt_and_cannot_look_it_up(app, mei, visit, receipt):
    assign(app, MEI, OTHER_GRID)
    assert results(mei, op_of(visit))[0]["result"]["receipt"] == receipt
    assert proof(mei, receipt["number"]).status_code == 404


def test_the_proof_tells_which_photos_have_arrived(login, mei, homes):
    from hashlib import sha256

    data = jpeg(1, (320, 240))
    promised = {"sha256": sha256(data).hexdigest(), "length": len(data), "kind": "water", "taken_at": None}
    body = visit_of(homes[0].id, DRY, photos=[promised, *PROMISED])
    number = send(mei, body).json["receipt"]["number"]
    before = proof(login(WEI), number).json
    address = f"/api/v1/visits/{body['id']}/photos/{promised['sha256']}"
    assert mei.put(address, data=data, content_type="application/octet-stream").status_code in (200, 201)
    found = proof(login(WEI), number).json
    assert [photo["state"] for photo in found["photos"]] == ["stored", "expected", "expected"]
    assert (found["signature"], verifies(found)) == (before["signature"], True)
