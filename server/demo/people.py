"""Made-up families: who lives together, how old they are, what they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

from server.demo.places import make_uuid
from server.households.forms import NewMember

_SURNAMES = "韦莫黄李陆覃蒙廖徐潘秦阳毛刘陈周石容曾粟林易邓蓝"
_WEIGHTS = (9, 8, 8, 7, 6, 5, 4, 5, 4, 5, 4, 4, 3, 5, 6, 4, 3, 2, 3, 2, 3, 2, 3, 2)
_MALE = (  # noqa: SIM905
    "建国 志强 文华 小军 水生 荣光 德福 家旺 金龙 永胜 春明 石生 振兴 天佑 子轩 浩然 俊杰 明辉 海峰 土生"
).split()
_FEMALE = (  # noqa: SIM905
    "秀英 桂兰 小妹 玉珍 美凤 春花 丽娟 金莲 水莲 月娥 翠萍 艳红 凤姣 雨涵 诗琪 梦婷 思远 佳怡 冬梅 彩云"
).split()
_SPOUSES = {"male": "female", "female": "male"}


@dataclass(frozen=True)
class _Place:
    relation: str
    sex: str | None  # None: either
    youngest: int
    oldest: int
    married_in: bool = False


def _p(relation: str, sex: str | None, youngest: int, oldest: int, *, married_in: bool = False) -> _Place:
    return _Place(relation, sex, youngest, oldest, married_in)


# How common, and who: (relation as in the national form B2.7, sex, age from, age to).
_FAMILIES: tuple[tuple[int, tuple[_Place, ...]], ...] = (
    (14, (_p("户主", "male", 28, 42), _p("配偶", None, 26, 40, married_in=True), _p("之子", "male", 3, 12))),
    (12, (_p("户主", "male", 36, 50), _p("配偶", None, 34, 48, married_in=True), _p("之女", "female", 12, 20),
          _p("之子", "male", 6, 15))),
    (12, (_p("户主", "male", 38, 48), _p("配偶", None, 36, 46, married_in=True), _p("之子", "male", 8, 17),
          _p("之父", "male", 64, 80), _p("之母", "female", 62, 79, married_in=True))),
    (14, (_p("户主", "male", 54, 64), _p("配偶", None, 52, 63, married_in=True), _p("之子", "male", 28, 36),
          _p("之儿媳", "female", 26, 34, married_in=True), _p("之孙子", "male", 1, 9),
          _p("之孙女", "female", 3, 11))),
    (12, (_p("户主", "male", 44, 55), _p("配偶", None, 42, 54, married_in=True), _p("之子", "male", 18, 23),
          _p("之女", "female", 15, 21))),
    (9, (_p("户主", "male", 48, 60), _p("配偶", None, 46, 58, married_in=True), _p("之子", "male", 22, 30),
         _p("之母", "female", 70, 88, married_in=True))),
    (10, (_p("户主", "male", 62, 82), _p("配偶", None, 60, 80, married_in=True))),
    (6, (_p("户主", None, 65, 88),)),
    (5, (_p("户主", "female", 33, 46), _p("之女", "female", 7, 16), _p("之子", "male", 5, 14))),
    (3, (_p("户主", None, 62, 74), _p("之孙子", "male", 8, 15), _p("之孙女", "female", 6, 13))),
    (3, (_p("户主", "male", 40, 58), _p("之兄弟姐妹", "male", 38, 60))),
)  # fmt: skip


class People:
    """Makes members; keeps every identity number different from the others."""

    def __init__(self, county: str, today: date) -> None:
        self._county, self._today = county, today
        self._given: set[tuple[date, int]] = set()

    def family(self, rng: Random) -> list[NewMember]:
        """One household's members, the head first."""
        weights = [weight for weight, _ in _FAMILIES]
        places = rng.choices([places for _, places in _FAMILIES], weights)[0]
        surname = rng.choices(_SURNAMES, _WEIGHTS)[0]
        head_sex = places[0].sex or rng.choice(("male", "female"))
        members = [self._member(place, surname, head_sex, rng) for place in places]
        return _with_main_labour(members)

    def _member(self, place: _Place, surname: str, head_sex: str, rng: Random) -> NewMember:
        age = rng.randint(place.youngest, place.oldest)
        sex = place.sex or (_SPOUSES[head_sex] if place.relation == "配偶" else head_sex)
        own = rng.choices(_SURNAMES, _WEIGHTS)[0] if place.married_in else surname
        birth_on, number = self._identity(age, sex, rng)
        stage = _stage(age, rng)
        grade = rng.choice((1, 2, 2, 3, 3, 4)) if rng.random() < 0.045 else None
        return NewMember(
            id=make_uuid(rng),
            name=own + rng.choice(_MALE if sex == "male" else _FEMALE),
            relation=place.relation,
            sex=sex,
            birth_on=birth_on,
            id_number=number,
            stage=stage,
            labour=_labour(age, stage, grade, rng),
            disability_grade=grade,
        )

    def _identity(self, age: int, sex: str, rng: Random) -> tuple[date, str]:
        birth_on = self._today.replace(day=1, year=self._today.year - age) - timedelta(
            days=rng.randint(0, 360)
        )
        while True:
            for sequence in range(991 if sex == "male" else 990, 1000, 2):
                if (birth_on, sequence) not in self._given:
                    self._given.add((birth_on, sequence))
                    body = f"{self._county}{birth_on:%Y%m%d}{sequence}"
                    return birth_on, body + ric.calc_check_digit(body + "0")
            birth_on -= timedelta(days=1)


def _stage(age: int, rng: Random) -> str | None:
    if 3 <= age < 6:
        return "preschool" if rng.random() < 0.8 else None
    if 6 <= age < 12:
        return "primary"
    if 12 <= age < 15:
        return "junior"
    if 15 <= age < 18:
        return "senior" if rng.random() < 0.85 else None
    if 18 <= age < 23:
        return "college" if rng.random() < 0.4 else None
    return None


def _labour(age: int, stage: str | None, grade: int | None, rng: Random) -> str:
    if age < 16 or stage is not None or age >= 72 or grade in (1, 2):
        return "none"
    if age >= 60:
        return "half" if rng.random() < 0.7 else "none"
    return rng.choices(("full", "skilled", "half"), (76, 18, 6))[0]


def _with_main_labour(members: list[NewMember]) -> list[NewMember]:
    able = [member.id for member in members if member.labour in ("full", "skilled")][:2]
    return [NewMember(**{**vars(member), "main_labour": member.id in able}) for member in members]
