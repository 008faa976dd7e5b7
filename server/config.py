"""Settings, read once from the environment; anything not understood stops the start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "LIANGDENG_"
ROOT = Path(__file__).resolve().parent.parent


class ConfigError(ValueError):
    """A setting is missing, unknown or not of its form; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one server process runs with.

    Sizes are bytes, durations seconds unless the name says otherwise. With less of the disk
    free than ``disk_photo_reserve_percent`` no photos are taken, with less than ``disk_reserve_percent`` no
    visits or anything else either. ``spot_check_percent`` of the visits that are approved together are drawn
    to be looked at.
    """

    data_dir: Path
    database_url: str
    secret_key: str
    photo_dir: Path
    pwa_dir: Path
    jobs_url: str
    backup_dir: Path
    backup_passphrase: str = field(default="", repr=False)
    backup_key_file: Path | None = None
    profile: str = "yangshuo"
    log_level: str = "INFO"
    log_format: str = "json"
    access_token_minutes: int = 15
    refresh_token_days: int = 45
    login_attempts_per_minute: int = 60
    request_max_bytes: int = 512 * 1024
    photo_max_bytes: int = 2 * 1024 * 1024
    disk_reserve_percent: int = 3
    disk_photo_reserve_percent: int = 10
    spot_check_percent: int = 5
    testing: bool = False

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded engine."""
        return self.database_url.startswith("sqlite")


_PATHS = {"data_dir", "photo_dir", "pwa_dir", "backup_dir", "backup_key_file"}
_INTEGERS = {
    "access_token_minutes",
    "refresh_token_days",
    "login_attempts_per_minute",
    "request_max_bytes",
    "photo_max_bytes",
    "disk_reserve_percent",
    "disk_photo_reserve_percent",
    "spot_check_percent",
}
_CHOICES = {"log_level": {"DEBUG", "INFO", "WARNING", "ERROR"}, "log_format": {"json", "text"}}
_TEXTS = {"database_url", "secret_key", "jobs_url", "profile", "backup_passphrase"}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``LIANGDENG_*`` variables, the rest embedded defaults (SQLite and a folder).

    Raises:
        ConfigError: a variable is unknown, empty or malformed.
    """
    environ = os.environ if environ is None else environ
    given = {k[len(PREFIX) :].lower(): v for k, v in environ.items() if k.startswith(PREFIX)}
    values = {name: _parse(name, text) for name, text in given.items()}
    return from_values(values)


def from_values(values: Mapping[str, object]) -> Settings:
    """Settings from parsed values; fills in the embedded defaults that depend on ``data_dir``."""
    data_dir = Path(str(values.get("data_dir", ROOT / "var")))
    defaults: dict[str, object] = {
        "data_dir": data_dir,
        "database_url": f"sqlite:///{data_dir}/liangdeng.db",
        "photo_dir": data_dir / "photos",
        "backup_dir": data_dir / "backups",
        "pwa_dir": ROOT / "pwa" / "dist",
        "jobs_url": f"sqlite:///{data_dir}/jobs.db",
    }
    merged = defaults | dict(values)
    if "secret_key" not in merged:
        merged["secret_key"] = _embedded_secret(data_dir, str(merged["database_url"]))
    if len(str(merged["secret_key"])) < 32:
        raise ConfigError("LIANGDENG_SECRET_KEY must have at least 32 characters")
    return Settings(**merged)  # type: ignore[arg-type]


def _parse(name: str, text: str) -> object:
    if name not in _PATHS | _INTEGERS | _TEXTS | set(_CHOICES):
        raise ConfigError(f"unknown setting {PREFIX}{name.upper()}")
    if not text.strip():
        raise ConfigError(f"{PREFIX}{name.upper()} is empty")
    if name in _PATHS:
        return Path(text).resolve()
    if name in _INTEGERS:
        return _positive(name, text)
    if name in _CHOICES and text not in _CHOICES[name]:
        raise ConfigError(f"{PREFIX}{name.upper()} must be one of {', '.join(sorted(_CHOICES[name]))}")
    return text


def _positive(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ConfigError(f"{PREFIX}{name.upper()} must be a whole number above 0")
    return int(text)


def _embedded_secret(data_dir: Path, database_url: str) -> str:
    """The embedded installation keeps its own secret beside its database; any other must be given one."""
    if not database_url.startswith("sqlite"):
        raise ConfigError("LIANGDENG_SECRET_KEY is required with this database")
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:  # two processes started at once: the first one's key counts
            pass
    return path.read_text().strip()
