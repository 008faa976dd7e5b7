"""The backup folder: containers by name and time, the photo contents beside them, what may go when.

liangdeng-20261123T020000Z-1a2b3c4d.ldb   one backup
photos/                                   contents of photos, shared
recipe.json                               how the passphrase becomes the key; every container carries it too
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from server.backups.archive import read_header
from server.backups.keys import Keys, Recipe, keys_of
from server.backups.objects import sync_folder, write_synced
from server.backups.trouble import Damaged, Trouble

SUFFIX, UNFINISHED, BROKEN = ".ldb", ".part", ".broken"
RESTS_ON = 2
_NAME = re.compile(r"liangdeng-(\d{8}T\d{6}Z)-[0-9a-f]{8}\.ldb")
_STAMP = "%Y%m%dT%H%M%SZ"
_COUNTY_OFFSET = timedelta(hours=8)


@dataclass(frozen=True)
class Item:
    """A container in the folder."""

    path: Path
    made_at: datetime
    bytes: int

    @property
    def name(self) -> str:
        """Its file name."""
        return self.path.name


class BackupFolder:
    """A folder of backups; ``Trouble`` is raised when it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def photos(self) -> Path:
        """Where the contents of photos lie."""
        return self.path / "photos"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else makes or removes backups here meanwhile.

        Raises:
            Trouble: somebody does already.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.path / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Trouble("另一个备份正在进行。", "Another backup is running.") from error
            yield

    def keys(self, passphrase: str) -> Keys:
        """The folder's keys; a new folder gets its recipe, one that lost it takes its newest container's."""
        path = self.path / "recipe.json"
        try:
            recipe = Recipe.read(json.loads(path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            recipe = self._known_recipe() or Recipe.new()
            write_synced(path, json.dumps(recipe.wire()).encode())
            sync_folder(self.path)
        return keys_of(passphrase, recipe)

    def _known_recipe(self) -> Recipe | None:
        for item in self.items():
            try:
                return read_header(item.path).recipe
            except Damaged:
                continue
        return None

    def items(self) -> list[Item]:
        """The containers, the newest first. Unfinished and broken ones are none."""
        found = []
        for path in self.path.glob(f"*{SUFFIX}"):
            if match := _NAME.fullmatch(path.name):
                made = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
                found.append(Item(path, made, path.stat().st_size))
        return sorted(found, key=lambda item: (item.made_at, item.name), reverse=True)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file that takes its name, whole and durable, when the block ends; none stays if it raises."""
        part = self.path / f"{name}{UNFINISHED}"
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path / name)
            sync_folder(self.path)
        finally:
            part.unlink(missing_ok=True)

    def clear_unfinished(self) -> None:
        """Remove what a crash left half-written. Only for who is ``alone``."""
        for path in self.path.glob(f"*{SUFFIX}{UNFINISHED}"):
            path.unlink(missing_ok=True)


def new_name(made_at: datetime) -> str:
    """The file name of a backup made now."""
    return f"liangdeng-{made_at.astimezone(UTC).strftime(_STAMP)}-{secrets.token_hex(4)}{SUFFIX}"


def superfluous(items: Sequence[Item], needed: set[str], keep: int, days: int) -> list[Item]:
    """Which containers may go.

    Stay: the ``keep`` newest, the newest of each of the last ``days`` days that have one (county time), and
    those named in ``needed``, on which rests what phones have forgotten.
    """
    ordered = sorted(items, key=lambda item: (item.made_at, item.name), reverse=True)
    stay = {item.name for item in ordered[: max(keep, RESTS_ON)]} | needed
    by_day: dict[str, str] = {}
    for item in ordered:
        by_day.setdefault(f"{item.made_at + _COUNTY_OFFSET:%Y-%m-%d}", item.name)
    stay |= set(list(by_day.values())[:days])
    return [item for item in ordered if item.name not in stay]
