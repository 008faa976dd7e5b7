# shellcheck shell=bash
# Sourced: the virtual environment first in PATH, so that its Node is used when the machine's is too old.
_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export VIRTUAL_ENV="$_root/.venv"
export PATH="$VIRTUAL_ENV/bin:$PATH"
export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false
unset PYTHONDONTWRITEBYTECODE # else every start of the app compiles all of it again
unset _root
