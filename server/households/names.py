"""How a name is found by typing: full pinyin and initials, surnames read as surnames.

pypinyin reads 单 as dan and 曾 as ceng, which is right in words and wrong in names.
"""

from __future__ import annotations

import re
import unicodedata

_COMPOUND = {
    "欧阳": ["ou", "yang"],
    "上官": ["shang", "guan"],
    "诸葛": ["zhu", "ge"],
    "司马": ["si", "ma"],
    "尉迟": ["yu", "chi"],
    "长孙": ["zhang", "sun"],
    "万俟": ["mo", "qi"],
    "单于": ["chan", "yu"],
    "令狐": ["ling", "hu"],
}
_SINGLE = {
    "单": "shan",
    "仇": "qiu",
    "曾": "zeng",
    "区": "ou",
    "解": "xie",
    "查": "zha",
    "朴": "piao",
    "盖": "ge",
    "乐": "yue",
    "员": "yun",
    "缪": "miao",
    "翟": "zhai",
    "覃": "qin",  # as read in Guangxi
    "隗": "wei",
    "牟": "mu",
    "郇": "xun",
    "洗": "xian",
    "秘": "bi",
    "繁": "po",
    "黑": "he",
    "召": "shao",
    "种": "chong",
    "折": "she",
    "能": "nai",
    "祭": "zhai",
    "都": "du",
    "应": "ying",
    "纪": "ji",
    "阚": "kan",
    "郗": "chi",
    "佴": "nai",
    "幺": "yao",
    "逄": "pang",
    "谌": "chen",
    "任": "ren",
    "华": "hua",
}


def _read(text: str) -> list[str]:
    # Its dictionaries take half a second to load: only who writes names waits for them.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return list(lazy_pinyin(text))


def syllables(name: str) -> list[str]:
    """One lower-case syllable a character, without tones."""
    if name[:2] in _COMPOUND:
        return _COMPOUND[name[:2]] + _read(name[2:])
    if name[:1] in _SINGLE:
        return [_SINGLE[name[0]], *_read(name[1:])]
    return _read(name)


def letters(text: str) -> str:
    """The plain small letters and digits of a text: ``Wéi'ā`` → ``weia``; ``ü`` is typed as v."""
    apart = unicodedata.normalize("NFD", text.lower()).replace("u\u0308", "v")
    return re.sub(r"[^a-z0-9]", "", apart)


def search_forms(name: str) -> tuple[str, str]:
    """Pinyin written together, and its initials: 曾小明 → ("zengxiaoming", "zxm")."""
    parts = [part for part in map(letters, syllables(name)) if part]
    return "".join(parts), "".join(part[0] for part in parts)
