#!/usr/bin/env bash
# Builds the phone app into pwa/dist when a source changed since the last build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/env.sh
mkdir -p .make
exec 8>.make/build.lock
flock 8

sources() { find pwa/src pwa/public pwa/scripts pwa/index.html pwa/*.json pwa/vite.config.ts CHANGELOG.md -type f 2>/dev/null; }
wanted="$(sources | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -d' ' -f1)"
if [[ -f pwa/dist/index.html && -f .make/pwa && "$(<.make/pwa)" == "$wanted" ]]; then
  exit 0
fi
echo "==> Building the phone app" >&2
(cd pwa && npm run --silent build >&2)
python -m whitenoise.compress --quiet pwa/dist # a phone on a slow line gets a third of the bytes
echo "$wanted" >.make/pwa
