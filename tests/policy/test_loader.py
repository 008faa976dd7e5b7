"""A pack that does not hold together is refused by file and key, before any household is judged."""

import re
import shutil
from datetime import date
from decimal import Decimal

import pytest

from server.policy.errors import PackError
from server.policy.loader import PACKS, load_packs, parameters_on
from server.policy.yamlfile import read_yaml

GX = "guangxi-2020-2"
VALUE_GX = "values:\n    - {from: 2020-01-19, to: null, value: 5000}"


@pytest.fixture
def packs(tmp_path):
    root = tmp_path / "packs"
    shutil.copytree(PACKS, root)
    return root


def spoil(root, file, old, new):
    path = root / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


BAD = [
    (
        "unknown fact",
        f"{GX}/rules/article_7.yaml",
        "fact: ill_untreated",
        "fact: ill_unhappy",
        "R-MED-01.when.all[0].fact",
    ),
    (
        "unknown operator",
        f"{GX}/rules/article_7.yaml",
        "at_most: {param: LINE_GX}",
        "under: {param: LINE_GX}",
        "R-INC-01.when",
    ),
    ("unknown parameter", f"{GX}/rules/article_7.yaml", "param: MED_HIGH", "param: MED_LOW", "R-MED-02.when"),
    ("unknown item field", f"{GX}/rules/article_7.yaml", "item: stu_nature", "item: nature", "R-EDU-03.when"),
    ("unknown option", f"{GX}/rules/article_7.yaml", "is: costly", "is: pricey", "R-HOU-02.when.all[2].is"),
    ("unquoted yes", f"{GX}/rules/article_7.yaml", 'is: "yes"', "is: yes", "R-EDU-03.when.all[0].is"),
    (
        "unknown citation",
        f"{GX}/rules/article_7.yaml",
        "cites: [GX-2-ART7-1-4]",
        "cites: [GX-2-ART99]",
        "R-WAT-01.cites",
    ),
    ("no citation", f"{GX}/rules/article_7.yaml", "cites: [GX-2-ART7-1-4]", "cites: []", "R-WAT-01.cites"),
    (
        "unknown severity",
        f"{GX}/rules/article_7.yaml",
        "severity: red",
        "severity: crimson",
        "R-EDU-03.severity",
    ),
    ("unknown risk", f"{GX}/rules/article_7.yaml", "risk: [illness]", "risk: [bad_luck]", "R-MED-01.risk"),
    (
        "unknown rule key",
        f"{GX}/rules/article_7.yaml",
        "severity: red",
        "severity: red\n  colour: red",
        "R-EDU-03",
    ),
    ("rule twice", f"{GX}/rules/article_7.yaml", "id: R-MED-01", "id: R-EDU-03", "R-EDU-03"),
    ("key twice", f"{GX}/rules/article_7.yaml", "severity: red", "severity: red\n  severity: red", "line 5"),
    (
        "label without English",
        f"{GX}/parameters.yaml",
        'en: "Guangxi 2020 income line"',
        'en: ""',
        "LINE_GX.label.en",
    ),
    ("number below its least", f"{GX}/parameters.yaml", "value: 1.1", "value: 0.99", "NEAR.values[0].value"),
    ("least that is no number", f"{GX}/parameters.yaml", "min: 1", "min: one", "NEAR.min"),
    ("unknown unit", f"{GX}/parameters.yaml", "unit: ratio", "unit: percent", "NEAR.unit"),
    ("uncited number", f"{GX}/parameters.yaml", "  cites: [GX-2-ART2]\n", "", "LINE_GX"),
    (
        "value that is no number",
        f"{GX}/parameters.yaml",
        "value: 5000",
        'value: "5000"',
        "LINE_GX.values[0].value",
    ),
    (
        "value that is not finite",
        f"{GX}/parameters.yaml",
        "value: 1.1",
        "value: .nan",
        "NEAR.values[0].value",
    ),
    ("value that is yes", f"{GX}/parameters.yaml", "value: 5000", "value: yes", "LINE_GX.values[0].value"),
    ("value without a day", f"{GX}/parameters.yaml", "from: 2020-01-19, ", "", "LINE_GX.values[0]"),
    ("document's number left out", f"{GX}/parameters.yaml", VALUE_GX, "values: []", "LINE_GX"),
    (
        "value that ends before it begins",
        f"{GX}/parameters.yaml",
        "to: null",
        "to: 2019-12-31",
        "LINE_GX.values[0]",
    ),
    (
        "values that overlap",
        f"{GX}/parameters.yaml",
        VALUE_GX,
        f"{VALUE_GX}\n    - {{from: 2026-07-01, to: null, value: 8300}}",
        "LINE_GX.values[1]",
    ),
    ("unknown citation of a number", f"{GX}/parameters.yaml", "[GX-2-ART2]", "[GX-2-ART99]", "LINE_GX"),
    (
        "unknown document",
        f"{GX}/articles.yaml",
        "document: GX-2",
        "document: GX-3",
        "articles.GX-2-ART1.document",
    ),
    (
        "article without a sentence",
        "heshan-2020/articles.yaml",
        'text: "确保每个家庭至少有1人就业，实现就业增收"',
        'text: ""',
        "articles.HS-3-2c.text",
    ),
    (
        "article that stands in another pack",
        "heshan-2020/articles.yaml",
        "HS-3-3:",
        "GX-2-ART2:",
        "GX-2-ART2",
    ),
    ("unknown quoted pack", f"{GX}/pack.yaml", "quotes: [heshan-2020]", "quotes: [hunan]", "quotes"),
    (
        "quoted pack nothing is cited of",
        f"{GX}/pack.yaml",
        "[heshan-2020]",
        "[heshan-2020, ningxia-2020-8]",
        "quotes",
    ),
    (
        "article of a pack that is not quoted",
        "pinggui-2021/rules/line_and_risk.yaml",
        "cites: [PG21-1-3c]",
        "cites: [YS-1-1c]",
        "R-INC-04.cites",
    ),
    ("pack that ends before it begins", f"{GX}/pack.yaml", "to: null", "to: 2019-12-31", "pack.in_force"),
    ("unknown needed pack", f"{GX}/pack.yaml", "needs: [common]", "needs: [uncommon]", "needs"),
    (
        "derived fact that reads itself",
        "common/derived.yaml",
        "{fact: n_members}",
        "{fact: pcni}",
        "pcni.value",
    ),
    (
        "derived fact from a later one",
        "common/derived.yaml",
        "{fact: n_members}",
        "{fact: rigid_total}",
        "pcni.value",
    ),
    (
        "unknown kind of fact",
        "common/facts.yaml",
        "lifted: {kind: bool",
        "lifted: {kind: boolean",
        "roster.lifted.kind",
    ),
    (
        "profile with an unknown pack",
        "profiles.yaml",
        f"packs: [common, {GX}, yangshuo-2021]",
        "packs: [common, hunan]",
        "yangshuo.packs",
    ),
    (
        "profile without a needed pack",
        "profiles.yaml",
        f"packs: [common, {GX}, yangshuo-2021]",
        f"packs: [{GX}]",
        "yangshuo.packs",
    ),
    (
        "money held against text",
        "profiles.yaml",
        "at_most: {param: LINE_GX}",
        'at_most: "much"',
        "nanning.income_within",
    ),
    (
        "income test by another place's line",
        "profiles.yaml",
        "{fact: pcni_prev, below: {param: LINE_NX}}",
        "{fact: pcni_prev, below: {param: LINE_PG}}",
        "ningxia.income_within",
    ),
    (
        "unknown citation of a profile",
        "profiles.yaml",
        "cites: [GX-2-ART2]",
        "cites: [GX-2]",
        "nanning.cites",
    ),
    ("profile before its packs", "profiles.yaml", "since: 2021-05-06", "since: 2021-05-05", "yangshuo.since"),
    ("first day that is no date", "profiles.yaml", "since: 2021-05-06", "since: soon", "yangshuo.since"),
    (
        "choosable rule nobody has",
        "profiles.yaml",
        f"R-WAT-01: {GX}",
        f"R-WAT-99: {GX}",
        "ningxia.choosable.R-WAT-99",
    ),
    (
        "choosable rule of an unknown pack",
        "profiles.yaml",
        f"R-WAT-01: {GX}",
        "R-WAT-01: hunan",
        "ningxia.choosable.R-WAT-01",
    ),
    (
        "choosable rule that needs another place's number",
        "profiles.yaml",
        f"R-WAT-01: {GX}",
        f"R-INC-01: {GX}",
        "ningxia.choosable.R-INC-01",
    ),
    (
        "choosable rule that applies anyway",
        "profiles.yaml",
        f"R-WAT-01: {GX}",
        "R-WAT-02: common",
        "ningxia.packs",
    ),
    ("unknown citation of a deadline", "deadlines.yaml", "[NX-8-4-2a]", "[NX-8-4-2z]", "CLK-1.cites"),
    ("deadline in an unknown profile", "deadlines.yaml", "[ningxia, all]", "[hunan]", "CLK-1.profiles"),
    ("unknown unit of a deadline", "deadlines.yaml", "unit: working_days", "unit: weeks", "CLK-1.limit.unit"),
    ("unknown period of a deadline", "deadlines.yaml", "each: month", "each: moon", "CLK-4a.limit.each"),
    ("unknown start of a deadline", "deadlines.yaml", "starts: clue", "starts: hunch", "CLK-9a.starts"),
    ("deadline of no days", "deadlines.yaml", "count: 3,", "count: 0,", "CLK-1.limit.count"),
    ("deadline in a 13th month", "deadlines.yaml", "months: [5]", "months: [13]", "CLK-10.limit.months"),
    ("deadline without a citation", "deadlines.yaml", "cites: [YS-1-0]", "cites: []", "CLK-10"),
    (
        "deadline by an unknown number",
        "deadlines.yaml",
        "param: TRACK_MONTHS",
        "param: TRACK_DAYS",
        "CLK-8.limit.param",
    ),
]


