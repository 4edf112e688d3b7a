"""Journey 6: stock taken down beyond the limit waits, up is done."""

from __future__ import annotations

from uuid import UUID

from desks import Desk
from journeys import goods, stock
from trading import allow


def test_down_waits_and_up_is_done(every_desk: Desk) -> None:
    desk, town, t = every_desk, every_desk.town, every_desk.t
    sku_id = UUID(goods(town, "butter-cookie")["skus"][0]["id"])
    before = stock(town, str(sku_id))["on_hand"]
    allow(town, desk.sign_in("staff"), "stock_claim", 3)
    desk.open(f"/desk/stock/show?id={sku_id}")

    def adjust(change: int, why: str) -> None:
        desk.fill(t("增减数量（件）", "More or fewer"), str(change))
        desk.fill(t("原因", "Why"), why)
        desk.tap(t("调整", "Adjust"))

    adjust(5, "到货入库")
    desk.row("到货入库")
    desk.settle()
    adjust(-3, "破损报废")
    desk.row("破损报废")
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    adjust(-4, "样品领用")
    desk.see(t("已提交审批", "sent for a decision"))
    assert stock(town, str(sku_id))["on_hand"] == before + 2
    moves = town.rows(
        "SELECT quantity, reason FROM stock_movement WHERE sku_id = $1 ORDER BY id DESC LIMIT 2",
        sku_id,
    )
    assert [(one["quantity"], one["reason"]) for one in moves] == [
        (-3, "破损报废"),
        (5, "到货入库"),
    ]
    asked = "SELECT amount, by_id FROM proposal WHERE subject_id = $1"
    town.until(lambda: {"amount": 4, "by_id": desk.staff_id} in town.rows(asked, sku_id))
