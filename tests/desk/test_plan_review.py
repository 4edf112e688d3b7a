"""Owner's journey o6: a plan says what is asked and given; its end is reviewed in that order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from desks import Desk


def test_asked_given_reviewed(every_desk: Desk, desks_of: Callable[..., Desk]) -> None:
    owner, town, t, mark = every_desk, every_desk.town, every_desk.t, uuid4().hex[:6]
    staff = desks_of(town, width=owner.page.viewport_size["width"], language=owner.language)
    staff_id, owner_id = staff.sign_in("staff"), owner.sign_in("owner")
    yesterday = (town.opened.now() + timedelta(hours=8)).date() - timedelta(days=1)
    name = f"双十一返场 {mark}"

    staff.open("/desk/plans")
    staff.tap(t("新计划", "New plan"))
    staff.fill(t("名称", "Name"), name)
    staff.fill(t("开始", "From"), f"{yesterday - timedelta(days=2)}")
    staff.fill(t("结束（含当天）", "Until (inclusive)"), f"{yesterday}")
    staff.fill(t("销售额", "Revenue"), "1000000")
    staff.fill(t("预算", "Budget"), "50000")
    staff.fill(t("人手", "People"), "4")
    staff.fill(t("权限", "Authority"), "单笔五百以内自己定")
    assert not staff.wide()
    assert not staff.barriers()
    staff.tap(t("保存", "Save"))
    staff.see(t("等资源", "Waits for resources"))

    # The owner is told, and gives less than what it takes.
    told = "SELECT id FROM notice WHERE to_id = $1 AND title_zh LIKE '%' || $2"
    town.until(lambda: town.rows(told, owner_id, name))
    owner.open("/desk/notices")
    owner.tap(t(f"新计划等您给资源：{name}", f"A plan waits for what it needs: {name}"))
    owner.fill(t("预算", "Budget"), "30000")
    owner.fill(t("人手", "People"), "4")
    owner.fill(t("权限", "Authority"), "")
    owner.tap(t("给", "Give"))
    owner.see(t("先看：要了没给的", "First: asked for, and not given"))
    owner.see("¥20,000.00")
    owner.see(t("先谈没给够的", "Talk first about what was not given"))
    missing = owner.page.locator("#missing").bounding_box()
    sides = owner.page.locator("#sides").bounding_box()
    assert missing["y"] < sides["y"]
    assert not owner.wide()
    assert not owner.barriers()

    owner.fill(t("学到什么，下次怎么做", "What we learned, and what we do next time"), "预算要早给")
    owner.tap(t("完成复盘", "Finish the review"))
    owner.see(t("已复盘", "Reviewed"))
    owner.see("预算要早给")
    assert not owner.barriers()
    row = town.row(
        "SELECT id, state, revenue, learned, put_by, given, achieved FROM company_plan WHERE name = $1",
        name,
    )
    assert (row["state"], row["revenue"], row["learned"]) == ("reviewed", 100_000_000, "预算要早给")
    assert row["put_by"] == staff_id
    assert '"budget":3000000' in row["given"]
    assert row["achieved"] != "null"
    steps = town.rows(
        "SELECT deed, staff_id FROM company_plan_step WHERE plan_id = $1 ORDER BY id", row["id"]
    )
    assert [tuple(one.values()) for one in map(dict, steps)] == [
        ("put", staff_id), ("give", owner_id), ("review", owner_id),
    ]  # fmt: skip
