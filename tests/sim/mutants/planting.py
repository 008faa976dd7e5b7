"""How a bug gets into the running product, and out again; no file of the project is ever written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from server.config import ROOT
from tests.sim.node import Node, bundle

PWA = ROOT / "pwa"
CONFIGURATION = ("package.json", "vite.config.ts", "tsconfig.json", "tsconfig.base.json")


class NotThere(Exception):
    """The text to replace is not found exactly once: the mutant has to be written anew."""


@dataclass(frozen=True)
class Line:
    """One line of the phone app's sources (``file`` below ``pwa/src``), and what it says instead."""

    file: str
    says: str
    instead: str

    def replaced_in(self, text: str) -> str:
        """The text of the file with the bug.

        Raises:
            NotThere: the line is not there exactly once.
        """
        found = text.count(self.says)
        if found != 1:
            raise NotThere(f"{self.file}: {found} times instead of once: {self.says}")
        return text.replace(self.says, self.instead)


class Patches:
    """Attributes replaced in this process, remembered so that all of them can be put back."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> Any:
        """Replace an attribute that must exist; the one it had is returned.

        Raises:
            AttributeError: there is none of this name: the mutant has to be written anew.
        """
        before = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
        self._before.append((owner, name, before))
        setattr(owner, name, value)
        return before

    def item(self, owner: dict[str, Any], name: str, value: Any) -> Any:
        """Replace a value of a dictionary that must have it."""
        holder = _Items(owner)
        self._before.append((holder, name, owner[name]))
        before, owner[name] = owner[name], value
        return before

    def undo(self) -> None:
        """Put back everything, the last first."""
        while self._before:
            owner, name, before = self._before.pop()
            setattr(owner, name, before)


class _Items:
    """A dictionary whose values are set like attributes."""

    def __init__(self, items: dict[str, Any]) -> None:
        self.__dict__["_items"] = items

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__["_items"][name] = value


ServerBug = Callable[[Patches, Flask], None]


@contextmanager
def in_server(bug: ServerBug, app: Flask) -> Iterator[None]:
    """Run a block with a bug in the server's code in this process."""
    patches = Patches()
    try:
        bug(patches, app)
        yield
    finally:
        patches.undo()


@contextmanager
def copy_of_app(lines: Sequence[Line]) -> Iterator[Path]:
    """A copy of the phone app's folder with a bug in its sources.

    Raises:
        NotThere: a line to replace is not there exactly once.
    """
    with tempfile.TemporaryDirectory(prefix="liangdeng-mutant-") as name:
        copy = Path(name)
        for file in CONFIGURATION:
            shutil.copyfile(PWA / file, copy / file)
        (copy / "node_modules").symlink_to((PWA / "node_modules").resolve())
        shutil.copytree(PWA / "src", copy / "src")
        for line in lines:
            path = copy / "src" / line.file
            path.write_text(line.replaced_in(path.read_text("utf-8")), "utf-8")
        yield copy


@contextmanager
def in_phones(lines: Sequence[Line], node: Node) -> Iterator[None]:
    """Run a block with a bug in the app of all phones that run today's.

    Raises:
        NotThere: a line to replace is not there exactly once.
    """
    with copy_of_app(lines) as copy:
        node.run(bundle(copy, copy / "src"))
        try:
            yield
        finally:
            node.run()


@contextmanager
def planted(lines: Sequence[Line], bug: ServerBug | None, node: Node, app: Flask) -> Iterator[None]:
    """Run a block with a mutant, wherever it lives."""
    with ExitStack() as stack:
        if lines:
            stack.enter_context(in_phones(lines, node))
        if bug is not None:
            stack.enter_context(in_server(bug, app))
        yield
