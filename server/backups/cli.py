"""``flask backup``: create, verify, list, restore, secret."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.engine import make_url

from server import config
from server.backups import making, pictures, queries, restoring, services
from server.backups.archive import Container
from server.backups.engines import DatabaseEngine
from server.backups.folder import BackupFolder, superfluous
from server.backups.keys import SHORTEST
from server.backups.objects import ObjectStore
from server.backups.postgres_engine import PostgresEngine
from server.backups.sqlite_engine import SqliteEngine
from server.backups.trouble import Damaged, Trouble
from server.core.db import db, session_on, transaction
from server.core.scope import EVERYTHING, region_scope
from server.photos import services as photos

group = AppGroup("backup", help="Encrypted backups that were restored once before anybody relies on them.")
P = ParamSpec("P")
R = TypeVar("R")
_SECONDS_BETWEEN = 2.0
_STAGES = {
    "database": "数据库 database",
    "photos": "照片 photos",
    "photos read back": "照片核对 photos read back",
    "trial": "试恢复 trial restore",
    "restore": "恢复数据库 restoring the database",
    "container": "备份文件 backup file",
}


def init_app(app: Flask) -> None:
    """Add ``flask backup …``."""
    app.cli.add_command(group)


class _Said:
    """Progress on stderr: a line a stage, and one every two seconds while it lasts."""

    def __init__(self) -> None:
        self._stage, self._at = "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._at < _SECONDS_BETWEEN:
            return
        self._stage, self._at = stage, now
        share = f" {done * 100 // total} %" if total else ""
        click.echo(f"{_STAGES.get(stage, stage)}{share}", err=True)


def _told(command: Callable[P, R]) -> Callable[P, R]:
    """Run with everything in scope; a Trouble becomes its sentence in both languages and its exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with region_scope(EVERYTHING):
                return command(*args, **kwargs)
        except Trouble as trouble:
            click.echo(trouble.text(), err=True)
            sys.exit(trouble.exit_code)

    return run


def _settings() -> config.Settings:
    found: config.Settings = current_app.extensions["settings"]
    return found


def _engine() -> DatabaseEngine:
    settings = _settings()
    owner = settings.data_dir.stat().st_uid
    if os.geteuid() == 0 and owner != 0:  # files of root would keep the server from starting
        raise Trouble(
            f"请用数据文件夹的所有者（用户号 {owner}）运行，不要用 root：deploy/as_server.sh。",
            f"Run this as the owner of the data folder (user {owner}), not as root: deploy/as_server.sh.",
        )
    url = make_url(settings.database_url)
    if settings.is_sqlite:
        return SqliteEngine(Path(str(url.database)), settings.data_dir / "backup-work")
    return PostgresEngine(url)


def _passphrase() -> str:
    """From the environment or the key file; asked for when there is a person to ask."""
    settings = _settings()
    if settings.backup_key_file is not None:
        found = _key_file(settings.backup_key_file)
    elif settings.backup_passphrase or not sys.stdin.isatty():
        found = settings.backup_passphrase
    else:
        found = click.prompt("口令 Passphrase", hide_input=True)
    if len(found) < SHORTEST:
        raise Trouble(
            f"请给出至少 {SHORTEST} 个字符的口令：LIANGDENG_BACKUP_PASSPHRASE 或 LIANGDENG_BACKUP_KEY_FILE。",
            f"Give a passphrase of at least {SHORTEST} characters in LIANGDENG_BACKUP_PASSPHRASE or "
            "LIANGDENG_BACKUP_KEY_FILE.",
        )
    return found


def _key_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"读不了密钥文件 {path}。", f"The key file {path} cannot be read.") from error


def _file(name: str) -> Path:
    """A backup by path, or by its name in the backup folder."""
    for path in (Path(name), _settings().backup_dir / name):
        if path.is_file():
            return path.resolve()
    raise Trouble(f"找不到备份 {name}。", f"There is no backup {name}.")


