"""Photos on their way: one file a photo that grows by whole, checked pieces; its size is the offset.

``staging/<user>/<visit>.<sha256>.part`` in the photo folder. Who works on a part holds its lock (flock), so
two uploaders of one photo, or an uploader and the sweep, take turns. A part stays until the photo's row is
committed: what a crash leaves behind says by its name whose photo it is.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from server.photos.store import space_or_problem, sync_file

FOLDER = "staging"
_USER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = re.compile(rf"({_USER.pattern})\.([0-9a-f]{{64}})\.part")


@dataclass(frozen=True)
class Upload:
    """Which photo of which visit is sent by whom."""

    user_id: UUID
    visit_id: UUID
    sha256: str


class Part:
    """An open, locked part. Offsets and sizes in bytes."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._is_dropped = False

    @property
    def size(self) -> int:
        """How much has arrived."""
        return os.fstat(self._descriptor).st_size

    @property
    def changed_at(self) -> float:
        """When something was last added, in seconds since 1970 by the disk's clock."""
        return os.fstat(self._descriptor).st_mtime

    def append(self, data: bytes) -> None:
        """Add a piece, all of it or nothing.

        Raises:
            Problem: storage_full.
        """
        before = self.size
        with space_or_problem():
            try:
                _write_all(self._descriptor, data)
            except OSError:
                os.ftruncate(self._descriptor, before)
                raise

    def clear(self) -> None:
        """Forget what has arrived."""
        os.ftruncate(self._descriptor, 0)

    def read(self, length: int | None = None) -> bytes:
        """The first bytes, or all that have arrived."""
        return os.pread(self._descriptor, self.size if length is None else length, 0)

    def sync(self) -> None:
        """Make what has arrived durable, or forget it: after a failure the system may claim the next time
        that all is on the disk when it is not.

        Raises:
            Problem: storage_full.
        """
        with space_or_problem():
            try:
                sync_file(self._descriptor)
            except OSError:
                self.drop()
                raise

    def drop(self) -> None:
        """Remove the part: its photo is stored, or must start anew.

        Only once: after that the name may be another uploader's.
        """
        if self._is_dropped:
            return
        self._is_dropped = True
        self.path.unlink(missing_ok=True)


class Staging:
    """All parts of one photo folder."""

    def __init__(self, photo_folder: Path) -> None:
        self._folder = photo_folder / FOLDER

    def path(self, upload: Upload) -> Path:
        """Where the part of an upload lies."""
        return self._folder / str(upload.user_id) / f"{upload.visit_id}.{upload.sha256}.part"

    def size(self, upload: Upload) -> int:
        """How much of a photo has arrived; 0 for one that nobody began to send."""
        try:
            return self.path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def opened(self, upload: Upload) -> Iterator[Part]:
        """The part of an upload, locked; an empty one that stays empty leaves nothing behind.

        Raises:
            Problem: storage_full.
        """
        path = self.path(upload)
        with space_or_problem():
            descriptor = _open_locked(path)
        part = Part(path, descriptor)
        try:
            yield part
        finally:
            if part.size == 0:
                part.drop()
            os.close(descriptor)

    def uploads(self) -> Iterator[Upload]:
        """Every upload that has a part."""
        for path in sorted(self._folder.glob("*/*.part")):
            if (found := _NAME.fullmatch(path.name)) and (user := _USER.fullmatch(path.parent.name)):
                yield Upload(UUID(user[0]), UUID(found[1]), found[2])


def _open_locked(path: Path) -> int:
    """A descriptor that holds the lock of the file that has this name now, made if there is none."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            continue
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_current(path, descriptor):
            return descriptor
        os.close(descriptor)  # whoever had the lock removed the file meanwhile


def _is_current(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