@pytest.mark.parametrize(("what", "file", "old", "new", "key"), BAD, ids=[row[0] for row in BAD])
def test_planted_mistake_is_refused_with_its_file_and_key(packs, what, file, old, new, key):
    spoil(packs, file, old, new)
    with pytest.raises(PackError) as caught:
        load_packs(packs)
    assert caught.value.file == file
    assert caught.value.key.startswith(key)


def test_the_same_rule_in_two_packs_of_a_profile_is_refused(packs):
    spoil(packs, f"{GX}/rules/article_7.yaml", "id: R-WAT-01", "id: R-WAT-02")
    with pytest.raises(PackError, match="R-WAT-02"):
        load_packs(packs)


def test_a_profile_that_begins_before_its_numbers_is_refused(packs):
    spoil(packs, f"{GX}/parameters.yaml", "{from: 2020-01-19, to", "{from: 2026-01-01, to")
    with pytest.raises(PackError, match="LINE_GX") as caught:
        load_packs(packs)
    assert (caught.value.file, caught.value.key) == ("profiles.yaml", "nanning.since")


def test_broken_yaml_names_the_file(packs):
    (packs / GX / "rules" / "article_7.yaml").write_text("- id: [", "utf-8")
    with pytest.raises(PackError, match=r"article_7\.yaml"):
        load_packs(packs)


