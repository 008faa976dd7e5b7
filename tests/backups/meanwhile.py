"""Phones that go on working while something is done to the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

ROUNDS = 12


@contextmanager
def meanwhile(each_round: Callable[[Any, int], object], phones: Iterable[Any]) -> Iterator[None]:
    """While the block runs, ``each_round(phone, number)`` twelve times a phone, each in its own thread."""
    stop = threading.Event()

    def work(phone: Any) -> None:
        for number in range(ROUNDS):
            if not stop.is_set():
                each_round(phone, number)

    threads = [threading.Thread(target=work, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
