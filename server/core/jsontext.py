"""JSON text, written and read by a compiled library where it can, else by Python's own, to the same effect.

Python's own is asked for what the library refuses: half characters (lone surrogates), whole numbers of more
than 64 bits. No spaces, and Chinese as it is.
"""

from __future__ import annotations

import json
from typing import Any

import orjson


def dumps(value: Any) -> str:
    """The text of a value. Raises TypeError or ValueError for what has none."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def dumps_sorted(value: Any) -> str:
    """The text of a value with its keys in the order of their code points."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """The value of a text.

    Raises:
        ValueError: it is not JSON. (NaN and Infinity, which are none, are let through as Python does.)
    """
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def deeper_than(value: Any, levels: int) -> bool:
    """Whether lists and objects of a value lie in each other on more levels; a bare number has none."""
    here = [value]
    for _ in range(levels + 1):
        here = [one for one in here if type(one) is dict or type(one) is list]
        if not here:
            return False
        here = [child for one in here for child in (one.values() if type(one) is dict else one)]
    return True
