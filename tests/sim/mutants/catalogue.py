"""The planted bugs of the test plan, each with where it lives and for which reasons it may be caught."""

from __future__ import annotations

from dataclasses import dataclass

from tests.sim.mutants import on_phone, on_server
from tests.sim.mutants.planting import Line, ServerBug
from tests.sim.mutants.reasons import (
    DUPLICATED,
    GONE_FROM_LIST,
    HALF_DONE,
    LEAK,
    NOT_OFFERED,
    ODD_PHOTO,
    OTHER_PICTURE,
    OVERWRITTEN,
    PHONE_VIEWS,
    PHOTO_LOST,
    PRUNED,
    READABLE,
    REFUSED_WRONGLY,
    SIGNED_AND_LOST,
    SIGNED_OUT,
    UNARRIVED,
)

NOT_YET = {
    "mask-missing-in-export": "nothing exports rows of people yet",
    "chain-not-anchored": "the audit log has no hash chain yet",
}


@dataclass(frozen=True)
class Mutant:
    """A bug.

    ``by`` are the reasons for which it may be caught: patterns of the simulator's findings, or of what
    ``test`` prints. ``test`` is the pytest or vitest run that catches what a simulation in one process cannot
    see by nature; None for a bug that the simulator catches. ``first`` is the seed to begin with: after 1
    for what only happens in few: backups that fail for a week, before the one that is taken back.
    """

    name: str
    by: tuple[str, ...]
    phone: tuple[Line, ...] = ()
    server: ServerBug | None = None
    test: str | None = None
    first: int = 1


def _failed(test: str) -> tuple[str, ...]:
    """The reason of a bug that a named test catches: that one failed, and not its set-up."""
    return (rf"(?m)^FAILED .*{test}|^ *(×|FAIL) .*{test}",)


def _by_test(name: str, path: str, test: str, server: ServerBug | None = None, *lines: Line) -> Mutant:
    ending = f"::{test}" if path.endswith(".py") else ""
    return Mutant(
        name, _failed(test.split("[", maxsplit=1)[0]), phone=lines, server=server, test=path + ending
    )


SIMULATED = (
    Mutant("noidem", (DUPLICATED, UNARRIVED), server=on_server.noidem),
    Mutant("idemlate", (HALF_DONE, DUPLICATED), server=on_server.idemlate),
    Mutant("portal", (UNARRIVED,), phone=on_phone.PORTAL),
    Mutant("delfirst", (PRUNED,), phone=on_phone.DELFIRST),
    Mutant("allornothing", (REFUSED_WRONGLY, UNARRIVED), server=on_server.allornothing),
    Mutant("cursorfirst", (PHONE_VIEWS,), phone=on_phone.CURSORFIRST, first=17),
    Mutant("noepoch", (SIGNED_AND_LOST, NOT_OFFERED), phone=on_phone.NOEPOCH),
    Mutant("epochhalf", (SIGNED_AND_LOST, NOT_OFFERED, PHOTO_LOST), phone=on_phone.EPOCHHALF),
    Mutant("nodeadretry", (NOT_OFFERED,), phone=on_phone.NODEADRETRY),
    Mutant("prune", (PRUNED,), phone=on_phone.PRUNE, first=3),
    Mutant("prune1", (PRUNED,), server=on_server.prune1, first=3),
    Mutant("nooffset", (ODD_PHOTO, PHOTO_LOST, OTHER_PICTURE), server=on_server.nooffset),
    Mutant("nohash", (OTHER_PICTURE, PHOTO_LOST), server=on_server.nohash),
    Mutant("wipe401", (UNARRIVED, GONE_FROM_LIST), phone=on_phone.WIPE401),
    Mutant("lww", (OVERWRITTEN,), server=on_server.lww),
    Mutant("dupignore", (SIGNED_AND_LOST,), server=on_server.dupignore),
    Mutant("unscoped-get", (LEAK,), server=on_server.unscoped_get),
    Mutant("stale-role-in-token", (LEAK,), server=on_server.stale_role),
    Mutant("relaxed-durability", (UNARRIVED, GONE_FROM_LIST), phone=on_phone.RELAXED),
    Mutant("onsuccess-as-saved", (UNARRIVED, GONE_FROM_LIST), phone=on_phone.ONSUCCESS),
    Mutant("multipart-truncation-accepted", (OTHER_PICTURE, PHOTO_LOST), server=on_server.truncation),
    Mutant("rotation-no-grace", (SIGNED_OUT,), server=on_server.no_grace),
    Mutant("evict-missing", (PHONE_VIEWS,), server=on_server.evict_missing),
    Mutant("plaintext-put", (READABLE,), phone=on_phone.PLAINTEXT),
)
TESTED = (
    _by_test(
        "seq-cursor-on-PG",
        "tests/sync/test_pull_races.py",
        "test_a_device_hears_of_every_change_while_eight_write[postgresql]",
        on_server.seq_cursor,
    ),
    _by_test(
        "relaxed-durability-of-the-database",
        "tests/core/test_columns.py",
        "test_sqlite_survives_a_power_cut_and_checks_references",
        on_server.relaxed_database,
    ),
    _by_test(
        "relaxed-durability-of-photos",
        "tests/photos/test_receiving.py",
        "test_the_bytes_are_on_disk_before_the_phone_is_told",
        on_server.photo_not_synced,
    ),
    _by_test(
        "skipWaiting-with-draft",
        "src/app/update.test.tsx",
        "an open form keeps a new version waiting",
        None,
        *on_phone.UPDATE_IN_FORM,
    ),
    _by_test(
        "skipWaiting-by-itself",
        "src/app/update.test.tsx",
        "a new version waits until the page says so",
        None,
        *on_phone.SKIPS_WAITING,
    ),
)
ALL = SIMULATED + TESTED

# A change like the others that is no bug: whoever reports it as caught does not look at what was caught.
HARMLESS = (Mutant("harmless", (r"",), phone=on_phone.NOTHING, server=on_server.nothing),)
