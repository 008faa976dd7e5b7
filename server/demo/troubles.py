"""What may have happened to a family: overrides of a visit's answers, and a note in the grid member's words.

Each trouble gets the family and a generator and gives the answers that differ from "nothing wrong", or None
when it does not fit this family.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from server.households.forms import NewHousehold, NewMember

Answers = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """Answers that differ, and a note (question, text)."""

    answers: Answers
    note: tuple[str, str] | None = None


Maker = Callable[[NewHousehold, date, Random], Trouble | None]


def yuan(rng: Random, low: int, high: int) -> str:
    """An amount in whole hundreds, as it goes over the wire."""
    return f"{rng.randint(low // 100, high // 100) * 100}.00"


def _patient(person: NewMember, kind: str, setting: str, amount: str, day: date) -> Answers:
    item: Answers = {"who": str(person.id), "ill_type": kind, "ill_setting": [setting], "ill_selfpay": amount}
    if float(amount) >= 5000:
        item["ill_selffund"] = "800.00"
    if day.month <= 3:
        item["ill_selfpay_prev"] = amount
    return item


def _chronic(home: NewHousehold, day: date, rng: Random) -> Trouble:
    person = max(home.members, key=lambda member: -(member.birth_on or day).toordinal())
    item = _patient(person, "chronic", "other_op", yuan(rng, 600, 4200), day)
    return Trouble(
        {"ill_who": [item["who"]], "ill": [item], "hardship_src": []}, ("ill_who", "高血压，长期服药。")
    )


def _serious(home: NewHousehold, day: date, rng: Random) -> Trouble:
    item = _patient(rng.choice(home.members), "serious", "inpatient", yuan(rng, 6000, 46000), day)
    answers = {"ill_who": [item["who"]], "ill": [item], "hardship_src": ["medical"], "ask_help": "report"}
    return Trouble(answers, ("ill_who", "已在市医院住院治疗，报销后自付较多。"))


def _school(home: NewHousehold, day: date, rng: Random) -> Trouble | None:
    students = [member for member in home.members if member.stage in ("preschool", "senior", "college")]
    if not students:
        return None
    item: Answers = {"who": str(students[0].id), "stage": students[0].stage, "stu_nature": "public"}
    item |= {"stu_selfpay": yuan(rng, 8200, 16000), "stu_aid": []}
    if day.month <= 3:
        item["stu_selfpay_prev"] = item["stu_selfpay"]
    return Trouble({"stu_over": [item["who"]], "stu": [item], "edu_cannot": "yes"})


def _water(_home: NewHousehold, _day: date, rng: Random) -> Trouble:
    fix = rng.choice(("can", "cannot"))
    answers = {"water_state": rng.choice(("seasonal", "damaged", "quality")), "water_fix": fix}
    return Trouble(answers | {"hardship_src": ["water"]}, ("water_state", "枯水期要到邻屯挑水。"))


def _house(_home: NewHousehold, _day: date, rng: Random) -> Trouble:
    state = rng.choice(("doubt", "C"))
    answers = {"house_state": state, "house_cause": "age", "house_fix": "costly", "hardship_src": ["house"]}
    return Trouble(answers, ("house_state", "后墙有裂缝，雨天漏水。"))


def _work(home: NewHousehold, _day: date, rng: Random) -> Trouble | None:
    if not any(member.labour in ("full", "skilled", "half") for member in home.members):
        return None
    answers = {"job_state": "unstable", "motive": "no", "job_need": ["job"], "inc_drop": "lt30"}
    worse = rng.random() < 0.3
    return Trouble(answers | ({"inc_drop": "d30_50", "hardship_src": ["work"]} if worse else {}))


def _harvest(_home: NewHousehold, _day: date, rng: Random) -> Trouble:
    answers = {"biz_event": rng.choice(("disaster", "market")), "biz_loss": yuan(rng, 2000, 18000)}
    return Trouble(answers | {"job_need": ["tech"]}, ("biz_event", "砂糖橘销路不好，价格低。"))


def _shock(_home: NewHousehold, day: date, rng: Random) -> Trouble:
    when = (day - timedelta(days=rng.randint(5, 80))).isoformat()
    if rng.random() < 0.5:
        loss = yuan(rng, 1500, 26000)
        answers = {"shock": ["disaster"], "shock_date": when, "shock_loss": loss, "loss_object": ["other"]}
        return Trouble(answers | {"hardship_src": ["shock"]}, ("shock", "洪水淹了猪栏和稻田。"))
    answers = {"shock": ["traffic"], "shock_date": when, "acc_hosp": "yes", "acc_liab": "free"}
    answers |= {"acc_selfpay": yuan(rng, 3000, 22000), "labour_lost": "weak", "hardship_src": ["shock"]}
    return Trouble(answers)


def _insurance(home: NewHousehold, _day: date, rng: Random) -> Trouble:
    return Trouble({"ins_gap": [str(rng.choice(home.members).id)]}, ("ins_gap", "外出务工，未及时缴费。"))


def _policy(_home: NewHousehold, _day: date, rng: Random) -> Trouble:
    return Trouble({"policy_gap": [rng.choice(("pension", "disability", "medical", "temp"))]})


def _help(_home: NewHousehold, _day: date, rng: Random) -> Trouble:
    return Trouble({"ask_help": rng.choice(("report", "apply"))})


def _alone(home: NewHousehold, day: date, rng: Random) -> Trouble | None:
    ages = [day.year - member.birth_on.year for member in home.members if member.birth_on]
    if min(ages) < 61:
        return None
    return Trouble({"elder_live": "alone", "support": rng.choice(("ok", "ok", "unable", "refuse"))})


_KINDS: tuple[tuple[int, Maker], ...] = (
    (30, _chronic),
    (18, _serious),
    (14, _school),
    (18, _water),
    (16, _house),
    (20, _work),
    (12, _harvest),
    (14, _shock),
    (14, _insurance),
    (14, _policy),
    (8, _help),
    (14, _alone),
)


def trouble(home: NewHousehold, day: date, rng: Random) -> Trouble:
    """Some trouble that fits the family."""
    while True:
        maker = rng.choices([maker for _, maker in _KINDS], [weight for weight, _ in _KINDS])[0]
        if (found := maker(home, day, rng)) is not None:
            return found
