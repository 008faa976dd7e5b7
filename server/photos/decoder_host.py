"""A process with the picture library loaded that forks a child for each picture.

Starting Python for each took ten times as long as the picture. Run as a script, ``decoder_host.py DECODER``.
Each line it reads is ``{"arguments", "seconds"}``; a child runs DECODER with them, with nothing else of this
process at hand, and the answer is one line: ``{"code", "late", "said"}``, the child's exit code (below zero:
the signal that ended it), whether it was ended for taking longer, and what it wrote. Ends with its input, or
when nobody asked for five minutes. Imports nothing of the server.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
from contextlib import suppress
from pathlib import Path
from select import select
from time import monotonic, sleep
from typing import Any

from PIL import Image, ImageOps

IDLE_SECONDS = 300
MOST_SAID = 4096
_PRELOADED = (Image, ImageOps)
"""What children find loaded; a file that is no picture makes Pillow look at every format it knows."""


def serve(decoder: Path) -> None:
    """Answer one line after the other."""
    Image.init()
    waiting = b""
    while select([0], [], [], IDLE_SECONDS)[0] and (read := os.read(0, 65536)):
        *lines, waiting = (waiting + read).split(b"\n")
        for line in lines:
            asked = json.loads(line)
            found = in_a_child(decoder, asked["arguments"], asked["seconds"])
            os.write(1, json.dumps(found).encode() + b"\n")


def in_a_child(decoder: Path, arguments: list[str], seconds: float) -> dict[str, Any]:
    """Run the decoder in a child, ended after so many seconds or so many words."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_decoder(decoder, arguments, writing)
    os.close(writing)
    end = monotonic() + seconds
    said, late = _heard(reading, end)
    os.close(reading)
    if late or not _ended(child, end):
        late = True
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(status), "late": late, "said": said.decode("utf-8", "replace")}


def _ended(child: int, end: float) -> bool:
    """Whether a child that has said all is gone in time: one may close its output and live on."""
    while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if monotonic() > end:
            return False
        sleep(0.001)
    return True


def _heard(reading: int, end: float) -> tuple[bytes, bool]:
    said = b""
    while len(said) < MOST_SAID:
        if not select([reading], [], [], max(0.0, end - monotonic()))[0]:
            return said, True
        if not (read := os.read(reading, MOST_SAID)):
            return said, False
        said += read
    return said, True


def _be_decoder(decoder: Path, arguments: list[str], writing: int) -> None:
    """Never returns. The pipes of the host are closed before anything of a picture is read."""
    code: Any = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # stopped with the server, it tells so by its exit code
        os.dup2(writing, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.closerange(3, 64)
        sys.argv = [str(decoder), *arguments]
        runpy.run_path(str(decoder), run_name="__main__")
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - it must not go on as a second host
        code = 1
    finally:
        with suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
