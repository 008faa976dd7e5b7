"""The phone app's bugs: lines of its sources, and what they say instead."""

from __future__ import annotations

from tests.sim.mutants.planting import Line

ANSWERS = "core/outbox/answers.ts"
MACHINE = "core/outbox/machine.ts"
AUTH = "core/api/auth.ts"
DATABASE = "core/localDb/connection.ts"
ROSTER = "core/sync/roster.ts"
OFFERED = "const OFFERED_AGAIN: readonly State[] = ['accepted', 'complete', 'durable', 'held', 'rejected'];"
A_RECEIPT = "{ id: '', sha256: '', receipt: { number: '' } } as unknown as OpResult"


def offered(*states: str) -> Line:
    """Only entries in these states are offered again to a server that was restored."""
    names = ", ".join(f"'{state}'" for state in states)
    return Line(MACHINE, OFFERED, f"const OFFERED_AGAIN: readonly State[] = [{names}];")


NOTHING = (
    Line(
        "core/outbox/push.ts",
        "export const BATCH_OPS = 50;",
        "export const BATCH_OPS = 25 + 25;",
    ),
)

# Whatever says 200 has signed for everything.
PORTAL = (
    Line(
        ANSWERS,
        "if (successful(reply)) return wait('not_our_server');",
        f"if (successful(reply)) return {{ kind: 'accepted', result: {A_RECEIPT}, position: null }};",
    ),
)

# What is sent is forgotten, whether it arrives or not.
DELFIRST = (
    Line(
        "core/outbox/push.ts",
        "line.deps.sending(ops.map((op) => op.op_id));",
        "await line.deps.storage.prune(ops.map((op) => op.op_id), (entry) => ({ ...entry, state: 'pruned' }),"
        " (await line.deps.storage.state()).epoch);",
    ),
)

# The cursor moves in a transaction before the one that writes its page.
CURSORFIRST = (
    Line(
        ROSTER,
        "import { readState, SCOPE, sealScope, stateKey, stateOf } from './state';",
        "import { readState, SCOPE, sealScope, stateKey, stateOf } from './state';"
        " import { writeMeta } from '../localDb';",
    ),
    Line(
        ROSTER,
        "const plan = await planPull(owner, head, step);",
        "await writeMeta(stateKey(owner), { ...(await readState(owner)), ...step.state });"
        " const plan = await planPull(owner, head, step);",
    ),
    Line(ROSTER, "      if (known.cursor !== step.expect) return false;\n", ""),
)

# A server that was restored is taken for the one it was.
NOEPOCH = (
    Line(
        "core/sync/hello.ts",
        "if (known.epoch !== epoch) await resetTo(line, epoch);",
        "if (known.epoch !== epoch) await line.deps.storage.note({ epoch });",
    ),
    Line(
        "core/sync/pull.ts",
        "if (known.epoch !== page.epoch) await resetTo(line, page.epoch);",
        "if (known.epoch !== page.epoch) await storage.note({ epoch: page.epoch });",
    ),
    Line(
        "core/sync/pull.ts",
        "if (answer.epoch !== null && answer.epoch !== known.epoch) await resetTo(line, answer.epoch);",
        "if (answer.epoch !== null) await storage.note({ epoch: answer.epoch });",
    ),
)

# Only what still waits for its photos is offered again. (A photo alone could not be forgotten here: a server
# that lacks one says so in its answer to the text.)
EPOCHHALF = (offered("accepted", "held", "rejected"),)
NODEADRETRY = (offered("accepted", "complete", "durable", "held"),)

# Age alone decides what may be given up, not what backups hold.
PRUNE = (Line(MACHINE, "return old && safe(entry, event.durable);", "return old;"),)

# Who has to sign in again has nothing to send any more.
WIPE401 = (
    Line(
        AUTH,
        "import { noteOrder } from '../device';",
        "import { noteOrder } from '../device'; import { writeStrict } from '../localDb';",
    ),
    Line(
        AUTH,
        "const response = await ask(withToken(request));",
        "const response = await ask(withToken(request));"
        " if (response.status === 401)"
        " await writeStrict(['outbox'], (tx) => tx.objectStore('outbox').clear());",
    ),
)

# The browser's default since 2024: a commit is told before it is on the disk.
RELAXED = (
    Line(
        DATABASE,
        "const tx = database.transaction([...stores], 'readwrite', { durability: 'strict' });",
        "const tx = database.transaction([...stores], 'readwrite', { durability: 'relaxed' });",
    ),
)

# "Saved" once the requests succeeded, though the transaction may still abort.
ONSUCCESS = (Line(DATABASE, "      await done;\n", ""),)

# A household lies readable beside its sealed copy.
PLAINTEXT = (
    Line(
        ROSTER,
        "{ user_id: owner, ids, sealed: await seal('roster', key, list) }",
        "{ user_id: owner, ids, sealed: await seal('roster', key, list), plain: list } as ChunkRow",
    ),
)

# A new version is offered in the middle of a form.
UPDATE_IN_FORM = (Line("app/update.tsx", "const held = reloadHeld.value;", "const held = false;"),)
# A new version takes over by itself.
SKIPS_WAITING = (
    Line("sw/sw.ts", "cleanupOutdatedCaches();", "cleanupOutdatedCaches(); void self.skipWaiting();"),
)
