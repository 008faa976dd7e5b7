"""When a household is to be visited next. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def due_on(kind: str, last_visited: date | None, today: date) -> date:
    """The last day by which the next visit is due.

    A monitored household (any ``kind`` but none) is visited every month, any other once a quarter, by its
    end. A visit covers the month or quarter it falls in; the due date is then the end of the following one.

    Source: GX-2-ART7-0 (survey at the end of every quarter), NX-8-4-1a (at least one survey a month).
    """
    months = 3 if kind == "none" else 1
    first, ahead = (today, 0) if last_visited is None else (last_visited, months)
    index = first.year * 12 + first.month - 1 + ahead
    last_of_period = index - index % months + months - 1
    year, month = divmod(last_of_period, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