@group.command("create")
@click.option("--keep", type=click.IntRange(min=2), default=8, show_default=True, help="The newest to keep.")
@click.option(
    "--keep-days", type=click.IntRange(min=0), default=30, show_default=True, help="One of each day besides."
)
@click.option(
    "--recheck-hours",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Read photos back whose last reading is older; 0 reads all.",
)
@_told
def create(keep: int, keep_days: int, recheck_hours: int) -> None:
    """Back up database and photos while the server runs; restore the backup once before it counts."""
    settings, passphrase = _settings(), _passphrase()
    folder = BackupFolder(settings.backup_dir)
    with folder.alone():
        folder.clear_unfinished()
        _empty_work(settings)
        _forget_missing(folder)
        shop = making.Workshop(
            folder=folder,
            keys=folder.keys(passphrase),
            passphrase=passphrase,
            engine=_engine(),
            photo_dir=settings.photo_dir,
            secret=settings.secret_key,
            profile=settings.profile,
            progress=_Said(),
        )
        made = making.make(shop, timedelta(hours=recheck_hours))
        with transaction():
            services.note_verified(made.verified)
        _ask_for_missing(made.missing, settings.photo_dir)
        _thin_out(folder, passphrase, keep, keep_days)
    _report(made, settings)


def _empty_work(settings: config.Settings) -> None:
    """Remove copies that a crash left behind."""
    shutil.rmtree(settings.data_dir / "backup-work", ignore_errors=True)


def _forget_missing(folder: BackupFolder) -> None:
    if queries.whole() is None:
        raise making.no_database()
    with transaction():
        gone = services.forget_missing({item.name for item in folder.items()})
    for name in gone:
        click.echo(f"备份 {name} 的文件不见了，不再算数。\n{name} is gone and no longer counts.", err=True)


def _ask_for_missing(missing: list[photos.Kept], folder: Path) -> None:
    """Photos whose files are gone from the server: their phones, if they still have them, send them again."""
    gone = [
        each
        for each in missing
        if not all(photos.path_of(folder, each.file_id, part).exists() for part in each.parts)
    ]
    if not gone:
        return
    with transaction():
        for each in gone:
            photos.lose(each.file_id)
    click.echo(
        f"有 {len(gone)} 张照片的文件已丢失，已请手机重传；这份备份的可靠位置停在它们之前。\n"
        f"The files of {len(gone)} photos are gone; phones are asked to send them again. "
        "This backup does not reach past them.",
        err=True,
    )


def _thin_out(folder: BackupFolder, passphrase: str, keep: int, days: int) -> None:
    items = superfluous(folder.items(), services.needed(), keep, days)
    db.session.rollback()
    if items:
        with transaction():
            services.forget({item.name for item in items})
        making.remove(items, folder, lambda path: Container(path, passphrase))


