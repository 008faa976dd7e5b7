#!/usr/bin/env bash
# Takes the README's pictures from the tour of the screens that the browser tests make.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/env.sh
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
SCREENSHOTS="$folder" pytest -q tests/e2e/test_screens.py -k 'light and not department'
mkdir -p docs/screenshots
keep() { cp "$folder/$2-light.png" "docs/screenshots/$1.png"; }
keep households grid_member-households-360x800
keep visit grid_member-visit-360x800
keep outbox grid_member-outbox-360x800
keep review first_secretary-review-1440x900
keep county county-county-1440x900
ls -l docs/screenshots
