"""The process that pictures are opened in: started when the first one comes, and again when it has gone."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from select import POLLIN, poll
from threading import Lock
from typing import IO

DECODER = Path(__file__).with_name("decode.py")
NICENESS = 10
GRACE_SECONDS = 10
_HOST = Path(__file__).with_name("decoder_host.py")


@dataclass(frozen=True)
class Said:
    """How the child of a picture ended, whether it was ended for taking too long, and what it wrote."""

    code: int
    late: bool
    said: str


class Host:
    """A child of this process that starts a child of its own for each picture (``decoder_host``).

    ``was_gone``: it had ended before it was asked.
    """

    def __init__(self, decoder: Path) -> None:
        self.owner, self.decoder, self.was_gone = os.getpid(), decoder, False
        self._child = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-I", str(_HOST), str(decoder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={"LC_ALL": "C.UTF-8"},
        )
        # Whoever sends a photo waits for the server; nobody waits for its check.
        os.setpriority(os.PRIO_PROCESS, self._child.pid, min(19, os.nice(0) + NICENESS))

    def ask(self, arguments: list[str], seconds: float) -> Said | None:
        """What became of one picture; None when this process has ended."""
        asked = json.dumps({"arguments": arguments, "seconds": seconds}).encode() + b"\n"
        child = self._child
        if child.stdin is None or child.stdout is None:
            return None
        try:
            child.stdin.write(asked)
            line = _line_from(child.stdout, seconds + GRACE_SECONDS)
            return Said(**json.loads(line))
        except BrokenPipeError:
            self.was_gone = True
            return None
        except (
            BaseException
        ) as error:  # an answer left in the pipe would be taken for that of the next picture
            child.kill()
            child.wait(GRACE_SECONDS)
            if isinstance(error, (TimeoutError, ValueError)):
                return None
            raise

    def is_for(self, decoder: Path) -> bool:
        """Whether this process may use it: a fork must not talk into the pipes of its parent."""
        return self.owner == os.getpid() and self.decoder == decoder and self._child.poll() is None

    def end(self) -> None:
        """Close its input, at which it ends."""
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        if self.owner == os.getpid():
            self._child.wait(GRACE_SECONDS)


def _line_from(pipe: IO[bytes], seconds: float) -> bytes:
    """A line, or nothing once the other end is closed. Raises TimeoutError."""
    waiting = poll()  # unlike select it knows descriptors above 1023
    waiting.register(pipe, POLLIN)
    if not waiting.poll(seconds * 1000):
        raise TimeoutError
    return pipe.readline()


class Hosts:
    """The host of this process, if there is one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._host: Host | None = None

    def decode(self, arguments: list[str], seconds: float) -> Said | None:
        """Run the decoder on one picture, one at a time; None when it could not be tried.

        A host that has gone while nobody asked is replaced. One that goes while it is asked was stopped by
        somebody: the picture is not at fault, it was in a child of its own.
        """
        with self._lock:
            host = self._host
            if host is not None and host.is_for(DECODER):
                said = host.ask(arguments, seconds)
                if not host.was_gone:
                    return said
            self._let_go()
            self._host = Host(DECODER)
            return self._host.ask(arguments, seconds)

    def end(self) -> None:
        """Let the host go."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        host, self._host = self._host, None
        if host is not None:
            host.end()


_hosts = Hosts()
decode, end = _hosts.decode, _hosts.end
atexit.register(end)
