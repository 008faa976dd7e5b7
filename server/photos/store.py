"""The photo folder: whole files under the name of their row, durable before anybody is told."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from server.core.problems import Problem

ORIGINAL, FULL, THUMB = "orig", "full.jpg", "thumb.jpg"
RETRY_SECONDS = 600
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class PhotoStore:
    """A folder with one set of files a photo."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, file_id: UUID, part: str) -> Path:
        """Where a part (orig, full.jpg, thumb.jpg) of a photo lies; spread over 256 folders."""
        name = str(file_id)
        return self._folder / name[:2] / f"{name}.{part}"

    def adopt(self, file_id: UUID, whole: Path) -> None:
        """Give a synced file the name of an original as well; returns once a power cut could not lose it.

        A second name and not a new one: the file keeps its old name until its row is committed. One that has
        the name already was whole and synced before it got it.

        Raises:
            Problem: storage_full.
        """
        path = self.path(file_id, ORIGINAL)
        with space_or_problem():
            is_new = _link(whole, path)
            try:
                sync_folder(path.parent)
            except OSError:
                if is_new:
                    path.unlink(
                        missing_ok=True
                    )  # a name that may not last must not be taken for one that does
                raise

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


def _link(whole: Path, path: Path) -> bool:
    """Whether the name is new."""
    try:
        path.hardlink_to(whole)
    except FileExistsError:
        return False
    except FileNotFoundError:
        path.parent.mkdir(exist_ok=True)
        sync_folder(path.parent.parent)
        return _link(whole, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        whole.replace(path)  # such a disk keeps no trace if we die before the row; the phone sends it again
    return True


def sync_file(descriptor: int) -> None:
    """Make the bytes of an open file durable."""
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def space_or_problem() -> Iterator[None]:
    """Tell a disk without room from every other failure.

    Raises:
        Problem: storage_full, with ``retry_after`` in seconds.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise Problem("storage_full", retry_after=RETRY_SECONDS) from error
