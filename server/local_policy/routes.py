"""HTTP routes of the policy: parse, delegate, dump. Whoever signs types their own password again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.accounts.services import (
    Attempt,
    forget_failures,
    judge_signature,
    record_signature,
    refuse_replaced,
)
from server.core import jobs
from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.local_policy import services, views
from server.local_policy.queries import Act, county_of
from server.local_policy.schemas import (
    ParameterListSchema,
    PhonePolicySchema,
    RevocationFormSchema,
    RuleListSchema,
    SettingFormSchema,
    SettingListSchema,
    SettingSchema,
)

blueprint = Blueprint(
    "local_policy", __name__, url_prefix="/api/v1", description="The rules and their settings"
)
ATTEMPTS = 2
REJUDGE = "flags.rejudge_when_rules_changed"


@blueprint.get("/policy")
@blueprint.doc(responses={"304": {"description": "The caller already has these rules"}})
@blueprint.alt_response(200, schema=PhonePolicySchema)
def read_policy() -> Response:
    """The rules of the caller's county for judging on the phone; unchanged ones are not sent twice."""
    found = services.phone_policy(current_actor().region_code)
    reply = Response(found.text, content_type="application/json")
    reply.set_etag(found.version)
    reply.cache_control.private = True
    reply.cache_control.max_age = 0
    reply.make_conditional(request)
    return reply


@blueprint.get("/policy/parameters")
@blueprint.response(200, ParameterListSchema)
def list_parameters() -> dict[str, Any]:
    """The numbers of the policy with their sources, and what the county set."""
    return views.parameter_list(current_actor().region_code)


@blueprint.get("/policy/rules")
@blueprint.response(200, RuleListSchema)
def list_rules() -> dict[str, Any]:
    """The rules with their articles, and which the county switched off or on."""
    return views.rule_list(current_actor().region_code)


@blueprint.get("/policy/settings")
@blueprint.response(200, SettingListSchema)
def list_settings() -> dict[str, Any]:
    """The county's own settings, the newest signature first."""
    return {"items": views.settings_of(current_actor().region_code)}


@blueprint.post("/policy/settings")
@blueprint.arguments(SettingFormSchema, as_kwargs=True)
@blueprint.alt_response(200, schema=SettingSchema, description="The same setting was here already")
@blueprint.response(201, SettingSchema)
def sign_setting(form: services.SettingForm, password: str) -> tuple[dict[str, Any], int]:
    """Sign a setting of the county with one's own password."""
    actor = current_actor()
    act, is_new = _sign(password, lambda: services.sign_setting(actor, form))
    return views.setting(actor.region_code, act.id), 201 if is_new else 200


@blueprint.post("/policy/settings/<uuid:setting_id>/revoke")
@blueprint.arguments(RevocationFormSchema, as_kwargs=True)
@blueprint.alt_response(200, schema=SettingSchema, description="The same revocation was here already")
@blueprint.response(201, SettingSchema)
def revoke_setting(
    form: services.RevocationForm, password: str, setting_id: UUID
) -> tuple[dict[str, Any], int]:
    """End a setting of the county, signed with one's own password."""
    actor = current_actor()
    _, is_new = _sign(password, lambda: services.revoke_setting(actor, setting_id, form))
    return views.setting(actor.region_code, setting_id), 201 if is_new else 200


def _sign(password: str, act: Callable[[], tuple[Act, bool]]) -> tuple[Act, bool]:
    """Do an act if the password is the actor's own, and have the county's households judged anew."""
    attempt = judge_signature(current_actor(), password)
    signed, is_new = _store(attempt, act)
    if is_new:
        jobs.enqueue(REJUDGE, county_of(current_actor().region_code), signed.reason)
    return signed, is_new


def _store(attempt: Attempt, act: Callable[[], tuple[Act, bool]]) -> tuple[Act, bool]:
    """One transaction; when another act took the same place in the chain meanwhile, once more behind it.

    What was here already is not signed again: it is looked up, and writes nothing.
    """
    for _ in range(ATTEMPTS):
        with suppress(IntegrityError), transaction():
            if record_signature(attempt):
                refuse_replaced(attempt, "wrong_password")
                signed, is_new = act()
                if is_new:
                    forget_failures(attempt)
                return signed, is_new
            break  # the count of the wrong password is kept
    else:
        raise Problem("setting_conflict")
    raise Problem("wrong_password")
