"""A browser that nothing but the measured page runs in.

Playwright puts scripts of its own into every page and listens to all of its events. At six times throttle
that took 250 ms of a start (README, decisions), so starts are measured over the bare debugging protocol.
"""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from websocket import WebSocket, create_connection

from tests.support.phone import ARGUMENTS, SMALL, chromium

START_SECONDS, ANSWER_SECONDS, STOP_SECONDS = 30.0, 60.0, 20.0


class Tab:
    """One page and its debugging connection."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._ids = count(1)

    def send(self, method: str, **parameters: Any) -> Any:
        """Call the protocol; gives the result.

        Raises:
            RuntimeError: the browser refused.
        """
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == number:
                break
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']}")
        return told["result"]

    def evaluate(self, expression: str) -> Any:
        """A value of the page; promises are waited for."""
        how = {"awaitPromise": True, "returnByValue": True}
        told = self.send("Runtime.evaluate", expression=expression, **how)
        if "exceptionDetails" in told:
            raise RuntimeError(f"{expression[:60]}: {told['exceptionDetails']}")
        return told["result"].get("value")

    def type(self, digits: str) -> None:
        """Press keys, as a keyboard does."""
        for digit in digits:
            key = {"key": digit, "code": f"Digit{digit}", "windowsVirtualKeyCode": ord(digit)}
            self.send("Input.dispatchKeyEvent", type="keyDown", text=digit, **key)
            self.send("Input.dispatchKeyEvent", type="keyUp", **key)


@contextmanager
def browser(profile: Path) -> Iterator[int]:
    """Chromium on a profile; gives its debugging port."""
    told = profile / "DevToolsActivePort"
    told.unlink(missing_ok=True)
    options = [f"--user-data-dir={profile}", "--remote-debugging-port=0", "--headless=new"]
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    process = subprocess.Popen([chromium(), *ARGUMENTS, *options, "about:blank"], **quiet)
    try:
        yield _port(told)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _port(told: Path) -> int:
    """The port that the browser chose, once it listens there."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, IndexError, ValueError):
            return int(told.read_text().split()[0])
        time.sleep(0.1)
    raise TimeoutError("the browser did not open its debugging port")


@contextmanager
def new_tab(port: int) -> Iterator[Tab]:
    """An empty page of a phone's size."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/json/new?about:blank", method="PUT")
    with urllib.request.urlopen(asked, timeout=START_SECONDS) as answer:
        address = json.load(answer)["webSocketDebuggerUrl"]
    # Chromium wants to be told of whoever connects to it; the port is this machine's own.
    connection = create_connection(address, timeout=ANSWER_SECONDS, suppress_origin=True)
    with closing(connection):
        tab = Tab(connection)
        width, height = SMALL
        tab.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True
        )
        yield tab
