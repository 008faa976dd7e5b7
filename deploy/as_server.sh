#!/usr/bin/env bash
# Runs a flask command with the server's settings as the server's user:  sudo deploy/as_server.sh backup list
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
user="${SERVER_USER:-liangdeng}"

# The settings are read as systemd reads them, not as shell: a passphrase may hold $ and spaces.
for file in "${SERVER_ENV:-/etc/liangdeng.env}" "${BACKUP_ENV:-/etc/liangdeng-backup.env}"; do
  [[ -f "$file" ]] || continue
  while IFS= read -r line || [[ -n "$line" ]]; do
    [[ "$line" =~ ^[[:space:]]*([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    name="${BASH_REMATCH[1]}" value="${BASH_REMATCH[2]}"
    if [[ "$value" =~ ^\"(.*)\"$ ]]; then value="${BASH_REMATCH[1]}"; fi
    export "$name=$value"
  done <"$file"
done

command=(.venv/bin/flask --app wsgi "$@")
if [[ "$(id -un)" == "$user" ]]; then exec "${command[@]}"; fi
exec setpriv --reuid="$user" --regid="$user" --init-groups "${command[@]}"
