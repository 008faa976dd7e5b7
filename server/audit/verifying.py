"""What is wrong with a chain of the audit trail: a walk along its rows that remembers only the last of them.

Some tamperings look alike; each is found, and named as the likeliest. A chain that was rewritten as a whole
together with its head is found only by a head that was kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations

from server.core.audit_chain import NOTHING_BEFORE, is_chain
from server.core.audit_rows import End, Row

EDITED, DELETED, SWAPPED, INSERTED, TRUNCATED = "edited", "deleted", "swapped", "inserted", "truncated"
HEAD, FOREIGN_HEAD, UNGUARDED = "head", "foreign_head", "unguarded"
MOST = 100
"""Findings of a chain that are kept and compared with each other; the others are counted."""


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where: the number of the entry (the first of several), None for a whole chain."""

    chain: str
    number: int | None
    kind: str


@dataclass
class Verdict:
    """A verified chain: how far it goes, the hash there, what was found, at most ``MOST`` of ``total``."""

    chain: str
    number: int = 0
    hash: str = NOTHING_BEFORE.hex()
    findings: list[Finding] = field(default_factory=list)
    total: int = 0

    def add(self, number: int | None, kind: str) -> None:
        """Note something, once a place."""
        if any(one.number == number for one in self.findings[-3:]):
            return
        self.total += 1
        if len(self.findings) < MOST:
            self.findings.append(Finding(self.chain, number, kind))

    def settle(self, places: tuple[int, ...], number: int, kind: str) -> None:
        """Say one thing in place of what was noted for several places."""
        kept = [one for one in self.findings if one.number not in places]
        self.total -= len(self.findings) - len(kept) - 1
        self.findings = [*kept, Finding(self.chain, number, kind)]

    def rename(self, number: int, kind: str) -> None:
        """Call what was noted for a place something else."""
        self.findings = [
            Finding(self.chain, number, kind) if one.number == number else one for one in self.findings
        ]


class _Walk:
    """Where the walk stands: the number and the hash expected next, and how far numbers were shifted."""

    def __init__(self, chain: str) -> None:
        self.verdict = Verdict(chain)
        self.expected, self.previous, self.shift = 1, NOTHING_BEFORE.hex(), 0
        self.bad: dict[int, Row] = {}
        self.was_bad = False

    def step(self, row: Row) -> None:
        """Look at the next row."""
        number = row.number
        if type(number) is not int or number < self.expected:
            self.verdict.add(number if type(number) is int else self.expected, INSERTED)
            return
        is_gap = number > self.expected
        if is_gap:
            self.verdict.add(self.expected, DELETED)
        is_good = self._fits(row, self.shift)
        if not is_good:
            is_good = self._note_bad(number, row)
        elif row.previous != self.previous and not is_gap and not self.was_bad:
            self.verdict.add(max(number - 1, 1), EDITED)
        self.expected, self.previous, self.was_bad = number + 1, row.hash, not is_good

    def _fits(self, row: Row, shift: int, number: int | None = None) -> bool:
        place = (row.number if number is None else number) - shift
        return row.made(self.verdict.chain, place, row.previous) == row.hash

    def _note_bad(self, number: int, row: Row) -> bool:
        """Two rows after each other that are one place off tell of a row that came in or went."""
        before = self.bad.get(number - 1)
        for shift, kind in ((self.shift + 1, INSERTED), (self.shift - 1, DELETED)):
            if before is not None and self._fits(row, shift) and self._fits(before, shift):
                self.shift = shift
                first = number - 2 if kind == INSERTED else number - 1
                self.verdict.settle((first, number - 1), first, kind)
                return True
        self.verdict.add(number, EDITED)
        if len(self.bad) < MOST:
            self.bad[number] = row
        return False

    def name_swaps(self) -> None:
        """Two bad rows that fit at each other's place were swapped: whole, or what they say."""
        for (a, one), (b, other) in combinations(self.bad.items(), 2):
            if self._are_swapped((a, one), (b, other)):
                self.verdict.rename(a, SWAPPED)
                self.verdict.rename(b, SWAPPED)

    def _are_swapped(self, first: tuple[int, Row], second: tuple[int, Row]) -> bool:
        (a, one), (b, other) = first, second
        if self._fits(one, 0, b) and self._fits(other, 0, a):
            return True
        chain = self.verdict.chain
        for kept in (0, 1):  # whether the rows' own keys stayed where they were
            here = replace(one, content=(*one.content[:kept], *other.content[kept:]))
            there = replace(other, content=(*other.content[:kept], *one.content[kept:]))
            if (
                here.made(chain, a, one.previous) == one.hash
                and there.made(chain, b, other.previous) == other.hash
            ):
                return True
        return False


def verify(
    chain: str,
    rows: Iterable[Row],
    end: End,
    end_afterwards: Callable[[], End],
    tell: Callable[[int], None] = lambda _number: None,
) -> Verdict:
    """Walk along a chain.

    Args:
        chain: which.
        rows: its entries by number.
        end: its head, read before the rows.
        end_afterwards: reads it again: what was added meanwhile is in it.
        tell: hears the number of each row.
    """
    walk = _Walk(chain)
    verdict = walk.verdict
    if not is_chain(chain):
        verdict.add(None, INSERTED)
    last = 0
    for row in rows:
        walk.step(row)
        if type(row.number) is int:
            last = max(last, row.number)
            tell(last)
            if row.number == (end.count or 0):
                verdict.number, verdict.hash = row.number, row.hash
    walk.name_swaps()
    _compare_end(verdict, last, end, end_afterwards())
    return verdict


def _compare_end(verdict: Verdict, last: int, end: End, afterwards: End) -> None:
    if end.count is None:
        if last and afterwards.count is None:
            verdict.add(None, HEAD)
        return
    if last < end.count:
        verdict.add(last + 1, TRUNCATED)
    elif verdict.hash != end.hash and not any(one.number == end.count for one in verdict.findings):
        verdict.add(end.count or None, EDITED if end.count else HEAD)
    if last > (afterwards.count or 0):
        verdict.add((afterwards.count or 0) + 1, INSERTED)


def against(
    kept: Iterable[tuple[str, int, str]], hash_at: Callable[[str, int], str | None]
) -> Iterator[Finding]:
    """What became of heads that were kept elsewhere: (chain, number, hash) each."""
    for chain, number, last in kept:
        found = hash_at(chain, number) if number else last
        if found is None:
            yield Finding(chain, number, TRUNCATED)
        elif found != last:
            yield Finding(chain, number, FOREIGN_HEAD)
