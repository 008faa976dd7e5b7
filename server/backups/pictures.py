"""Photo files into the backup folder and back: each content copied once, each read back before it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256 as digest_of
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from server.backups.engines import Progress
from server.backups.objects import ObjectStore, sync_folder, write_synced
from server.backups.trouble import Damaged, Trouble, no_room_told
from server.core.changes import Position
from server.photos.services import Kept, Verdict, path_of


@dataclass(frozen=True)
class File:
    """A file of a photo: whose, which part, how long (bytes) and with which content."""

    file_id: UUID
    part: str
    length: int
    sha256: str

    def wire(self) -> list[Any]:
        """As in a manifest."""
        return [self.file_id.hex, self.part, self.length, self.sha256]

    @classmethod
    def read(cls, wire: Sequence[Any]) -> File:
        """From a manifest."""
        return cls(UUID(wire[0]), wire[1], wire[2], wire[3])


@dataclass
class Listing:
    """The photos of a snapshot.

    ``verdicts`` are those of photos that were checked between the snapshot and the copying of their files:
    the original the snapshot speaks of is gone, what took its place is here. ``missing`` have no files.
    """

    files: list[File] = field(default_factory=list)
    verdicts: dict[UUID, Verdict] = field(default_factory=dict)
    missing: list[Kept] = field(default_factory=list)

    def reaches(self, position: Position) -> Position:
        """How far the backup holds everything: never past a photo whose files are missing."""
        return min([position, *(each.position for each in self.missing if each.position is not None)])


@dataclass
class Index:
    """What saves time: files seen before by length and time, contents by when they were last read back."""

    files: dict[str, list[Any]]
    read_at: dict[str, float]

    @classmethod
    def of(cls, objects: ObjectStore) -> Index:
        """The folder's, as the last backup left it."""
        wire = objects.read_index()
        return cls(wire.get("files", {}), wire.get("read_at", {}))

    def save(self, objects: ObjectStore, listing: Listing) -> None:
        """Keep what concerns the photos that are still there."""
        names, contents = {_key(f.file_id, f.part) for f in listing.files}, {f.sha256 for f in listing.files}
        files = {name: known for name, known in self.files.items() if name in names}
        read_at = {sha: at for sha, at in self.read_at.items() if sha in contents}
        objects.write_index({"files": files, "read_at": read_at})


def _key(file_id: UUID, part: str) -> str:
    return f"{file_id.hex}.{part}"


