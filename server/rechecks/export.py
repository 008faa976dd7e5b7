"""The ledger as a file for a spreadsheet: masked rows, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from server.core import audit
from server.core.auth import Actor
from server.core.clock import local_date
from server.core.names import begins_a_formula, tidied
from server.households.services import masked_name
from server.rechecks import queries, services, views
from server.rechecks.queries import LedgerFilters

MOST_ROWS = 5000
_HEAD = (
    "户主",
    "户编号",
    "乡镇",
    "村",
    "自然村（屯）",
    "致贫返贫原因",
    "人口",
    "灯",
    "村级审核日期",
    "复核日期",
    "复核人",
    "处理",
)
_STATES = {
    queries.SETTLED: "乡镇就地化解",
    queries.HANDED_UP: "已上报县里",
    queries.DUE: "县里退回，待复核",
    queries.MONITOR: "县里认定为监测对象",
    queries.NO_RISK: "县里认定无风险",
}
_LIGHTS = {"red": "红", "yellow": "黄", "attention": "蓝", "none": "无"}
CAUSE_WORDS = {
    "illness": "因病", "disability": "因残", "schooling": "因学", "disaster": "因灾", "accident": "因意外",
    "industry_failure": "产业失败", "unstable_employment": "就业不稳", "unsafe_housing": "住房",
    "unsafe_water": "饮水", "basic_needs": "吃穿", "other": "其他",
}  # fmt: skip


def safe(value: Any) -> str:
    """A cell's text; what a spreadsheet would take for a formula begins with an apostrophe.

    Some read full-width signs as plain ones, and leave out blanks and what nobody sees before looking.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if begins_a_formula(tidied(text)) else text


def ledger_file(actor: Actor, filters: LedgerFilters) -> str:
    """The ledger as comma-separated text with the mark by which spreadsheets know UTF-8. It is audited.

    Raises:
        Problem: too_many_rows.
    """
    found = queries.ledger_rows(filters, MOST_ROWS)
    lines = views.rows(found, services.clock_of(actor.region_code))
    audit.record("recheck.export", ("recheck_ledger", actor.region_code), actor.region_code, rows=len(lines))
    return "\ufeff" + _text([_HEAD, *(_cells(line) for line in lines)])


def _cells(line: dict[str, Any]) -> tuple[Any, ...]:
    home = line["household"]
    return (
        masked_name(home["head_name"]), home["number"], home["township"], home["village"],
        home["natural_village"], CAUSE_WORDS.get(line["cause"], line["cause"]), line["persons"],
        _LIGHTS[line["severity"]],
        line["decided_on"].isoformat(), local_date(line["outcome_at"]).isoformat(), line["officer_name"],
        _STATES.get(line["state"], line["state"]),
    )  # fmt: skip


def _text(lines: Iterable[Iterable[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in line] for line in lines)
    return file.getvalue()
