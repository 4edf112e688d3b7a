"""The payment page: what a shopper sees in a browser."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from frontline.wechat.provider import Channel

pytestmark = pytest.mark.anyio


async def opened(world, **changes) -> tuple[str, str]:
    asked = {"channel": Channel.H5, "payer": None, "client_ip": "203.0.113.7"} | changes
    url = (await world.prepared(**asked)).h5_url
    return url, url.partition("prepay_id=")[2]


async def press(world, prepay_id: str, action: str, **more: str):
    form = {"prepay_id": prepay_id, "action": action} | more
    response = await world.phone.post("/simulator/h5/pay", data=form)
    await world.settled()
    return response


async def test_it_shows_what_is_paid_and_escapes_it(world):
    url, _ = await opened(world, description='<script>alert("x")</script>')
    page = await world.phone.get(url)
    assert "<script" not in page.text
    assert html.escape('<script>alert("x")</script>') in page.text
    assert "¥10.00" in page.text
    assert "ORDER-1" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("header", "query", "expected"),
    [
        ("zh-CN,zh", "", 'lang="zh-CN"'),
        ("en-GB", "", 'lang="en"'),
        ("fr", "", 'lang="zh-CN"'),
        ("zh-CN", "&lang=en", 'lang="en"'),
        ("en", "&lang=zh", 'lang="zh-CN"'),
    ],
)
async def test_languages(world, header, query, expected):
    url, _ = await opened(world)
    page = await world.phone.get(url + query, headers={"accept-language": header})
    assert expected in page.text


async def test_paying(world):
    _, prepay_id = await opened(world)
    page = await press(world, prepay_id, "pay", lang="en")
    assert "Paid" in page.text
    assert (await world.heard()).status.amount == 1000
    again = await press(world, prepay_id, "pay", lang="en")
    assert "already paid" in again.text
    assert len(world.inbox.arrived) == 1


async def test_cancelling_pays_nothing(world):
    _, prepay_id = await opened(world)
    page = await press(world, prepay_id, "cancel")
    assert "已取消支付" in page.text
    assert world.inbox.arrived == []
    assert (await press(world, prepay_id, "pay")).status_code == 200


async def test_the_way_back_to_the_shop(world):
    url, prepay_id = await opened(world)
    page = await world.phone.get(url + "&redirect_url=https%3A%2F%2Fshop.example%2Fdone%3Fa%3D1")
    back = re.search(r'name="redirect_url" value="([^"]*)"', page.text)[1]
    answer = await press(world, prepay_id, "pay", redirect_url=html.unescape(back))
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "https://shop.example/done?a=1",
    )


async def test_a_way_back_that_is_no_page_is_not_taken(world):
    _, prepay_id = await opened(world)
    answer = await press(world, prepay_id, "cancel", redirect_url="javascript:alert(1)")
    assert answer.status_code == 200
    assert "javascript" not in answer.text


async def test_the_way_back_may_be_a_path(world):
    url, prepay_id = await opened(world)
    answer = await press(world, prepay_id, "pay", redirect_url="/m/pages/pay/done?id=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/m/pages/pay/done?id=1")


async def test_what_cannot_be_paid_says_so_before_it_leads_back(world):
    _, prepay_id = await opened(world)
    world.clock.now += timedelta(minutes=31)
    page = await press(world, prepay_id, "pay", redirect_url="/m/", lang="en")
    assert page.status_code == 200
    assert "Cannot be paid" in page.text
    assert 'href="/m/"' in page.text


async def test_a_stale_link_says_so(world):
    page = await world.phone.get("/simulator/h5/pay?prepay_id=wx0&lang=en")
    assert "Cannot be paid" in page.text


async def test_a_mini_programs_order_can_be_paid_here_by_its_own_payer(world):
    parameters = await world.prepared()
    await press(world, parameters.prepay_id, "pay")
    assert (await world.heard()).status.payer == "oPayer"
