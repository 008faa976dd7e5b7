"""Several people at one household in the same moment: each is served, and its rows stay together."""

import random
import threading

from server.core.problems import Problem
from server.households import following
from tests.factories import GRID, MEI, OTHER_GRID, PING, WEI, make_household, make_user
from tests.proposals.edits import change, values
from tests.proposals.test_deciding import URL, decide
from tests.proposals.test_moving import grids_of
from tests.support import interrupting
from tests.sync.pushing import op_of, results, told
from tests.visits.bodies import DRY, send, visit_of

ROUNDS = 12


def correct(app, person, home, dice):
    """A correction with a stale or fresh base; of a household that has moved away there is none."""
    wanted = dice.choice(
        [("address", str(dice.random())), (home.members[0].id, "name", dice.choice("甲乙丙"))]
    )
    try:
        change(app, person, home, wanted, base=dice.randint(1, 30))
    except Problem as problem:
        assert problem.code == "household_not_found"  # noqa: PT017 - either it is carried out, or this


def visit(phone, home):
    assert send(phone, visit_of(home.id, DRY)).status_code in (201, 404)


def move(app, home, dice):
    change(app, WEI, home, ("grid", dice.choice((GRID, OTHER_GRID))), base=100)


def decide_all(secretary, dice):
    for item in secretary.get(URL).json["items"]:
        reply = decide(secretary, item["id"], dice.choice(("approved", "declined")))
        assert reply.status_code == 200, reply.text


def test_corrections_visits_moves_and_decisions_at_once(app, login):
    home = make_household(app, members=2)
    kun = make_user(app, "grid_member", OTHER_GRID, "kun")
    mei, ping, secretary = login(MEI), login(PING), login(WEI)
    acts = [
        lambda dice: correct(app, MEI, home, dice),
        lambda dice: correct(app, kun, home, dice),
        lambda dice: (visit(mei, home), visit(ping, home)),
        lambda dice: move(app, home, dice),
        lambda dice: decide_all(secretary, dice),
    ]
    failures = []

    def work(act, seed):
        dice = random.Random(seed)
        try:
            for _ in range(ROUNDS):
                act(dice)
        except BaseException as error:  # noqa: BLE001 - told below, in the thread of the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(act, seed)) for seed, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    (grid,) = values(app, home.id, "grid")
    assert {frozenset(found) for found in grids_of(app, home.id).values() if found} == {frozenset({grid})}


def test_a_household_moves_while_somebody_decides_on_what_was_held_of_it(app, login, monkeypatch):
    home = make_household(app, OTHER_GRID)
    assert told(results(login(MEI), op_of(visit_of(home.id, DRY)))) == [("held", "scope")]
    secretary = login(WEI)
    (held,) = secretary.get("/api/v1/held").json["items"]
    form = {"decision": "taken", "comment": ""}
    decision = interrupting.before(
        monkeypatch,
        following._movers,
        "server.sync.moving.move_household",
        lambda: secretary.post(f"/api/v1/held/{held['id']}/decision", json=form),
    )
    change(app, WEI, home, ("grid", GRID), base=100)
    assert decision.result().status_code == 200, decision.result().text
    assert {frozenset(found) for found in grids_of(app, home.id).values() if found} == {frozenset({GRID})}
