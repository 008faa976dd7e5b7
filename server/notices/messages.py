"""The messages that leave the house: counts by township, never a name or a number of a person. Pure."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote_plus

from server.notices.kinds import (
    ASKED,
    CORRECTED,
    DISMISSED,
    ESCALATED,
    HANDED_UP,
    HELD,
    KINDS,
    PROPOSED,
    RED_LIGHT,
    SENT_BACK,
)
from server.notices.models import DINGTALK, WECOM

WORDS = {
    RED_LIGHT: "新亮红灯",
    HANDED_UP: "乡镇上报",
    SENT_BACK: "县里退回",
    ESCALATED: "村里上报",
    CORRECTED: "退回后已更正",
    DISMISSED: "红灯被排除",
    PROPOSED: "信息更正待审",
    HELD: "来件待处理",
    ASKED: "账号申请待办",
}
TITLE = "亮灯提醒"
SIGNATURE, TIMESTAMP, MESSAGE = "X-Liangdeng-Signature", "X-Liangdeng-Timestamp", "X-Liangdeng-Message"


@dataclass(frozen=True)
class Digest:
    """What a message says: ``counts`` holds (township code, kind, number)."""

    id: str
    county: str
    counts: Sequence[tuple[str, str, int]]
    names: Mapping[str, str]
    at: datetime


@dataclass(frozen=True)
class Letter:
    """A request ready to be sent by POST."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def letter(kind: str, url: str, secret: str, digest: Digest) -> Letter:
    """The request of a format: our own JSON, signed; or what the robots of WeCom and DingTalk take.

    The signature of ours is HMAC-SHA256 over timestamp (seconds), a dot and the body.
    """
    if kind == WECOM:
        return _robot(url, {"msgtype": "markdown", "markdown": {"content": text_of(digest)}})
    if kind == DINGTALK:
        words = {"title": TITLE, "text": text_of(digest)}
        return _robot(_with_sign(url, secret, digest.at), {"msgtype": "markdown", "markdown": words})
    stamp, body = str(int(digest.at.timestamp())), json.dumps(_plain(digest), ensure_ascii=False).encode()
    mark = hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    own = {SIGNATURE: f"v1={mark}", TIMESTAMP: stamp, MESSAGE: digest.id}
    return Letter(url, body, {"Content-Type": "application/json"} | own)


def _robot(url: str, message: object) -> Letter:
    body = json.dumps(message, ensure_ascii=False).encode()
    return Letter(url, body, {"Content-Type": "application/json"})


def _with_sign(url: str, secret: str, at: datetime) -> str:
    """DingTalk: milliseconds, and the HMAC over them and the secret, in the address."""
    stamp = str(int(at.timestamp() * 1000))
    mark = base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), sha256).digest())
    return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote_plus(mark)}"


def _plain(digest: Digest) -> dict[str, object]:
    counts = [
        {"township": place, "name": digest.names.get(place, place), "kind": kind, "count": count}
        for place, kind, count in digest.counts
    ]
    return {"id": digest.id, "county": digest.county, "at": digest.at.isoformat(), "counts": counts}


def text_of(digest: Digest) -> str:
    """The message in words, a line a township, the gravest first."""
    lines = [f"**{TITLE}** {digest.names.get(digest.county, digest.county)}"]
    for place in dict.fromkeys(place for place, _, _ in digest.counts):
        found = {kind: count for where, kind, count in digest.counts if where == place}
        parts = [f"{WORDS[kind]} {found[kind]}" for kind in KINDS if kind in found]
        lines.append(f"> {digest.names.get(place, place)}：{'，'.join(parts)}")
    return "\n".join(lines)
