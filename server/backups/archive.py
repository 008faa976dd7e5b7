"""The encrypted container of one backup. Pure: bytes in, bytes out, no database and no Flask.

    "LDBACKUP" · version · header (JSON: key recipe, id, what all may know) · key check · SHA-256 of it all
    then chunks:  kind (D database, M manifest, E end) · length · AES-256-GCM ciphertext

A chunk is sealed with its number as nonce, under a key of this container alone, bound to the header and to
its own kind and length. The end chunk says how many there are. So a chunk that was changed, moved, repeated,
left out or taken from another container does not open, nor does a container cut anywhere or with a tail.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import io
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.backups.keys import Keys, Recipe, keys_of
from server.backups.trouble import Damaged, WrongPassphrase

MAGIC = b"LDBACKUP"
VERSION = 1
CHUNK = 1024 * 1024
DATABASE, MANIFEST, END = b"D", b"M", b"E"
_START = struct.Struct(">8sHI")
_HEAD = struct.Struct(">cI")
_COUNT = struct.Struct(">Q")
_TAG, _CHECK, _DIGEST = 16, 16, 32
_HEADER_MAX = 64 * 1024
_MANIFEST_MAX = 1024 * 1024 * 1024


class Writer:
    """Writes one container; it is none before ``finish``."""

    def __init__(self, file: IO[bytes], keys: Keys, about: Mapping[str, Any]) -> None:
        self._file, self._number = file, 0
        header = {"about": dict(about), "id": os.urandom(16).hex(), "recipe": keys.recipe.wire()}
        text = json.dumps(header, ensure_ascii=False, sort_keys=True).encode()
        start = _START.pack(MAGIC, VERSION, len(text)) + text
        start += keys.check(start)
        self._digest = hashlib.sha256(start).digest()
        self._cipher = AESGCM(keys.derive(f"container/{header['id']}"))
        file.write(start + self._digest)

    def write(self, kind: bytes, pieces: Iterable[bytes]) -> int:
        """Add all bytes of a kind; how many there were."""
        total, waiting = 0, bytearray()
        for piece in pieces:
            total += len(piece)
            waiting += piece
            while len(waiting) >= CHUNK:
                self._chunk(kind, bytes(waiting[:CHUNK]))
                del waiting[:CHUNK]
        if waiting:
            self._chunk(kind, bytes(waiting))
        return total

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Add the manifest and the end."""
        text = json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).encode()
        self.write(MANIFEST, [gzip.compress(text, 6, mtime=0)])
        self._chunk(END, _COUNT.pack(self._number))

    def _chunk(self, kind: bytes, data: bytes) -> None:
        head = _HEAD.pack(kind, len(data) + _TAG)
        sealed = self._cipher.encrypt(_nonce(self._number), data, self._digest + head)
        self._file.write(head + sealed)
        self._number += 1


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


@dataclass(frozen=True)
class Header:
    """The part of a container that needs no passphrase; ``size`` is its length in bytes."""

    about: dict[str, Any]
    id: str
    recipe: Recipe
    signed: bytes
    check: bytes
    digest: bytes
    size: int


def read_header(path: Path) -> Header:
    """Read and check the beginning of a container.

    Raises:
        Damaged: it is not the beginning of one.
    """
    with path.open("rb") as file:
        start = file.read(_START.size)
        if len(start) < _START.size or not start.startswith(MAGIC):
            raise Damaged(
                "这不是备份文件，或开头已丢失。", "this is no backup file, or its beginning is lost."
            )
        _, version, length = _START.unpack(start)
        if length > _HEADER_MAX:
            raise _bad_header()
        rest = file.read(length + _CHECK + _DIGEST)
    signed, check, digest = start + rest[:length], rest[length : length + _CHECK], rest[length + _CHECK :]
    if len(digest) != _DIGEST or hashlib.sha256(signed + check).digest() != digest:
        raise _bad_header()
    if version != VERSION:
        raise Damaged(f"格式版本 {version} 不认识。", f"its format, version {version}, is not known here.")
    return _header(rest[:length], signed, check, digest)


def _header(text: bytes, signed: bytes, check: bytes, digest: bytes) -> Header:
    try:
        given = json.loads(text)
        recipe = Recipe.read(given["recipe"])
    except (ValueError, KeyError) as error:
        raise _bad_header() from error
    size = len(signed) + len(check) + len(digest)
    return Header(given["about"], given["id"], recipe, signed, check, digest, size)


def _bad_header() -> Damaged:
    return Damaged("开头的校验不符。", "its beginning does not match its checksum.")


class Container:
    """A container on disk, opened with its passphrase."""

    def __init__(self, path: Path, passphrase: str) -> None:
        """Raises Damaged or WrongPassphrase."""
        self.path, self.header = path, read_header(path)
        self.keys = keys_of(passphrase, self.header.recipe)
        if not hmac.compare_digest(self.keys.check(self.header.signed), self.header.check):
            raise WrongPassphrase
        self._cipher = AESGCM(self.keys.derive(f"container/{self.header.id}"))

    def database(self) -> Iterator[bytes]:
        """The database's bytes, in order; the whole container has been checked when they end.

        Raises:
            Damaged: on the way, or at the end.
        """
        yield from (data for kind, data in self._chunks(skip=b"") if kind == DATABASE)

    def check(self) -> Iterator[int]:
        """Open every chunk; yields how many bytes of the file are done.

        Raises:
            Damaged: a chunk does not open, or the end is missing.
        """
        done = self.header.size
        for _, data in self._chunks(skip=b""):
            done += len(data) + _HEAD.size + _TAG
            yield done

    def manifest(self) -> dict[str, Any]:
        """The manifest alone; the database's bytes are passed over.

        Raises:
            Damaged: the manifest does not open, or the end is missing.
        """
        found = b"".join(data for kind, data in self._chunks(skip=DATABASE) if kind == MANIFEST)
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(found)) as unpacked:
                text = unpacked.read(_MANIFEST_MAX)
            manifest: dict[str, Any] = json.loads(text)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise Damaged("目录读不出来。", "its table of contents cannot be read.") from error
        return manifest

    def _chunks(self, skip: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Kind and bytes of every chunk in order, those of the kind ``skip`` passed over."""
        number = 0
        with self.path.open("rb") as file:
            file.seek(self.header.size)
            while True:
                kind, data = self._next(file, number, skip)
                if kind == END:
                    break
                yield kind, data
                number += 1
            if data != _COUNT.pack(number) or file.read(1):
                raise Damaged("结尾不符。", "its end does not fit.")

    def _next(self, file: IO[bytes], number: int, skip: bytes) -> tuple[bytes, bytes]:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise Damaged("文件不完整（被截断）。", "it is cut off.")
        kind, length = _HEAD.unpack(head)
        if not _TAG <= length <= CHUNK + _TAG:
            raise _bad_chunk(number)
        if kind == skip:
            file.seek(length, os.SEEK_CUR)
            return kind, b""
        sealed = file.read(length)
        if len(sealed) < length:
            raise Damaged("文件不完整（被截断）。", "it is cut off.")
        try:
            return kind, self._cipher.decrypt(_nonce(number), sealed, self.header.digest + head)
        except InvalidTag as error:
            raise _bad_chunk(number) from error


def _bad_chunk(number: int) -> Damaged:
    return Damaged(f"第 {number + 1} 块对不上。", f"chunk {number + 1} is not the one that was written.")
