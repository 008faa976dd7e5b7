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


def bundle(folder: Path, sources: Path = ROOT / "pwa" / "src") -> Path:
    """One file of today's client, or of the client that other sources make."""
    made = folder / "client.js"
    words = ["node", PHONE / "bundle.mjs", PHONE / "client.entry.mjs", made, sources]
    subprocess.run([str(word) for word in words], check=True, cwd=ROOT)
    return made


class Node:
    """Start it once a process; ``clear`` begins anew for another seed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="liangdeng-sim-")
        self._process = subprocess.Popen(
            ["node", *ROOMY, str(PHONE / "host.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._today = bundle(Path(self._folder.name))
        self.run()
        self.run(OLD_CLIENT, "0.1.0")

    def run(self, client: Path | None = None, name: str = "current") -> None:
        """Let phones that have the app of a name run a client from now on: today's, if no other is given."""
        self.say(0, 0, [{"c": "app", "name": name, "path": str(client or self._today)}])

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
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._folder.cleanup()
