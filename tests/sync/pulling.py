"""A device that pulls: what it has, and how it takes a page, as the phone does."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

URL = "/api/v1/s1/pull"


class Puller:
    """One device's list of households by id, its cursor, and how many pages it took."""

    def __init__(self, client: FlaskClient, limit: int = 200) -> None:
        self.client, self.limit = client, limit
        self.rows: dict[str, Any] = {}
        self.cursor: str | None = None
        self.pages = 0
        self._anew: dict[str, Any] | None = None

    def get(self) -> TestResponse:
        """Ask for the next page."""
        query = {"limit": self.limit} | ({"cursor": self.cursor} if self.cursor else {})
        return self.client.get(URL, query_string=query)

    def page(self) -> dict[str, Any]:
        """Ask for the next page and take it."""
        reply = self.get()
        assert reply.status_code == 200, reply.text
        page = reply.json
        self.pages += 1
        rows = {row["id"]: row for row in page["rows"]}
        if page["snapshot"]:
            self._anew = (self._anew or {}) | rows
        if self._anew is not None and not (page["snapshot"] and page["more"]):
            self.rows, self._anew = self._anew, None
        self.rows |= rows
        for key in (*page["gone"], *page["left"]):
            self.rows.pop(key, None)
        self.cursor = page["cursor"]
        return page

    def all(self) -> list[dict[str, Any]]:
        """Pull until there is no more; the pages."""
        pages = [self.page()]
        while pages[-1]["more"]:
            pages.append(self.page())
        return pages

    def begin_anew(self) -> None:
        """What a device does when its cursor is gone."""
        self.cursor, self._anew = None, None

    @property
    def ids(self) -> set[str]:
        """What it has."""
        return set(self.rows)
