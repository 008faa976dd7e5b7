"""One YAML file, read strictly: a key written twice is an error, not a silent last one wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .errors import PackError


class _Strict(yaml.CSafeLoader):
    """SafeLoader that refuses doubled keys; the one in C, which every wheel of PyYAML has."""


def _mapping(loader: _Strict, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} is written twice", key_node.start_mark
            )
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(root: Path, path: Path) -> Any:
    """The content of ``path``. Raises PackError naming the file relative to ``root``."""
    file = path.relative_to(root).as_posix()
    try:
        return yaml.load(path.read_text("utf-8"), Loader=_Strict)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise PackError(file, "file", "cannot be read") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark is not None else "file"
        raise PackError(file, line, getattr(error, "problem", None) or "is not YAML") from error
