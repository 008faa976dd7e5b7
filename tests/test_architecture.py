"""Rules of the house that hold for every file; import-linter checks the layers themselves (`make lint`)."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOMAINS = {
    "audit",
    "backups",
    "regions",
    "accounts",
    "households",
    "checklists",
    "local_policy",
    "visits",
    "photos",
    "proposals",
    "flags",
    "simulations",
    "reviews",
    "rechecks",
    "county_desk",
    "rule_health",
    "fund",
    "grids",
    "workdays",
}
FILE_LINES, FUNCTION_LINES, FUNCTION_P90, FUNCTION_MEDIAN = 400, 60, 30, 10
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _python(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _typescript() -> list[Path]:
    paths = [*(ROOT / "pwa/src").rglob("*.ts"), *(ROOT / "pwa/src").rglob("*.tsx")]
    return sorted(p for p in paths if p.name != "schema.d.ts")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(_tree(path)) if isinstance(node, Function)]


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _module(path: Path) -> list[str]:
    return list(path.relative_to(ROOT).with_suffix("").parts)


def _imports(path: Path) -> set[str]:
    """Dotted names a file imports; for ``from a import b`` both ``a`` and ``a.b``."""
    found: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = [] if node.level == 0 else _module(path)[: -node.level]
            origin = ".".join([*base, *([node.module] if node.module else [])])
            found |= {origin} | {f"{origin}.{alias.name}" for alias in node.names}
    return found


def test_no_file_is_longer_than_400_lines():
    files = _python("server", "tests", "scripts", "deploy", "migrations") + _typescript()
    long = {_name(p): n for p in files if (n := len(p.read_text(encoding="utf-8").splitlines())) > FILE_LINES}
    assert long == {}


def test_no_function_is_longer_than_60_lines():
    long = {
        f"{_name(path)}:{f.name}": _length(f)
        for path in _python("server", "tests", "scripts", "deploy")
        for f in _functions(path)
        if _length(f) > FUNCTION_LINES
    }
    assert long == {}


def test_functions_of_the_server_are_short():
    lengths = sorted(_length(f) for path in _python("server") for f in _functions(path))
    assert statistics.median(lengths) <= FUNCTION_MEDIAN
    assert lengths[int(len(lengths) * 0.9)] <= FUNCTION_P90


def test_every_module_says_what_it_is_for():
    paths = _python("server", "tests", "scripts", "deploy")
    silent = [
        _name(p) for p in paths if p.read_text(encoding="utf-8").strip() and not ast.get_docstring(_tree(p))
    ]
    assert silent == []


def test_every_public_function_of_the_server_has_a_docstring_and_types():
    missing = []
    for path in _python("server"):
        public = [n for n in _tree(path).body if isinstance(n, Function | ast.ClassDef)]
        for node in public:
            methods = node.body if isinstance(node, ast.ClassDef) else []
            for item in [node, *(m for m in methods if isinstance(m, Function))]:
                if item.name.startswith("_"):
                    continue
                if not ast.get_docstring(item):
                    missing.append(f"{_name(path)}:{item.name} has no docstring")
                if isinstance(item, Function) and item.returns is None:
                    missing.append(f"{_name(path)}:{item.name} does not say what it returns")
    assert missing == []


def test_a_domain_knows_only_services_and_queries_of_another():
    wrong = []
    for path in _python(*(f"server/{domain}" for domain in DOMAINS)):
        own = _module(path)[1]
        for name in _imports(path):
            parts = name.split(".")
            if len(parts) < 3 or parts[0] != "server" or parts[1] not in DOMAINS - {own}:
                continue
            # A wire form may contain another domain's wire form.
            is_contained = parts[2] == "schemas" and path.stem.endswith("schemas")
            if parts[2] not in ("services", "queries") and not is_contained:
                wrong.append(f"{_name(path)} imports {name}")
    assert wrong == []


def test_policy_imports_only_the_standard_library_and_yaml():
    allowed = sys.stdlib_module_names | {"yaml"}
    wrong = [
        f"{_name(path)} imports {name}"
        for path in _python("server/policy")
        for name in _imports(path)
        if name.split(".")[0] not in allowed and not name.startswith("server.policy")
    ]
    assert wrong == []


def _calls(path: Path) -> list[str]:
    """Dotted source of everything a file calls, such as ``db.session.get``."""
    return [ast.unparse(n.func) for n in ast.walk(_tree(path)) if isinstance(n, ast.Call)]


def test_nothing_outside_core_reads_past_the_region_scope():
    wrong = []
    for path in _python(*(f"server/{domain}" for domain in DOMAINS), "server/sync"):
        calls = {
            c
            for c in _calls(path)
            if c in ("text", "sa.text", "sqlalchemy.text") or c.endswith("session.get")
        }
        tables = {n.attr for n in ast.walk(_tree(path)) if isinstance(n, ast.Attribute)} & {"__table__"}
        wrong += [f"{_name(path)}: {what}" for what in sorted(calls | tables)]
    assert wrong == []


@pytest.mark.parametrize("layer", ["services", "queries"])
def test_a_service_never_commits(layer):
    wrong = [
        f"{_name(path)}: {call}"
        for domain in DOMAINS
        for path in _python(f"server/{domain}")
        if path.stem == layer
        for call in _calls(path)
        if call.endswith(".commit") or call in ("transaction", "db.transaction")
    ]
    assert wrong == []


def _tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / n.decode() for n in names.split(b"\0") if n and (ROOT / n.decode()).is_file()]


def _texts() -> list[tuple[Path, str]]:
    binary = {".png", ".jpg", ".jpeg", ".webp", ".ico", ".woff2", ".gz"}
    kept = [
        p for p in _tracked() if p.suffix not in binary and p.name not in ("package-lock.json", "LICENSE")
    ]
    return [(p, p.read_text(encoding="utf-8")) for p in kept]


def test_nothing_is_left_to_do_in_the_source():
    marks = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" * 3 + r"\b"]))
    assert [_name(p) for p, text in _texts() if marks.search(text)] == []


def test_no_file_names_a_folder_of_somebodys_home():
    homes = re.compile(r"(?<![\w.])/(?:ro" + r"ot|home/\w+|Users/\w+)/")
    assert [_name(p) for p, text in _texts() if homes.search(text)] == []


def test_the_phone_app_uses_no_any_and_silences_no_error():
    bad = re.compile(r"@ts-(?:ignore|nocheck|expect-error)|\bas any\b|: any\b|biome-ignore-all")
    assert [_name(p) for p in _typescript() if bad.search(p.read_text(encoding="utf-8"))] == []


def test_features_of_the_phone_app_never_import_each_other():
    wrong = []
    for path in (p for p in _typescript() if (ROOT / "pwa/src/features") in p.parents):
        own = path.relative_to(ROOT / "pwa/src/features").parts[0]
        for target in re.findall(r"from '([^']+)'|import\('([^']+)'\)", path.read_text(encoding="utf-8")):
            source = target[0] or target[1]
            resolved = (path.parent / source).resolve() if source.startswith(".") else None
            if resolved and (ROOT / "pwa/src/features") in resolved.parents:
                other = resolved.relative_to(ROOT / "pwa/src/features").parts[0]
                if other != own:
                    wrong.append(f"{_name(path)} imports {source}")
    assert wrong == []


@pytest.mark.parametrize("folder", ["core", "ui"])
def test_lower_layers_of_the_phone_app_know_no_feature(folder):
    wrong = [
        _name(path)
        for path in _typescript()
        if (ROOT / "pwa/src" / folder) in path.parents
        and re.search(r"from '(?:\.\./)+(?:features|app)/", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_every_picture_and_file_the_readme_points_to_is_there():
    targets = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert [target for target in targets if not (ROOT / target).is_file()] == []