def test_the_shipped_packs_are_whole():
    library = load_packs()
    assert {name: len(pack.rules) for name, pack in library.packs.items()} == {
        "common": 29,
        GX: 12,
        "heshan-2020": 2,
        "nanning-fund-2020": 4,
        "ningxia-2020-8": 17,
        "pinggui-2021": 4,
        "yangshuo-2021": 0,
    }
    assert all(pack.seed and pack.number and pack.issuer for pack in library.packs.values())
    assert all(
        len(rule.label["zh"]) > 2 and len(rule.label["en"]) > 2
        for p in library.packs.values()
        for rule in p.rules
    )


def test_every_sentence_is_cited_and_none_carries_a_telephone_number():
    library = load_packs()
    cited = {name for pack in library.packs.values() for rule in pack.rules for name in rule.cites}
    cited |= {name for pack in library.packs.values() for own in pack.parameters for name in own.cites}
    cited |= {name for entry in library.profiles.values() for name in entry.cites}
    cited |= {name for entry in library.deadlines for name in entry.cites}
    cited |= set(read_yaml(PACKS, PACKS / "coverage.yaml")["criteria"])
    uncited = {name for name in library.articles.keys() - cited if not name.startswith("N-")}
    assert uncited == {"GX-2-ART16"}  # says how long the Guangxi measures hold
    assert not any(re.search(r"\d{7}|联系电话", article.text) for article in library.articles.values())


