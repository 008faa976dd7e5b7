"""Two counties, two townships, two villages and two grids in each, three households in a grid, all marked."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from server.accounts.devices import ClientDevice
from server.accounts.models import Device, LoginSession, User
from server.accounts.routes import issue_tokens
from server.accounts.services import open_session
from server.core import audit, clock
from server.core.auth import Actor
from server.core.db import db, transaction
from server.core.jobs import run_pending
from server.core.scope import region_scope
from server.flags import rejudging
from server.flags.models import Flag, Rejudgement
from server.households.models import Household
from server.local_policy.services import SettingForm, sign_setting
from server.photos.models import StrayPhoto
from server.rechecks.models import Recheck
from server.rechecks.services import CAUSES
from server.regions import services as regions
from server.workdays.services import DayForm, set_day
from tests import factories
from tests.accounts.test_forged_tokens import PAST, forge
from tests.factories import inside, writing
from tests.matrix.notes import Notes
from tests.matrix.people import CALLERS, COUNTIES, GRIDS, MOVED, MOVED_FROM, REGIONS, VILLAGES, Caller, of
from tests.matrix.records import Ledger, Record
from tests.photos.conftest import digest
from tests.proposals.newcomers import household_op, person
from tests.support.pictures import jpeg
from tests.sync.pushing import edit_of, op_of, results
from tests.visits.bodies import CLEAN, DRY, new_id, visit_of

DAY = date(2026, 4, 20)


class World:
    """An app full of records, the ledger of what lies in it, and a client for each caller."""

    def __init__(self, app: Flask) -> None:
        self.app, self.ledger = app, Ledger()
        self.sessions: dict[str, LoginSession] = {}
        self.headers: dict[str, str] = {}
        self.homes: dict[str, list[Household]] = {}
        self.cursors: dict[tuple[str, str], str | None] = {}
        _Builder(self).build()

    def client(self, caller: Caller) -> FlaskClient:
        """Somebody's client, with whatever token they have."""
        client = self.app.test_client()
        if caller.name in self.headers:
            client.environ_base["HTTP_AUTHORIZATION"] = self.headers[caller.name]
        return client


