"""``flask accounts``: creating accounts and replacing passwords."""

from __future__ import annotations

import pytest

from tests.accounts.test_login import sign_in
from tests.conftest import client_of
from tests.factories import COUNTY, MEI, VILLAGE, make_session


def run(app, *arguments, password="long-enough-1"):
    return app.test_cli_runner().invoke(args=["accounts", *arguments, "--password", password])


def test_created_account_can_sign_in(app, client):
    result = run(app, "create", "New.One", "--role", "first_secretary", "--region", VILLAGE, "--name", "韦新")
    assert result.exit_code == 0, result.output
    user = sign_in(client, "new.one", "long-enough-1").json["user"]
    assert (user["role"], user["region"]["code"], user["display_name"]) == (
        "first_secretary",
        VILLAGE,
        "韦新",
    )


def test_administrator_is_created_without_region_whatever_was_asked(app, client):
    run(app, "create", "root2", "--role", "admin", "--region", VILLAGE, "--name", "Admin")
    assert sign_in(client, "root2", "long-enough-1").json["user"]["region"]["code"] == "-"


@pytest.mark.parametrize("option", ["--name", "--department"])
@pytest.mark.parametrize(
    ("text", "said"),
    [("=HYPERLINK(1)", "formula"), ("\u200b＠韦", "formula"), ("韦" * 41, "between")],
)
def test_names_that_no_form_takes_are_refused(app, client, option, text, said):
    names = {"--name": "韦新", "--department": "民政局"} | {option: text}
    options = [part for pair in names.items() for part in pair]
    result = run(app, "create", "new.one", "--role", "department", "--region", COUNTY, *options)
    assert result.exit_code == 2
    assert f"'{option}'" in result.output
    assert said in result.output
    assert sign_in(client, "new.one", "long-enough-1").status_code == 401


def test_names_are_tidied_as_in_a_form_and_a_blank_one_is_refused(app, client):
    place = ("--role", "department", "--region", COUNTY)
    run(app, "create", "new.one", *place, "--name", " 买买提•\u200b 吐尔逊 ", "--department", " ")
    user = sign_in(client, "new.one", "long-enough-1").json["user"]
    assert (user["display_name"], user["department"]) == ("买买提· 吐尔逊", None)
    assert run(app, "create", "new.two", *place, "--name", " ").exit_code == 2


def test_taken_username_is_refused(app):
    result = run(app, "create", "mei", "--role", "admin", "--name", "Mei")
    assert result.exit_code == 2
    assert "already an account" in result.output


def test_unknown_region_is_refused(app):
    result = run(app, "create", "x", "--role", "county", "--region", "999999", "--name", "X")
    assert result.exit_code == 2
    assert "no region 999999" in result.output


def test_short_password_is_refused_and_not_repeated(app):
    result = run(app, "set-password", "mei", password="short77")
    assert result.exit_code == 2
    assert "8 to 128" in result.output
    assert "short77" not in result.output


def test_new_password_ends_every_session(app, client):
    phone = client_of(app, make_session(app, MEI))
    assert run(app, "set-password", "mei").exit_code == 0
    assert phone.get("/api/v1/me").status_code == 401
    assert sign_in(client, "mei", "long-enough-1").status_code == 200


def test_password_of_an_unknown_account_cannot_be_set(app):
    assert run(app, "set-password", "nobody").exit_code == 2
