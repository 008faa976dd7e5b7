#!/usr/bin/env bash
# Runs a flask command with the server's settings as the server's user:  sudo deploy/as_server.sh backup list
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for file in /etc/liangdeng.env /etc/liangdeng-backup.env; do
  [[ -f "$file" ]] || continue
  while IFS= read -r line || [[ -n "$line" ]]; do
    [[ "$line" =~ ^[[:space:]]*([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    export "${BASH_REMATCH[1]}=${BASH_REMATCH[2]}"
  done <"$file"
done
exec setpriv --reuid="${SERVER_USER:-liangdeng}" --regid="${SERVER_USER:-liangdeng}" --init-groups \
  .venv/bin/flask --app wsgi "$@"
