"""The reverse proxy that is handed out: what its logs hold of a request."""

from __future__ import annotations

import re
from pathlib import Path

CONF = Path(__file__).parents[2] / "deploy" / "nginx.conf"
# Each of them holds what stands behind the question mark, or may: of this request or of the one before.
TELLING = ("$request ", '$request"', "$request_uri", "$args", "$query_string", "$arg_", "$is_args", "$http_")


def directives(name):
    """The words of each directive of a name, comments left out."""
    text = re.sub(r"^\s*#.*$", "", CONF.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return re.findall(rf"^\s*{name}\s+([^;]*);", text, flags=re.MULTILINE)


def test_searched_names_do_not_reach_the_log():
    (form,) = directives("log_format")
    name, _, shown = form.partition(" ")
    assert "$uri" in shown
    assert [word for word in TELLING if word in shown] == []
    logs = [words.split() for words in directives("access_log")]
    assert len(logs) == len(directives("listen")), (
        "every server says so itself: the default log has all of it"
    )
    assert all(words[1:] == [name] for words in logs)


def test_the_log_of_errors_which_holds_whole_requests_is_kept_to_the_gravest():
    levels = [words.split()[-1] for words in directives("error_log")]
    assert levels == ["crit"] * len(directives("listen"))
