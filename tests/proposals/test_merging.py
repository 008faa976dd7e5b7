"""Two people correct a household without having seen each other's work: nothing is lost or overwritten."""

from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from server.core.db import db, transaction
from server.core.scope import region_scope
from server.households.models import Household, HouseholdEdit
from server.proposals import merging
from server.proposals.queries import by_operation
from server.proposals.services import decide, decision_on, fields_of
from tests.factories import GRID, MEI, WEI, ZHOU, Person, inside, make_household, make_user
from tests.proposals.edits import actor_of, change, edit, form_of, names_of, values

KUN = Person("kun", "grid_member", GRID)


@pytest.fixture
def kun(app):
    return make_user(app, "grid_member", GRID, KUN.username)


def proposed(app, author, op_id):
    """The fields of the proposal that an operation became: name → (current, proposed, why)."""
    with inside(app):
        proposal = by_operation(author.id, op_id)
        found = fields_of(proposal) if proposal else []
        return {each.name: (each.current, each.proposed, each.why) for each in found}


# --- the three ways ---------------------------------------------------------------------------------------


def test_disjoint_fields_of_stale_authors_are_both_applied(app, kun):
    household = make_household(app)
    assert change(app, MEI, household, ("address", "new")).revision == 2
    outcome = change(app, kun, household, ("phone", "13800000000"))
    assert (names_of(outcome.applied), outcome.proposal_id, outcome.revision) == ({"phone"}, None, 3)
    assert values(app, household.id, "address", "phone") == ["new", "13800000000"]


def test_the_same_field_of_two_members_is_not_the_same_field(app, kun):
    household = make_household(app, members=2)
    first, second = (member.id for member in household.members)
    change(app, MEI, household, (first, "stage", "college"))
    assert change(app, kun, household, (second, "stage", "senior")).proposal_id is None


def test_a_field_changed_meanwhile_keeps_its_value_and_the_other_waits(app, kun):
    household = make_household(app)
    change(app, MEI, household, ("address", "hers"))
    form = form_of(household.id, 1, ("address", "his"), ("phone", "13800000000"))
    outcome = edit(app, kun, form)
    assert names_of(outcome.applied) == {"phone"}
    assert values(app, household.id, "address") == ["hers"]
    assert list(proposed(app, kun, form.op_id).values()) == [("hers", "his", "overlap")]


def test_the_same_value_twice_is_no_overlap(app, kun):
    household = make_household(app)
    change(app, MEI, household, ("address", "new"))
    outcome = change(app, kun, household, ("address", "new"))
    assert (names_of(outcome.unchanged), outcome.proposal_id, outcome.revision) == ({"address"}, None, 2)


def test_a_field_changed_back_is_still_one_that_somebody_changed(app, kun):
    household = make_household(app, address="first")
    change(app, MEI, household, ("address", "second"))
    change(app, MEI, household, ("address", "first"), base=2)
    assert change(app, kun, household, ("address", "third")).proposal_id is not None


def test_who_has_seen_the_change_may_change_it_again(app, kun):
    household = make_household(app)
    change(app, MEI, household, ("address", "hers"))
    outcome = change(app, kun, household, ("address", "his"), base=2)
    assert (names_of(outcome.applied), outcome.proposal_id) == ({"address"}, None)


def test_the_clocks_of_phones_decide_nothing(app, kun, clock):
    from datetime import timedelta

    household = make_household(app)
    change(app, MEI, household, ("address", "hers"), written_at=clock.now - timedelta(days=400))
    change(app, kun, household, ("address", "his"), written_at=clock.now + timedelta(days=400))
    assert values(app, household.id, "address") == ["hers"]


def test_ones_own_change_from_before_is_seen_when_the_operation_names_it(app):
    """Two corrections in one day without a network: the second one knows of the first."""
    household = make_household(app)
    first = form_of(household.id, 1, ("address", "first"))
    second = form_of(household.id, 1, ("address", "second"), seen=frozenset({first.op_id}))
    edit(app, MEI, first)
    assert edit(app, MEI, second).proposal_id is None
    assert values(app, household.id, "address") == ["second"]


def test_naming_somebody_elses_operation_does_not_make_it_seen(app, kun):
    household = make_household(app)
    hers = form_of(household.id, 1, ("address", "hers"))
    edit(app, MEI, hers)
    outcome = change(app, kun, household, ("address", "his"), seen=frozenset({hers.op_id}))
    assert outcome.proposal_id is not None