def test_a_number_no_document_gives_is_marked_as_the_county_s_to_set():
    marked = {
        p.name
        for pack in load_packs().packs.values()
        for p in pack.parameters
        if p.origin == "county_must_set"
    }
    rules = {"LINE_YEAR", "LINE_PG", "MED_HIGH", "RIGID_RATIO", "NEAR", "FUND_CAP", "FUND_LOAN"}
    assert marked == rules | {"VISIT_MONTHS_MONITORED"}


def test_parameter_takes_the_value_in_force_on_the_day_and_none_after_its_end(packs):
    dated = "\n    ".join(
        [
            "values:",
            "- {from: 2020-01-19, to: 2026-06-30, value: 5000}",
            "- {from: 2026-08-01, to: 2026-12-31, value: 8300}",
        ]
    )
    spoil(packs, f"{GX}/parameters.yaml", VALUE_GX, dated)
    chosen = load_packs(packs).packs_of("yangshuo")
    days = [(2020, 1, 18), (2026, 6, 30), (2026, 7, 1), (2026, 8, 1), (2027, 1, 1)]
    values = [parameters_on(chosen, date(*day))["LINE_GX"] for day in days]
    assert values == [None, Decimal(5000), None, Decimal(8300), None]


def test_a_visit_before_the_first_text_is_judged_by_the_first_text():
    library = load_packs()
    for name, profile in library.profiles.items():
        old, first = library.rules_on(name, date(2019, 5, 1)), library.rules_on(name, profile.since)
        assert old == first == library.rules_on(name, date(2026, 11, 22))
        assert library.day(name, date(2026, 11, 22)) == date(2026, 11, 22)


def test_a_choosable_rule_is_off_unless_it_is_chosen():
    library, day = load_packs(), date(2026, 11, 22)
    choosable = library.profiles["ningxia"].choosable
    assert set(choosable) == {"R-HOU-01", "R-HOU-02", "R-WAT-01"}
    own = {rule.id for _, rule in library.rules_on("ningxia", day)}
    chosen = {rule.id for _, rule in library.rules_on("ningxia", day, {"R-WAT-01", "R-INC-01"})}
    assert own.isdisjoint(choosable)
    assert chosen == own | {"R-WAT-01"}


def test_every_clock_of_the_digest_runs_where_its_document_holds():
    library = load_packs()
    assert {re.sub("[a-d]$", "", entry.id) for entry in library.deadlines} == {
        f"CLK-{n}" for n in range(1, 12)
    }
    assert library.deadlines_of("all") == library.deadlines
    for entry in library.deadlines:
        for name in set(entry.profiles) - {"all"}:
            own = {cited for pack in library.packs_of(name) for cited in pack.articles}
            assert entry.optional or entry.id == "CLK-8" or set(entry.cites) <= own
    follow_up = next(entry for entry in library.deadlines if entry.id == "CLK-8")
    tracked = next(own for own in library.packs["common"].parameters if own.name == follow_up.limit.param)
    assert follow_up.limit.count == tracked.value(date(2026, 11, 22))
