"""Journey 3: a refund within the limit is paid at once; beyond it, it becomes a proposal."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from desks import Desk
from journeys import Shopper, assert_refunded_once, goods, refunds_of, state_of
from trading import allow, shopper, total_of


def _asked(who: Shopper, order_id: UUID) -> UUID:
    case_id = uuid4()
    wish = {"order_id": str(order_id), "kind": "refund_only", "reason": "cancelled"}
    who.town.post("/api/aftersale/ask", who.token, id=str(case_id), **wish)
    return case_id


def test_within_the_limit_and_beyond(every_desk: Desk) -> None:
    desk, town = every_desk, every_desk.town
    buyer = shopper(desk)
    sku_id = goods(town, "checker-cookie")["skus"][0]["id"]
    small, large = buyer.bought(sku_id, 1), buyer.bought(sku_id, 3)
    cases = {order_id: _asked(buyer, order_id) for order_id in (small, large)}
    staff_id = desk.sign_in("staff")
    allow(town, staff_id, "refund", total_of(town, small))

    desk.open("/desk/aftersale?limit=100")
    desk.see(small.hex[:16])
    assert not desk.wide()
    assert not desk.barriers()
    for order_id in (small, large):
        desk.open(f"/desk/aftersale/show?id={cases[order_id]}")
        desk.see(f"{total_of(town, order_id) / 100:.2f}")
        assert not desk.wide()
        assert not desk.barriers()
        desk.tap(desk.t("同意退款", "Agree and pay back"))
        desk.tap(desk.t("确定", "Yes"))
        if order_id == small:
            desk.see(re.compile(desk.t("退款中|已退款", "Being refunded|Refunded")))
    desk.see(desk.t("已提交审批", "for a decision"))

    town.until(lambda: state_of(town, small) == "refunded")
    assert_refunded_once(town, small, total_of(town, small))
    assert refunds_of(town, large) == []
    case = town.row("SELECT state FROM aftersale WHERE id = $1", cases[large])
    assert case == {"state": "asked"}
    proposals = "SELECT action, amount, by_id FROM proposal WHERE subject_id = $1"
    (proposal,) = town.until(lambda: town.rows(proposals, cases[large]))
    assert proposal == {"action": "refund", "amount": total_of(town, large), "by_id": staff_id}
