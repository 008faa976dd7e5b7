# ruff: noqa: E501
"""Every sentence of a deadline, in Chinese and English, and the law it rests on."""

from __future__ import annotations

from datetime import date

import chinese_calendar

from server.policy.model import Article, Text

ART_201, ART_202, ART_203 = "CIVIL-201", "CIVIL-202", "CIVIL-203"
_CODE = "《中华人民共和国民法典》"
LAW: dict[str, Article] = {
    ART_201: Article(ART_201, _CODE + "第二百零一条", "按照年、月、日计算期间的，开始的当日不计入，自下一日开始计算。", "民法典"),
    ART_202: Article(ART_202, _CODE + "第二百零二条", "按照年、月计算期间的，到期月的对应日为期间的最后一日；没有对应日的，月末日为期间的最后一日。", "民法典"),
    ART_203: Article(ART_203, _CODE + "第二百零三条", "期间的最后一日是法定休假日的，以法定休假日结束的次日为期间的最后一日。", "民法典"),
}  # fmt: skip

STEPS: dict[str, tuple[str, str]] = {
    "not_counted": ("{day} 当天不计入，从次日起算", "{day} itself is not counted; the next day is the first"),
    "holiday": ("{first} 至 {last} {name}放假，不计入", "{first} to {last}: {name}, not counted"),
    "make_up_day": ("{first} 因{name}调休上班，计入", "{first} is worked in exchange for {name}, counted"),
    "nth_day": ("第 {count} 个{unit}是 {day}", "{unit} {count} is {day}"),
    "lasts": ("不少于 {count} 个{unit}，至 {day}", "Not less than {count}: {unit} {count} is {day}"),
    "same_day": ("满 {count} 个{unit}，到期月的对应日是 {day}", "{count} × {unit}: the same day of the last month is {day}"),
    "month_end": ("满 {count} 个{unit}，到期月没有对应日，以月末 {day} 为最后一日", "{count} × {unit}: the last month has no such day, so its end {day}"),
    "moved": ("{before} 休息，顺延到 {day}", "{before} is a day off, so it moves to {day}"),
    "estimated": ("{year} 年放假安排尚未公布，暂按周末估算", "The holidays of {year} are not announced; only weekends are known"),
    "window": ("{each}至少 {count} 次：{first} 至 {last}", "At least {count} time(s) {each}: {first} to {last}"),
}  # fmt: skip

UNITS: dict[str, Text] = {
    "working_days": {"zh": "工作日", "en": "Working day"},
    "days": {"zh": "自然日", "en": "Day"},
    "months": {"zh": "月", "en": "month"},
    "quarters": {"zh": "季度", "en": "quarter"},
    "years": {"zh": "年", "en": "year"},
}
EACH: dict[str, Text] = {
    "month": {"zh": "每月", "en": "a month"},
    "two_months": {"zh": "每两个月", "en": "every two months"},
    "quarter": {"zh": "每季度", "en": "a quarter"},
    "year": {"zh": "每年", "en": "a year"},
}
_HOLIDAYS = {holiday.chinese: holiday.value for holiday in chinese_calendar.Holiday}


def holiday(name: str) -> Text:
    """A holiday's name in both languages; what a county entered has one name."""
    return {"zh": name, "en": _HOLIDAYS.get(name, name)}


def in_zh(value: object) -> str:
    """A day, a word or a number in a Chinese sentence."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value["zh"] if isinstance(value, dict) else value)


def in_en(value: object) -> str:
    """The same in an English one."""
    return str(value["en"] if isinstance(value, dict) else value)
