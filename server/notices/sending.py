"""Sends a county's counts to its webhooks: a message a minute at most, again and again until it is taken."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import timedelta
from http.client import HTTPException
from ipaddress import ip_address
from threading import Thread
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from server.core import audit, clock
from server.core.crypto import seal, unseal
from server.core.db import db
from server.core.problems import Problem
from server.notices import queries
from server.notices.kinds import RED_LIGHT
from server.notices.messages import Digest, Letter, letter
from server.notices.models import JSON_FORMAT, Webhook
from server.notices.posting import post
from server.regions.queries import names_of

TIMEOUT_SECONDS = 10
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES_COUNTED = 1000
TOO_SLOW = "too_slow"
OUR_FAULT = "internal"


def add(county: str, url: str, secret: str, kind: str) -> Webhook:
    """Have a county's notices from now on sent to an address, in the caller's transaction.

    Raises:
        Problem: invalid, for an address that is not https (or http of this very machine), or no secret.
    """
    if not _may_be_sent_to(url):
        raise Problem("invalid", errors={"url": [{"code": "invalid", "message": "An https address."}]})
    if not secret.strip():
        raise Problem("invalid", errors={"secret": [{"code": "invalid", "message": "Not an empty one."}]})
    key = uuid4()
    row = Webhook(id=key, region_code=county, format=kind, created_at=clock.now(), seq=queries.newest(county))
    row.url_sealed, row.secret_sealed = (seal(text, f"webhook:{key}") for text in (url, secret))
    db.session.add(row)
    audit.record("webhook.add", ("webhook", key), county, format=kind)
    db.session.flush()
    return row


def _may_be_sent_to(url: str) -> bool:
    """Whether a POST to it can be made: no blanks, a port there is, and no name and password in front."""
    try:
        parts = urlsplit(url)
        if not url.isascii() or not url.isprintable() or " " in url or parts.port == 0 or "@" in parts.netloc:
            return False
        if parts.scheme == "https":
            return bool(parts.hostname)
        return parts.scheme == "http" and ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def address_of(row: Webhook) -> str:
    """Where a webhook sends."""
    return unseal(row.url_sealed, f"webhook:{row.id}")


def remove(row: Webhook) -> None:
    """Send no more; the row stays for the audit."""
    row.active = False
    audit.record("webhook.remove", ("webhook", row.id), row.region_code)


def due() -> list[UUID]:
    """Webhooks that have something to send now."""
    now = clock.now()
    rows = [row for row in queries.webhooks() if row.active and (row.next_at is None or row.next_at <= now)]
    return [row.id for row in rows if row.upto is not None or queries.newest(row.region_code) > row.seq]


def begin(webhook_id: UUID) -> Letter | None:
    """Fix what the next message covers, in the caller's transaction; None when there is nothing to say."""
    row = queries.webhook(webhook_id)
    if row is None or not row.active:
        return None
    if row.upto is None:
        row.upto = queries.newest(row.region_code)
    counts = queries.counts(row.region_code, row.seq, row.upto)
    row.tries = min(row.tries + 1, MOST_TRIES_COUNTED)
    audit.record("webhook.try", ("webhook", row.id), row.region_code, upto=row.upto, tries=row.tries)
    if not counts:
        _done(row)
        return None
    return _letter(row, f"{row.id}:{row.upto}", counts)


def example(row: Webhook) -> Letter:
    """A message that says one red light in the county, to try an address with."""
    return _letter(row, f"{row.id}:test", [(row.region_code, RED_LIGHT, 1)])


def _letter(row: Webhook, message_id: str, counts: Sequence[tuple[str, str, int]]) -> Letter:
    names = names_of([row.region_code, *(place for place, _, _ in counts)])
    digest = Digest(message_id, row.region_code, counts, names, clock.now())
    secret = unseal(row.secret_sealed, f"webhook:{row.id}")
    return letter(row.format, address_of(row), secret, digest)


def send(message: Letter, kind: str) -> str | None:
    """POST a message; None when it was taken, else a short reason without the address.

    It is given up after ten seconds, whatever they went by with: looking up a name cannot be stopped, nor
    can all addresses of a name be tried in that time.
    """
    result: list[str | None] = []
    sender = Thread(target=lambda: result.append(_post(message, kind)), daemon=True)
    sender.start()
    sender.join(TIMEOUT_SECONDS)
    return result[0] if result else TOO_SLOW


def _post(message: Letter, kind: str) -> str | None:
    request = urllib.request.Request(  # noqa: S310 - https, or this machine; see ``add``
        message.url, data=message.body, headers=dict(message.headers), method="POST"
    )
    try:
        said = post(request, TIMEOUT_SECONDS, is_answer_read=kind != JSON_FORMAT)
    except urllib.error.HTTPError as error:
        return f"http_{error.code}"
    except TimeoutError:
        return TOO_SLOW
    except (OSError, HTTPException, ValueError):
        return "unreachable"
    return None if kind == JSON_FORMAT else _refused(said)


def _refused(said: bytes) -> str | None:
    """Robots answer 200 to everything; whether they took it stands in the body."""
    try:
        code = json.loads(said)["errcode"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "not_a_robot"
    if type(code) is not int:  # a text would reach the operator's screen, and "false" is no zero
        return "not_a_robot"
    return None if code == 0 else f"errcode_{code}"[:40]


def settle(webhook_id: UUID, error: str | None) -> None:
    """Note how a try ended: go on behind it, or wait twice as long as before, an hour at most."""
    row = queries.webhook(webhook_id)
    if row is None:
        return
    audit.record("webhook.settle", ("webhook", row.id), row.region_code, error=error)
    if error is None:
        row.sent_at = clock.now()
        _done(row)
        return
    row.last_error = error
    row.next_at = clock.now() + min(LONGEST_PAUSE, timedelta(minutes=2 ** min(row.tries - 1, 6)))


def put_off(webhook_id: UUID) -> None:
    """Let a webhook wait whose try broke off, wherever it did: its own count may not have been written."""
    row = queries.webhook(webhook_id)
    if row is not None:
        row.tries = min(row.tries + 1, MOST_TRIES_COUNTED)
        settle(webhook_id, OUR_FAULT)


def _done(row: Webhook) -> None:
    row.seq, row.upto, row.tries, row.next_at, row.last_error = row.upto or row.seq, None, 0, None, None
