"""One POST to an address outside, over within a fixed time however slowly the other side answers."""

from __future__ import annotations

import io
import urllib.request
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from socket import socket
from time import monotonic
from typing import Any, BinaryIO

ANSWER_BYTES = 4096


def post(request: urllib.request.Request, seconds: float, *, is_answer_read: bool) -> bytes:
    """Send a request and give back the beginning of its answer, empty when that is not read.

    Connecting and sending may each take the time once; all that is read, headers included, has it together.

    Raises:
        TimeoutError: the answer was not there in time.
        urllib.error.HTTPError: another status than success; redirects too, they are not followed.
        OSError, HTTPException, ValueError: nobody answered in a way that can be understood.
    """
    opener = urllib.request.build_opener(_NoRedirect, _Http, _Https)
    with opener.open(request, timeout=seconds) as answer:
        said: bytes = answer.read(ANSWER_BYTES) if is_answer_read else b""
    return said


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever moves has to be entered anew: a signed message goes where the operator said, nowhere else."""

    def redirect_request(self, *_args: object, **_options: object) -> None:
        """Follow nobody."""
        return


class _InTime(io.RawIOBase):
    """What a socket receives until an instant; the socket's own limit starts anew with every byte."""

    def __init__(self, sock: socket, ends: float) -> None:
        self._sock, self._ends = sock, ends
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Nothing else."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Wait for what is left of the time, and no longer."""
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket too."""
        self._raw.close()
        super().close()


class _Answered:
    """A socket as an answer wants it: something to read from."""

    def __init__(self, sock: socket, ends: float) -> None:
        self._sock, self._ends = sock, ends

    def makefile(self, _mode: str) -> BinaryIO:
        """Read against the clock."""
        return io.BufferedReader(_InTime(self._sock, self._ends))


class _Timed(HTTPConnection):
    """A connection whose answer has to be read within its timeout as a whole."""

    def __init__(self, host: str, **options: Any) -> None:
        super().__init__(host, **options)
        ends = monotonic() + options["timeout"]

        def answer(sock: Any, *args: Any, **more: Any) -> HTTPResponse:
            return HTTPResponse(_Answered(sock, ends), *args, **more)  # type: ignore[arg-type]

        self.response_class = answer  # type: ignore[assignment]


class _TimedTls(_Timed, HTTPSConnection):
    """The same through TLS."""


class _Http(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> HTTPResponse:
        """Connect with the clock running."""
        return self.do_open(_Timed, request)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> HTTPResponse:
        """Connect with the clock running."""
        return self.do_open(_TimedTls, request)
