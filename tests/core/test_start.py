"""What a web worker loads before it can answer: people wait for it after every restart."""

import json
import os
import subprocess
import sys

from server import config

HEAVY = ("server.cli", "server.demo", "server.backups.cli", "pypinyin", "PIL.Image")
LOADED = f"import json, sys, wsgi; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"


def test_the_app_starts_without_the_commands_and_the_dictionaries(tmp_path):
    environment = os.environ | {"LIANGDENG_DATA_DIR": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=config.ROOT, env=environment, stdout=subprocess.PIPE, check=True
    )
    assert json.loads(said.stdout) == []


def test_a_command_is_found_when_it_is_asked_for(app):
    said = app.test_cli_runner().invoke(args=["--help"])
    assert said.exit_code == 0
    for name in ("setup", "jobs", "policy", "fund", "backup", "demo", "accounts"):
        assert f"\n  {name} " in said.output
