"""Photo files in the backup folder: each content once, encrypted by itself, shared by all of its backups.

A content's name is a keyed digest of its SHA-256, so that nobody can ask the folder whether it holds a
certain picture, and a folder written with two passphrases does not mix them up.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.backups.keys import Keys
from server.backups.trouble import Damaged

_NONCE, _TAG = 12, 16
_INDEX = "index"


class ObjectStore:
    """The folder of photo contents, seen with one set of keys."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.folder = folder
        self._cipher, self._naming = AESGCM(keys.derive("photos")), keys.derive("photo names")
        self._unsynced: set[Path] = set()

    def name(self, sha256: str) -> str:
        """The file name of a content."""
        return hmac.new(self._naming, sha256.encode(), "sha256").hexdigest()[:40]

    def path(self, name: str) -> Path:
        """Where a content of that name lies; spread over 256 folders."""
        return self.folder / name[:2] / name

    def holds(self, sha256: str, length: int) -> bool:
        """Whether a content is there in its full length; ``read`` says whether it is also the right one."""
        try:
            return self.path(self.name(sha256)).stat().st_size == length + _NONCE + _TAG
        except FileNotFoundError:
            return False

    def write(self, data: bytes, sha256: str) -> None:
        """Keep a content. It is durable once ``sync`` was called."""
        path, nonce = self.path(self.name(sha256)), os.urandom(_NONCE)
        path.parent.mkdir(parents=True, exist_ok=True)
        spare = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
        try:
            write_synced(spare, nonce + self._cipher.encrypt(nonce, data, sha256.encode()))
            spare.replace(path)
        finally:
            spare.unlink(missing_ok=True)
        self._unsynced.add(path.parent)

    def sync(self) -> None:
        """Make the names of what was written durable."""
        for folder in (*sorted(self._unsynced), *([self.folder] if self._unsynced else [])):
            sync_folder(folder)
        self._unsynced.clear()

    def read(self, sha256: str) -> bytes:
        """A content, checked.

        Raises:
            FileNotFoundError: it is not there.
            Damaged: it is another one, or was changed.
        """
        raw = self.path(self.name(sha256)).read_bytes()
        try:
            data = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], sha256.encode())
        except (InvalidTag, ValueError) as error:
            raise _wrong(sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _wrong(sha256)
        return data

    def remove(self, name: str) -> None:
        """Forget a content."""
        self.path(name).unlink(missing_ok=True)

    def read_index(self) -> dict[str, Any]:
        """What was noted to save time; empty when there is nothing, or nothing that opens."""
        try:
            raw = (self.folder / _INDEX).read_bytes()
            text = gzip.decompress(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _INDEX.encode()))
            index: dict[str, Any] = json.loads(text)
        except (OSError, InvalidTag, ValueError, EOFError):
            return {}
        return index

    def write_index(self, index: dict[str, Any]) -> None:
        """Note what saves time at the next backup."""
        nonce, text = os.urandom(_NONCE), gzip.compress(json.dumps(index).encode(), 1)
        self.folder.mkdir(parents=True, exist_ok=True)
        spare = self.folder / f"{_INDEX}.tmp"
        write_synced(spare, nonce + self._cipher.encrypt(nonce, text, _INDEX.encode()))
        spare.replace(self.folder / _INDEX)


def _wrong(sha256: str) -> Damaged:
    return Damaged(f"照片 {sha256[:12]}… 的内容不对。", f"the content of photo {sha256[:12]}… is wrong.")


def write_synced(path: Path, data: bytes) -> None:
    """Write a file, readable by its owner only, and have it on the disk."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make new names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
