"""After an order was sent: a wrong number is put right, a memo is left, a caller's case is opened."""

from __future__ import annotations

from desks import Desk
from trading import sold


def test_what_goes_wrong_after_an_order_was_sent(every_desk: Desk) -> None:
    desk, town = every_desk, every_desk.town
    order_id = sold(desk)
    me = desk.sign_in("staff")
    desk.open(f"/desk/orders/show?id={order_id}")
    desk.fill(desk.t("快递公司", "Carrier"), "顺丰速运")
    desk.fill(desk.t("运单号", "Tracking number"), "2026-11-23")
    desk.tap(desk.t("发货", "Ship"))
    desk.see(desk.t("运单号只能是字母、数字和短横线", "A tracking number is of letters"))
    desk.fill(desk.t("运单号", "Tracking number"), f"SF{order_id.hex[-8:]}")
    desk.tap(desk.t("发货", "Ship"))
    desk.see(desk.t("已发货", "Sent"))

    desk.tap(desk.t("填错了？更正快递公司或运单号", "Wrong? Correct the carrier or the number"))
    desk.fill(desk.t("更正为快递公司", "Right carrier"), "中通快递")
    desk.fill(desk.t("更正为运单号", "Right tracking number"), f"ZT{order_id.hex[-8:]}")
    desk.tap(desk.t("更正", "Correct"))
    desk.see(desk.t("包裹信息已更正", "The parcel is corrected"))
    desk.see(f"ZT{order_id.hex[-8:]}")
    parcel = "SELECT carrier, tracking FROM order_parcel WHERE order_id = $1"
    assert town.row(parcel, order_id) == {
        "carrier": "中通快递",
        "tracking": f"ZT{order_id.hex[-8:]}",
    }
    desk.tap(desk.t("撤销", "Undo"))
    desk.see(f"ZT{order_id.hex[-8:]} → 顺丰速运 SF{order_id.hex[-8:]}")
    assert town.row(parcel, order_id)["carrier"] == "顺丰速运"

    desk.fill(desk.t("新备注", "New memo"), "客户周末在家")
    desk.tap(desk.t("保存备注", "Keep the memo"))
    desk.see(desk.t("备注：客户周末在家", "Memo: 客户周末在家"))

    desk.tap(
        desk.t("买家打电话来要退？替买家登记售后", "The buyer has called? Open a case for them")
    )
    assert not desk.wide()
    assert not desk.barriers()
    desk.fill(desk.t("原因", "Reason"), desk.t("商品破损", "It is damaged"))
    desk.fill(desk.t("买家怎么说", "What the buyer said"), "盒子压坏了")
    desk.tap(desk.t("登记售后", "Open the case"))
    desk.page.wait_for_url("**/desk/aftersale/show?id=*")
    desk.see("盒子压坏了")
    case = town.row("SELECT kind, reason, asked_by FROM aftersale WHERE order_id = $1", order_id)
    assert case == {"kind": "return_refund", "reason": "damaged", "asked_by": me}
