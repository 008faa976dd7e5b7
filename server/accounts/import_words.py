"""Words of the import of people: columns, roles, what is wrong with a cell; in both languages."""

from __future__ import annotations

COLUMNS = {
    "username": ("用户名", "username", "user name"),
    "display_name": ("姓名", "name", "display name"),
    "role": ("角色", "role"),
    "county": ("县", "县区", "county"),
    "township": ("乡镇", "township"),
    "village": ("村", "行政村", "village"),
    "grid": ("网格", "grid"),
    "code": ("地方代码", "代码", "code", "region code"),
    "department": ("部门", "department"),
}
ROLE_WORDS = {
    word: role
    for role, words in {
        "grid_member": ("网格员", "gridmember", "grid_member"),
        "first_secretary": ("第一书记", "firstsecretary", "first_secretary"),
        "township": ("乡镇", "乡镇干部", "township"),
        "county": ("县级", "县", "county"),
        "department": ("部门", "行业部门", "department"),
        "admin": ("管理员", "系统管理员", "administrator", "admin"),
        "auditor": ("审计员", "auditor"),
    }.items()
    for word in words
}
ROLE_NAMES = {
    "grid_member": "网格员",
    "first_secretary": "第一书记",
    "township": "乡镇",
    "department": "部门",
    "county": "县级",
    "admin": "管理员",
    "auditor": "审计员",
}
FAULTS = {
    "missing": ("没有填", "This is missing"),
    "too_long": ("最多 40 个字", "At most 40 characters"),
    "formula": ("不能以 = + - @ # 开头", "Must not begin with = + - @ or #"),
    "number": ("不能写证件号码、电话号码", "Must not hold an identity or telephone number"),
    "scientific": (
        "Excel 把长数字改成了科学计数，请把这一列设成文本再填",
        "Excel shortened this number: format the column as text and type it again",
    ),
    "username_form": (
        "2 到 40 位，只用小写字母、数字和 . _ -，以字母或数字开头",
        "2 to 40 small letters, digits and . _ -, beginning with a letter or digit",
    ),
    "role_unknown": ("没有这个角色", "There is no such role"),
    "role_grave": (
        "县级、管理员、审计员的账号要两个人确认，请单独新建",
        "County, administrator and auditor accounts take two persons: make them one by one",
    ),
    "role_not_yours": ("您不能新建这个角色的账号", "You cannot make accounts of this role"),
    "place_unknown": ("在您的管理范围内没有这个地方", "There is no such place in your area"),
    "place_ambiguous": (
        "有几个地方叫这个名字，请填上级名称或地方代码",
        "Several places have this name: fill in those above, or the code",
    ),
    "place_level": ("这个角色不能属于这一级地方", "This role belongs to a place of another level"),
    "taken": ("这个用户名已有人用，内容不一样", "This user name is taken, with other particulars"),
    "disabled": ("这个用户名的账号已停用", "The account of this user name is switched off"),
    "twice": (
        "前面有一行用了同一个用户名，内容不一样",
        "A row above has this user name with other particulars",
    ),
    "twice_same": ("与前面一行相同", "The same as a row above"),
}
HEADER = ("用户名", "姓名", "角色", "乡镇", "村", "网格", "地方代码", "部门")
HELP = (
    ("列 Column", "怎么填 How to fill it in"),
    (
        "用户名 username",
        f"{FAULTS['username_form'][0]}；手机号也可以。{FAULTS['username_form'][1]}; a phone number will do.",
    ),
    ("姓名 name", "1 到 40 个字，少数民族姓名可以有“·”。1 to 40 characters; a middle dot is fine."),
    ("角色 role", "网格员 / 第一书记 / 乡镇 / 部门。grid member / first secretary / township / department."),
    (
        "乡镇、村、网格",
        "照系统里的名称写，写到这个人的那一级。Names as in the system, down to the person's own level.",
    ),
    ("地方代码 code", "填了代码就不用填名称。With the code the names may stay empty."),
    ("部门 department", "只有部门账号要填。Only for department accounts."),
    ("举例 example", "weixiaohua ｜ 韦小花 ｜ 网格员 ｜ 兴坪镇 ｜ 枫桥村 ｜ 第1网格"),
)
PASSWORDS = ("姓名", "用户名", "角色", "地方", "一次性密码", "有效期到")
