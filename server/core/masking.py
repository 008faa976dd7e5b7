"""How identity and telephone numbers look in lists: enough to tell people apart, not enough to use. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

_BETWEEN = "[ -]{1,3}"
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_YEAR = r"(?:18|19|20)\d\d"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PLACE = rf"{_PROVINCE}\d{{4}}"


def _whole(pattern: str) -> re.Pattern[str]:
    """A pattern that takes no part of a longer number; ``_`` in it stands for blanks and hyphens."""
    return re.compile(rf"(?<!\d)(?:{pattern.replace('_', _BETWEEN)})(?!\d)")


def mask_id(number: str) -> str:
    """The six digits of the place and the last four characters: ``450321********123X``."""
    if len(number) < 11:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_name(name: str) -> str:
    """The family name, or the first character: ``韦**``."""
    return name[:1] + "*" * max(2, len(name) - 1) if name else ""


def mask_written(text: str) -> str:
    """A written text whose identity and telephone numbers are masked, in whatever way people write them.

    Codes of regions, numbers of households, amounts and days stay as they are.
    """
    plain, found = "".join(map(_plain, text)), {}
    for pattern, mask, accepts in _LOOKED_FOR:
        for start, end in _spans(pattern, plain, accepts):
            found[start] = end, mask(_digits(plain[start:end]))
            plain = plain[:start] + "*" * (end - start) + plain[end:]
    for start in sorted(found, reverse=True):
        end, masked = found[start]
        text = text[:start] + masked + text[end:]
    return text


def _plain(sign: str) -> str:
    """One sign for one: full-width and foreign digits, every blank and every hyphen."""
    if sign.isascii():
        return sign.upper() if sign == "x" else sign
    if (digit := unicodedata.decimal(sign, None)) is not None:
        return str(digit)
    if unicodedata.category(sign) in {"Zs", "Cf"}:
        return " "
    if unicodedata.category(sign) == "Pd" or sign == "\u2212":
        return "-"
    return {"Ｘ": "X", "ｘ": "X", "＋": "+", "（": "(", "）": ")"}.get(sign, sign)


def _spans(pattern: re.Pattern[str], plain: str, accepts: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    at = 0
    while (match := pattern.search(plain, at)) is not None:
        start, end = match.span("number" if "number" in pattern.groupindex else 0)
        taken = accepts(_digits(plain[start:end]))
        if taken:
            yield start, end
        at = end if taken else match.start() + 1


def _digits(text: str) -> str:
    return re.sub(r"[^\dX]", "", text)


def _is_checked(number: str) -> bool:
    """Whether it is an identity number by its day of birth and its last sign (GB 11643)."""
    if not _BORN.match(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17]


def _is_no_day(number: str) -> bool:
    """``150 20261123`` is an amount and a day, no telephone."""
    return not _ENDS_IN_A_DAY.search(number)


def _mask_landline(number: str) -> str:
    return "*" * (len(number) - 4) + number[-4:]


def _always(_number: str) -> bool:
    return True


def mask_phone(number: str) -> str:
    """The first three and last four digits: ``138****0000``."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


_BORN = re.compile(_PLACE + _YEAR + _DAY)
_ENDS_IN_A_DAY = re.compile(rf"^\d{{3}}(?:19|20)\d\d{_DAY}$")
_ABROAD = r"(?:(?:\+|00)?86[ -]{0,3}|0)?"
# Two numbers written as one word; household numbers have at most 24 digits.
_GLUED = re.compile(r"\d{25,}X?")
# Born 1921 or later: 15 digits that say an earlier year may be a village's code with a household's number.
_OLD = rf"(?:2[1-9]|[3-9]\d){_DAY}"
_LOOKED_FOR: tuple[tuple[re.Pattern[str], Callable[[str], str], Callable[[str], bool]], ...] = (
    (_GLUED, mask_id, _always),
    (_whole(r"\d{17}[\dX]"), mask_id, _always),
    (_whole(rf"{_PLACE}_{_YEAR}(?:_)?{_DAY}_\d{{3}}[\dX]"), mask_id, _always),
    (_whole(r"(?:\d[ -]{0,3}){17}[\dX]"), mask_id, _is_checked),
    (_whole(rf"{_PLACE}(?:_)?{_OLD}(?:_)?\d{{3}}"), mask_id, _always),
    (_whole(rf"{_ABROAD}(?P<number>1\d{{10}})"), mask_phone, _always),
    (_whole(rf"{_ABROAD}(?P<number>1[3-9]\d_\d{{4}}_\d{{4}})"), mask_phone, _always),
    (_whole(rf"{_ABROAD}(?P<number>1[3-9]\d_\d{{8}})"), mask_phone, _is_no_day),
    (
        _whole(
            r"(?:(?:\+|00)86[ -]{0,3}\(?0?|\(?0)(?P<number>(?:10|2\d|[3-9]\d\d)"
            r"[ )-]{0,4}\d{3,4}[ -]{0,3}\d{4})"
        ),
        _mask_landline,
        _always,
    ),
)
