"""The child process of ``core.processes``: one JSON line in for each task, one out for each result."""

from __future__ import annotations

import gc
import json
import sys

from server.core.processes import open_work


def main() -> None:
    """Take the setup, then tasks until standard input ends."""
    gc.disable()  # rows come and go without cycles; the process ends with its work
    order = json.loads(sys.stdin.readline())
    work = open_work(order["entry"], order["setup"])
    for line in sys.stdin:
        result = json.dumps(work(json.loads(line)), ensure_ascii=False, separators=(",", ":"))
        sys.stdout.write(result + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
