"""What the server writes down has words for the auditor, in both languages."""

from __future__ import annotations

import ast
import re

import pytest

from server.config import ROOT

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
DECLARED = {"job", "every_minute", "every_quarter", "at_start", "watch"}


def called(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def literals(node):
    texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    names = {text for text in texts if isinstance(text, str) and ACTION.fullmatch(text)}
    return {name for name in names if not name.endswith(".py")}


def recorded(path):
    """Names in the calls of ``record``; where a variable gives the name, all that its module could give."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    jobs = set().union(*(literals(node) for node in calls if called(node) in DECLARED), set())
    records = [node for node in calls if called(node) == "record" and node.args]
    found = set().union(*(literals(node.args[0]) for node in records), set())
    is_given = any(not literals(node.args[0]) for node in records)
    return found | (literals(tree) - jobs if is_given else set())


def actions():
    domains = [path for path in (ROOT / "server").rglob("*.py") if path.name != "audit.py"]
    found = set().union(*(recorded(path) for path in domains))
    assert {"visit.accept", "photo.check", "account.login_failed", "account.enable", "member.reveal"} <= found
    return found


def told():
    """What entries call their objects and details, where the code says so in so many words."""
    kinds, details = set(), set()
    for path in (ROOT / "server").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record"):
                continue
            details |= {keyword.arg for keyword in node.keywords if keyword.arg}
            if isinstance(target := node.args[1], ast.Tuple):
                kinds.add(ast.literal_eval(target.elts[0]))
    assert {"visit", "user", "webhook"} <= kinds
    assert {"decision", "failures"} <= details
    return {f"audit.target.{kind}" for kind in kinds} | {f"audit.of.{name}" for name in details}


def texts(language):
    text = (ROOT / f"pwa/src/i18n/{language}/audit.ts").read_text(encoding="utf-8")
    return set(re.findall(r"'(audit\.[a-zA-Z0-9_.]+)':", text))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_action_has_a_sentence(language):
    assert sorted({f"audit.act.{action}" for action in actions()} - texts(language)) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_object_and_detail_has_a_name(language):
    assert sorted(told() - texts(language)) == []
