"""One call of every writing operation on accounts and grids, with the audit action it must leave."""

from __future__ import annotations

from tests.accounts import desk
from tests.accounts.test_requests import ask, decide
from tests.factories import MEI, OTHER_GRID, PASSWORD, WEI, ZHOU, make_session
from tests.grids.test_grids import add


def _change_password(_app, login, _visit, _clock):
    body = {"password": PASSWORD, "new_password": "river-and-7-hills"}
    return login(MEI).post("/api/v1/me/password", json=body)


def _end_own_session(app, login, _visit, _clock):
    lost = make_session(app, MEI, "lost")
    return login(MEI).post(f"/api/v1/me/sessions/{lost.id}/end")


def _create_user(_app, login, _visit, _clock):
    return desk.create(login(ZHOU))


def _act(what, **more):
    return lambda _app, login, _visit, _clock: desk.act(login(ZHOU), MEI, what, **more)


def _ask_for(_app, login, _visit, _clock):
    return ask(login(WEI), MEI)


def _decide_request(app, login, visit, clock):
    return decide(login(ZHOU), _ask_for(app, login, visit, clock).json)


def _apply_import(_app, login, _visit, _clock):
    from tests.accounts.test_import import apply, book, check

    sheet = book(("xiaohua", "韦小花", "网格员", "", "", "", OTHER_GRID, ""))
    return apply(login(ZHOU), sheet, check(login(ZHOU), sheet).json["digest"])


def _create_grid(_app, login, _visit, _clock):
    return add(login(ZHOU))


def _rename_grid(_app, login, _visit, _clock):
    return login(ZHOU).patch(f"/api/v1/grids/{OTHER_GRID}", json={"name": "河边网格"})


def _close_grid(app, login, visit, clock):
    code = _create_grid(app, login, visit, clock).json["code"]
    return login(ZHOU).post(f"/api/v1/grids/{code}/close")


ACCOUNTS = {
    "accounts.change_password": (_change_password, "account.change_password"),
    "accounts.end_own_session": (_end_own_session, "account.end_session"),
    "users.create_user": (_create_user, "account.create"),
    "users.edit_user": (_act("", display_name="梅"), "account.edit"),
    "users.transfer_user": (_act("transfer", region_code=OTHER_GRID), "account.transfer"),
    "users.set_active": (_act("state", active=False), "account.disable"),
    "users.reset_password": (_act("password-reset"), "account.reset_password"),
    "users.sign_out_user": (_act("sign-out"), "account.sign_out"),
    "users.ask_for": (_ask_for, "account.ask"),
    "users.decide_request": (_decide_request, "account.decide"),
    "user_imports.apply_import": (_apply_import, "account.import"),
    "grids.create_grid": (_create_grid, "region.add"),
    "grids.rename_grid": (_rename_grid, "region.rename"),
    "grids.close_grid": (_close_grid, "region.close"),
}
