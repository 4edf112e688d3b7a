"""How the terms of a campaign are told to who finds them changed by somebody else."""

from __future__ import annotations

from collections.abc import Mapping

from frontline.games.groupbuy.seen import SKU, sku_of
from frontline.games.groupbuy.terms import Audience, OnExpiry
from frontline.kernel.seen import Facts
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, SkuId
from frontline.shop.catalog.views.desk import FoundSku
from frontline.web.edits import Parts, Teller, labelled
from frontline.web.pages import DeskVisit
from frontline.web.typed import written

LABELS: Mapping[str, Words] = {
    "name": Words("活动名称", "Name"),
    "cover": Words("封面", "Cover"),
    "rule_text": Words("活动规则", "Rules"),
    "share_title": Words("分享标题", "Title when shared"),
    "starts_at": Words("开始时间", "Starts"),
    "ends_at": Words("结束时间", "Ends"),
    "preview_hours": Words("提前预热（小时）", "Shown before (hours)"),
    "audience": Words("谁可以参团", "Who may join"),
    "size": Words("成团人数", "Team of"),
    "life_hours": Words("有效期（小时）", "Open for (hours)"),
    "pay_minutes": Words("付款时限（分钟）", "To pay within (minutes)"),
    "order_min": Words("每单至少", "An order's least"),
    "order_max": Words("每单最多", "An order's most"),
    "member_max": Words("每人最多", "A customer's most"),
    "leads_max": Words("每人开团", "Teams led"),
    "joins_max": Words("每人参团", "Teams joined"),
    "coupons": Words("可以叠加优惠券", "Coupons may be used as well"),
    "on_expiry": Words("到期未满员", "Not full in time"),
    "budget_cap": Words("让利上限", "It may cost at most"),
}
_AUDIENCES = {
    Audience.ALL: Words("所有人", "Everybody"),
    Audience.NEW: Words("只限新朋友（老带新）", "New customers only"),
}
_EXPIRIES = {
    OnExpiry.REFUND: Words("全额退款", "All money back"),
    OnExpiry.SHIP: Words("按团价照常发货", "Sent all the same"),
}


def teller(visit: DeskVisit, named: Mapping[SkuId, FoundSku]) -> Teller:
    currency = visit.shop.currency
    told = labelled(
        visit,
        LABELS,
        {
            "audience": lambda value: _AUDIENCES[value].in_(visit.language),
            "on_expiry": lambda value: _EXPIRIES[value].in_(visit.language),
            "budget_cap": lambda value: written(value, currency),
        },
    )

    def tell(name: str, facts: Facts) -> tuple[Words, str | Parts]:
        if not name.startswith(SKU):
            return told(name, facts)
        sku = named.get(sku_of(name))
        title = "" if sku is None else sku.name
        return Words(title, title), _item(visit, *facts[name])

    return tell


def _item(visit: DeskVisit, price: Fen, leader_price: Fen | None, quota: int) -> Parts:
    t, currency = visit.t, visit.shop.currency
    return {
        t("拼团价", "price"): written(price, currency),
        t("团长价", "leader's price"): written(leader_price, currency),
        t("名额", "quota"): str(quota),
    }
