"""Journey 7: a coupon beyond the limit waits as a proposal; one within it is claimed."""

from __future__ import annotations

from uuid import uuid4

from desks import Desk
from trading import allow, shopper


def test_beyond_waits_and_within_is_claimed(every_desk: Desk) -> None:
    desk, town, t = every_desk, every_desk.town, every_desk.t
    staff_id = desk.sign_in("staff")
    allow(town, staff_id, "discount", 50_000)
    name = f"满百减十 {uuid4().hex[:6]}"
    desk.open("/desk/coupons/new")
    desk.fill(t("名称", "Name"), name)
    desk.fill(t("减免金额", "Off"), "10")
    desk.fill(t("使用门槛", "From"), "100")
    desk.fill(t("发放总量（张）", "How many in all"), "80")
    desk.see("¥800.00")
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    desk.tap(t("创建优惠券", "Make the coupon"))
    desk.see(t("已提交审批", "sent for a decision"))
    made = "SELECT id, issued_max FROM coupon WHERE name = $1"
    assert town.rows(made, name) == []
    asked = "SELECT amount FROM proposal WHERE by_id = $1"
    town.until(lambda: town.rows(asked, staff_id) == [{"amount": 80_000}])

    desk.fill(t("发放总量（张）", "How many in all"), "50")
    desk.see("¥500.00")
    desk.tap(t("创建优惠券", "Make the coupon"))
    desk.see(t("优惠券已创建", "The coupon is made"))
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    coupon = town.row(made, name)
    assert coupon["issued_max"] == 50
    her = shopper(desk)
    town.post("/api/coupons/claim", her.token, id=str(uuid4()), coupon_id=str(coupon["id"]))
    held = town.row("SELECT member_id FROM coupon_claim WHERE coupon_id = $1", coupon["id"])
    assert held["member_id"] == her.id
    desk.open(f"/desk/coupons/show?id={coupon['id']}")
    desk.see("1 / 50" if desk.language == "en" else "1 张 / 50 张")
