"""Taking a backup back: what speaks against it, and the steps, the last of which is one rename."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from server.backups import queries
from server.backups.archive import Container, read_header
from server.backups.engines import DatabaseEngine, Progress
from server.backups.folder import RESTS_ON, BackupFolder
from server.backups.making import Manifest
from server.backups.objects import sync_folder, write_synced
from server.backups.trouble import Damaged, Trouble
from server.core import clock
from server.core.db import session_on

_ANSWER_SECONDS = 3
_PROGRESS_STEP = 16 * 1024 * 1024


def check_whole(container: Container, progress: Progress) -> None:
    """Open every chunk before anything is touched.

    Raises:
        Damaged: one does not open, or the end is missing.
    """
    size, told = container.path.stat().st_size, 0
    for done in container.check():
        if done - told >= _PROGRESS_STEP:
            progress("container", done, size)
            told = done


def check_revision(manifest: Manifest, migrations: Path) -> None:
    """Raise Trouble when a newer program made the backup."""
    revision = manifest["revision"]
    try:
        known = revision is None or ScriptDirectory(str(migrations)).get_revision(revision) is not None
    except CommandError:
        known = False
    if not known:
        raise Trouble(
            "这份备份的数据结构比本程序新，请先升级程序。",
            "The backup's schema is newer than this program: update the program first.",
        )


@dataclass(frozen=True)
class Target:
    """The database that would be replaced: what it says of itself, and how much was done since the backup."""

    whole: queries.Whole
    done_since: int


def look_at_target(engine: DatabaseEngine, manifest: Manifest) -> Target | None:
    """What stands where the backup is to go; None when there is nothing of ours."""
    with engine.target() as there:
        if there is None:
            return None
        with session_on(there):
            whole = queries.whole()
            done = queries.entries_after(manifest["last_entry"]) if whole else 0
    return Target(whole, done) if whole else None


def refuse_if_answering(url: str, target: Target | None) -> None:
    """Raise Trouble while the server of this very database answers."""
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 - from the command line
            said = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return
    if target and isinstance(said, dict) and said.get("epoch") == target.whole.epoch:
        raise Trouble(
            f"服务器还在运行（{url}）：请先停止（systemctl stop liangdeng）。",
            f"The server still answers at {url}: stop it first (systemctl stop liangdeng).",
        )


def objections(manifest: Manifest, target: Target | None) -> list[tuple[str, str]]:
    """What would be lost; each in Chinese and English. Nothing speaks against an unused database."""
    if target is None or target.whole.is_fresh:
        return []
    if target.whole.epoch != manifest["epoch"]:
        return [
            (
                "现有数据库不是这份备份的来源（属于另一段历史），恢复后它会被替换。",
                "The database here has another history than the backup; it would be replaced.",
            )
        ]
    if target.done_since:
        return [
            (
                f"备份之后，现有数据库又有 {target.done_since} 条操作记录，恢复后它们不再有效。",
                f"{target.done_since} things were done here after the backup; they would no longer count.",
            )
        ]
    return []


def too_old(container: Container) -> list[tuple[str, str]]:
    """The objection that phones may have forgotten what this backup lacks: two newer ones held it."""
    newer = 0
    for item in BackupFolder(container.path.parent).items():
        try:
            about = read_header(item.path).about
        except Damaged:
            continue
        mine = container.header.about
        newer += about["epoch"] == mine["epoch"] and about["created_at"] > mine["created_at"]
    if newer < RESTS_ON:
        return []
    return [
        (
            f"还有 {newer} 份更新的备份。手机上超过 7 天的走访可能只在那些备份里了。",
            f"There are {newer} newer backups. Visits older than 7 days may be in those only.",
        )
    ]


def secret_file(data_dir: Path, secret: str) -> Path | None:
    """Where an embedded installation keeps its secret; None when the environment gives it."""
    path = data_dir / "secret.key"
    return path if path.exists() and path.read_text(encoding="utf-8").strip() == secret else None


def check_secret(manifest: Manifest, secret: str, file: Path | None) -> None:
    """Raise Trouble when sealed columns could not be read afterwards."""
    if secret != manifest["secret"] and file is None:
        raise Trouble(
            "LIANGDENG_SECRET_KEY 与备份中的不同，恢复后身份证号等加密内容将无法读取。"
            "用 flask backup secret 文件名 查看备份中的密钥，写入 /etc/liangdeng.env 后再试。",
            "LIANGDENG_SECRET_KEY is not the backup's: sealed columns (ID numbers) could not be read. "
            "`flask backup secret FILE` prints the right one; put it into /etc/liangdeng.env and try again.",
        )


def put_secret(manifest: Manifest, secret: str, file: Path | None) -> None:
    """Give an embedded installation the secret its restored columns were sealed with."""
    if file is None or secret == manifest["secret"]:
        return
    file.rename(file.with_name(f"{file.name}.before-{clock.now():%Y%m%dT%H%M%SZ}"))
    spare = file.with_name(f"{file.name}.new")
    write_synced(spare, manifest["secret"].encode())
    spare.replace(file)
    sync_folder(file.parent)
