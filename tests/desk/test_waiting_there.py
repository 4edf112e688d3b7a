"""What waits about a thing stands on its page, is answered there, and what came of it is seen there.

Two people with their desks open: nobody loads anything anew.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from desks import Desk
from journeys import goods, stock
from playwright.sync_api import expect
from town import Town
from trading import allow


def test_asked_answered_and_done_where_it_is(
    every_desk: Desk, desks_of: Callable[..., Desk], town: Town
) -> None:
    desk, t = every_desk, every_desk.t
    sku_id = UUID(goods(town, "nut-crisp")["skus"][0]["id"])
    before = stock(town, str(sku_id))["on_hand"]
    allow(town, desk.sign_in("staff"), "stock_claim", 3)
    url = f"/desk/stock/show?id={sku_id}"
    desk.open(url)
    mine = desk.page.locator("#beside .list-group-item").filter(has_text=t("您申请", "You asked"))

    def ask() -> None:
        desk.fill(t("增减数量（件）", "More or fewer"), "-4")
        desk.fill(t("原因", "Why"), f"样品 {desk.staff_id}")
        desk.tap(t("调整", "Adjust"))

    ask()
    desk.see(t("已提交审批", "sent for a decision"))
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text(t("待审批", "Decision pending"))
    expect(mine).to_contain_text(t("占用库存 4 件", "Stock claim 4 units"))
    ask()
    desk.see(t("您已经申请过，还在等审批", "You have asked for this already"))
    desk.settle()
    expect(mine).to_have_count(1)
    assert not desk.wide()
    assert not desk.barriers()
    asked = "SELECT id FROM proposal WHERE by_id = $1"
    assert len(town.rows(asked, desk.staff_id)) == 1

    boss = desks_of(town, width=390)
    boss.sign_in("owner")
    with boss.page.expect_response("**/desk/feed"):
        boss.open(url)
    id_ = town.row(asked, desk.staff_id)["id"]
    hers = boss.page.locator("#beside .list-group-item").filter(
        has=boss.page.locator(f'a[href$="{id_}"]')
    )
    expect(hers).to_contain_text("申请 占用库存 4 件")
    hers.get_by_role("button", name="同意", exact=True).click()
    boss.see("同意：")
    assert boss.page.url.endswith(url)
    expect(hers).to_contain_text("已同意，已执行")

    expect(mine).to_contain_text(t("已同意，已执行", "Approved and done"))
    assert stock(town, str(sku_id))["on_hand"] == before - 4
    desk.open("/desk/stock?limit=100")
    expect(desk.row("坚果薄脆")).not_to_contain_text(t("待审批", "Decision pending"))


def test_what_is_being_written_is_not_taken_away(
    desk: Desk, desks_of: Callable[..., Desk], town: Town
) -> None:
    """Somebody else is answered meanwhile: the reason under the owner's hands stays."""
    sku_id = UUID(goods(town, "oat-cookie")["skus"][0]["id"])
    url = f"/desk/stock/show?id={sku_id}"
    asking = desks_of(town)
    allow(town, asking.sign_in("staff"), "stock_claim", 3)
    asking.open(url)

    def ask(number: int) -> None:
        asking.fill("增减数量（件）", str(-number))
        asking.fill("原因", f"样品 {asking.staff_id}")
        asking.tap("调整")

    ask(4)
    items = asking.page.locator("#beside .list-group-item").filter(has_text="您申请")
    expect(items).to_have_count(1)
    desk.sign_in("owner")
    with desk.page.expect_response("**/desk/feed"):
        desk.open(url)
    hers = desk.page.locator("#beside .list-group-item").filter(
        has=desk.page.locator("summary")
    ).first  # fmt: skip
    hers.get_by_text("不同意或有条件").click()
    hers.get_by_label("理由或条件").fill("先盘点")
    desk.page.evaluate(
        "() => { window.heard = 0; document.body.addEventListener('desk:decision', () => heard++) }"
    )
    ask(5)
    expect(items).to_have_count(2)
    town.until(lambda: desk.page.evaluate("() => heard"))
    desk.settle()
    expect(hers.get_by_label("理由或条件")).to_have_value("先盘点")
    hers.get_by_role("button", name="不同意", exact=True).click()
    expect(asking.page.locator("#beside")).to_contain_text("先盘点")
