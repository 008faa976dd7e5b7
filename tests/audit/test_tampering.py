"""A thousand random tamperings are found, each; and the usual ones are called by their names."""

from __future__ import annotations

import json
from random import Random

import pytest
from sqlalchemy import text

from server.audit import heads, services
from server.audit.verifying import (
    DELETED,
    EDITED,
    FOREIGN_HEAD,
    HEAD,
    INSERTED,
    SWAPPED,
    TRUNCATED,
    UNGUARDED,
    Finding,
)
from server.core import audit_guard, audit_rows
from server.core.audit_chain import CONTENT
from server.core.audit_rows import Row
from server.core.db import db
from tests.audit import tampering
from tests.audit.tampering import COLUMNS, SAYS
from tests.factories import COUNTY, OTHER_COUNTY, inside

TRIES = {"sqlite": 1000, "postgresql": 120}


@pytest.fixture
def trail(app):
    """Three chains of a dozen entries, its triggers gone."""
    tampering.write_trail(app)
    with inside(app):
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:  # the one that is used again and again here
                connection.connection.execute("PRAGMA synchronous = OFF")
        tampering.unguard()
        yield tampering.rows()
        tampering.unguard()
        tampering.guard()
        db.session.remove()
        if db.engine.dialect.name == "sqlite":
            db.engine.dispose()


def kinds(kept=()):
    return {(one.chain, one.number, one.kind) for one in tampering.findings(kept) if one.kind != UNGUARDED}


def of_chain(trail, chain=COUNTY):
    return [row for row in trail if row["chain"] == chain]


def tamper(trail, rng):
    """One random act, and a sentence about it."""
    act = rng.choice(["edit"] * 6 + ["delete", "swap", "swap", "insert", "truncate"])
    row = rng.choice(trail)
    mine = of_chain(trail, row["chain"])
    if act == "edit":
        name = rng.choice(COLUMNS)
        value = tampering.changed(row, name, rng)
        while value == row[name]:
            value = tampering.changed(row, name, rng)
        tampering.put({name: value}, row["seq"])
        return f"{name} of {row['number']} in {row['chain']} is {value!r}"
    if act == "delete":
        tampering.delete(row["seq"])
    elif act == "truncate":
        tampering.delete(*(each["seq"] for each in mine[-rng.randint(1, len(mine)) :]))
    elif act == "insert":
        forged = dict(row) | {"seq": 10**6, "number": len(mine) + 1, "previous": mine[-1]["hash"]}
        tampering.insert(forged)
    else:
        swap(*rng.sample(trail, 2), rng.choice([SAYS, ("number", "chain"), ("details", "at"), ("hash",)]))
    return act


def swap(one, other, names):
    """Exchange columns of two entries; the unique numbers on a way around."""
    if "number" in names:
        tampering.put({"number": -5}, one["seq"])
    first, second = ({name: row[name] for name in names} for row in (one, other))
    tampering.put(first, other["seq"])
    tampering.put(second, one["seq"])


def put_back(trail):
    tampering.insert(*trail, instead=True)


def test_every_random_tampering_is_found(app, engine, trail):
    """What a try left is put back by its rows; a swap of equal values changes nothing and is tried again."""
    rng, tries, found = Random(20261130), 0, 0
    while tries < TRIES[engine]:
        said = tamper(trail, rng)
        if tampering.rows() == trail:
            continue
        tries += 1
        assert kinds(), said
        found += 1
        put_back(trail)
    assert found == TRIES[engine]
    assert kinds() == set()


def test_an_edit_is_called_an_edit_at_its_entry(trail):
    rng = Random(1)
    for name in ("at", "actor_id", "actor_role", "action", "target_id", "details", "seq", "previous", "hash"):
        row = of_chain(trail)[3]
        tampering.put({name: tampering.changed(row, name, rng)}, row["seq"])
        assert (COUNTY, row["number"], EDITED) in kinds(), name
        put_back(trail)


def test_a_deletion_is_called_so_at_the_first_that_is_missing(trail):
    mine = of_chain(trail)
    tampering.delete(mine[3]["seq"], mine[4]["seq"])
    assert kinds() == {(COUNTY, mine[3]["number"], DELETED)}


