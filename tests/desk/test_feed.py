"""The feed reaches a page on a slow line, and one that was away."""

from __future__ import annotations

import time
from collections.abc import Callable

from desks import Desk
from journeys import goods
from playwright.sync_api import Route, expect
from trading import allow

LATE_S = 0.4


def test_it_is_heard_however_late_the_other_scripts_come(desk: Desk) -> None:
    def late(route: Route) -> None:
        if "/htmx" not in route.request.url:
            time.sleep(LATE_S)
        route.continue_()

    desk.sign_in("owner")
    desk.page.route("**/*.js", late)
    with desk.page.expect_response("**/desk/feed") as answer:
        desk.open("/desk/stock")
    assert answer.value.ok


def test_a_page_that_was_put_away_shows_what_happened_meanwhile(
    desk: Desk, desks_of: Callable[..., Desk]
) -> None:
    town = desk.town
    url = f"/desk/stock/show?id={goods(town, 'snowball')['skus'][0]['id']}"
    desk.sign_in("owner")
    with desk.page.expect_response("**/desk/feed"):
        desk.open(url)
    desk.settle()
    _hide(desk, hidden=True)

    asking = desks_of(town)
    allow(town, asking.sign_in("staff"), "stock_claim", 3)
    asking.open(url)
    asking.fill("增减数量（件）", "-4")
    asking.fill("原因", "样品")
    asking.tap("调整")
    asking.see("已提交审批")
    asked = "SELECT id FROM proposal WHERE by_id = $1"
    town.until(lambda: town.rows(asked, asking.staff_id))

    with desk.page.expect_response("**/desk/feed"):
        _hide(desk, hidden=False)
    expect(desk.page.locator("#beside")).to_contain_text("占用库存 4 件")


def _hide(desk: Desk, *, hidden: bool) -> None:
    """As when somebody looks at another page of the browser, and comes back."""
    desk.page.evaluate(
        """hidden => {
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
          document.dispatchEvent(new Event('visibilitychange'))
        }""",
        hidden,
    )
