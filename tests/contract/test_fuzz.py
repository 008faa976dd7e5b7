"""Generated requests, as every role: no failure of the server, no answer beside its description.

The watch of tests.contract.conformance, which hangs in the app itself, compares the answers.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.checklists.services import definition
from server.core.canonical import NotCanonical
from tests.contract.conformance import document
from tests.factories import BY_ROLE, MEI, make_household
from tests.visits.bodies import DRY, ROSTER, hash_of, send, visit_of

# make fuzz asks for more: twenty thousand in all.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
QUESTIONS = st.sampled_from(
    [*definition("2026-1").questions, "ill", "stu", "who", "op", "id_number", "stage"]
)
FACTS = st.sampled_from([*ROSTER])
PEOPLE = [*BY_ROLE.values(), None]


def operations():
    """Every operation of the description, ready to make requests."""
    schema = schemathesis.openapi.from_dict(document())
    return [found.ok() for found in schema.get_all_operations()]


@pytest.fixture
def real(app, login):
    """Identifiers that exist, so that some requests get past "not found"."""
    household = make_household(app)
    visit = visit_of(household.id, DRY)
    assert send(login(MEI), visit).status_code == 201
    return {"household_id": str(household.id), "visit_id": visit["id"], "version": "2026-1"}


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def home(app):
    return make_household(app)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.role if person else "nobody")
def test_no_generated_request_makes_the_server_fail(app, login, client, real, person, record_property):
    caller = login(person) if person else client
    record_property("fuzz_cases", sum(fuzz(operation, caller, real) for operation in operations()))


def fuzz(operation, caller, real):
    """A few requests of one operation, half of them about records that exist; how many they were."""
    sent_so_far = []

    @given(operation.as_strategy(), st.booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case, existing):
        if existing:
            case.path_parameters |= {k: v for k, v in real.items() if k in case.path_parameters}
        sign(case)
        sent = case.as_transport_kwargs(base_url="http://localhost")
        reply = caller.open(path=path_of(sent["url"]), method=sent["method"], **options(sent))
        assert reply.status_code < 500 or reply.json["code"] == "storage_full", (reply.status_code, sent)
        sent_so_far.append(1)

    run()
    return len(sent_so_far)


def sign(case):
    """Give visits their hash, or no generated one would be looked into."""
    if not isinstance(case.body, dict):
        return
    for op in case.body.get("ops") or []:
        if isinstance(op, dict) and "body" in op and hashable(op["body"]):
            op["sha256"] = hash_of(op["body"])
    if "visit_id" in case.path_parameters and "X-Content-SHA256" in case.headers and hashable(case.body):
        case.path_parameters["visit_id"] = case.body.get("id", case.path_parameters["visit_id"])
        case.headers["X-Content-SHA256"] = hash_of(case.body)
    for entry in case.body.get("visits") or []:
        if isinstance(entry, dict) and hashable(entry.get("body")):
            entry["sha256"] = hash_of(entry["body"])


def hashable(value):
    try:
        hash_of(value)
    except NotCanonical:
        return False
    return True


def path_of(url):
    return url.removeprefix("http://localhost")


def options(sent):
    """What werkzeug's client calls the parts of a request."""
    headers = {k: v for k, v in sent["headers"].items() if k.lower() not in ("authorization", "user-agent")}
    parts = {"query_string": sent.get("params"), "headers": headers}
    if isinstance(sent.get("json"), dict) and "ops" in sent["json"]:
        text = json.dumps(sent["json"]).encode()
        headers["X-Content-SHA256"] = sha256(text).hexdigest()  # of a push it is the bytes that are hashed
        return parts | {"data": text, "content_type": "application/json"}
    if "json" in sent:
        return parts | {"json": sent["json"]}
    return parts | {"data": sent.get("data")}


TEXTS = ("", "unknown", "none", "\u0000", "12.00", "2026-02-30")
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(QUESTIONS, inner, max_size=3),
)


@given(changes=st.dictionaries(QUESTIONS, ODD, max_size=4), roster=st.dictionaries(FACTS, ODD, max_size=3))
@settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_whatever_is_answered_the_visit_is_taken_or_its_answers_are_named(app, mei, home, changes, roster):
    reply = send(mei, visit_of(home.id, DRY | changes, roster=ROSTER | roster))
    assert reply.status_code == 201 or (reply.status_code, reply.json["code"]) == (422, "invalid_answers")
