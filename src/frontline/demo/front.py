"""What the demo shop says of itself, and what it gives away."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from frontline.demo.goods import CATEGORIES, fen
from frontline.demo.people import Demo, pay_all
from frontline.demo.pictures import src_of
from frontline.games.groupbuy.messages import (
    ApproveCampaign,
    CampaignId,
    CheckCampaign,
    CreateCampaign,
    JoinTeam,
    OpenTeam,
    PublishCampaign,
    TeamId,
)
from frontline.games.groupbuy.terms import ItemTerms, OnExpiry, Terms
from frontline.kernel.words import Fen, ShopId
from frontline.shop.catalog.messages import AddCategory, product_id_of
from frontline.shop.coupon.messages import CreateCoupon, Kind, Scope
from frontline.shop.freight.messages import Measure, PutFreight, Rate
from frontline.shop.page.messages import Facts, PutBanner, PutPage, PutShop, Said, Slug

FREIGHT = "标准快递（满 99 包邮）"
REMOTE = ("15", "46", "54", "62", "63", "64", "65")
"""内蒙古, 海南, 西藏, 甘肃, 青海, 宁夏, 新疆."""
ABROAD = ("71", "81", "82")
YEAR = timedelta(days=365)

_NEAR = Rate(1000, Fen(800), 1000, Fen(300), free_from=Fen(9900))
_FAR = Rate(1000, Fen(1800), 1000, Fen(900), free_from=Fen(19900))

# Name, kind, off, at most, from, and how many a member may claim.
_COUPONS = (
    ("新人见面礼", Kind.AMOUNT, 1000, None, "49.00", 1),
    ("满 128 减 20", Kind.AMOUNT, 2000, None, "128.00", 2),
    ("满 199 减 40", Kind.AMOUNT, 4000, None, "199.00", 2),
    ("全场 9 折，最多减 30 元", Kind.PERCENT, 1000, Fen(3000), "88.00", 1),
)


class _Campaign(NamedTuple):
    name: str
    handle: str
    prices: dict[int, str]  # By variant, in yuan.
    size: int
    hours: int
    quota: int
    on_expiry: OnExpiry


_SHIP, _REFUND = OnExpiry.SHIP, OnExpiry.REFUND
_CAMPAIGNS = (
    _Campaign("黄油曲奇 2 人拼", "butter-cookie", {1: "32.90", 2: "56.90"}, 2, 168, 60, _SHIP),
    _Campaign(
        "手工蛋卷 3 人拼", "egg-roll", {1: "36.00", 2: "38.00", 3: "38.00"}, 3, 168, 40, _SHIP
    ),
    _Campaign(
        "四味铁盒 2 人拼", "four-flavour-tin", {1: "108.00", 2: "126.00"}, 2, 24, 30, _REFUND
    ),
    _Campaign("挂耳咖啡 3 人拼", "drip-coffee", {1: "39.00", 2: "99.00"}, 3, 48, 40, _REFUND),
)


async def lay_out(demo: Demo) -> PutFreight:
    """Categories in their order, and what carriage costs."""
    await demo.do_all(
        AddCategory(id=demo.id(), name=name, parent_id=None, position=place, staff_id=demo.staff_id)
        for place, name in enumerate(CATEGORIES)
    )
    freight = PutFreight(
        id=demo.id(),
        template_id=None,
        name=FREIGHT,
        measure=Measure.WEIGHT,
        elsewhere=_NEAR,
        regions={**dict.fromkeys(REMOTE, _FAR), **dict.fromkeys(ABROAD)},
    )
    await demo.do(freight)
    return freight


async def speak(demo: Demo) -> None:
    """Banners, pages and facts."""
    here = files("frontline.demo").joinpath("words.toml")
    words = tomllib.loads(here.read_text(encoding="utf-8"))
    await demo.do_all(
        PutBanner(
            id=demo.id(),
            place=place,
            title=Said(**one["title"]),
            picture=src_of(one["picture"]),
            link=_link(demo.shop_id, one["link"]),
            shown_from=None,
            shown_until=None,
            staff_id=demo.staff_id,
        )
        for place, one in enumerate(words["banners"], 1)
    )
    await demo.do_all(
        PutPage(
            id=demo.id(),
            slug=Slug(slug),
            title=Said(**one["title"]),
            html=Said(one["zh"].strip(), one["en"].strip()),
            staff_id=demo.staff_id,
        )
        for slug, one in words["pages"].items()
    )
    facts = msgspec.convert(
        {**words["facts"], "logo": src_of("logo"), "licence_picture": src_of("licence")}, Facts
    )
    await demo.do(PutShop(id=demo.id(), facts=facts, staff_id=demo.staff_id, demo=True))


def _link(shop_id: ShopId, said: str) -> str:
    kind, _, handle = said.partition(":")
    if kind != "product":
        return said
    return f"/pages/product/product?id={product_id_of(shop_id, handle)}"


async def give_coupons(demo: Demo, today: datetime) -> None:
    await demo.do_all(
        CreateCoupon(
            id=demo.id(),
            name=name,
            kind=kind,
            value=value,
            cap=cap,
            threshold=fen(threshold),
            scope=Scope.ALL,
            scope_ids=(),
            issued_max=None,
            per_member_max=per_member_max,
            claim_from=today - timedelta(days=1),
            claim_until=today + YEAR,
            usable_from=today - timedelta(days=1),
            usable_until=today + YEAR,
            staff_id=demo.staff_id,
        )
        for name, kind, value, cap, threshold, per_member_max in _COUPONS
    )


async def buy_together(demo: Demo, today: datetime) -> None:
    """Campaigns that run, and two teams that wait for one more."""
    ids = [await _campaign(demo, today, each) for each in _CAMPAIGNS]
    first, second, third = demo.people[1], demo.people[5], demo.people[9]
    leaders = [
        _seat(demo, OpenTeam, first, demo.sku("butter-cookie"), campaign_id=ids[0]),
        _seat(demo, OpenTeam, second, demo.sku("egg-roll"), campaign_id=ids[1]),
    ]
    await pay_all(demo, leaders)
    team_id = TeamId(leaders[1].id)
    await pay_all(demo, [_seat(demo, JoinTeam, third, demo.sku("egg-roll", 3), team_id=team_id)])


def _seat(demo: Demo, kind: Any, person: tuple[Any, Any], sku_id: Any, **where: Any) -> Any:
    member_id, address_id = person
    return kind(id=demo.id(), member_id=member_id, sku_id=sku_id, address_id=address_id, **where)


async def _campaign(demo: Demo, today: datetime, one: _Campaign) -> CampaignId:
    end = "到期未满也按团价发货" if one.on_expiry is _SHIP else "到期未满自动原路退款"
    terms = Terms(
        name=one.name,
        cover=src_of(f"{one.handle}-1"),
        rule_text=(
            f"{one.size} 人成团，开团后 {one.hours} 小时内有效，{end}。\n"
            "每单限购 2 件，活动商品不与优惠券同享。\n付款后占位，成团后 48 小时内发货。"
        ),
        share_title=f"我在小满曲奇开了一个团，{one.name}，就差你了",
        starts_at=today - timedelta(hours=1),
        ends_at=today + timedelta(days=60),
        size=one.size,
        life_hours=one.hours,
        order_max=2,
        on_expiry=one.on_expiry,
    )
    items = tuple(
        ItemTerms(sku_id=demo.sku(one.handle, variant), price=fen(price), quota=one.quota)
        for variant, price in one.prices.items()
    )
    staff_id = demo.staff_id
    made = CreateCampaign(id=demo.id(), terms=terms, items=items, staff_id=staff_id)
    await demo.do(made)
    campaign_id = CampaignId(made.id)
    for deed in (CheckCampaign, ApproveCampaign, PublishCampaign):
        await demo.do(deed(id=demo.id(), campaign_id=campaign_id, staff_id=staff_id))
    return campaign_id
