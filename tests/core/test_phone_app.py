"""The phone app's own files: served beside the API, hashed ones kept, the others asked for each time."""

from __future__ import annotations

import pytest

from server.app import create_app


@pytest.fixture
def client(make_settings, tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "sw.js").write_text("self;")
    (tmp_path / "assets" / "main-abc123.js").write_text("export {};")
    return create_app(make_settings("sqlite", pwa_dir=tmp_path)).test_client()


def test_app_is_the_front_page(client):
    reply = client.get("/", buffered=True)
    assert (reply.status_code, reply.text) == (200, "<!doctype html>")
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/sw.js"])
def test_page_and_service_worker_are_asked_for_each_time(client, path):
    assert client.get(path, buffered=True).headers["Cache-Control"] == "no-cache"


def test_hashed_file_is_kept_for_ever(client):
    assert "immutable" in client.get("/assets/main-abc123.js", buffered=True).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/assets/main-abc123.js", "/healthz"])
def test_no_other_site_may_read_our_files(client, path):
    assert "Access-Control-Allow-Origin" not in client.get(path, buffered=True).headers


@pytest.mark.parametrize("path", ["/../secret.key", "/%2e%2e/secret.key", "/assets/..%2f..%2fsecret.key"])
def test_nothing_beside_the_app_is_served(client, path):
    assert client.get(path, buffered=True).status_code == 404


def test_missing_build_says_what_to_do(make_settings):
    reply = create_app(make_settings("sqlite")).test_client().get("/")
    assert reply.status_code == 503
    assert "make build" in reply.json["en"]