def test_an_operation_carried_out_twice_changes_nothing_the_second_time(app, kun):
    household = make_household(app, members=1)
    form = form_of(household.id, 1, ("address", "new"), (household.members[0].id, "name", "韦大山"))
    first = edit(app, MEI, form)
    change(app, kun, household, ("address", "newer"), base=2)
    second = edit(app, MEI, form)
    assert (second.applied, second.proposal_id) == (first.applied, first.proposal_id)
    assert values(app, household.id, "address") == ["newer"]


def test_anothers_operation_of_the_same_number_is_another_operation(app, kun):
    household = make_household(app)
    form = form_of(household.id, 1, ("address", "hers"))
    edit(app, MEI, form)
    outcome = edit(app, kun, form_of(household.id, 2, ("address", "his"), op_id=form.op_id))
    assert names_of(outcome.applied) == {"address"}
    assert values(app, household.id, "address") == ["his"]


def test_a_revision_the_server_has_not_reached_is_no_reason_to_refuse(app):
    """After a restore from a backup a phone may have seen more than the server knows."""
    household = make_household(app)
    assert change(app, MEI, household, ("address", "new"), base=40).revision == 2


def test_an_edit_makes_a_visit_that_was_examined_before_start_over(app, login):
    """The visit is judged by the register as it is when it is stored."""
    from tests.visits.bodies import send, visit_of

    household = make_household(app)
    change(app, MEI, household, ("address", "new"))
    assert send(login(MEI), visit_of(household.id)).status_code == 201


# --- any order --------------------------------------------------------------------------------------------

DISJOINT = [
    (None, "address", "new"), (None, "phone", "13800000000"), (None, "home", {"lat": "1", "lon": "2"}),
    (0, "stage", "college"), (0, "labour", "half"), (1, "main_labour", False), (1, "relation", "之女"),
]  # fmt: skip
_HYPOTHESIS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def state(app, household):
    """Everything a correction can change, of a household and its members in their order."""
    own = ["address", "phone", "home", "natural_village_id", "grid", "removed"]
    each = ["stage", "labour", "main_labour", "relation", "name", "id_number", "birth_on", "removed"]
    names = own + [(member.id, name) for member in household.members for name in each]
    with inside(app):
        revision = db.session.scalar(select(Household.revision).where(Household.id == household.id))
    return [revision, *values(app, household.id, *names)]


def carry_out(app, order):
    household = make_household(app, members=2)
    for place in order:
        who, name, value = DISJOINT[place]
        named = (name, value) if who is None else (household.members[who].id, name, value)
        outcome = change(app, (MEI, KUN)[place % 2], household, named)
        assert len(outcome.applied) == 1
    return state(app, household)


@given(st.permutations(range(len(DISJOINT))))
@settings(max_examples=15, **_HYPOTHESIS)
def test_corrections_of_different_fields_end_alike_in_any_order(app, kun, order):
    assert carry_out(app, order) == carry_out(app, range(len(DISJOINT)))


# --- random corrections by two stale authors ---------------------------------------------------------------


@dataclass
class Written:
    """One applied value, with what its author had seen."""

    value: object
    revision: int
    base: int
    seen: frozenset


@dataclass
class Model:
    """What must be true, kept beside the server."""

    revision: int = 1
    applied: dict = field(default_factory=dict)
    sent: list = field(default_factory=list)
    waiting: dict = field(default_factory=dict)


