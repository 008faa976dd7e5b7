"""What several browser tests begin with."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.e2e.form import VisitForm
from tests.e2e.pages import Worklist, app_is_kept, sign_in
from tests.support.api import Api
from tests.support.phone import Phone


def keep_app(phone: Phone, username: str, *, opened: bool = False) -> Page:
    """Sign in, let the app install itself and the households arrive."""
    page = phone.page if opened else phone.open()
    sign_in(page, username)
    Worklist(page).wait()
    app_is_kept(page)
    return page


def untouched(api: Api) -> list[dict[str, Any]]:
    """Households nobody waits to have corrected, the latest of the register first."""
    return [one for one in reversed(api.households()) if one["returned"] is None]


def visit(page: Page, household: dict[str, Any], answers: dict[str, Any]) -> None:
    """From the worklist to "saved" and back to the worklist."""
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill(answers)
    form.save()
    page.get_by_role("button", name="回到走访列表").click()
