"""Brings the database up to date and, when it is empty, fills it with the demo county.

One process instead of three `flask` commands: importing the app takes longer than the work of a second start.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from server.app import create_app
from server.core.scope import EVERYTHING, region_scope
from server.demo import seed as demo

COUNTY = "450321"
HOUSEHOLDS = 2000


def main() -> None:
    """Set up, seed when empty, print the demo users."""
    app = create_app()

    def command(*words: str) -> None:
        app.cli.main(args=list(words), prog_name="flask", standalone_mode=False)

    logging.disable(logging.INFO)  # the migrations tell their steps
    command("setup")
    with app.app_context(), region_scope(EVERYTHING):
        empty = demo.is_empty()
    if empty:
        print(f"==> Making the demo county: {HOUSEHOLDS:,} households and their visits", flush=True)
        command("demo", "seed", "--county", COUNTY, "--households", str(HOUSEHOLDS))
    else:
        command("demo", "users")


if __name__ == "__main__":
    main()
