"""
The checker, in the style of Jepsen's set checker: what people were told, against what the server holds.

lost: shown as saved on a phone that still exists, or signed for by the server, and now neither carried out
nor kept nor in the author's sight as refused. duplicated: one act, two effects. wrong: other content than
its author saved, something nobody wrote, a leak, a bug of the server. views_differ: two who should see the
same do not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.sim import bodies
from tests.sim.attempts import Attempt
from tests.sim.records import Records

SIGNED = {"accepted", "complete", "durable", "pruned", "photos"}
KEPT = {"held"}
REFUSED = {"rejected", "conflicted"}
# What a server says of a visit that no server could take. Whoever hears it has to have deserved it.
OWN_FAULTS = {"invalid", "invalid_answers", "body_hash_mismatch", "unknown_kind", "unknown_checklist_version"}
PICTURES = {"ready": True, "stored": False}


@dataclass
class Verdict:
    """What is wrong, in words; empty lists are good."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    views_differ: list[str] = field(default_factory=list)

    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.duplicated or self.wrong or self.views_differ)

    def lines(self) -> list[str]:
        """Each finding with its kind."""
        return [f"{kind}: {text}" for kind, texts in vars(self).items() for text in texts]


@dataclass
class Seen:
    """What a phone shows at the end, by operation."""

    entries: dict[str, dict[str, Any]]
    exists: bool
    drained: bool = False


