#!/usr/bin/env bash
# Serves the demo county in the foreground. Ctrl-C stops the server and its job worker.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf '==> %s\n' "$*"; }

scripts/setup.sh
scripts/build_pwa.sh
source scripts/env.sh
export PORT="${PORT:-8000}"
export LIANGDENG_LOG_LEVEL="${LIANGDENG_LOG_LEVEL:-WARNING}"
export LIANGDENG_LOG_FORMAT="${LIANGDENG_LOG_FORMAT:-text}"
data="${LIANGDENG_DATA_DIR:-var}"

# Importing the app takes most of a second start: a database file that these very migrations prepared
# needs nothing.
wanted="$(cat migrations/versions/*.py | sha256sum | cut -d' ' -f1)"
if [[ -z "${LIANGDENG_DATABASE_URL:-}" && -f "$data/liangdeng.db" && -f "$data/prepared" &&
  "$(head -n 1 "$data/prepared")" == "$wanted" ]]; then
  tail -n +2 "$data/prepared"
else
  say "Preparing the database"
  log="$(mktemp)"
  trap 'rm -f "$log"' EXIT
  python scripts/prepare_demo.py | tee "$log"
  mkdir -p "$data"
  { echo "$wanted"; sed -n '/^user  /,$p' "$log"; } >"$data/prepared"
  rm -f "$log"
fi
say "Serving on http://127.0.0.1:$PORT  (Ctrl-C stops)"
exec gunicorn --config deploy/gunicorn.conf.py wsgi:app