def test_a_deletion_whose_gap_was_closed_is_found(trail):
    mine = of_chain(trail)
    tampering.delete(mine[3]["seq"])
    for row in mine[4:]:
        tampering.put({"number": row["number"] - 1}, row["seq"])
    assert (COUNTY, mine[3]["number"], DELETED) in kinds()


@pytest.mark.parametrize("distance", [1, 4])
@pytest.mark.parametrize("names", [SAYS, ("number",)])
def test_a_swap_is_called_so_at_both_places(trail, distance, names):
    one, other = of_chain(trail)[2], of_chain(trail)[2 + distance]
    swap(one, other, names)
    assert {(COUNTY, row["number"], SWAPPED) for row in (one, other)} <= kinds()


def test_an_entry_put_in_between_is_found_though_all_later_ones_moved_on(trail):
    mine = of_chain(trail)
    for row in reversed(mine[4:]):
        tampering.put({"number": row["number"] + 1}, row["seq"])
    tampering.insert(dict(mine[4]) | {"seq": 10**6, "action": "test.forged"})
    assert (COUNTY, mine[4]["number"], INSERTED) in kinds()


def test_an_entry_added_at_the_end_is_found_by_the_head(trail):
    last = of_chain(trail)[-1]
    forged = Row(0, last["hash"].hex(), "", (10**6, *raw_of(last)))
    own = forged.made(COUNTY, last["number"] + 1, last["hash"].hex())
    row = dict(last) | {"seq": 10**6, "number": last["number"] + 1, "previous": last["hash"]}
    tampering.insert(row | {"hash": bytes.fromhex(own)})
    assert kinds() == {(COUNTY, last["number"] + 1, INSERTED)}


@pytest.mark.parametrize(
    ("chain", "number", "places"),
    [
        (COUNTY, -5, {(COUNTY, -5, INSERTED)}),
        (COUNTY, 0, {(COUNTY, 0, INSERTED)}),
        ("", 1, {("", None, INSERTED), ("", 1, EDITED)}),
        ("45x", -(2**63), {("45x", None, INSERTED), ("45x", -(2**63), INSERTED)}),
    ],
)
def test_an_entry_put_where_none_can_be_is_found(trail, chain, number, places):
    """Below the first of a county, or in a chain no county has: nothing there follows on anything."""
    tampering.insert(dict(of_chain(trail)[0]) | {"seq": 10**6, "chain": chain, "number": number})
    assert kinds() == places
    services.note(services.walk(chain))
    db.session.rollback()


def test_a_chain_no_county_has_is_found_though_it_is_whole(trail):
    """Its entry makes its hash, and its head is that entry."""
    first = of_chain(trail)[0]
    made = Row(0, "", "", (10**6, *raw_of(first))).made("", 1, bytes(32).hex())
    own = {"seq": 10**6, "chain": "", "previous": bytes(32), "hash": bytes.fromhex(made)}
    tampering.insert(first | own)
    with db.engine.begin() as connection:
        statement = text("INSERT INTO audit_head (chain, count, hash) VALUES ('', 1, :hash)")
        connection.execute(statement, {"hash": own["hash"]})
    assert kinds() == {("", None, INSERTED)}


HOLLOW = {
    "sqlite": "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT 1; END",
    "postgresql": "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RETURN NEW; END $$",
}


def test_a_trigger_of_the_same_name_that_refuses_nothing_is_none(engine, trail):
    tampering.guard()
    assert UNGUARDED not in {one.kind for one in tampering.findings()}
    with db.engine.begin() as connection:
        if engine == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.exec_driver_sql(HOLLOW[engine])
        hollow = audit_guard.missing(connection)
    assert hollow == sorted(["audit_entry_no_update"] if engine == "sqlite" else audit_guard.names(engine))
    assert UNGUARDED in {one.kind for one in tampering.findings()}


@pytest.mark.parametrize("change", ["WHEN (false) ", "UPDATE OF action"])
def test_a_trigger_that_looks_away_at_times_is_none(engine, trail, change):
    statement = audit_guard.statements(engine)[1 if engine == "postgresql" else 0]
    if change.startswith("WHEN"):
        before = "EXECUTE" if engine == "postgresql" else "BEGIN"
        statement = statement.replace(before, change + before)
    else:
        statement = statement.replace("UPDATE", change)
    tampering.guard()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(audit_guard.removal(engine)[0])
        connection.exec_driver_sql(statement)
        assert audit_guard.missing(connection) == [audit_guard.names(engine)[0]]


