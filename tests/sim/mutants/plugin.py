"""A pytest plugin that plants one bug of the server for a whole run: ``-p tests.sim.mutants.plugin``."""

from __future__ import annotations

import os

import pytest

from tests.sim.mutants.catalogue import TESTED
from tests.sim.mutants.planting import Patches

NAME = "LIANGDENG_MUTANT"


@pytest.hookimpl
def pytest_configure(config: pytest.Config) -> None:
    """Plant it before any test is read."""
    mutant = next(each for each in TESTED if each.name == os.environ[NAME])
    assert mutant.server is not None
    mutant.server(Patches(), None)
