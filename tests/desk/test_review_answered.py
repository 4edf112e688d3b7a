"""Journey 9: a review is answered, then hidden, and shown again."""

from __future__ import annotations

from uuid import UUID, uuid4

from desks import Desk
from journeys import goods
from trading import shopper

from frontline.web.session import Role


def _reviewed(desk: Desk, text: str) -> UUID:
    """By somebody who bought and received it."""
    town, her = desk.town, shopper(desk)
    order_id = her.bought(goods(town, "butter-cookie")["skus"][0]["id"])
    sent = {
        "order_id": str(order_id),
        "carrier": "顺丰速运",
        "tracking": f"SF{uuid4().int % 10**12}",
    }
    town.post("/api/staff/orders/ship", town.staff(Role.STAFF), id=str(uuid4()), **sent)
    town.post("/api/orders/receive", her.token, id=str(uuid4()), order_id=str(order_id))
    wish = {"order_id": str(order_id), "line_number": 1, "rating": 2, "text": text}
    written = town.post("/api/reviews/write", her.token, id=str(uuid4()), **wish)
    return UUID(written["review_id"])


def test_answered_hidden_and_shown_again(every_desk: Desk) -> None:
    desk, town, t = every_desk, every_desk.town, every_desk.t
    text, answer = f"碎了一半 {uuid4().hex[:6]}", "非常抱歉，已为您补发一份。"
    review_id = _reviewed(desk, text)
    staff_id = desk.sign_in("staff")
    desk.open("/desk/reviews?stars=2")
    desk.see(text)
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    desk.open(f"/desk/reviews/show?id={review_id}")
    desk.fill(t("回复内容", "Answer"), answer)
    desk.tap(t("发布回复", "Publish"))
    desk.page.locator("blockquote").get_by_text(answer).wait_for()
    desk.tap(t("隐藏", "Hide"))
    desk.fill(t("隐藏原因", "Why"), "含有联系方式")
    desk.tap(t("确认隐藏", "Hide it"))
    desk.see(t("已隐藏", "Hidden"))
    assert not desk.barriers()
    row = "SELECT reply, hidden FROM review WHERE id = $1"
    assert town.row(row, review_id) == {"reply": answer, "hidden": "含有联系方式"}
    desk.tap(t("恢复显示", "Show again"))
    desk.page.get_by_text(t("修改回复", "Answer anew")).wait_for()
    assert town.row(row, review_id) == {"reply": answer, "hidden": ""}
    desk.open(f"/desk/reviews/show?id={review_id}")
    desk.see("含有联系方式")
    deeds = "SELECT deed, staff_id FROM review_step WHERE review_id = $1 ORDER BY id"
    assert town.rows(deeds, review_id) == [
        {"deed": deed, "staff_id": staff_id} for deed in ("reply", "hide", "show")
    ]
