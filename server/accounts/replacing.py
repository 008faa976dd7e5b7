"""One-time passwords that were replaced: who still knows one may only be told late that it went well."""

from __future__ import annotations

from hmac import compare_digest

from server.accounts import choosing, user_queries
from server.accounts.models import User
from server.core import clock


def was_one_time(user: User | None, password: str) -> bool:
    """Whether a password is a one-time password of this account whose place another one has taken.

    No guess then: it has 59 random bits. A request that names it beside the chosen one was sent before.
    """
    acts = user_queries.acts_with_password(user.id if user else None, clock.now() - choosing.VALID_FOR)
    if user is None or user.one_time_until is not None:
        return False
    given = (choosing.one_time_password(f"{key} {user.username}") for key in acts)
    return any(compare_digest(one.encode(), password.encode()) for one in given)
