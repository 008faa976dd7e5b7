"""
What the checker demands of corrections of the register: each field of each is applied, was so already, or
waits as a proposal; each once; and nothing is overwritten by somebody who had not seen it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from tests.sim.attempts import Attempt
from tests.sim.checker import Verdict
from tests.sim.records import EditRow, FieldKey, Records


def check(records: Records, attempts: list[Attempt], verdict: Verdict) -> None:
    """Add what is wrong to the verdict."""
    made = {attempt.op_id: attempt for attempt in attempts if attempt.kind == "household.edit"}
    rows = Counter((row.op_id, row.key) for row in records.edits)
    for (op_id, key), times in rows.items():
        if times > 1:
            verdict.duplicated.append(f"edit {op_id} was carried out {times} times for {key[1:]}")
    for op_id, times in records.proposal_count.items():
        if times > 1:
            verdict.duplicated.append(f"edit {op_id} became {times} proposals")
    for (op_id, _), row in records.signed.items():
        attempt = made.get(op_id)
        if attempt is not None and row.code not in ("scope", "version", "quarantine"):
            _accounted_for(attempt, json.loads(row.result), records, verdict)
    _histories(records, made, verdict)


def _accounted_for(attempt: Attempt, result: dict[str, object], records: Records, verdict: Verdict) -> None:
    """Every field of a correction that was taken in is somewhere."""
    applied = {row.key for row in records.edits if row.op_id == attempt.op_id}
    proposed = set(records.proposals.get(attempt.op_id or "", []))
    unchanged = {_key(attempt, each) for each in result["unchanged"]}  # type: ignore[attr-defined]
    for each in attempt.body["set"]:
        key = _key(attempt, each)
        if key not in applied | proposed | unchanged:
            verdict.lost.append(f"edit {attempt.op_id} ({attempt.word}): {key[1:]} disappeared")


def _key(attempt: Attempt, named: dict[str, str | None]) -> FieldKey:
    return (attempt.household_id, named["member_id"], str(named["field"]))


def _histories(records: Records, made: dict[str | None, Attempt], verdict: Verdict) -> None:
    stories: dict[FieldKey, list[EditRow]] = defaultdict(list)
    for row in records.edits:
        past = stories[row.key]
        attempt = made.get(row.op_id)
        decided = row.op_id in records.approved and row.key in records.proposals[row.op_id]
        if attempt is not None and not decided:
            for earlier in past:
                if not _seen(earlier, row, attempt, made):
                    verdict.wrong.append(
                        f"{row.key[2]} of {row.key[0]}: {attempt.word} at revision {row.revision} overwrote "
                        f"revision {earlier.revision} having seen only {attempt.base_rev}"
                    )
        past.append(row)
    for key, story in stories.items():
        if records.present[key] != story[-1].value:
            verdict.wrong.append(f"{key[2]} of {key[0]} is not what its last edit said")


def _seen(earlier: EditRow, row: EditRow, attempt: Attempt, made: dict[str | None, Attempt]) -> bool:
    """Whether the author of an edit knew of an earlier one: it was on the phone, or their own."""
    assert attempt.base_rev is not None
    if earlier.revision <= attempt.base_rev or earlier.value == row.value:
        return True
    before = made.get(earlier.op_id)
    return before is not None and before.phone == attempt.phone and before.at <= attempt.at
