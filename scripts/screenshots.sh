#!/usr/bin/env bash
# Takes the README's pictures from the tour of the screens that the browser tests make.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/env.sh
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
SCREENSHOTS="$folder" pytest -q tests/e2e/test_screens.py -k 'not department'
mkdir -p docs/screenshots
keep() { cp "$folder/$2-light.png" "docs/screenshots/$1.png"; }
keep households grid_member-households-360x800
keep visit grid_member-visit-360x800
keep outbox grid_member-outbox-360x800
keep review first_secretary-review-1440x900
keep county county-county-1440x900
python - docs/screenshots <<'PYTHON'
import sys
from pathlib import Path

from PIL import Image

for path in Path(sys.argv[1]).glob("*.png"):  # a quarter of the size; flat colours lose nothing
    Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
PYTHON
ls -l docs/screenshots
