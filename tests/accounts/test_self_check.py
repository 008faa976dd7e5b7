"""What a phone found when it checked itself: told with a report, kept, shown to who answers for phones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.accounts.devices import SelfCheck
from tests.accounts.devices import hear, known, make_phone, make_report, order
from tests.accounts.test_login import sign_in
from tests.factories import MEI, QIN, ZHOU
from tests.sync.pushing import push, refusal, report_of
from tests.visits.bodies import NOW, instant

CHECK = {"at": instant(NOW - timedelta(minutes=3)), "warn": ["installed", "place"], "bad": ["clock"]}


def row_of(client):
    reply = client.get("/api/v1/devices", query_string={"q": "mei"})
    (found,) = reply.json["items"]
    return found


def test_a_check_is_kept_until_the_next_one_and_shown(app, login, clock):
    mei = login(MEI)
    assert row_of(login(QIN))["check_at"] is None
    assert push(mei, report=report_of(check=CHECK, offset_ms=0)).status_code == 200
    shown = row_of(login(ZHOU))
    assert (shown["check_warn"], shown["check_bad"]) == (["installed", "place"], ["clock"])
    assert shown["check_at"] == instant(NOW - timedelta(minutes=3))
    clock.advance(minutes=5)
    push(mei, report=report_of(offset_ms=0))  # an older app, or nothing new
    assert row_of(login(QIN))["check_bad"] == ["clock"]
    push(mei, report=report_of(check=CHECK | {"warn": [], "bad": []}, offset_ms=0))
    shown = row_of(login(QIN))
    assert (shown["check_warn"], shown["check_bad"], shown["check_at"] is None) == ([], [], False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bad": ["李梅"]},
        {"bad": ["x" * 25]},
        {"warn": ["a"] * 21},
        {"at": "yesterday"},
        {"warn": None},
        {"bad": "clock"},
    ],
    ids=str,
)
def test_only_codes_are_taken(login, wrong):
    assert refusal(push(login(MEI), report=report_of(check=CHECK | wrong))) == (422, "invalid")


def test_a_phone_that_was_wiped_begins_with_no_check(app, client, login):
    phone = make_phone(app, MEI)
    hear(app, MEI, make_report(check=SelfCheck(at=NOW, warn=("space",), bad=())))
    assert known(app, MEI).check_warn == "space"
    order(login(QIN), phone, "kill")
    device = {"id": "phone-1", "name": "", "app_version": ""}
    sign_in(client, device=device)
    order(login(QIN), phone, "active", "手机找到了")
    assert sign_in(client, device=device).status_code == 200
    found = known(app, MEI)
    assert (found.check_at, found.check_warn, found.check_bad) == (None, None, None)
