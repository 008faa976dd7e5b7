"""`python -m tests.bench [--only NAME]`: one JSON object a line, {"name", "value", "unit", "n", "note"}."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    backups,
    browser,
    cold_start,
    county_lists,
    county_runs,
    form,
    kills,
    long_lists,
    phone_rules,
    pulling,
    pure,
    reconnect,
    server,
)
from tests.bench.common import Bench, County

BENCHES: dict[str, Bench] = (
    server.BENCHES
    | pure.BENCHES
    | pulling.BENCHES
    | backups.BENCHES
    | reconnect.BENCHES
    | county_runs.BENCHES
    | county_lists.BENCHES
    | phone_rules.BENCHES
    | browser.BENCHES
    | cold_start.BENCHES
    | kills.BENCHES
    | long_lists.BENCHES
    | form.BENCHES
)


def main() -> int:
    """Run the benchmarks asked for; a failing one is reported on stderr and the others still run."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", choices=sorted(BENCHES), help="run one benchmark")
    chosen = parser.parse_args().only
    names = [chosen] if chosen else list(BENCHES)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="liangdeng-bench-") as folder, County(Path(folder)) as county:
        Path(folder).chmod(0o755)  # a PostgreSQL in it runs as a user of its own
        for name in names:
            print(f"==> {name}", file=sys.stderr, flush=True)
            try:
                for line in BENCHES[name](county):
                    print(json.dumps(line.row(), ensure_ascii=False), flush=True)
            except Exception as error:  # noqa: BLE001  one benchmark must not take the others with it
                failed += 1
                print(f"{name} failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
