"""What other domains use of checklists."""

from __future__ import annotations

from server.checklists.answers import Person
from server.checklists.definition import Definition, current_version, definition
from server.checklists.facts import facts_of
from server.checklists.lexicon import lexicon_of
from server.checklists.validation import Walk, roster_values, walk, with_roster

__all__ = [
    "Definition",
    "Person",
    "Walk",
    "current_version",
    "definition",
    "facts_of",
    "lexicon_of",
    "roster_values",
    "walk",
    "with_roster",
]