class _Builder:
    """Builds the world through the doors the phones use where there is one, else through the services."""

    def __init__(self, world: World) -> None:
        self.world, self.app, self.ledger = world, world.app, world.ledger
        self.hamlets: dict[str, UUID] = {}
        self.people = 0

    def build(self) -> None:
        self._places()
        for caller in CALLERS:
            if caller.trouble != "token_missing":
                self._user(caller)
        for grid in GRIDS:
            self._homes(grid)
        for village in VILLAGES:
            self._village(village)
        for county in COUNTIES:
            self._county(county)
        self._rechecks()
        self._moved()
        run_pending(self.app)
        self._bury()
        notes = Notes(self.app, self.ledger)
        notes.note_everything()
        self._spoil()
        notes.note_audit()

    def _places(self) -> None:
        names = {code: self.ledger.mark() for code in REGIONS}
        with writing(self.app):
            regions.add_regions(names.items())
            for village in VILLAGES:
                self.hamlets[village], name = uuid4(), self.ledger.mark()
                regions.add_natural_village(self.hamlets[village], village, name)
                self.ledger.add(Record("hamlet", str(self.hamlets[village]), village), name)
        for code, name in names.items():
            self.ledger.add(Record("region", code, code), name)
            level = {12: "village", 14: "grid"}.get(len(code))
            if level is not None:
                self.ledger.add(Record(level, code, code))

    def _user(self, caller: Caller) -> None:
        name, device = self.ledger.mark(), self.ledger.mark()
        place = MOVED_FROM if caller is MOVED else caller.place
        with writing(self.app):
            user = factories._user(factories.Person(caller.name, caller.role, place))
            user.id, user.display_name = caller.id, name
            db.session.add(user)
            db.session.flush()
            known = ClientDevice(id=f"phone-of-{caller.name}"[:64], name=device, app_version="0.2.0")
            session = open_session(user, known, timedelta(days=45))
            self.world.sessions[caller.name] = session
            device_id = db.session.scalar(select(Device.id).where(Device.user_id == caller.id))
        self.ledger.add(Record("session", str(session.id), caller.place, caller.id, caller.role))
        told = {"role": caller.role, "active": caller.name != "disabled"}
        self.ledger.add(Record("user", str(caller.id), caller.place, caller.id, caller.role, told), name)
        self.ledger.claim(Record("user", str(caller.id), place, caller.id), name, caller.id)
        more = {"role": caller.role, "order": "active", "device": f"phone-of-{caller.name}"[:64]}
        self.ledger.add(Record("device", str(device_id), caller.place, caller.id, caller.role, more), device)
        with self.app.app_context():
            token = issue_tokens(session)["access_token"]
        self.world.headers[caller.name] = f"Bearer {token}"

    # --- a grid ---------------------------------------------------------------------------------------------

    def _homes(self, grid: str) -> None:
        homes = [self._home(grid, n) for n in range(3)]
        self.world.homes[grid] = homes
        caller = of("grid_member", grid)
        phone, lead = self.world.client(caller), self.world.client(of("first_secretary", grid))
        flagged, plain, gone = (self._visit(phone, home, n) for n, home in enumerate(homes))
        self._review(lead, plain, "returned")
        self._review(lead, gone, "approved")
        self._correct(phone, flagged)
        home = homes[0]
        reason, name = self.ledger.mark(), self.ledger.mark()
        made = [edit_of(home.id, 1, (home.members[0].id, "name", name), reason_text=reason)]
        number, other = self._id_number(), self.ledger.mark()
        new = person(new_id(), name=other, id_number=number)
        made.append(household_op(new, grid=grid, reason=self.ledger.mark(), own=[
            {"member_id": None, "field": "address", "value": self.ledger.mark()}]))  # fmt: skip
        told = results(phone, *made)
        assert [each["code"] for each in told] == ["conflict", "proposed"], told
        with writing(self.app):
            db.session.add(self._stray(caller))

    def _home(self, grid: str, n: int) -> Household:
        self.people += 1
        members = [
            factories.make_member(name=self.ledger.mark(), id_number=self._id_number()),
            factories.make_member(name=self.ledger.mark(), relation="配偶", id_number=self._id_number()),
        ]
        phone = f"199{self.people:08}"
        home = factories.make_household(
            self.app, grid, members=members, phone=phone, address=self.ledger.mark(),
            natural_village_id=self.hamlets[grid[:12]], number=f"{grid[:12]}{grid[-2:]}{n:04}",
        )  # fmt: skip
        variant = "gone" if n == 2 else "here"
        record = Record("household", str(home.id), grid, None, variant, {"member_id": str(members[0].id)})
        self.ledger.add(record, home.number, home.address)
        self.ledger.claim(record, *(m.name for m in members), *(m.id for m in members))
        self.ledger.claim(Record("identity", str(home.id), grid), phone, *(m.id_number for m in members))
        return home

    def _id_number(self) -> str:
        self.people += 1
        day = date(1960, 1, 1) + timedelta(days=self.people)
        return factories.id_number(day, "male")

    def _visit(self, phone: FlaskClient, home: Household, n: int) -> dict[str, Any]:
        photo = jpeg(self.people * 10 + n, (160, 120))
        promised = {"sha256": digest(photo), "length": len(photo), "kind": "water", "taken_at": None}
        notes = {"consent": f"{self.ledger.mark()} {self._id_number()}"}
        answers = CLEAN if n == 1 else DRY
        body = visit_of(home.id, answers, notes=notes, photos=[promised])
        told = results(phone, op_of(body))
        assert told[0]["st"] == "accepted", told
        address = f"/api/v1/visits/{body['id']}/photos/{promised['sha256']}"
        reply = phone.put(address, data=photo, content_type="application/octet-stream")
        assert reply.status_code == 201, reply.text
        self._claim_notes(body, home.region_code, phone)
        return body

    def _claim_notes(self, body: dict[str, Any], grid: str, phone: FlaskClient) -> None:
        body["_mark"], number = body["notes"]["consent"].split()
        author = of("grid_member", grid).id
        self.ledger.claim(Record("written", body["id"], grid, author), number)

    def _correct(self, phone: FlaskClient, first: dict[str, Any]) -> None:
        """A second revision, so that the first is superseded."""
        notes = {"consent": f"{self.ledger.mark()} {self._id_number()}"}
        body = visit_of(first["household_id"], DRY, notes=notes, revises=first["id"], photos=first["photos"])
        told = results(phone, op_of(body))
        assert told[0]["st"] == "accepted", told

    def _review(self, lead: FlaskClient, body: dict[str, Any], decision: str) -> None:
        said = [{"question": "consent", "text": self.ledger.mark()}] if decision == "returned" else []
        form = {"id": new_id(), "decision": decision, "comment": self.ledger.mark(), "comments": said}
        reply = lead.post(f"/api/v1/visits/{body['id']}/reviews", json=form)
        assert reply.status_code == 201, reply.text

    def _stray(self, caller: Caller) -> StrayPhoto:
        sha256 = digest(caller.name.encode())
        visit_id = uuid4()
        record = Record("stray", str(visit_id), caller.place, caller.id, "", {"sha256": sha256})
        self.ledger.add(record, sha256)
        return StrayPhoto(
            user_id=caller.id, visit_id=visit_id, sha256=sha256, file_id=uuid4(), length=5,
            stored_at=clock.now(), region_code=caller.place,
        )  # fmt: skip

    # --- a village, a county --------------------------------------------------------------------------------

    def _village(self, village: str) -> None:
        """A move that the township decides on, and for each grid a visit of the other one that is held."""
        one, other = (f"{village}{n:02}" for n in (1, 2))
        home, lead = self.world.homes[one][1], self.world.client(of("first_secretary", village))
        target = next(code for code in GRIDS if code[:9] == village[:9] and code[:12] != village)
        change = {"op_id": new_id(), "base_revision": 1, "reason": self.ledger.mark()}
        reply = lead.post(
            f"/api/v1/households/{home.id}/edits",
            json=change | {"set": [{"member_id": None, "field": "grid", "value": target}]},
        )
        assert reply.json["proposal"], reply.text
        asked = {"id": new_id(), "kind": "reset", "reason": self.ledger.mark()}
        reply = lead.post(f"/api/v1/users/{of('grid_member', one).id}/requests", json=asked)
        assert reply.status_code == 200, reply.text
        self.ledger.add(Record("request", asked["id"], village), asked["reason"])
        for mine, theirs in ((one, other), (other, one)):
            notes = {"consent": self.ledger.mark()}
            body = visit_of(self.world.homes[theirs][0].id, CLEAN, notes=notes)
            told = results(self.world.client(of("grid_member", mine)), op_of(body))
            assert told[0]["st"] == "held", told

    def _county(self, county: str) -> None:
        staff = of("county", county)
        with self._acting(staff) as actor:
            form = SettingForm(
                id=uuid4(), kind="parameter", name="LINE_GX", value="7000", since=clock.today(), until=None,
                reason=self.ledger.mark(),
            )  # fmt: skip
            setting, _ = sign_setting(actor, form)
            day = DayForm(working=False, name=self.ledger.mark(), source=self.ledger.mark())
            set_day(actor, DAY, day)
            run, _ = rejudging.request(county, self.ledger.mark(), "asked", actor.display_name)
            key, reason = run.id, run.reason
        run_pending(self.app)
        with writing(self.app):
            run = db.session.scalar(select(Rejudgement).where(Rejudgement.id == key))
            run.state, run.started_at, run.finished_at = "done", clock.now(), clock.now()
            flag = db.session.scalars(select(Flag).where(Flag.region_code.startswith(county)).limit(1)).one()
            flag.opened_run_id = key
        self.ledger.add(Record("setting", str(setting.id), county), form.reason)
        self.ledger.add(Record("day", DAY.isoformat(), county), day.name, day.source)
        self.ledger.add(Record("run", str(key), county), reason)
        self._order(county)

    def _rechecks(self) -> None:
        """Of what the villages let through with a light, the townships hand up what is of first grids."""
        with inside(self.app):
            rows = [(str(r.visit_id), r.region_code) for r in db.session.scalars(select(Recheck))]
        for key, grid in rows:
            officer, opinion = of("township", grid), self.ledger.mark()
            form = {"id": new_id(), "decision": "hand_up", "cause": CAUSES[0], "opinion": opinion}
            state = "due"
            if grid.endswith("01"):
                reply = self.world.client(officer).post(f"/api/v1/rechecks/{key}/outcomes", json=form)
                assert reply.status_code == 201, reply.text
                state = "handed_up"
            self.ledger.add(
                Record(
                    "recheck",
                    key,
                    grid,
                    None,
                    state,
                    {"cause": CAUSES[0]},
                ),
                opinion,
            )
        assert rows
        for officer in (caller for caller in CALLERS if caller.role in ("township", "county")):
            if not officer.trouble:
                key, name = new_id(), self.ledger.mark()
                form = {"name": name, "query": {"state": "due"}}
                reply = self.world.client(officer).put(f"/api/v1/filters/{key}", json=form)
                assert reply.status_code == 200, reply.text
                self.ledger.add(Record("filter", key, officer.place, officer.id), name)

    def _order(self, county: str) -> None:
        """The county's own device was ordered to go on once, with a reason."""
        reason = self.ledger.mark()
        with writing(self.app):
            staff = of("county", county)
            device = db.session.scalar(select(Device).where(Device.user_id == staff.id))
            device.order_reason = reason
        record = next(r for r in self.ledger.of("device") if r.owner == staff.id)
        self.ledger.claim(record, reason)

    @contextmanager
    def _acting(self, caller: Caller) -> Any:
        with self.app.app_context(), region_scope(caller.place), transaction():
            name = db.session.scalar(select(User.display_name).where(User.id == caller.id))
            yield Actor(caller.id, caller.role, caller.place, name or "")

    def _moved(self) -> None:
        """Somebody who worked in the first grid until yesterday, and wrote a visit there."""
        home = self.world.homes[MOVED_FROM][1]
        body = visit_of(home.id, CLEAN, notes={"consent": f"{self.ledger.mark()} {self._id_number()}"})
        assert results(self.world.client(MOVED), op_of(body))[0]["st"] == "accepted"
        with writing(self.app):
            user = db.session.scalar(select(User).where(User.id == MOVED.id))
            user.region_code = MOVED.place
            db.session.execute(
                update(Device).where(Device.user_id == MOVED.id).values(region_code=MOVED.place)
            )

    def _bury(self) -> None:
        with writing(self.app):
            for homes in self.world.homes.values():
                row = db.session.scalar(select(Household).where(Household.id == homes[2].id))
                row.removed_at = clock.now()

    def _spoil(self) -> None:
        """The troubled callers get into their trouble."""
        sessions, headers = self.world.sessions, self.world.headers
        with writing(self.app):
            _set(User, "id", CALLERS, "disabled", {"active": False})
            past = {"revoked_at": clock.now()}
            db.session.execute(
                update(LoginSession).where(LoginSession.id == sessions["signed-out"].id).values(past)
            )
            for name, order in (("wiped-device", "kill"), ("draining-device", "drain")):
                wiped = clock.now() if order == "kill" else None
                _set(Device, "user_id", CALLERS, name, {"order": order, "wiped_at": wiped})
            audit.record("test.spoil", ("test", "world"), "0")
        headers["expired"] = f"Bearer {forge_for(self.app, sessions['expired'], 'expired', exp=PAST)}"
        forged = forge_for(self.app, sessions["wrong-signature"], "wrong-signature", key="guessed" * 8)
        headers["wrong-signature"] = f"Bearer {forged}"


def _set(model: Any, column: str, callers: list[Caller], name: str, values: dict[str, Any]) -> None:
    key = next(caller.id for caller in callers if caller.name == name)
    db.session.execute(update(model).where(getattr(model, column) == key).values(values))


def forge_for(app: Flask, session: LoginSession, name: str, **changes: Any) -> str:
    """A token of a caller, with whatever differs."""
    key = next(caller.id for caller in CALLERS if caller.name == name)
    return forge(app, session, sub=str(key), **changes)
