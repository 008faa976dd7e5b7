"""The demo users. They share one printed password and one hash: fit for a demo and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from uuid import UUID

from server.accounts import passwords, services
from server.core.scope import NOTHING
from server.demo.places import Plan, make_uuid

PASSWORD = "liangdeng-demo"
_NAMES = (  # noqa: SIM905
    "韦春燕 莫志明 黄秋菊 李国栋 陆小兰 覃文军 蒙艳芳 廖永强 徐丽萍 潘建华 秦玉梅 阳子龙 毛桂芳 刘海波 陈月英"
).split()


@dataclass(frozen=True)
class DemoUser:
    """A user to create."""

    id: UUID
    form: services.NewUser


def users(plan: Plan, rng: Random) -> list[DemoUser]:
    """One grid member a grid, one secretary a village, one reviewer a township, and one of each other role.

    Numbers follow the order of the grids, so that grid1, first1, town1 and county1 form one chain.
    """
    villages = list(dict.fromkeys(grid.village for grid in plan.grids))
    townships = list(dict.fromkeys(village[:9] for village in villages))
    places = [("grid", "grid_member", grid.code) for grid in plan.grids]
    places += [("first", "first_secretary", village) for village in villages]
    places += [("town", "township", township) for township in townships]
    places += [("county", "county", plan.county), ("dept", "department", plan.county)]
    places += [("admin", "admin", NOTHING), ("auditor", "auditor", plan.county)]
    found, counts = [], dict.fromkeys([stem for stem, _, _ in places], 0)
    for order, (stem, role, region_code) in enumerate(places):
        counts[stem] += 1
        form = services.NewUser(
            username=f"{stem}{counts[stem]}",
            display_name=_NAMES[order % len(_NAMES)],
            role=role,
            region_code=region_code,
            department="教育局" if role == "department" else None,
        )
        found.append(DemoUser(make_uuid(rng), form))
    return found


def create(wanted: list[DemoUser]) -> None:
    """Create them in the present transaction."""
    password_hash = passwords.hash_password(PASSWORD)
    for user in wanted:
        services.create_user(user.form, password_hash, user_id=user.id)
