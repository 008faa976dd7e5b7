"""SQLite: copied page by page inside one read transaction, while others write."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine

from server.backups.engines import Aside, Progress, Snapshot
from server.backups.objects import sync_folder
from server.backups.trouble import Damaged, Trouble, no_room_told
from server.core import clock

_PAGES = 2048
_READ = 1024 * 1024
_BUSY_SECONDS = 30.0
_BESIDE = ("-wal", "-shm", "-journal", "-turn")


class SqliteEngine:
    """The file of an embedded installation. ``work`` is a folder for copies, emptied by whoever uses it."""

    name = "sqlite"

    def __init__(self, database: Path, work: Path) -> None:
        self._database, self._work = database, work

    @contextmanager
    def snapshot(self, progress: Progress) -> Iterator[Snapshot]:
        """A copy of the file as it is at this instant."""
        with self._temporary("copy.db") as copy:
            with no_room_told(str(self._work)):
                _copy(self._database, copy, progress)
            engine = _engine(copy)
            yield Snapshot(engine, 0, lambda: _packed(copy))
            engine.dispose()

    @contextmanager
    def trial(self, pieces: Iterable[bytes]) -> Iterator[Engine]:
        """Unpacked into the work folder and checked page by page."""
        with self._temporary("trial.db") as path:
            with no_room_told(str(self._work)):
                _unpack(pieces, path)
            _check(path)
            engine = _engine(path)
            yield engine
            engine.dispose()

    @contextmanager
    def target(self) -> Iterator[Engine | None]:
        """The file in its place."""
        if not self._database.exists():
            yield None
            return
        engine = _engine(self._database)
        yield engine
        engine.dispose()

    def refuse_if_used(self) -> None:
        """Raises Trouble when another process has the file open."""
        if self._database.exists():
            with closing(_alone(self._database)):
                pass

    @contextmanager
    def aside(self, pieces: Iterable[bytes]) -> Iterator[Aside]:
        """A file beside the database."""
        path = self._database.with_name(f"{self._database.name}.restoring")
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(path)
        try:
            with no_room_told(str(path.parent)):
                _unpack(pieces, path)
            _check(path)
            engine = _engine(path)
            yield Aside(engine, lambda: self._take_over(engine, path))
            engine.dispose()
        finally:
            _remove(path)

    def _take_over(self, engine: Engine, path: Path) -> str:
        """One rename, with the old file locked: a crash leaves the old database or the new one, whole."""
        engine.dispose()
        with closing(_alone(path)):
            pass  # nothing of the new file stays in a log beside it
        if not self._database.exists():
            path.replace(self._database)
            sync_folder(self._database.parent)
            return ""
        kept = self._database.with_name(f"{self._database.name}.before-{clock.now():%Y%m%dT%H%M%SZ}")
        with closing(_alone(self._database)):
            kept.unlink(missing_ok=True)
            kept.hardlink_to(self._database)
            path.replace(self._database)
            sync_folder(self._database.parent)
        return str(kept)

    @contextmanager
    def _temporary(self, name: str) -> Iterator[Path]:
        self._work.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._work / name
        _remove(path)
        try:
            yield path
        finally:
            _remove(path)


def _engine(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}", poolclass=NullPool)


def _remove(path: Path) -> None:
    for name in (path.name, *(path.name + beside for beside in _BESIDE)):
        path.with_name(name).unlink(missing_ok=True)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """Inside a read transaction of our own, writers do not make the copy begin again."""
    with (
        closing(sqlite3.connect(source, timeout=_BUSY_SECONDS, isolation_level=None)) as reader,
        closing(sqlite3.connect(target)) as writer,
    ):
        target.chmod(0o600)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()

        def tell(_status: int, remaining: int, total: int) -> None:
            progress("database", total - remaining, total)

        reader.backup(writer, pages=_PAGES, progress=tell)
        reader.execute("ROLLBACK")


def _packed(path: Path) -> Iterator[bytes]:
    packer = zlib.compressobj(1)
    with path.open("rb") as file:
        while data := file.read(_READ):
            yield packer.compress(data)
    yield packer.flush()


def _unpack(pieces: Iterable[bytes], path: Path) -> None:
    unpacker = zlib.decompressobj()
    path.touch(0o600)
    try:
        with path.open("wb") as file:
            for piece in pieces:
                file.write(unpacker.decompress(piece))
            file.write(unpacker.flush())
    except zlib.error as error:
        raise Damaged("数据库内容解不开。", "the database inside cannot be unpacked.") from error
    if not unpacker.eof:
        raise Damaged("数据库内容不完整。", "the database inside is not whole.")


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise Damaged("其中的数据库打不开。", "the database inside does not open.") from error
    if verdict != "ok" or orphans:
        raise Damaged("其中的数据库未通过检查。", f"the database inside fails its check ({verdict}).")


def _alone(path: Path) -> sqlite3.Connection:
    """A connection that holds the file alone, with nothing left in a log beside it.

    Raises:
        Trouble: another process has it open.
    """
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")  # refused while anybody else is connected
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        raise Trouble(
            "数据库正在被别的程序使用：请先停止服务器（systemctl stop liangdeng）。",
            "Another program has the database open: stop the server first (systemctl stop liangdeng).",
        ) from error
    return connection