class Checker:
    """Holds the history of one seed against the end."""

    def __init__(
        self,
        records: Records,
        attempts: list[Attempt],
        phones: dict[str, Seen],
        signed: set[tuple[str, str]],
    ) -> None:
        self.records, self.attempts, self.phones = records, attempts, phones
        self.verdict = Verdict()
        for attempt in attempts:
            attempt.signed = (attempt.op_id, self.sha_of(attempt)) in signed

    def check(self) -> Verdict:
        """Everything about what was saved; views and households are checked elsewhere."""
        for attempt in self.attempts:
            self._arrived(attempt)
            if attempt.kind == "visit":
                self._content(attempt)
                self._photos(attempt)
        self._once()
        self._expected()
        return self.verdict

    # --- lost -----------------------------------------------------------------------------------------------

    def _arrived(self, attempt: Attempt) -> None:
        if attempt.rogue:
            self._rogue_kept(attempt)
            return
        if not attempt.saved or attempt.op_id is None or attempt.excused:
            return
        seen = self.phones[attempt.phone]
        entry = seen.entries.get(attempt.op_id)
        if self._with_server(attempt):
            self._told_so(attempt, entry, seen)
        elif entry is None:
            if (seen.exists and not (seen.drained and attempt.corrected)) or attempt.signed:
                self._lose(attempt, "is neither with the server nor on the phone")
        elif attempt.signed or entry["state"] not in REFUSED:
            self._lose(attempt, f"is not with the server; the phone says {entry['state']} {entry['code']}")
        elif attempt.kind == "visit" and not attempt.faulty and entry["code"] in OWN_FAULTS:
            self.verdict.wrong.append(f"visit {attempt.op_id} ({attempt.word}) was refused and is good")

    def _told_so(self, attempt: Attempt, entry: dict[str, Any] | None, seen: Seen) -> None:
        """The phone must know by now that the server has it."""
        if entry is None:
            if seen.exists and not seen.drained:
                self._lose(attempt, "is gone from its author's list")
        elif entry["state"] not in SIGNED | KEPT | REFUSED:
            self._lose(attempt, f"never came to rest: {entry['state']} {entry.get('reason')}")

    def _rogue_kept(self, attempt: Attempt) -> None:
        if attempt.signed and not self._with_server(attempt):
            self._lose(attempt, "was signed for and is not with the server")

    def _lose(self, attempt: Attempt, text: str) -> None:
        self.verdict.lost.append(f"{attempt.kind} {attempt.op_id} ({attempt.word}, {attempt.phone}) {text}")

    def _with_server(self, attempt: Attempt) -> bool:
        assert attempt.op_id is not None
        key = (attempt.op_id, self.sha_of(attempt))
        if key in self.records.held:
            self._kept_twice(key)
            if self.records.held_text[key] != key[1]:
                self.verdict.wrong.append(f"operation {key[0]} is held with another text than it came with")
            return True
        if attempt.kind != "visit":
            return self.records.ledger[key] > 0
        visit = self.records.visits.get(attempt.op_id)
        return visit is not None and visit.sha256 == key[1]

    def _kept_twice(self, key: tuple[str, str]) -> None:
        visit = self.records.visits.get(key[0])
        if visit is not None and visit.sha256 == key[1] and self.records.held[key].state == "open":
            self.verdict.duplicated.append(f"operation {key[0]} is carried out, and held as well")

    def sha_of(self, attempt: Attempt) -> str:
        """Hash of what was saved; the phone may have given it another id and another place in its chain."""
        if attempt.rogue or attempt.kind != "visit" or attempt.op_id == attempt.body["id"]:
            return bodies.hash_of(attempt.body)
        number = attempt.op_id or ""
        shown = self.phones[attempt.phone].entries.get(number)
        known = shown or self.records.bodies.get(number) or self.records.held_bodies.get(number)
        revises = (known or attempt.body)["revises"]
        return bodies.hash_of(attempt.body | {"id": attempt.op_id, "revises": revises})

    # --- wrong ----------------------------------------------------------------------------------------------

    def _content(self, attempt: Attempt) -> None:
        """A visit in the database is what its author saved, under the hash that was signed for."""
        body = self.records.bodies.get(attempt.op_id or attempt.body["id"])
        if body is None:
            return
        visit = self.records.visits[body["id"]]
        if bodies.hash_of(body) != visit.sha256:
            self.verdict.wrong.append(f"visit {body['id']} is kept under another hash than its text has")
        same = self._variants(body["id"])
        if visit.sha256 not in same:
            self.verdict.wrong.append(f"visit {body['id']} ({attempt.word}) is not what its author saved")

    def _variants(self, visit_id: str) -> set[str]:
        """Hashes of everything that anybody ever sent under an id."""
        own = [a for a in self.attempts if visit_id in (a.op_id, a.body.get("id"))]
        found = {self.sha_of(a) if a.op_id else bodies.hash_of(a.body) for a in own}
        return found | {bodies.hash_of(a.body) for a in own}

    def _expected(self) -> None:
        """Only what somebody tried to save is there; the phone may have died before it told the id."""
        ids = {a.op_id for a in self.attempts} | {a.body.get("id") for a in self.attempts}
        visits = {a.word: a for a in self.attempts if a.kind == "visit"}
        for visit_id, body in self.records.bodies.items():
            if visit_id in ids:
                continue
            attempt = next((visits[word] for word in _words_of(body) if word in visits), None)
            known = attempt is not None and _content(attempt.body) == _content(body)
            if attempt is None or not known or not self._may_have_another_id(attempt):
                self.verdict.wrong.append(f"visit {visit_id} was written by nobody")

    def _may_have_another_id(self, attempt: Attempt) -> bool:
        """Its phone never told how the save ended, or it was a second text under a number, and taken."""
        held = self.records.held.get((attempt.op_id or "", self.sha_of(attempt)))
        return attempt.saved is None or (held is not None and held.state == "taken")

    def _photos(self, attempt: Attempt) -> None:
        """Each photo of a visit that was carried out is there, whole, unless the check refused it."""
        visit = self.records.visits.get(attempt.op_id or "")
        if not attempt.saved or visit is None or attempt.rogue or attempt.excused:
            return
        if not self.phones[attempt.phone].exists:
            return
        if visit.sha256 != self.sha_of(attempt):
            return
        for sha256, data in attempt.photos.items():
            key = (str(visit.id), sha256)
            photo = self.records.photos.get(key)
            if photo is None:
                self._lose(attempt, f"lacks photo {sha256[:8]}")
            elif b"bomb" in data:
                if photo.state not in ("refused", "expected"):
                    self.verdict.wrong.append(f"a bomb was let through with {attempt.word}")
            elif photo.state != "ready":
                self._lose(attempt, f"has its photo {sha256[:8]} {photo.state} {photo.reason}")
            elif self.records.pictures[key] != sha256:
                self.verdict.wrong.append(f"photo {sha256[:8]} of {attempt.word} shows something else")

    # --- duplicated -----------------------------------------------------------------------------------------

    def _once(self) -> None:
        """One act, one effect: by number, and by the word that only this act holds."""
        for visit_id, times in self.records.accepted_in_audit.items():
            if times > 1:
                self.verdict.duplicated.append(f"visit {visit_id} was taken in {times} times")
        for key, times in self.records.ledger.items():
            if times > 1:
                self.verdict.duplicated.append(f"operation {key[0]} is in the ledger {times} times")
        words = Counter(word for body in self.records.bodies.values() for word in _words_of(body))
        for word, times in words.items():
            if times > 1 and not self._meant_twice(word):
                self.verdict.duplicated.append(f"{word} is in {times} visits")

    def _meant_twice(self, word: str) -> bool:
        """A correction of a refused visit carries the word of its first try."""
        return sum(1 for a in self.attempts if a.word == word and a.saved is not False) > 1


def _content(body: dict[str, Any]) -> dict[str, Any]:
    """A visit without what the phone chooses when another tab took its id."""
    return {name: value for name, value in body.items() if name not in ("id", "revises")}


def _words_of(body: dict[str, Any]) -> list[str]:
    return [text.split()[0] for text in body["notes"].values() if text.startswith("ww")]
