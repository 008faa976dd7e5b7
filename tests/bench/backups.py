"""How long a backup takes, and how long until a new machine has it back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.common import HOUSEHOLDS, Bench, County, Result, machine
from tests.support.live_server import LiveServer

_PASSPHRASE = {"LIANGDENG_BACKUP_PASSPHRASE": "only the benchmarks know this one"}
_TIMES = 3


def _seconds(server: LiveServer, *words: str) -> float:
    started = time.perf_counter()
    server.flask("backup", *words)
    return time.perf_counter() - started


def backup_and_restore(county: County) -> Iterator[Result]:
    """The commands as a clerk runs them: a backup with its trial restore, then a restore on a new machine."""
    server = LiveServer(county.folder / "backed-up", environ=dict(_PASSPHRASE)).copy_of(county.installation)
    made = min(_seconds(server, "create") for _ in range(_TIMES))
    newest = max((server.folder / "backups").glob("*.ldb"))
    size = newest.stat().st_size / 1e6
    database = (server.folder / "liangdeng.db").stat().st_size / 1e6
    note = f"{HOUSEHOLDS} households, {database:.1f} MB of database, no photos; best of {_TIMES}; {machine()}"
    yield Result("backup_create_s", made, "s", _TIMES, f"encrypted and restored once for proof; {note}")
    yield Result("backup_size_mb", size, "MB", 1, f"one encrypted file; {note}")
    restored = min(_restored(county.folder / f"bare-{number}", newest) for number in range(_TIMES))
    yield Result("backup_restore_s", restored, "s", _TIMES, f"on a new machine, until it may start; {note}")


def _restored(folder: Path, newest: Path) -> float:
    folder.mkdir()
    seconds = _seconds(LiveServer(folder, environ=dict(_PASSPHRASE)), "restore", str(newest))
    shutil.rmtree(folder)
    return seconds


BENCHES: dict[str, Bench] = {"backup_restore_s": backup_and_restore}
