"""The photo folder: files under random names, written whole or not at all, durable before anybody is told."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

from server.core.problems import Problem

ORIGINAL, FULL, THUMB = "orig", "full.jpg", "thumb.jpg"
RETRY_SECONDS = 600
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class PhotoStore:
    """A folder with one set of files a photo."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, file_id: UUID, part: str) -> Path:
        """Where a part (orig, full.jpg, thumb.jpg) of a photo lies; spread over 256 folders."""
        name = str(file_id)
        return self._folder / name[:2] / f"{name}.{part}"

    def write(self, file_id: UUID, data: bytes) -> None:
        """Keep an original; returns once a power cut could not lose it.

        Raises:
            Problem: storage_full.
        """
        path = self.path(file_id, ORIGINAL)
        spare = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
        with _space_or_problem():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                _write_synced(spare, data)
                spare.replace(path)
            finally:
                spare.unlink(missing_ok=True)
            sync_folder(path.parent)

    def read(self, file_id: UUID, part: str) -> bytes:
        """The bytes of a part.

        Raises:
            Problem: not_found, after a restore that brought back rows but not files.
        """
        try:
            return self.path(file_id, part).read_bytes()
        except FileNotFoundError as error:
            raise Problem("not_found") from error

    def remove(self, file_id: UUID, *parts: str) -> None:
        """Delete parts of a photo; one that is not there is no error."""
        for part in parts:
            self.path(file_id, part).unlink(missing_ok=True)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _space_or_problem() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise Problem("storage_full", retry_after=RETRY_SECONDS) from error
