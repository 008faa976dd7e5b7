"""What the tests of the protocol share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.households.models import Household
from tests.factories import MEI, Person, make_household


@pytest.fixture
def mei(login: Callable[[Person], FlaskClient]) -> FlaskClient:
    """Mei's phone."""
    return login(MEI)


@pytest.fixture
def homes(app: Flask) -> list[Household]:
    """Four households of Mei's grid."""
    return [make_household(app) for _ in range(4)]
