"""The container: it opens whole or not at all, and says whether the passphrase or the file is wrong."""

from __future__ import annotations

import io
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.backups import archive
from server.backups.archive import DATABASE, Container, Writer
from server.backups.keys import Recipe, keys_of
from server.backups.trouble import DAMAGED, WRONG_PASSPHRASE, Damaged, Trouble, WrongPassphrase

PASSPHRASE = "an umbrella for the well"
RECIPE = Recipe(b"s" * 16, 2**14)
MANIFEST = {"counts": {"visit": 3}, "photos": [["a", "orig", 5, "b"]], "名": "目录"}
CHUNK = 4096
ABOUT = {"created_at": "2026-11-23T02:00:00.000Z", "engine": "sqlite", "epoch": "e"}


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(archive, "CHUNK", CHUNK)


def written(database: bytes, passphrase: str = PASSPHRASE) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, keys_of(passphrase, RECIPE), ABOUT)
    pieces = [database[start : start + 1000] for start in range(0, len(database), 1000)]
    assert writer.write(DATABASE, pieces) == len(database)
    writer.finish(MANIFEST)
    return file.getvalue()


@pytest.fixture(scope="module")
def database():
    return os.urandom(10 * CHUNK + 17)


@pytest.fixture
def whole(database, tmp_path):
    path = tmp_path / "whole.ldb"
    path.write_bytes(written(database))
    return path


def opened(path: Path, passphrase: str = PASSPHRASE) -> tuple[bytes, dict]:
    """Everything in a container, by both ways of reading it."""
    container = Container(path, passphrase)
    return b"".join(container.database()), container.manifest()


def chunk_starts(path: Path) -> list[int]:
    """Offsets of the chunks, and the end of the file."""
    data, place = path.read_bytes(), archive.read_header(path).size
    starts = [place]
    while place < len(data):
        place += 5 + int.from_bytes(data[place + 1 : place + 5], "big")
        starts.append(place)
    return starts


def chunks(path: Path) -> tuple[bytes, list[bytes]]:
    data, starts = path.read_bytes(), chunk_starts(path)
    return data[: starts[0]], [data[a:b] for a, b in pairwise(starts)]


def refuses(path: Path, data: bytes) -> None:
    """A changed container neither gives its database nor passes its check."""
    path.write_bytes(data)
    with pytest.raises(Damaged) as caught:
        opened(path)
    assert caught.value.exit_code == DAMAGED
    with pytest.raises(Damaged):
        list(Container(path, PASSPHRASE).check())


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_went_in_comes_out(tmp_path, size):
    path, data = tmp_path / "one.ldb", os.urandom(size)
    path.write_bytes(written(data))
    assert opened(path) == (data, MANIFEST)


def test_the_beginning_tells_everybody_what_it_is_and_nothing_else(whole):
    assert archive.read_header(whole).about == ABOUT
    assert b"counts" not in whole.read_bytes()


def test_wrong_passphrase_is_told_from_damage(whole):
    with pytest.raises(WrongPassphrase) as caught:
        Container(whole, "an umbrella for the wells")
    assert caught.value.exit_code == WRONG_PASSPHRASE
    assert "口令不对" in caught.value.text()
    assert "Wrong passphrase" in caught.value.text()


@pytest.mark.parametrize("percent", range(0, 100, 5))
def test_cut_at_any_place_is_refused(whole, percent):
    data = whole.read_bytes()
    refuses(whole, data[: len(data) * percent // 100])


def test_cut_between_two_chunks_is_refused(whole):
    data = whole.read_bytes()
    for start in chunk_starts(whole)[:-1]:
        refuses(whole, data[:start])


def test_something_behind_the_end_is_refused(whole):
    refuses(whole, whole.read_bytes() + b"x")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
def test_a_byte_changed_anywhere_is_refused_as_damage(whole, database, place, change):
    path = whole.with_name("changed.ldb")
    data = bytearray(whole.read_bytes())
    data[int(place * len(data))] ^= change
    refuses(path, bytes(data))


def test_every_byte_of_the_beginning_counts_and_is_never_called_a_wrong_passphrase(whole):
    data, size = whole.read_bytes(), archive.read_header(whole).size
    for place in range(size):
        changed = bytearray(data)
        changed[place] ^= 1
        refuses(whole, bytes(changed))


def test_chunks_swapped_repeated_or_left_out_are_refused(whole):
    start, parts = chunks(whole)
    swapped = [*parts[:2], parts[3], parts[2], *parts[4:]]
    refuses(whole, start + b"".join(swapped))
    refuses(whole, start + b"".join([*parts[:3], parts[2], *parts[3:]]))
    refuses(whole, start + b"".join(parts[1:]))
    refuses(whole, start + b"".join([*parts[:-2], parts[-1]]))


def test_a_chunk_of_another_container_of_the_same_passphrase_is_refused(whole, database):
    start, parts = chunks(whole)
    other = whole.with_name("other.ldb")
    other.write_bytes(written(database))
    _, others = chunks(other)
    assert len(others[2]) == len(parts[2])
    refuses(whole, start + b"".join([*parts[:2], others[2], *parts[3:]]))


def test_a_chunk_under_another_kind_is_refused(whole):
    start, parts = chunks(whole)
    manifest = next(place for place, part in enumerate(parts) if part.startswith(b"M"))
    parts[manifest] = b"D" + parts[manifest][1:]
    refuses(whole, start + b"".join(parts))


def test_the_manifest_is_found_without_opening_the_database(whole, monkeypatch):
    opened_kinds, real = [], Container._next

    def noting(self, file, number, skip):
        kind, data = real(self, file, number, skip)
        opened_kinds.extend([kind] if data else [])
        return kind, data

    monkeypatch.setattr(Container, "_next", noting)
    assert Container(whole, PASSPHRASE).manifest() == MANIFEST
    assert set(opened_kinds) == {b"M", b"E"}


@pytest.mark.parametrize(
    "wire",
    [{}, {"n": 2**30}, {"n": 2}, {"n": True}, {"r": 10**6}, {"p": 2}, {"kdf": "md5"}, {"salt": "?"}],
)
def test_a_recipe_that_is_none_or_costs_too_much_is_refused(wire):
    good = RECIPE.wire()
    with pytest.raises(ValueError, match=r".+"):
        Recipe.read(good | wire if wire else {})
    assert Recipe.read(good) == RECIPE


def test_no_two_containers_are_sealed_alike(database):
    first, second = written(database), written(database)
    assert len(first) == len(second)
    assert first[-1000:] != second[-1000:]


def test_a_trouble_speaks_both_languages():
    assert Trouble("中文", "English").text() == "中文\nEnglish"
