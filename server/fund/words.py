# ruff: noqa: E501
"""Every sentence of a calculation, in Chinese and English. ``{name}`` is filled in by the step."""

from __future__ import annotations

from decimal import Decimal

from server.policy.model import Text

STEPS: dict[str, tuple[str, str]] = {
    "to_confirm": ("按以下条件已符合计算，尚待核实：{items}", "Calculated as if these were fulfilled; to be confirmed: {items}"),
    "not_entitled": ("{why}", "{why}"),
    "bill": ("{on}：{cost} 元，扣除{sources}后为 {net} 元", "{on}: {cost} yuan less {sources} leaves {net} yuan"),
    "bill_alone": ("{on}：{net} 元", "{on}: {net} yuan"),
    "bill_other_year": ("{on} 的 {net} 元属于另一年度，不计入 {year} 年", "{net} yuan of {on} belong to another year than {year}"),
    "bill_other_person": ("{on} 的 {net} 元是另一人的，不计入本账户", "{net} yuan of {on} are another person's and do not count here"),
    "bill_not_covered": ("{on} 的 {net} 元不在保障范围，不计入", "{net} yuan of {on} are not covered and do not count"),
    "source_ignored": ("{source}不在该类农户的报销顺序内，不扣除", "{source} is not among the reimbursements of such a household; not deducted"),
    "counted": ("{counted}：{amount} 元", "{counted}: {amount} yuan"),
    "loan_got": ("扣除国家助学贷款 {loan} 元，余 {amount} 元", "Less the student loan of {loan} yuan: {amount} yuan"),
    "loan_imputed": ("未申请助学贷款，按可贷标准 {loan} 元测算扣除，余 {amount} 元", "No loan was applied for; the standard of {loan} yuan is taken off: {amount} yuan"),
    "loan_not_published": ("未申请助学贷款，但可贷标准未公布，未作扣除", "No loan was applied for, but the standard is not published; nothing is taken off"),
    "loan_not_for_stage": ("该学段没有国家助学贷款，不作测算", "There is no student loan at this stage; none is imputed"),
    "below_line": ("{amount} 元没有超过 {line} 元", "{amount} yuan do not exceed {line} yuan"),
    "at_line": ("{amount} 元达到 {line} 元预警线，超出部分为 0", "{amount} yuan reach the warning line of {line} yuan; nothing lies above it"),
    "excess": ("超出起付线的部分：{amount} − {line} = {excess} 元", "Above the line: {amount} − {line} = {excess} yuan"),
    "whole_amount": ("已过 {line} 元线，按全部 {amount} 元计算", "The line of {line} yuan is passed, so the whole {amount} yuan count"),
    "tier": ("第 {n} 档：{part} × {rate} = {value} 元", "Tier {n}: {part} × {rate} = {value} yuan"),
    "one_rate": ("落在第 {n} 档，全部按 {rate}：{part} × {rate} = {value} 元", "Lies in tier {n}, one rate for all: {part} × {rate} = {value} yuan"),
    "sum": ("合计：{parts} = {value} 元", "Together: {parts} = {value} yuan"),
    "rounded": ("四舍五入到分：{value} 元", "Rounded to the cent: {value} yuan"),
    "cap": ("最高不超过 {cap} 元：{value} 元", "At most {cap} yuan: {value} yuan"),
    "bases_added": ("因病、因意外事故费用合并计算：{parts} = {value} 元", "Illness and accident are counted together: {parts} = {value} yuan"),
    "accident_added": ("加上同一人因意外事故：{amount} 元", "Also the same person's accident: {amount} yuan"),
    "kinds_added": ("因病 {first} + 因意外事故 {second} = {value} 元", "Illness {first} + accident {second} = {value} yuan"),
    "paid": ("本年度已发 {paid} 元，本次还应发 {value} 元", "{paid} yuan were paid this year; {value} yuan remain"),
    "cap_not_published": ("因病与因意外事故并项计算的年度最高限额：限额未公布，未作限制", "Yearly maximum of illness and accident together: not published, so none is applied"),
    "combined_cap": ("因病与因意外事故年度合并最高 {cap} 元，还可发 {room} 元：{value} 元", "Illness and accident together at most {cap} yuan a year, {room} yuan left: {value} yuan"),
}  # fmt: skip

