"""Cards, and who came by them: in the compiled mini program, against the shop's records."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from uuid import UUID, uuid4

import weixin
from miniprogram import MiniProgram
from PIL import Image
from playwright.sync_api import Route, expect
from town import Town

SUBMIT = re.compile("^提交订单 ¥")
COFFEE = "挂耳咖啡 3 人拼"


def test_somebody_new_by_a_shared_product(
    miniprograms_of: Callable[..., MiniProgram], town: Town
) -> None:
    """The card of WeChat's own menu; the touch is kept before anybody is signed in."""
    mine, theirs = miniprograms_of(town), miniprograms_of(town)
    sharer = weixin.Person(town, mine.sign_in("分享人小田"))
    wanted = weixin.product(town, "桂花乌龙茶")
    mine.open(f"pages/product/product?id={wanted['id']}")
    mine.see(wanted["title"])
    card = mine.card()
    assert card["title"] == wanted["title"]
    weixin.shown(town, card)
    scene = weixin.scene_of(card)

    theirs.nickname = "新来的小甘"
    theirs.open(card["path"].lstrip("/"), scene=1007)
    theirs.see(wanted["title"])
    theirs.settle()
    assert not weixin.asked(theirs, "login")  # Looking asks nobody who they are.
    touched = "SELECT member_id FROM share_touch WHERE visitor = $1"
    assert town.row(touched, weixin.visitor(theirs)) == {"member_id": None}
    theirs.tap("首页")
    theirs.page.locator("[role=tab]", has_text="购物车").click()
    newcomer = weixin.person(theirs)
    bound = town.until(
        lambda: town.rows("SELECT * FROM share_bind WHERE member_id = $1", newcomer.id)
    )
    assert bound[0]["sharer_id"] == sharer.id
    assert bound[0]["code_id"] in scene
    town.post("/api/share/bind", newcomer.token, visitor=str(uuid4()))  # And it stays so.
    assert newcomer.brought_by()["sharer_id"] == sharer.id


def test_a_shared_campaign_and_a_shared_order(
    miniprograms_of: Callable[..., MiniProgram], town: Town
) -> None:
    """A card leads to what it shows: the group-buy; of an order, the thing that was bought."""
    mine, theirs = miniprograms_of(town), miniprograms_of(town)
    buyer = weixin.Person(town, mine.sign_in("买家小蒋"))
    buyer.lives()
    found = weixin.campaign(town, COFFEE)
    mine.open(f"games/groupbuy/pages/campaign?id={found['id']}")
    mine.see(COFFEE)
    card = mine.card()
    weixin.shown(town, card)
    assert weixin.scene_of(card)
    theirs.open(card["path"].lstrip("/"), scene=1007)
    theirs.see(COFFEE)
    assert theirs.path == "games/groupbuy/pages/campaign"

    wanted = weixin.product(town, "蜂蜜柚子茶")
    mine.open(f"pages/checkout/checkout?sku={wanted['skus'][0]['id']}")
    mine.tap(SUBMIT)
    mine.see("支付成功")
    card = mine.card()
    assert wanted["title"] in card["title"]
    mine.tap("查看订单")
    mine.see("商家正在备货")
    for each in (card, mine.card()):
        weixin.shown(town, each)
        assert weixin.scene_of(each)
        theirs.open(each["path"].lstrip("/"), scene=1007)
        theirs.see(wanted["title"])
        assert theirs.path == "pages/product/product"
    assert UUID(theirs.page.evaluate("mp.top().page.options.id")) == UUID(wanted["id"])


def test_whoever_is_quicker_than_the_code(miniprogram: MiniProgram, town: Town) -> None:
    """WeChat waits for the card's code; when there is none to be had, the card leads here still."""
    miniprogram.sign_in("手快的小邵")
    wanted = weixin.product(town, "伯爵红茶")
    path = f"pages/product/product?id={wanted['id']}"
    held: list[Route] = []
    miniprogram.page.route("**/api/share/make", lambda route: held.append(route))
    miniprogram.open(path)
    miniprogram.see(wanted["title"])
    miniprogram.page.evaluate("window.early = mp.share(); 0")
    town.until(lambda: held or miniprogram.page.wait_for_timeout(20))
    held.pop().continue_()
    assert weixin.scene_of(miniprogram.page.evaluate("early"))

    miniprogram.foresee("request failed: POST .*/api/share/make")
    miniprogram.page.unroute("**/api/share/make")
    miniprogram.page.route("**/api/share/make", lambda route: route.abort())
    miniprogram.open(path)
    miniprogram.see(wanted["title"])
    assert miniprogram.card()["path"] == f"/{path}"


def test_a_bind_that_was_lost_is_told_again(miniprogram: MiniProgram, town: Town) -> None:
    """Whose card it was is not forgotten because the network was away for a moment."""
    sharer = town.member("13500000021")
    wanted = weixin.product(town, "伯爵红茶")
    share = {"visitor": str(uuid4()), "kind": "product", "channel": "group"}
    card = town.post("/api/share/make", sharer, target=wanted["id"], **share)
    miniprogram.foresee("request failed: POST .*/api/share/bind")
    miniprogram.page.route("**/api/share/bind", lambda route: route.abort())
    miniprogram.nickname = "电梯里的小汪"
    miniprogram.open(card["path"], scene=1008)
    miniprogram.see(wanted["title"])
    miniprogram.open("pages/mine/profile")
    newcomer = weixin.person(miniprogram)
    assert not town.rows("SELECT 1 FROM share_bind WHERE member_id = $1", newcomer.id)
    miniprogram.page.unroute("**/api/share/bind")
    miniprogram.open("pages/home/home")
    miniprogram.settle()
    sharer_id = UUID(town.get("/api/me", sharer)["id"])
    assert newcomer.brought_by()["sharer_id"] == sharer_id


def test_a_poster(miniprogram: MiniProgram, town: Town) -> None:
    """Drawn on WeChat's own canvas, with a code of its own; kept in the album."""
    sharer = weixin.Person(town, miniprogram.sign_in("画海报的小陶"))
    wanted = weixin.product(town, "杏仁雪球")
    miniprogram.open(f"pages/product/product?id={wanted['id']}")
    miniprogram.page.get_by_role("button", name="分享").locator("visible=true").first.click()
    miniprogram.see("发给微信好友")
    miniprogram.tap("生成海报")
    poster = miniprogram.page.locator("img[alt='分享海报']")
    expect(poster).to_be_visible()
    _, _, content = str(poster.get_attribute("src")).partition("base64,")
    drawn = Image.open(io.BytesIO(base64.b64decode(content))).convert("L")
    assert drawn.size == (900, 1350)
    top, code = drawn.crop((0, 0, 900, 900)), drawn.crop((552, 954, 852, 1254))
    assert sum(map(bool, top.histogram())) > 20  # A photograph.
    assert code.getextrema() == (0, 255)
    miniprogram.tap("保存到相册")
    miniprogram.see("已保存")
    assert len(weixin.asked(miniprogram, "save")) == 1
    made = town.row(
        "SELECT * FROM share_code WHERE member_id = $1 AND channel = 'poster'", sharer.id
    )
    assert (made["kind"], made["target"]) == ("product", wanted["id"])
