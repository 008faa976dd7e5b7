#!/usr/bin/env bash
# Every check and every test. pytest runs last, so that its closing line is the last line printed.
set -uo pipefail
cd "$(dirname "$0")/.."
exec </dev/null
say() { printf '==> %s (%ss)\n' "$*" "$SECONDS"; }

scripts/setup.sh --dev || exit 1
scripts/system_packages.sh chromium fonts postgresql || exit 1
source scripts/env.sh
failed=0

# Two cores: the build and the phone app's unit tests run beside the checks.
pwa_log="$(mktemp)"
trap 'rm -f "$pwa_log"' EXIT
(scripts/build_pwa.sh && cd pwa && npm run --silent test) >"$pwa_log" 2>&1 &
pwa_job=$!
say "Checks"
scripts/lint.sh || failed=1
wait "$pwa_job" || failed=1
say "Build and unit tests of the phone app"
cat "$pwa_log"
[[ "$failed" -eq 0 ]] || echo "A check or a unit test of the phone app FAILED, see above; the exit code will say so."

say "Server and browser tests"
# One more than there are cores: browsers and servers wait a third of the time.
pytest -n "$(($(nproc) + 1))" --dist loadgroup || failed=1
exit "$failed"
