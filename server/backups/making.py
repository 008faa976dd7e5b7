"""Making a backup, and proving that it can be restored. Opens no transaction: the command does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from server import __version__
from server.backups import queries
from server.backups.archive import DATABASE, Container, Writer
from server.backups.engines import DatabaseEngine, Progress
from server.backups.folder import BROKEN, BackupFolder, Item, new_name
from server.backups.keys import Keys
from server.backups.objects import ObjectStore
from server.backups.pictures import Copier, File, Listing, check_contents, verdict_wire
from server.backups.services import Verified
from server.backups.trouble import Damaged, Trouble, no_room_told
from server.core import clock
from server.core.changes import Position
from server.core.db import db, session_on
from server.photos import services as photos

FORMAT = 1
Manifest = dict[str, Any]


@dataclass(frozen=True)
class Workshop:
    """What a backup is made with. ``secret`` and ``profile`` are the server's, kept inside the backup."""

    folder: BackupFolder
    keys: Keys
    passphrase: str
    engine: DatabaseEngine
    photo_dir: Path
    secret: str
    profile: str
    progress: Progress


@dataclass(frozen=True)
class Made:
    """A verified backup; ``missing`` are photos whose files were not there."""

    verified: Verified
    missing: list[photos.Kept]


def make(shop: Workshop, recheck: timedelta) -> Made:
    """Write a backup, read it back, restore it into a temporary place.

    Args:
        shop: the tools.
        recheck: contents of photos that were read back longer ago are read again.

    Raises:
        Trouble: why there is no backup. What was written does not count.
    """
    now = clock.now()
    name = new_name(now)
    objects = ObjectStore(shop.folder.photos, shop.keys)
    copier = Copier(shop.photo_dir, objects, photos.verdict_on)
    manifest, listing = _write(shop, name, now, copier)
    path = shop.folder.path / name
    try:
        sha256 = prove(path, shop.passphrase, shop.engine, shop.progress)
        copier.read_back(listing, now.timestamp(), (now - recheck).timestamp(), shop.progress)
    except Trouble:
        path.rename(path.with_suffix(BROKEN))
        raise
    verified = Verified(
        name=name,
        epoch=manifest["epoch"],
        created_at=now,
        position=Position(*manifest["position"]),
        bytes=path.stat().st_size,
        sha256=sha256,
        photos=len({file.file_id for file in listing.files}),
    )
    return Made(verified, listing.missing)


def _write(shop: Workshop, name: str, now: datetime, copier: Copier) -> tuple[Manifest, Listing]:
    with no_room_told(str(shop.folder.path)), shop.folder.writing(name) as file:
        with shop.engine.snapshot(shop.progress) as snapshot:
            with session_on(snapshot.bind):
                whole, kept = queries.whole(), photos.kept()
            if whole is None or whole.epoch is None:
                raise no_database()
            about = {"created_at": clock.iso(now), "engine": shop.engine.name, "epoch": whole.epoch}
            writer = Writer(file, shop.keys, about)
            writer.write(DATABASE, snapshot.pieces())
            position = _position(shop.engine, whole, snapshot.oldest_running)
        listing = copier.copy(kept, shop.progress)
        db.session.rollback()  # ends what asking for verdicts began
        manifest = about | _manifest(shop, whole, listing, position)
        writer.finish(manifest)
    return manifest, listing


def no_database() -> Trouble:
    """There is nothing to back up."""
    return Trouble("数据库还没有建好：请先运行 flask setup。", "There is no database yet: run flask setup.")


def _position(engine: DatabaseEngine, whole: queries.Whole, oldest_running: int) -> Position:
    """The first place of the change log that the snapshot does not surely hold.

    On PostgreSQL the greatest sequence number says nothing: a lower one may belong to a transaction that had
    not committed. Every transaction below the oldest running one had ended.
    """
    if engine.name == "sqlite":
        return Position(0, whole.last_change + 1)
    return Position(oldest_running, 0)


def _manifest(shop: Workshop, whole: queries.Whole, listing: Listing, position: Position) -> Manifest:
    return {
        "format": FORMAT,
        "app_version": __version__,
        "profile": shop.profile,
        "secret": shop.secret,
        "position": listing.reaches(position).wire(),
        "revision": whole.revision,
        "counts": whole.counts,
        "last_change": whole.last_change,
        "last_entry": whole.last_entry,
        "photos": [file.wire() for file in listing.files],
        "verdicts": verdict_wire(listing.verdicts),
        "missing": [each.file_id.hex for each in listing.missing],
    }


def prove(path: Path, passphrase: str, engine: DatabaseEngine, progress: Progress) -> str:
    """Open a container from the disk and restore its database; its SHA-256.

    Raises:
        Damaged, WrongPassphrase, Trouble.
    """
    container = Container(path, passphrase)
    manifest = read_manifest(container, engine)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    progress("trial", 0, 1)
    with engine.trial(container.database()) as trial, session_on(trial):
        agree(queries.whole(), manifest)
    progress("trial", 1, 1)
    return sha256


def read_manifest(container: Container, engine: DatabaseEngine) -> Manifest:
    """The manifest, when this program and this engine can do something with it.

    Raises:
        Damaged: it does not open.
        Trouble: of another format or engine.
    """
    manifest = container.manifest()
    if manifest.get("format") != FORMAT:
        raise Trouble(
            "这份备份由更新的版本制作，请先升级程序。",
            "This backup was made by a newer version: update the program first.",
        )
    if manifest["engine"] != engine.name:
        raise Trouble(
            f"这份备份来自 {manifest['engine']}，这里的数据库是 {engine.name}。",
            f"This backup is of {manifest['engine']}; the database here is {engine.name}.",
        )
    return manifest


def agree(found: queries.Whole | None, manifest: Manifest) -> None:
    """Hold a restored database against what was written down when it was copied.

    Raises:
        Damaged: they differ.
    """
    names = ("epoch", "revision", "counts", "last_change", "last_entry")
    if found is None or any(getattr(found, name) != manifest[name] for name in names):
        raise Damaged("恢复出来的数据与目录不符。", "what it restores differs from its table of contents.")


def files_of(manifest: Manifest) -> list[File]:
    """The photo files of a backup."""
    return [File.read(wire) for wire in manifest["photos"]]


def bad_contents(manifest: Manifest, objects: ObjectStore, progress: Progress) -> list[str]:
    """Read every photo content of a backup; hashes of those that are missing or wrong."""
    return check_contents(files_of(manifest), objects, progress)


def remove(items: list[Item], folder: BackupFolder, open_container: Callable[[Path], Container]) -> int:
    """Remove containers, then the photo contents that no other one speaks of; how many contents.

    A container that is left and does not open keeps all contents: nobody knows which are its own.
    """
    if not items:
        return 0
    gone, left = {item.name for item in items}, folder.items()
    try:
        candidates = set().union(*(_names(open_container(item.path)) for item in items))
        for item in left:
            if candidates and item.name not in gone:
                candidates -= _names(open_container(item.path))
    except Trouble:
        candidates = set()
    for item in items:
        item.path.unlink(missing_ok=True)
    for name in candidates:
        (folder.photos / name[:2] / name).unlink(missing_ok=True)
    return len(candidates)


def _names(container: Container) -> set[str]:
    objects = ObjectStore(container.path.parent, container.keys)
    return {objects.name(wire[3]) for wire in container.manifest()["photos"]}