class Correcting(RuleBasedStateMachine):
    """Mei and Kun correct one household; each syncs now and then; the secretary decides now and then."""

    world = None

    def __init__(self):
        super().__init__()
        self.household = make_household(self.world, members=2)
        self.home, self.person = self.household.id, self.household.members[0].id
        self.model = Model()
        self.base = {MEI.id: 1, KUN.id: 1}
        self.unsent = {MEI.id: [], KUN.id: []}

    @rule(person=st.sampled_from([MEI, KUN]))
    def sync(self, person):
        self.base[person.id] = self.model.revision
        self.unsent[person.id] = []

    @rule(
        person=st.sampled_from([MEI, KUN]),
        wanted=st.dictionaries(
            st.sampled_from(["address", "phone", "name", "stage", "disability_grade"]),
            st.integers(0, 2),
            min_size=1,
            max_size=3,
        ),
    )
    def correct(self, person, wanted):
        seen = frozenset(self.unsent[person.id])
        changes = [self._change(name, number) for name, number in wanted.items()]
        form = form_of(self.home, self.base[person.id], *changes, op_id=uuid4(), seen=seen)
        outcome = edit(self.world, person, form)
        self.unsent[person.id].append(form.op_id)
        self._take(person, form, outcome)

    @rule(approve=st.booleans(), data=st.data())
    def decide(self, approve, data):
        if not self.model.waiting:
            return
        key = data.draw(st.sampled_from(sorted(self.model.waiting, key=str)))
        decision = "approved" if approve else "declined"
        with self.world.app_context(), region_scope(WEI.region_code), transaction():
            decide(actor_of(WEI), key, decision, "")
        fields, op_id = self.model.waiting.pop(key)
        current = dict(zip(fields, values(self.world, self.home, *fields), strict=True))
        if approve:
            assert current == fields
            self._renew(op_id)

    def _renew(self, op_id):
        """An approved value was decided on by somebody who saw both."""
        with inside(self.world):
            household = db.session.scalars(select(Household).where(Household.id == self.home)).one()
            query = select(HouseholdEdit).where(HouseholdEdit.household_id == self.home)
            rows = db.session.scalars(query.where(HouseholdEdit.revision == household.revision)).all()
            if household.revision > self.model.revision:
                self.model.revision = household.revision
                for row in rows:
                    assert row.op_id == op_id
                    name = (row.member_id, row.field)
                    written = Written(None, row.revision, row.revision - 1, frozenset())
                    self.model.applied.setdefault(name, []).append((op_id, written))

    def _change(self, name, number):
        texts = {
            "address": ["a", "b", "c"], "phone": ["13800000000", "13900000000", None],
            "stage": ["college", "senior", None], "name": ["甲", "乙", "丙"],
            "disability_grade": [1, 2, None],
        }  # fmt: skip
        value = texts[name][number]
        return (name, value) if name in ("address", "phone") else (self.person, name, value)

    def _take(self, person, form, outcome):
        names = {change.name: change.value for change in form.changes}
        found = proposed(self.world, person, form.op_id)
        # Nothing of a correction disappears, and nothing is in two places.
        places = [set(outcome.applied), set(outcome.unchanged), set(found)]
        assert set().union(*places) == set(names)
        assert sum(map(len, places)) == len(names)
        assert all(found[name][1] == names[name] for name in found)
        assert (outcome.proposal_id is not None) == bool(found)
        if found:
            self.model.waiting[outcome.proposal_id] = ({tuple(n): names[n] for n in found}, form.op_id)
        assert outcome.revision == self.model.revision + bool(outcome.applied)
        self.model.revision = outcome.revision
        for name in outcome.applied:
            written = Written(names[name], outcome.revision, form.base_revision, form.seen)
            earlier = self.model.applied.setdefault(tuple(name), [])
            # No applied value is overwritten by one whose author had not seen it.
            assert all(w.revision <= written.base or op in written.seen for op, w in earlier)
            earlier.append((form.op_id, written))
            assert values(self.world, self.home, tuple(name)) == [names[name]]
        self.model.sent.append((person, form.op_id, bool(found)))

    @invariant()
    def every_proposal_is_to_be_found_by_its_author(self):
        for person, op_id, waits in self.model.sent[-3:]:
            with inside(self.world, GRID):
                assert (decision_on(person.id, op_id) is not None) == waits


def play(app, examples):
    """Without looking for the shortest failing example: that takes minutes, and a planted bug needs none."""
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    chosen = settings(max_examples=examples, stateful_step_count=14, phases=phases, **_HYPOTHESIS)
    run_state_machine_as_test(type("Playing", (Correcting,), {"world": app}), settings=chosen)


def test_whatever_two_authors_do_nothing_is_lost_or_overwritten_unseen(app, kun):
    play(app, 15)


def test_last_writer_wins_would_be_noticed(app, kun, monkeypatch):
    monkeypatch.setattr(merging, "_why_not", lambda *_args, **_more: None)
    with pytest.raises(AssertionError):
        play(app, 40)


def test_losing_what_overlaps_would_be_noticed(app, kun, monkeypatch):
    from server.proposals import services

    monkeypatch.setattr(services, "_propose", lambda *_: None)
    with pytest.raises(AssertionError):
        play(app, 40)


def test_the_township_decides_on_what_the_village_itself_wants(app, login):
    household = make_household(app)
    change(app, MEI, household, ("address", "hers"))
    outcome = change(app, WEI, household, ("address", "the secretary's"))
    assert outcome.proposal_id is not None
    assert login(WEI).get("/api/v1/proposals").json["items"] == []
    (item,) = login(ZHOU).get("/api/v1/proposals").json["items"]
    assert (item["id"], item["level"]) == (str(outcome.proposal_id), "township")
