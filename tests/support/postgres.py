"""Throw-away PostgreSQL servers for the tests, started from Debian's package.

Each test worker has its own: how far a snapshot sees depends on the open transactions of a whole server, and
one worker's would hide from another what it has just written.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

FOLDER_VARIABLE = "TEST_POSTGRES_FOLDER"
MISSING = "The tests need PostgreSQL's server programs: install the Debian package postgresql-15 (or newer)."


_CARELESS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def binaries() -> Path:
    """Folder of initdb and postgres.

    Raises:
        RuntimeError: the package is not installed.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError(MISSING)
    return found[-1].parent


def server_port() -> int:
    """Port on 127.0.0.1 of this worker's server; the first call starts it."""
    folder = Path(os.environ[FOLDER_VARIABLE], os.environ.get("PYTEST_XDIST_WORKER", "alone"))
    port = folder / "port"
    if not port.exists():
        folder.parent.chmod(0o755)
        folder.mkdir()
        port.write_text(str(start(folder)))
    return int(port.read_text())


def start(folder: Path, *, durable: bool = False) -> int:
    """Start a server in an empty folder; gives its port. ``durable``: commits are on the disk."""
    data, programs, port = folder / "data", binaries(), _free_port()
    folder.chmod(0o755)
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
    _run(
        programs / "initdb",
        "-D",
        data,
        "-U",
        "tester",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    )
    options = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data}"
        f" -c max_connections=200 {'' if durable else _CARELESS}"
    )
    _run(programs / "pg_ctl", "start", "-D", data, "-w", "-s", "-l", data / "log", "-o", options)
    return port


def stop_all(parent: Path) -> None:
    """End the servers of all workers and remove their data."""
    for data in parent.glob("*/data"):
        stop(data.parent)
    shutil.rmtree(parent, ignore_errors=True)


def stop(folder: Path) -> None:
    """End the server, if one was started, and remove its data."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(binaries() / "pg_ctl", "stop", "-D", folder / "data", "-m", "immediate", "-s")
    shutil.rmtree(folder, ignore_errors=True)


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