class Copier:
    """Copies the photos of a snapshot into the backup folder; ``verdict_on`` asks the live database."""

    def __init__(
        self, folder: Path, objects: ObjectStore, verdict_on: Callable[[UUID], Verdict | None]
    ) -> None:
        self._folder, self._objects, self._verdict_on = folder, objects, verdict_on
        self._index = Index.of(objects)

    def copy(self, kept: Iterable[Kept], progress: Progress) -> Listing:
        """Copy what is not there yet.

        Raises:
            Trouble: no room.
        """
        listing, photos = Listing(), list({each.file_id: each for each in kept}.values())
        with no_room_told(str(self._objects.folder)):
            for done, each in enumerate(photos, 1):
                self._photo(each, listing)
                progress("photos", done, len(photos))
            self._objects.sync()
        return listing

    def read_back(self, listing: Listing, now: float, not_before: float, progress: Progress) -> None:
        """Read every content whose last reading is older than ``not_before`` (seconds); mend what is wrong.

        Raises:
            Trouble: a content is wrong and its file is no longer there to mend it from, or no room.
        """
        for done, file in enumerate(listing.files, 1):
            if self._index.read_at.get(file.sha256, 0.0) < not_before or not self._holds(file):
                self._read_or_mend(file)
                self._index.read_at[file.sha256] = now
            progress("photos read back", done, len(listing.files))
        with no_room_told(str(self._objects.folder)):
            self._objects.sync()
            self._index.save(self._objects, listing)

    def _photo(self, each: Kept, listing: Listing) -> None:
        try:
            listing.files += [self._file(each, part) for part in each.parts]
        except (FileNotFoundError, Damaged):
            self._moved_on(each, listing)

    def _moved_on(self, each: Kept, listing: Listing) -> None:
        """The photo is not as the snapshot says: checked meanwhile, or lost."""
        verdict = self._verdict_on(each.file_id)
        if "orig" not in each.parts or verdict is None:
            listing.missing.append(each)
            return
        try:
            if verdict.reason is None:
                after = Kept(each.file_id, "ready", each.sha256, each.position)
                listing.files += [self._file(after, part) for part in after.parts]
            listing.verdicts[each.file_id] = verdict
        except FileNotFoundError:
            listing.missing.append(each)

    def _file(self, each: Kept, part: str) -> File:
        """A file and its content's place, copied unless it is there.

        Raises:
            FileNotFoundError: it is not there, or no longer.
            Damaged: an original that is not what its phone sent.
        """
        path, key = path_of(self._folder, each.file_id, part), _key(each.file_id, part)
        stat = path.stat()
        seen = [stat.st_size, stat.st_mtime_ns]
        known = self._index.files.get(key)
        if known and known[:2] == seen and self._objects.holds(known[2], stat.st_size):
            return File(each.file_id, part, stat.st_size, known[2])
        data = path.read_bytes()
        content = digest_of(data).hexdigest()
        if part == "orig" and content != each.sha256:
            raise Damaged("照片原件不对。", "an original differs from what was sent.")
        if not self._objects.holds(content, len(data)):
            self._objects.write(data, content)
            self._index.read_at.pop(content, None)
        self._index.files[key] = [*seen, content]
        return File(each.file_id, part, len(data), content)

    def _holds(self, file: File) -> bool:
        return self._objects.holds(file.sha256, file.length)

    def _read_or_mend(self, file: File) -> None:
        try:
            self._objects.read(file.sha256)
        except (FileNotFoundError, Damaged):
            self._mend(file)

    def _mend(self, file: File) -> None:
        try:
            data = path_of(self._folder, file.file_id, file.part).read_bytes()
        except FileNotFoundError:
            data = b""
        if digest_of(data).hexdigest() != file.sha256:
            name = f"{file.sha256[:12]}…"
            raise Trouble(
                f"备份中的照片 {name} 已损坏，现在修补不了：请再备份一次。",
                f"Photo {name} in the backup folder is damaged and cannot be mended now: back up again.",
            )
        with no_room_told(str(self._objects.folder)):
            self._objects.write(data, file.sha256)
        self._objects.read(file.sha256)


def check_contents(files: Iterable[File], objects: ObjectStore, progress: Progress) -> list[str]:
    """Read every content; hashes of those that are missing or wrong."""
    contents, bad = {file.sha256 for file in files}, []
    for done, content in enumerate(sorted(contents), 1):
        try:
            objects.read(content)
        except (FileNotFoundError, Damaged):
            bad.append(content)
        progress("photos", done, len(contents))
    return bad


def put_back(files: Sequence[File], objects: ObjectStore, folder: Path, progress: Progress) -> list[File]:
    """Write the files that are not in the photo folder as they were; those that are there now.

    Raises:
        Trouble: no room.
    """
    there, folders = [], set()
    with no_room_told(str(folder)):
        for done, file in enumerate(files, 1):
            path = path_of(folder, file.file_id, file.part)
            if _is_there(path, file) or _write(path, file, objects):
                there.append(file)
                folders.add(path.parent)
            progress("photos", done, len(files))
        for each in sorted(folders):
            sync_folder(each)
    return there


def _is_there(path: Path, file: File) -> bool:
    try:
        return path.stat().st_size == file.length and digest_of(path.read_bytes()).hexdigest() == file.sha256
    except FileNotFoundError:
        return False


def _write(path: Path, file: File, objects: ObjectStore) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        data = objects.read(file.sha256)
    except (FileNotFoundError, Damaged):
        return False
    spare = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
    write_synced(spare, data)
    spare.replace(path)
    return True


def verdict_wire(verdicts: Mapping[UUID, Verdict]) -> list[list[Any]]:
    """As in a manifest."""
    return [[key.hex, each.width, each.height, each.reason] for key, each in verdicts.items()]


def read_verdicts(wire: Iterable[Sequence[Any]]) -> dict[UUID, Verdict]:
    """From a manifest."""
    return {UUID(key): Verdict(width, height, reason) for key, width, height, reason in wire}
