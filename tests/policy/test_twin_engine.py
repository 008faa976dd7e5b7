"""Every profile's rules over random households: the phone's engine against the server's, answer by answer."""

import json
import random
from datetime import date
from decimal import Decimal

import pytest

from server.policy.compact import compact
from server.policy.engine import Bench
from server.policy.loader import load_packs
from server.policy.local import PARAMETER, RULE_OFF, RULE_ON, LocalEntry, local_on
from tests.policy import phone_files
from tests.policy.twin import phone
from tests.policy.twin.households import household

LIBRARY = load_packs()
ON = date(2026, 11, 20)
#: Households a profile: more than 500,000 comparisons of a rule and a household in all.
HOUSEHOLDS = 1500
EXPLAINED = 300


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return phone.bundle(tmp_path_factory.mktemp("engine") / "engine.mjs")


def questions(profile, on, households, entries=(), why=frozenset()):
    """The rules as a phone has them, then the households."""
    first = {"pack": compact(LIBRARY, profile, entries), "day": on.isoformat()}
    asked = ({"facts": facts} | ({"why": True} if n in why else {}) for n, facts in enumerate(households))
    return [phone.written(first), *map(phone.written, asked)]


def bench_of(profile, on, entries=()):
    return Bench(LIBRARY, profile, on, local_on(entries, LIBRARY.day(profile, on)))


def random_households(profile, seed, count=HOUSEHOLDS):
    pick = random.Random(seed)
    packs = LIBRARY.profiles[profile].packs
    derived = frozenset(entry.name for name in packs for entry in LIBRARY.packs[name].derived)
    known = LIBRARY.vocabulary(packs)
    return [household(pick, known, derived) for _ in range(count)]


def verdict(judged):
    met = [f"m {result.rule}" for result in judged.met]
    unknown = [f"u {entry.rule}:{','.join(entry.ask)}" for entry in judged.unknown]
    return "|".join([*met, *unknown, f"k {judged.proposed_kind or '-'}", f"s {judged.severity}"])


def evidence(judged):
    """What stands behind each light; the phone has no risks and knows some labels from elsewhere."""
    return [
        [
            light["rule"],
            light["severity"],
            [[cause["fact"], people(cause["value"]), cause["threshold"]] for cause in light["causes"]],
            [[article["id"], article["document"], article["text"]] for article in light["articles"]],
            light["pack"],
            light["pack_version"],
        ]
        for light in (result.as_light() for result in judged.met)
    ]


def people(value):
    """Of the items of a loop the phone keeps whom they are about."""
    items = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
    return [entry["who"] for entry in value] if items else value


def compare(profile, on, households, entries, engine, folder):
    """Households that phone and server judge differently: (facts, the server's verdict, the phone's)."""
    bench = bench_of(profile, on, entries)
    found = phone.ask(engine, questions(profile, on, households, entries), folder)
    assert len(found) == len(households)
    mine = [verdict(bench.judge(facts)) for facts in households]
    assert len(set(mine)) > len(mine) // 2
    return [each for each in zip(households, mine, found, strict=True) if each[1] != each[2]]


@pytest.mark.parametrize("profile", [*LIBRARY.profiles, "all again"])
def test_random_households_are_judged_alike_by_phone_and_server(profile, engine, tmp_path):
    seed, profile = profile, profile.removesuffix(" again")
    households = random_households(profile, seed)
    assert compare(profile, ON, households, (), engine, tmp_path)[:2] == []


def test_the_lights_of_phone_and_server_show_the_same_evidence(engine, tmp_path):
    households = random_households("all", "evidence", EXPLAINED)
    asked = questions("all", ON, households, why=range(EXPLAINED))
    found = [json.loads(line.split("\t")[1]) for line in phone.ask(engine, asked, tmp_path)]
    bench = bench_of("all", ON)
    assert found == [evidence(bench.judge(facts)) for facts in households]


ENTRIES = (
    LocalEntry(PARAMETER, "LINE_YEAR", Decimal("7000.00"), date(2026, 1, 1)),
    LocalEntry(PARAMETER, "TRACK_MONTHS", 11, date(2026, 1, 1), date(2026, 11, 20)),
    LocalEntry(PARAMETER, "MED_HIGH", Decimal("3000.00"), date(2026, 11, 21)),
    LocalEntry(RULE_OFF, "R-JOB-06", None, date(2026, 1, 1)),
    LocalEntry(RULE_OFF, "R-XCK-01", None, date(2026, 11, 21)),
    LocalEntry(PARAMETER, "LINE_YEAR", Decimal("6600.00"), date(2026, 6, 1)),
)
CHOSEN = (LocalEntry(RULE_ON, "R-WAT-01", None, date(2026, 1, 1)),)


@pytest.mark.parametrize("on", [date(2019, 5, 1), ON, date(2026, 11, 21)])
@pytest.mark.parametrize("profile", ["yangshuo", "ningxia"])
def test_settings_of_a_county_count_on_their_own_days_on_the_phone_too(profile, on, engine, tmp_path):
    entries = (*ENTRIES, *CHOSEN) if profile == "ningxia" else ENTRIES
    households = random_households(profile, f"{profile} {on}", 250)
    assert compare(profile, on, households, entries, engine, tmp_path)[:2] == []


def test_the_fuzz_makes_half_a_million_comparisons():
    rules = sum(len(LIBRARY.rules_on(profile, ON)) for profile in (*LIBRARY.profiles, "all"))
    assert rules * HOUSEHOLDS >= 500_000


#: Bugs put into the phone's engine, each of which some random household has to find.
PLANTED = {
    "rules that ask about others are judged with them": (
        "if (last.length > 0)",
        "sitting.hear(last); if (last.length > 99)",
    ),
    "an undecided red rule counts as none": ("this.open.some(is) ? void 0 : false", "false"),
    "derived facts are not taken apart": ("if (made) ", "if (false) "),
    "the kind forgets low-income aid": ('facts["dibao"] === true || ', ""),
    "income that nobody knows counts as above the line": (
        'if (within === null) return "collect_income";',
        "",
    ),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_a_bug_planted_in_the_phones_engine_shows_in_some_household(bug, engine, tmp_path):
    right, wrong = PLANTED[bug]
    code = engine.read_text(encoding="utf-8")
    assert right in code
    changed = tmp_path / "changed.mjs"
    changed.write_text(code.replace(right, wrong), encoding="utf-8")
    assert compare("all", ON, random_households("all", "bugs", 400), (), changed, tmp_path)


def test_the_files_of_the_phone_say_what_the_packs_say():
    """When it fails: ``python -m tests.policy.phone_files``."""
    for path, text in phone_files.texts().items():
        assert json.loads(path.read_text("utf-8")) == json.loads(text)
