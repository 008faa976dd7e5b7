"""pg_dump and pg_restore: found in the server's own version, run with bytes in or out."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from server.backups.trouble import Trouble

PLACES = Path("/usr/lib/postgresql")
_READ = 1024 * 1024
_OPTIONS = ("--no-owner", "--no-privileges")


def program(name: str, wanted: str) -> Path:
    """A program of PostgreSQL of a major version ("15").

    Raises:
        Trouble: it is not on this machine, or only of another version.
    """
    others, on_path = [], shutil.which(name)
    for path in (PLACES / wanted / "bin" / name, *([Path(on_path)] if on_path else [])):
        if not path.exists():
            continue
        if (found := _version(path)) == wanted:
            return path
        others.append(found)
    client = f"postgresql-client-{wanted}"
    if others:
        raise Trouble(
            f"数据库服务器是 PostgreSQL {wanted}，本机的 {name} 却是 {others[0]}：请安装 {client}。",
            f"The server is PostgreSQL {wanted} but {name} here is {others[0]}: install {client}.",
        )
    raise Trouble(f"本机没有 {name}：请安装 {client}。", f"{name} is not on this machine: install {client}.")


def _version(path: Path) -> str:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"\) (\d+)", said.stdout)
    return found[1] if found else "?"


def dump(path: Path, database: str, snapshot: str, environ: Mapping[str, str]) -> Iterator[bytes]:
    """pg_dump's custom format of a database as an exported snapshot sees it.

    Raises:
        Trouble: it did not finish.
    """
    command = [str(path), "-Fc", f"--snapshot={snapshot}", *_OPTIONS, "-d", database]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
            command, stdout=subprocess.PIPE, stderr=said, env=dict(environ)
        ) as process:
            output = process.stdout
            while output is not None and (data := output.read(_READ)):
                yield data
        _require_end(process, "pg_dump", said)


def restore(path: Path, database: str, pieces: Iterable[bytes], environ: Mapping[str, str]) -> None:
    """Fill an empty database, all or nothing.

    Raises:
        Trouble: it did not finish.
    """
    command = [str(path), "--single-transaction", *_OPTIONS, "-d", database]
    with tempfile.TemporaryFile() as said:
        with (
            subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
                command, stdin=subprocess.PIPE, stderr=said, env=dict(environ)
            ) as process,
            suppress(BrokenPipeError),  # it ended early: what it said tells why
        ):
            _feed(process, pieces)
        _require_end(process, "pg_restore", said)


def _feed(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    entrance = process.stdin
    assert entrance is not None
    try:
        for piece in pieces:
            entrance.write(piece)
    except BaseException:
        process.kill()  # a cut dump must not look whole
        raise
    finally:
        with suppress(BrokenPipeError):
            entrance.close()


def _require_end(process: subprocess.Popen[bytes], name: str, said: IO[bytes]) -> None:
    if process.returncode == 0:
        return
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").splitlines()
    why = next((line for line in lines if "error" in line), "")[:300]  # later lines may quote rows
    raise Trouble(f"{name} 没有完成：{why}", f"{name} did not finish: {why}")
