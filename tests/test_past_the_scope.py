"""No line of the server reads or writes past the region scope; the core that makes the scope may."""

from __future__ import annotations

import ast

import pytest

from server.config import ROOT

BYPASSES = {
    "get": "session.get reads past the region scope",
    "__table__": "a bare table is read past the region scope",
    "text": "SQL text is read past the region scope",
    "query": "the legacy query is not looked at by our filters",
    "bulk_insert_mappings": "writes past the region scope",
    "bulk_update_mappings": "writes past the region scope",
    "bulk_save_objects": "writes past the region scope",
    "connection": "a bare connection reads past the region scope",
    "exec_driver_sql": "SQL text is read past the region scope",
    "get_bind": "a bare engine reads past the region scope",
    "engine": "a bare engine reads past the region scope",
}
_SESSIONS = {"session", "db"}


def _offences(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = None
        if isinstance(node, ast.Attribute) and node.attr in BYPASSES:
            owner = (
                node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            )
            name = node.attr if owner in _SESSIONS or node.attr.startswith("__") else None
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text":
            name = "text"
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sqlalchemy"):
            name = next((alias.name for alias in node.names if alias.name == "text"), None)
        if name:
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {name}: {BYPASSES[name]}"


def test_nobody_reads_past_the_region_scope():
    paths = [path for path in (ROOT / "server").rglob("*.py") if "core" not in path.parts]
    assert len(paths) > 30
    assert [offence for path in paths for offence in _offences(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "db.session.get(Household, 1)",
        "Household.__table__.select()",
        "db.session.execute(text('SELECT 1'))",
        "from sqlalchemy import select, text",
        "db.session.query(Household)",
        "session.bulk_save_objects(rows)",
        "db.session.connection().exec_driver_sql('x')",
        "db.engine.connect()",
    ],
)
def test_the_test_above_finds_each_way_past(tmp_path, line, monkeypatch):
    (tmp_path / "planted.py").write_text(line)
    monkeypatch.setattr("tests.test_past_the_scope.ROOT", tmp_path)
    assert list(_offences(tmp_path / "planted.py"))
