"""Settings: what is not understood stops the start."""

from __future__ import annotations

import pytest

from server.config import ConfigError, load

SECRET = "x" * 32


def settings(tmp_path, **given):
    environ = {f"LIANGDENG_{name.upper()}": text for name, text in given.items()}
    return load({"LIANGDENG_DATA_DIR": str(tmp_path), "PATH": "/bin"} | environ)


def test_defaults_are_the_embedded_installation(tmp_path):
    found = settings(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/liangdeng.db"
    assert (found.is_sqlite, found.photo_dir) == (True, tmp_path / "photos")
    assert (found.access_token_minutes, found.refresh_token_days) == (15, 45)


def test_embedded_secret_is_made_once_and_only_for_its_owner(tmp_path):
    first, again = settings(tmp_path).secret_key, settings(tmp_path).secret_key
    assert first == again
    assert len(first) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("colour", "blue", "unknown setting LIANGDENG_COLOUR"),
        ("testing", "1", "unknown setting LIANGDENG_TESTING"),
        ("log_level", "LOUD", "must be one of"),
        ("photo_max_bytes", "2MB", "whole number"),
        ("photo_max_bytes", "0", "whole number"),
        ("photo_max_bytes", "-5", "whole number"),
        ("photo_max_bytes", "٢", "whole number"),
        ("profile", " ", "is empty"),
        ("secret_key", "short", "at least 32"),
    ],
)
def test_misunderstood_setting_stops_the_start_and_is_named(tmp_path, name, text, complaint):
    with pytest.raises(ConfigError, match=complaint):
        settings(tmp_path, **{name: text})


def test_other_database_needs_its_own_secret(tmp_path):
    with pytest.raises(ConfigError, match="SECRET_KEY is required"):
        settings(tmp_path, database_url="postgresql://host/db")
    assert not settings(tmp_path, database_url="postgresql://host/db", secret_key=SECRET).is_sqlite


def test_variables_of_other_programs_are_ignored(tmp_path):
    assert load({"LIANGDENG_DATA_DIR": str(tmp_path), "LANG": "C", "DATABASE_URL": "x"}).is_sqlite
