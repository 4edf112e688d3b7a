"""Journey 8: a group-buy is drafted, checked, approved and published, and seen in the shop."""

from __future__ import annotations

from uuid import uuid4

from desks import Desk
from journeys import goods
from playwright.sync_api import Locator, expect
from trading import allow


def _button(desk: Desk, zh: str, en: str) -> Locator:
    """Not the step of the same name."""
    return desk.page.get_by_role("button", name=desk.t(zh, en), exact=True)


def test_from_draft_to_the_shop(every_desk: Desk) -> None:
    desk, town, t = every_desk, every_desk.town, every_desk.t
    tin = goods(town, "checker-cookie")
    staff_id = desk.sign_in("staff")
    name = f"双人团 {uuid4().hex[:6]}"
    desk.open("/desk/groupbuy")
    desk.tap(t("新建拼团", "New group-buy"))
    desk.fill(t("活动名称", "Name"), name)
    desk.fill(t("添加商品", "Add products"), tin["title"])
    desk.page.get_by_role("button", name=f"{t('添加', 'Add')} {tin['title']}").first.click()
    desk.fill(t("拼团价", "group price"), f"{(tin['price_min'] - 500) / 100:.2f}")
    desk.fill(t("名额", "quota"), "4")
    desk.see("¥20.00")
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    desk.tap(t("保存", "Save"))
    desk.see(t("草稿", "Draft"))
    _button(desk, "检查", "Check").click()
    expect(_button(desk, "批准", "Approve")).to_be_visible()
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    desk.tap(t("批准", "Approve"))
    desk.see(t("已提交审批", "sent for a decision"))
    of_it = "SELECT id, state, worst_case, approved_by FROM groupbuy_campaign WHERE name = $1"
    assert town.row(of_it, name)["state"] == "checked"

    allow(town, staff_id, "campaign", 2_000)
    desk.page.reload()
    desk.tap(t("批准", "Approve"))
    expect(_button(desk, "发布", "Publish")).to_be_visible()
    desk.tap(t("发布", "Publish"))
    desk.tap(t("确定", "Yes"))
    desk.see(t("在店铺中查看", "In the shop"))
    kept = town.row(of_it, name)
    assert kept == {
        "id": kept["id"], "state": "live", "worst_case": 2_000, "approved_by": staff_id
    }  # fmt: skip
    shown = town.get("/api/games/groupbuy/campaigns")["campaigns"]
    (seen,) = [one for one in shown if one["terms"]["name"] == name]
    assert seen["items"][0]["price"] == tin["price_min"] - 500
