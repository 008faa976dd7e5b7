"""The process of Node in which all phones live, as an object."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.config import ROOT

PHONE = Path(__file__).parent / "phone"
OLD_CLIENT = PHONE / "released" / "client-0.1.0.js"
Command = dict[str, Any]
# A phone's work leaves much rubbish behind and keeps little: with more room it is cleared away less often.
ROOMY = ("--max-semi-space-size=64",)


@dataclass
class Reply:
    """What the phones did by themselves until nothing moved any more."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    done: list[dict[str, Any]] = field(default_factory=list)
    reloads: list[dict[str, Any]] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    now: float = 0
    wake: float | None = None


def bundle(folder: Path) -> Path:
    """One file of today's client."""
    made = folder / "client.js"
    words = ["node", PHONE / "bundle.mjs", PHONE / "client.entry.mjs", made, ROOT / "pwa" / "src"]
    subprocess.run([str(word) for word in words], check=True, cwd=ROOT)
    return made


class Node:
    """Start it once a process; ``clear`` begins anew for another seed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="liangdeng-sim-")
        self._process = subprocess.Popen(
            ["node", *ROOMY, str(PHONE / "host.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        apps = {"current": bundle(Path(self._folder.name)), "0.1.0": OLD_CLIENT}
        self.say(0, 0, [{"c": "app", "name": name, "path": str(path)} for name, path in apps.items()])

    def say(self, now: float, until: float, commands: list[Command]) -> Reply:
        """Do things at a moment (milliseconds), and hear what came of it.

        The phones' own timers go on until a moment, or until there is something to hear before.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps({"now": now, "until": until, "do": commands}, ensure_ascii=False) + "\n"
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the phones' process ended with {self._process.wait()}")
        return Reply(**json.loads(answer))

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(10)
        self._folder.cleanup()
