"""Journey 1: an order is picked, labelled and sent."""

from __future__ import annotations

from pathlib import Path

from desks import Desk
from journeys import state_of
from playwright.sync_api import expect
from trading import sold


def test_an_order_is_picked_labelled_and_sent(every_desk: Desk) -> None:
    desk, town = every_desk, every_desk.town
    order_id = sold(desk, 2)
    number = order_id.hex[:16]
    staff_id = desk.sign_in("staff")
    desk.open("/desk/shipping?limit=100")
    assert not desk.wide()
    assert not desk.barriers()
    desk.row(number).get_by_role("checkbox").check()
    with desk.page.expect_popup() as opened:
        desk.tap(desk.t("拣货单", "Pick list"))
    papers = opened.value
    expect(papers.get_by_text(number)).to_be_visible()
    expect(papers.get_by_text("×2")).to_be_visible()
    with papers.expect_download() as downloaded:
        papers.get_by_role("button", name=desk.t("面单 PDF", "Labels PDF")).click()
    assert Path(downloaded.value.path()).read_bytes().startswith(b"%PDF")
    papers.close()

    desk.tap(number)
    desk.fill(desk.t("快递公司", "Carrier"), "顺丰速运")
    desk.fill(desk.t("运单号", "Tracking number"), f"SF{number}")
    assert not desk.wide()
    assert not desk.barriers()
    desk.tap(desk.t("发货", "Ship"))
    desk.see(desk.t("已发货", "Sent"))
    town.until(lambda: state_of(town, order_id) == "shipped")
    parcel = town.row("SELECT carrier, tracking FROM order_parcel WHERE order_id = $1", order_id)
    assert parcel == {"carrier": "顺丰速运", "tracking": f"SF{number}"}
    step = town.row(
        "SELECT who, actor_id FROM order_step WHERE order_id = $1 AND state = 'shipped'", order_id
    )
    assert step == {"who": "staff", "actor_id": staff_id}
    desk.open("/desk/shipping?limit=100")
    desk.unseen(number)
