"""What lies in files that this process may have open as a database."""

from __future__ import annotations

import subprocess
from pathlib import Path


def sqlite_contents(folder: Path) -> bytes:
    """The database of a folder with its log and its index, as they are on the disk.

    Another program reads them: POSIX takes from a process all its locks on a file as soon as it closes any
    descriptor of it. SQLite would go on without its locks, and the next process to open the database would
    take it for abandoned, and cut the index off that is mapped here.
    """
    files = sorted(file for file in folder.glob("liangdeng.db*") if file.is_file())
    return subprocess.run(["cat", *map(str, files)], check=True, stdout=subprocess.PIPE).stdout