REASONS: dict[str, Text] = {
    "income_not_unstable": {"zh": "收入波动不大", "en": "The income does not swing much"},
    "income_not_low": {"zh": "人均可支配收入不低于国家扶贫标准1.5倍", "en": "Income per head is not below 1.5 times the national standard"},
    "not_dibao": {"zh": "不符合民政低保标准情形", "en": "The case does not fit the subsistence allowance"},
    "not_rural": {"zh": "不是农村户籍", "en": "No rural registration"},
    "not_hardship": {"zh": "家庭未达到极度困难", "en": "The family is not in extreme hardship"},
    "not_approved": {"zh": "未经县领导小组研究同意", "en": "The county leading group has not agreed"},
    "treatment_not_counted": {"zh": "不属住院或29种门诊特殊慢性病", "en": "Neither in hospital nor one of the 29 chronic diseases"},
    "not_hospitalised": {"zh": "未住院", "en": "Not treated in hospital"},
    "full_liability": {"zh": "负全责除外", "en": "Full liability is excluded"},
    "no_certificate": {"zh": "没有交通事故认定书或相关部门证明", "en": "No certificate of the traffic police or the department"},
    "stage_not_covered": {"zh": "学段不符", "en": "This stage of schooling is not covered"},
    "not_unforeseeable": {"zh": "不属不可预见的自然灾害", "en": "Not an unforeseeable natural disaster"},
    "nothing_counted": {"zh": "没有可计入的费用", "en": "Nothing that counts"},
    "below_line": {"zh": "未超过起付线", "en": "Not above the line"},
    "rounds_to_zero": {"zh": "不足一分钱", "en": "Less than a cent"},
    "cap_reached": {"zh": "本年度已达最高限额", "en": "The year's maximum is reached"},
    "already_paid": {"zh": "本年度应发的已经发放", "en": "What is due this year was already paid"},
}  # fmt: skip

CONDITIONS: dict[str, Text] = {
    "household": {"zh": "保障对象", "en": "entitled household"},
    "income_unstable": {"zh": "收入波动大", "en": "income swings much"},
    "income_below_150_percent": {"zh": "收入低于国家扶贫标准1.5倍", "en": "income below 1.5 times the standard"},
    "fits_dibao": {"zh": "符合民政低保标准情形", "en": "fits the subsistence allowance"},
    "rural_registration": {"zh": "农村户籍", "en": "rural registration"},
    "extreme_hardship": {"zh": "家庭极度困难", "en": "extreme hardship"},
    "approved_by_county": {"zh": "县领导小组研究同意", "en": "county leading group agreed"},
    "treatment": {"zh": "住院或29种门诊特殊慢性病", "en": "hospital or the 29 chronic diseases"},
    "hospital": {"zh": "住院治疗", "en": "hospital treatment"},
    "certificate": {"zh": "事故认定书或证明", "en": "certificate of the accident"},
    "liability": {"zh": "不负全责", "en": "not fully liable"},
    "stage": {"zh": "学前、高中及以上学段", "en": "preschool, senior high or above"},
    "unforeseeable": {"zh": "不可预见的自然灾害", "en": "unforeseeable natural disaster"},
}  # fmt: skip

SOURCES: dict[str, Text] = {
    "basic_insurance": {"zh": "基本医保", "en": "basic insurance"},
    "serious_illness_insurance": {"zh": "大病保险", "en": "serious illness insurance"},
    "second_reimbursement": {"zh": "基本医保二次报销", "en": "second reimbursement"},
    "medical_aid": {"zh": "医疗救助", "en": "medical aid"},
    "fiscal_backstop": {"zh": "政府财政兜底", "en": "fiscal backstop"},
    "education_aid": {"zh": "教育资助", "en": "education aid"},
    "fee_waiver": {"zh": "两免一补", "en": "fee waivers"},
    "insurance": {"zh": "保险赔付", "en": "insurance"},
    "compensation": {"zh": "其他赔偿补偿", "en": "other compensation"},
}

READINGS: dict[str, Text] = {
    "marginal_on_excess": {"zh": "超出部分分档累进", "en": "Each tier's rate on its part of the excess"},
    "whole_on_excess": {"zh": "超出部分按所在档一个比例", "en": "One rate on the whole excess"},
    "marginal_on_total": {"zh": "过线后按全额分档累进", "en": "Each tier's rate on its part of the whole amount"},
    "whole_on_total": {"zh": "过线后按全额所在档一个比例", "en": "One rate on the whole amount"},
}  # fmt: skip


def shown(amount: Decimal) -> str:
    """An amount for reading: thousands apart, cents only when there are any (half cents as they are)."""
    text = f"{amount:,f}"
    whole, _, cents = text.partition(".")
    cents = cents.rstrip("0")
    return f"{whole}.{cents.ljust(2, '0')}" if cents else whole


def exact(amount: Decimal) -> str:
    """An amount for machines: at least two decimals, and as many as it has."""
    return shown(amount).replace(",", "") if amount % 1 else f"{amount:.2f}"


def percent(rate: Decimal) -> str:
    """``0.30`` as ``30%``."""
    return f"{(rate * 100).normalize():f}%"
