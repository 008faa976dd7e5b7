"""Every action that the server writes down has a sentence for the auditor, in both languages."""

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


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_action_has_a_sentence(language):
    text = (ROOT / f"pwa/src/i18n/{language}/audit.ts").read_text(encoding="utf-8")
    said = set(re.findall(r"'audit\.act\.([a-z_]+\.[a-z_]+)':", text))
    assert sorted(actions() - said) == []
