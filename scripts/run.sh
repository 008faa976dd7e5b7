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
say "Preparing the database"
python scripts/prepare_demo.py
say "Serving on http://127.0.0.1:$PORT  (Ctrl-C stops)"
exec gunicorn --config deploy/gunicorn.conf.py wsgi:app
