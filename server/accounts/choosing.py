"""Passwords that people choose, and those the server makes for a first sign-in."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from server.accounts.passwords import MAX_LENGTH, MIN_LENGTH, hash_password
from server.core import clock
from server.core.crypto import sign
from server.core.problems import Problem

VALID_FOR = timedelta(days=7)
SHOWN_AGAIN_FOR = timedelta(minutes=10)  # an answer that got lost is asked for again at once
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read aloud or copied as something else
_GROUPS, _GROUP = 3, 4
_RUNS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_FAVOURITES = ("password", "liangdeng", "admin", "woaini", "iloveyou", "welcome", "fupin", "xiangcun")

TOO_SHORT, TOO_LONG, ONE_KIND, GUESSABLE, HAS_NAME, SAME = (
    *("too_short", "too_long", "one_kind", "guessable"),
    *("has_name", "same"),
)
SENTENCES = {
    TOO_SHORT: f"A password has at least {MIN_LENGTH} characters.",
    TOO_LONG: f"A password has at most {MAX_LENGTH} characters.",
    ONE_KIND: "Use letters and digits, or other signs.",
    GUESSABLE: "This password is among the first that others try.",
    HAS_NAME: "A password must not contain the user name.",
    SAME: "Choose another password than the present one.",
}


def one_time_password(seed: str) -> str:
    """A password of twelve signs (59 bits), the same for the same seed: ``k7mp-4t9w-x2qh``.

    Sent again because its answer got lost, an act gives the same one; the server keeps only its hash.
    """
    number = int(sign("one_time", seed.encode()), 16)
    signs = []
    for _ in range(_GROUPS * _GROUP):
        number, place = divmod(number, len(_ALPHABET))
        signs.append(_ALPHABET[place])
    return "-".join("".join(signs[i : i + _GROUP]) for i in range(0, len(signs), _GROUP))


def weakness(password: str, username: str, present: str = "") -> str | None:
    """Why a password is not good enough, a key of ``SENTENCES``; None when it is."""
    plain = unicodedata.normalize("NFKC", password).lower()
    if len(password) < MIN_LENGTH:
        return TOO_SHORT
    if len(password) > MAX_LENGTH:
        return TOO_LONG
    if password == present:
        return SAME
    if username and username.lower() in plain:
        return HAS_NAME
    if _kinds(plain) < 2:
        return ONE_KIND
    return GUESSABLE if _is_guessable(plain) else None


def refuse_expired(one_time_until: datetime) -> None:
    """Raises Problem: one_time_expired."""
    if one_time_until <= clock.now():
        raise Problem("one_time_expired")


def chosen_hash(password: str | None, username: str, present: str) -> str:
    """The hash of the password that takes the place of a present one.

    Until a one-time password was replaced there is no sign-in: no phone meets a server that half lets it in.

    Raises:
        Problem: password_change_required, when none was chosen; invalid, with the weakness as the code of
            ``errors.new_password``.
    """
    if password is None:
        raise Problem("password_change_required")
    found = weakness(password, username, present)
    if found is not None:
        fault = {"code": found, "message": SENTENCES[found]}
        raise Problem("invalid", errors={"new_password": [fault]})
    return hash_password(password)


def _kinds(plain: str) -> int:
    kinds = (str.isdigit, str.isalpha, lambda sign: not sign.isalnum())
    return sum(any(map(kind, plain)) for kind in kinds)


def _is_guessable(plain: str) -> bool:
    """Few different signs, or little beside runs of the keyboard and favourite words."""
    if len(set(plain)) < 5:
        return True
    left = plain
    for word in _FAVOURITES:
        left = left.replace(word, "")
    for run in _RUNS:
        for start in range(len(run) - 3):
            piece = run[start : start + 4]
            left = left.replace(piece, "").replace(piece[::-1], "")
    return len(left) < 4
