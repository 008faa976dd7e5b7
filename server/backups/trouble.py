"""What can go wrong with a backup, said to people in Chinese and English, with the command's exit code."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

WRONG_PASSPHRASE, DAMAGED, OTHER = 100, 101, 1
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class Trouble(Exception):
    """Why a command stops. Nothing that counts was changed."""

    exit_code = OTHER

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese, self.english = chinese, english

    def text(self) -> str:
        """Both languages, a line each."""
        return f"{self.chinese}\n{self.english}"


class WrongPassphrase(Trouble):
    """The container is whole, but this passphrase does not open it."""

    exit_code = WRONG_PASSPHRASE

    def __init__(self) -> None:
        super().__init__("口令不对，打不开这份备份。", "Wrong passphrase: it does not open this backup.")


class Damaged(Trouble):
    """The container is not what was once written."""

    exit_code = DAMAGED

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"备份已损坏：{chinese}", f"The backup is damaged: {english}")


@contextmanager
def no_room_told(what: str) -> Iterator[None]:
    """Turn a full disk into a sentence that names the folder.

    Raises:
        Trouble: there was no room.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise _no_room(what) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise _no_room(what) from error


def _no_room(what: str) -> Trouble:
    return Trouble(
        f"磁盘空间不足：{what}。没有改动任何有效的数据。",
        f"No room left in {what}. Nothing that counts was changed.",
    )
