#!/usr/bin/env bash
# Sees to it that the system programs named as arguments are there: chromium, postgresql, fonts, venv.
# As root it installs what is missing with apt; otherwise it says which package to install, and fails.
set -euo pipefail

missing=()
need() { # need PACKAGE TEST-COMMAND...
  local package="$1"
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; }
has_cjk_font() { compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' || fc-list :lang=zh | grep -q .; }

for name in "$@"; do
  case "$name" in
    chromium)
      need chromium command -v chromium
      need chromium-headless-shell command -v chromium-headless-shell
      ;;
    postgresql) need postgresql has_postgres ;;
    fonts) need fonts-noto-cjk has_cjk_font ;;
    venv) missing+=("$(python3.11 -c 'print("python3.11-venv")' 2>/dev/null || echo python3-venv)") ;;
    *) echo "system_packages.sh: no package is known as $name" >&2; exit 2 ;;
  esac
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if [[ "$(id -u)" -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "The tests need ${missing[*]}. Install with: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "==> Installing with apt: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log="$(mktemp)"
if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  echo "apt could not install ${missing[*]}. Install them by hand, then run this again." >&2
  exit 1
fi
rm -f "$log"
