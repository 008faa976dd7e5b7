"""What an installation is given for its backups: the wrapper, the units, the instructions."""

from __future__ import annotations

import getpass
import os
import re
import subprocess

from tests.support.live_server import ROOT

DEPLOY = ROOT / "deploy"


def test_the_wrapper_gives_a_command_the_settings_as_systemd_reads_them(tmp_path):
    server, backup = tmp_path / "server.env", tmp_path / "backup.env"
    server.write_text(f"# a comment\nLIANGDENG_DATA_DIR={tmp_path}/data\nLIANGDENG_LOG_LEVEL=WARNING\n")
    backup.write_text('LIANGDENG_BACKUP_PASSPHRASE="two words $HOME `id` 水井"')
    files = {"SERVER_ENV": str(server), "BACKUP_ENV": str(backup), "SERVER_USER": getpass.getuser()}
    environ = {k: v for k, v in os.environ.items() if not k.startswith("LIANGDENG_")} | files
    command = [str(DEPLOY / "as_server.sh"), "shell"]
    ask = (
        "import os; print(repr(os.environ['LIANGDENG_BACKUP_PASSPHRASE']), os.environ['LIANGDENG_DATA_DIR'])"
    )
    done = subprocess.run(command, env=environ, input=ask, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"'two words $HOME `id` 水井' {tmp_path}/data" in done.stdout


def test_the_units_name_what_is_there():
    unit = (DEPLOY / "liangdeng-backup.service").read_text()
    options = re.search(r"backup create (.*)", unit)[1].split()
    for option in options[::2]:
        assert option in (ROOT / "server/backups/cli.py").read_text()
    assert "OnCalendar=" in (DEPLOY / "liangdeng-backup.timer").read_text()


def test_the_instructions_name_only_commands_that_are_there(small_office):
    commands = set(small_office.app.cli.get_command(None, "backup").commands)
    for name in ("README.md", "backup.zh-CN.md"):
        text = (DEPLOY / name).read_text()
        assert set(re.findall(r"as_server\.sh backup (\w+)", text)) <= commands
        for file in re.findall(r"`deploy/([\w.-]+)`", text):
            assert (DEPLOY / file).exists()