def _report(made: making.Made, settings: config.Settings) -> None:
    done = made.verified
    click.echo(
        f"{done.name}  {done.bytes / 1e6:.1f} MB + {done.photos} 张照片 photos，已试恢复 restored once"
    )
    click.echo(f"sha256 {done.sha256}")
    if settings.backup_dir.stat().st_dev == settings.data_dir.stat().st_dev:
        click.echo(
            "注意：备份与数据在同一块磁盘上，磁盘损坏时会一起丢失。请把备份文件夹复制到别处。\n"
            "Backups and data are on the same disk and would be lost together. Copy the folder elsewhere.",
            err=True,
        )


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@_told
def show(as_json: bool) -> None:
    """Show the backups of the folder; needs no passphrase."""
    known, needed = {each.name: each for each in queries.all_known()}, services.needed()
    rows: list[dict[str, Any]] = [
        {
            "name": item.name,
            "created_at": item.made_at.isoformat(),
            "bytes": item.bytes,
            "verified": item.name in known,
            "needed": item.name in needed,
            "photos": known[item.name].photos if item.name in known else None,
        }
        for item in BackupFolder(_settings().backup_dir).items()
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = "已验证 verified" if row["verified"] else "本库未记录 not known to this database"
        mark = "  * 手机可删依据 phones rely on it" if row["needed"] else ""
        click.echo(f"{row['name']}  {row['bytes'] / 1e6:.1f} MB  {state}{mark}")


@group.command("verify")
@click.argument("file")
@click.option(
    "--photos", "photo_folder", type=click.Path(path_type=Path), help="Where its photo contents lie."
)
@_told
def verify(file: str, photo_folder: Path | None) -> None:
    """Restore a backup into a temporary place and read all of its photos; changes nothing."""
    path, passphrase, said = _file(file), _passphrase(), _Said()
    container = Container(path, passphrase)
    restoring.check_whole(container, said)
    sha256 = making.prove(path, passphrase, _engine(), said)
    manifest = container.manifest()
    objects = ObjectStore(photo_folder or path.parent / "photos", container.keys)
    bad = making.bad_contents(manifest, objects, said)
    if bad:
        raise Damaged(
            f"有 {len(bad)} 个照片文件缺失或不对。", f"{len(bad)} photo files are missing or wrong."
        )
    rows, files = sum(manifest["counts"].values()), len(manifest["photos"])
    click.echo(f"完好 whole: {rows} 行 rows, {files} 个照片文件 photo files, sha256 {sha256}")


@group.command("secret")
@click.argument("file")
@_told
def secret(file: str) -> None:
    """Print the server's secret key that is inside a backup: a new machine needs it."""
    click.echo(Container(_file(file), _passphrase()).manifest()["secret"])


@group.command("restore")
@click.argument("file")
@click.option(
    "--photos", "photo_folder", type=click.Path(path_type=Path), help="Where its photo contents lie."
)
@click.option("--force", is_flag=True, help="Also over a database that holds more than the backup.")
@click.option("--url", help="Where the server would answer; http://127.0.0.1:$PORT when not given.")
@_told
def restore(file: str, photo_folder: Path | None, force: bool, url: str | None) -> None:
    """Put a backup in the place of the database. The server must be stopped."""
    settings, engine, said = _settings(), _engine(), _Said()
    container = Container(_file(file), _passphrase())
    restoring.check_whole(container, said)
    manifest = making.read_manifest(container, engine)
    restoring.check_revision(manifest, config.ROOT / "migrations")
    target = restoring.look_at_target(engine, manifest)
    restoring.refuse_if_answering(url or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz", target)
    engine.refuse_if_used()
    _object(restoring.objections(manifest, target) + restoring.too_old(container), force)
    key = restoring.secret_file(settings.data_dir, settings.secret_key)
    restoring.check_secret(manifest, settings.secret_key, key)
    _carry_out(container, manifest, photo_folder, engine, key, said)


def _object(reasons: list[tuple[str, str]], force: bool) -> None:
    chinese, english = "".join(zh for zh, _ in reasons), " ".join(en for _, en in reasons)
    if reasons and not force:
        raise Trouble(f"{chinese}确定要这样做，请加 --force。", f"{english} Add --force if you mean it.")


def _carry_out(
    container: Container,
    manifest: making.Manifest,
    photo_folder: Path | None,
    engine: DatabaseEngine,
    key: Path | None,
    said: _Said,
) -> None:
    settings = _settings()
    objects = ObjectStore(photo_folder or container.path.parent / "photos", container.keys)
    files = making.files_of(manifest)
    there = pictures.put_back(files, objects, settings.photo_dir, said)
    said("restore", 0, 1)
    with engine.aside(container.database()) as aside:
        with session_on(aside.engine):
            making.agree(queries.whole(), manifest)
            with transaction():
                verdicts = pictures.read_verdicts(manifest["verdicts"])
                made_at = datetime.fromisoformat(manifest["created_at"])
                lost = services.begin_again(container.path.name, made_at, verdicts, there)
        restoring.put_secret(manifest, settings.secret_key, key)
        kept = aside.take_over()
    click.echo(f"已恢复 restored: {container.path.name} ({manifest['created_at']})")
    if kept:
        click.echo(f"原数据库保留为 the old database is kept as: {kept}")
    if lost:
        click.echo(f"{lost} 张照片将请手机重传 photos are asked for again from phones")
    click.echo(
        "现在可以启动服务器；手机会自动补传。 Start the server now; phones offer again what it may lack."
    )
