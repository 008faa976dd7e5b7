#!/usr/bin/env bash
# Every check that does not run the program. All of them run, even when one fails.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/env.sh
export NO_COLOR=1 FORCE_COLOR=0 # escape codes make a log unreadable
failed=()
check() { # check NAME COMMAND...
  local name="$1" output
  shift
  if output="$("$@" 2>&1)"; then
    printf 'ok      %s\n' "$name"
  else
    printf 'FAILED  %s\n%s\n' "$name" "$output"
    failed+=("$name")
  fi
}
in_pwa() { (cd pwa && "$@"); }

check 'ruff check' ruff check .
check 'ruff format' ruff format --check .
check 'mypy' mypy
check 'import rules' lint-imports --no-cache
check 'biome' in_pwa npx --no biome ci --colors=off --diagnostic-level=error .
check 'tsc' in_pwa npm run --silent typecheck
check 'api types' in_pwa npx --no openapi-typescript ../server/openapi.json --check -o src/core/api/schema.d.ts
if [[ ${#failed[@]} -gt 0 ]]; then
  printf 'lint: failed: %s\n' "${failed[*]}"
  exit 1
fi
