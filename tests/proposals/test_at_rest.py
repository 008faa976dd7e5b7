"""Identity and telephone numbers of corrections: sealed wherever the database keeps them, in no log line."""

import logging
from datetime import date

import pytest

from server.core.db import db
from tests.factories import MEI, WEI, id_number, inside, make_household
from tests.proposals.edits import change
from tests.proposals.test_deciding import decide, propose
from tests.support.files import sqlite_contents

NUMBERS = [id_number(date(1981, 3, day), "male", 992) for day in range(1, 5)]
PHONES = ["13811112222", "13933334444"]


@pytest.fixture
def corrected(app, login, caplog):
    """Numbers applied, proposed, approved, declined, and written into the texts beside."""
    caplog.set_level(logging.DEBUG)
    household = make_household(app, members=2)
    first, second = (member.id for member in household.members)
    wei = login(WEI)
    change(app, MEI, household, ("phone", PHONES[0]))
    propose(
        app, household, ("phone", PHONES[1]), (first, "id_number", NUMBERS[0]), reason=f"Says {NUMBERS[0]}."
    )
    key = propose(app, household, (second, "id_number", NUMBERS[1]), reason=f"Card: {NUMBERS[1]}")
    decide(wei, key, comment=f"Seen: {NUMBERS[1]}")
    key = propose(app, household, (first, "id_number", NUMBERS[2]))
    decide(wei, key, "declined", f"Not {NUMBERS[2]}")
    change(app, WEI, household, (first, "id_number", NUMBERS[3]))
    return household


def secrets_in(content):
    return [secret for secret in (*NUMBERS, *PHONES) if secret in content]


def test_no_number_of_a_correction_is_in_any_column_in_clear(app, corrected):
    from server.core.db import Base

    with inside(app):
        connection = db.session.connection()
        tables = [table.name for table in Base.metadata.sorted_tables]
        rows = [str(connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()) for table in tables]
    assert "household_edit" in tables
    assert secrets_in("".join(rows)) == []
    assert "Card: 450321********" in "".join(rows)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_the_database_file_and_its_log_hold_no_number_of_a_correction(app, corrected):
    content = sqlite_contents(app.extensions["settings"].data_dir)
    assert b"household_edit" in content
    assert secrets_in(content.decode("latin-1")) == []


def test_no_line_of_the_log_holds_a_number_of_a_correction(corrected, caplog, capfd):
    captured = capfd.readouterr()
    assert secrets_in(caplog.text + captured.out + captured.err) == []
