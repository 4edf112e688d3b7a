"""The shop's own words, written by two at once: what is told, and how both may be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from frontline.kernel.seen import Facts as Seen
from frontline.kernel.text import Words
from frontline.shop.page.messages import Facts, PutBanner, PutPage, PutShop, Said
from frontline.shop.page.seen import (
    THE_SHOP,
    banner_facts,
    facts_of,
    page_facts,
    page_id,
    place_id,
    said_of,
    shop_facts,
)
from frontline.shop.page.text import cleaned
from frontline.shop.page.views import words
from frontline.store.database import Transaction
from frontline.web.edits import Edited, Look, Teller, edit, labelled, unmarked
from frontline.web.pages import DeskVisit

_NAMES = {
    "logo": Words("店标", "Logo"),
    "notice": Words("首页公告", "Notice on the first screen"),
    "phone": Words("客服电话", "Phone"),
    "wechat_id": Words("客服微信号", "WeChat id"),
    "service_hours": Words("服务时间", "Hours"),
    "address": Words("地址", "Address"),
    "about": Words("关于我们", "Who we are"),
    "licence_name": Words("营业执照名称", "Licence: name"),
    "licence_number": Words("统一社会信用代码", "Licence: number"),
    "licence_picture": Words("营业执照照片", "Licence: picture"),
    "promise": Words("退款承诺", "When money is given back"),
    "complaint": Words("投诉渠道", "Whom to turn to"),
    "title": Words("标题", "Title"),
    "html": Words("内容", "Text"),
    "picture": Words("图片", "Picture"),
    "link": Words("点击后去哪里", "Where it leads"),
    "shown_from": Words("开始展示", "Shown from"),
    "shown_until": Words("展示到", "Shown until"),
}
LABELS: Mapping[str, Words] = {
    **_NAMES,
    **{f"{key}_zh": Words(f"{it.zh}（中文）", f"{it.en} (Chinese)") for key, it in _NAMES.items()},
    **{f"{key}_en": Words(f"{it.zh}（英文）", f"{it.en} (English)") for key, it in _NAMES.items()},
}


async def put_shop(visit: DeskVisit, form: Edited, wish_id: UUID, facts: Facts) -> Any:
    def wish(seen: Seen) -> PutShop:
        return PutShop(
            id=wish_id, facts=facts_of(seen), staff_id=visit.known.staff_id, seen=form.basis
        )

    look = _looking(visit, lambda found: shop_facts(found.facts))
    return await edit(visit, form, THE_SHOP, shop_facts(facts), wish=wish, look=look)


async def put_page(visit: DeskVisit, form: Edited, page: PutPage) -> Any:
    def wish(seen: Seen) -> PutPage:
        if seen is mine:
            return replace(page, seen=form.basis)
        title, html = said_of(seen, "title"), said_of(seen, "html")
        return replace(page, title=title, html=html, seen=form.basis)

    def now(found: words.StaffWords) -> Seen:
        return page_facts(page.slug, next(one for one in found.pages if one.slug is page.slug))

    html = Said(cleaned(page.html.zh), cleaned(page.html.en))
    mine = page_facts(page.slug, replace(page, html=html))
    return await edit(visit, form, page_id(page.slug), mine, wish=wish, look=_looking(visit, now))


async def put_banner(visit: DeskVisit, form: Edited, banner: PutBanner) -> Any:
    def wish(seen: Seen) -> PutBanner:
        same = {name: seen[name] for name in ("picture", "link", "shown_from", "shown_until")}
        return replace(banner, **same, title=said_of(seen, "title"), seen=form.basis)

    def now(found: words.StaffWords) -> Seen:
        there = [one for one in found.banners if one.place == banner.place]
        return banner_facts(there[0] if there else None)

    mine = banner_facts(banner)
    thing_id = place_id(banner.place)
    return await edit(visit, form, thing_id, mine, wish=wish, look=_looking(visit, now))


def _looking(visit: DeskVisit, now: Callable[[words.StaffWords], Seen]) -> Look:
    async def look(transaction: Transaction) -> tuple[Seen, Teller]:
        found = await words.staff_words_in(transaction)
        return now(found), labelled(visit, LABELS, {"html_zh": unmarked, "html_en": unmarked})

    return look
