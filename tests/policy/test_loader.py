"""A pack that does not hold together is refused by file and key, before any household is judged."""

import shutil
from datetime import date
from decimal import Decimal

import pytest

from server.policy.errors import PackError
from server.policy.loader import PACKS, load_packs, parameters_on

GX = "guangxi-2020-2"


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
    ("unknown unit", f"{GX}/parameters.yaml", "unit: ratio", "unit: percent", "NEAR.unit"),
    ("uncited number", f"{GX}/parameters.yaml", "  cites: [GX-2-ART2]\n", "", "LINE_GX"),
    (
        "value that is no number",
        f"{GX}/parameters.yaml",
        "2020-01-19: 5000",
        '2020-01-19: "5000"',
        "LINE_GX.values",
    ),
    ("value without a day", f"{GX}/parameters.yaml", "2020-01-19: 5000", "always: 5000", "LINE_GX.values"),
    (
        "unknown document",
        f"{GX}/articles.yaml",
        "document: GX-2",
        "document: GX-3",
        "articles.GX-2-ART2.document",
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
        f"packs: [common, {GX}]",
        "packs: [common, hunan]",
        "yangshuo.packs",
    ),
    (
        "profile without a needed pack",
        "profiles.yaml",
        f"packs: [common, {GX}]",
        f"packs: [{GX}]",
        "yangshuo.packs",
    ),
    (
        "money held against text",
        "profiles.yaml",
        "at_most: {param: LINE_GX}",
        'at_most: "much"',
        "yangshuo.income_within",
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


def test_broken_yaml_names_the_file(packs):
    (packs / GX / "rules" / "article_7.yaml").write_text("- id: [", "utf-8")
    with pytest.raises(PackError, match=r"article_7\.yaml"):
        load_packs(packs)


def test_the_shipped_packs_are_whole():
    library = load_packs()
    assert {name: len(pack.rules) for name, pack in library.packs.items()} == {"common": 29, GX: 12}
    assert all(
        len(rule.label["zh"]) > 2 and len(rule.label["en"]) > 2
        for p in library.packs.values()
        for rule in p.rules
    )


def test_every_article_of_a_pack_is_cited_there():
    for pack in load_packs().packs.values():
        cited = {name for rule in pack.rules for name in rule.cites}
        cited |= {name for parameter in pack.parameters for name in parameter.cites}
        assert set(pack.articles) == cited


def test_a_number_no_document_gives_is_marked_as_the_county_s_to_set():
    marked = {
        p.name
        for pack in load_packs().packs.values()
        for p in pack.parameters
        if p.origin == "county_must_set"
    }
    assert marked == {"LINE_YEAR", "MED_HIGH", "RIGID_RATIO", "NEAR"}


def test_parameter_takes_the_value_in_force_on_the_day(packs):
    spoil(packs, f"{GX}/parameters.yaml", "{2020-01-19: 5000}", "{2020-01-19: 5000, 2026-07-01: 8300}")
    chosen = load_packs(packs).packs_of("yangshuo")
    values = [
        parameters_on(chosen, day)["LINE_GX"]
        for day in (date(2020, 1, 18), date(2026, 6, 30), date(2026, 7, 1))
    ]
    assert values == [None, Decimal(5000), Decimal(8300)]
