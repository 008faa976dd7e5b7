"""Fixtures of a county that changes its policy."""

from __future__ import annotations

import pytest

from server.core import jobs
from tests.factories import QIN


@pytest.fixture
def qin(login):
    return login(QIN)


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """What the worker was asked to do, instead of doing it."""
    found = []
    monkeypatch.setattr(jobs, "enqueue", lambda *message: found.append(message))
    return found