def raw_of(row):
    """The columns after the key of an entry as the verification reads them."""
    found = next(each for each in audit_rows.entries(row["chain"]) if each.number == row["number"])
    return found.content[1:]


def test_cutting_off_the_newest_is_found_by_the_head(trail):
    mine = of_chain(trail)
    tampering.delete(mine[-2]["seq"], mine[-1]["seq"])
    assert kinds() == {(COUNTY, mine[-2]["number"], TRUNCATED)}


def test_a_whole_chain_that_is_gone_is_found_by_the_head(trail):
    tampering.delete(*(row["seq"] for row in of_chain(trail)))
    assert kinds() == {(COUNTY, 1, TRUNCATED)}


def test_a_head_that_is_gone_is_found(trail):
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_head WHERE chain = :chain"), {"chain": COUNTY})
    assert kinds() == {(COUNTY, None, HEAD)}


def cut(trail, to):
    """Take the newest entries off and set the head back: within the database nothing is wrong."""
    mine = of_chain(trail)
    tampering.delete(*(row["seq"] for row in mine[to:]))
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE audit_head SET count = :count, hash = :hash WHERE chain = :chain"),
            {"count": to, "hash": mine[to - 1]["hash"], "chain": COUNTY},
        )


def test_only_a_head_kept_elsewhere_tells_that_entries_and_head_were_cut_together(app, trail):
    kept = heads.read(heads.signed([COUNTY, OTHER_COUNTY]))
    assert kinds(kept) == set()
    cut(trail, to=5)
    assert kinds() == set()
    assert kinds(kept) == {(COUNTY, len(of_chain(trail)), TRUNCATED)}
    tampering.write_trail(app, each=30)
    assert kinds() == set()
    assert kinds(kept) == {(COUNTY, len(of_chain(trail)), FOREIGN_HEAD)}


def test_a_changed_file_of_heads_is_refused(trail):
    document = heads.signed([COUNTY])
    document["heads"][0]["count"] -= 1
    with pytest.raises(heads.BadHeads, match="was not signed by this installation"):
        heads.read(document)
    with pytest.raises(heads.BadHeads):
        heads.read({"format": "other"})


def test_values_of_a_kind_no_entry_has_are_an_edit(app, engine, trail):
    if engine == "postgresql":
        return  # its columns take nothing else
    for name, value in (
        ("details", "{"),
        ("details", b"\xff"),
        ("at", 7),
        ("actor_id", b"x"),
        ("action", 1.5),
    ):
        row = of_chain(trail)[3]
        tampering.put({name: value}, row["seq"])
        assert (COUNTY, row["number"], EDITED) in kinds(), (name, value)
        put_back(trail)


def test_the_command_names_chain_number_and_kind(app, trail, tmp_path):
    runner = app.test_cli_runner()
    file = tmp_path / "heads.json"
    file.write_text(runner.invoke(args=["audit", "head"]).stdout)
    assert {head["chain"] for head in json.loads(file.read_text())["heads"]} == set(tampering.CHAINS)
    row = of_chain(trail)[3]
    tampering.put({"action": "test.other"}, row["seq"])
    tampering.unguard()
    tampering.guard()
    found = runner.invoke(args=["audit", "verify", "--heads", str(file)])
    assert found.exit_code == 1
    assert found.stdout == f"{COUNTY} entry {row['number']}: edited: what it says does not make its hash\n"
    assert f"{OTHER_COUNTY}: " in found.stderr
    tampering.unguard()
    put_back(trail)
    assert "the trigger that refuses changes is gone" in runner.invoke(args=["audit", "verify"]).stdout
    tampering.guard()
    whole = runner.invoke(args=["audit", "verify", "--heads", str(file)])
    assert (whole.exit_code, whole.stdout) == (0, "The audit trail is whole.\n")
    tampering.unguard()


def test_a_long_chain_is_read_in_pieces(app, trail, monkeypatch):
    monkeypatch.setattr(audit_rows, "AT_ONCE", 3)
    assert kinds() == set()
    assert len(CONTENT) + 3 == len(COLUMNS) - 1
    assert services.walk(COUNTY).number == len(of_chain(trail))
    assert audit_guard.missing(db.session.connection())
    assert Finding(COUNTY, 1, EDITED) not in tampering.findings()
