"""When a household is to be visited next. Pure, but for the one question how often its county visits."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Cadence:
    """Every how many months a monitored household and any other one is visited: whole numbers from 1 on."""

    monitored: int = 1
    others: int = 3

    def months(self, kind: str) -> int:
        """The length of the period that holds for a household of a kind."""
        return self.others if kind == "none" else self.monitored

    def wire(self) -> dict[str, int]:
        """As JSON."""
        return {"monitored": self.monitored, "others": self.others}


CadenceOf = Callable[[str], Cadence]
_asked: list[CadenceOf] = []


def decides_cadence(found: CadenceOf) -> CadenceOf:
    """Declare who knows how often a region's county visits; this domain may not ask those right of it."""
    _asked[:] = [found]
    return found


def cadence_of(region_code: str) -> Cadence:
    """How often the county of a region visits; monthly and quarterly where nobody knows."""
    return _asked[0](region_code) if _asked else Cadence()


def due_on(kind: str, last_visited: date | None, today: date, cadence: Cadence = Cadence()) -> date:
    """The last day by which the next visit is due.

    Periods of one, two, three … months are counted from January of the year 0, so that three of them are the
    quarters of the calendar. A visit covers the period it falls in; the due date is then the end of the
    following one. Who was never visited is due by the end of the present one.

    Source: GX-2-ART7-0 (at the end of every quarter), NX-8-4-1a and YS-1-0 (every month); AMB-19.
    """
    months = cadence.months(kind)
    first, ahead = (today, 0) if last_visited is None else (last_visited, months)
    index = first.year * 12 + first.month - 1 + ahead
    last_of_period = index - index % months + months - 1
    year, month = divmod(last_of_period, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
