"""Notices carried outside the desk: each way by itself, until it is through or too late."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from frontline.company.notice import views
from frontline.company.notice.carriers import Letter, Notifier, Notifiers, Undeliverable
from frontline.company.notice.messages import NoticeId, ToGroup, ToMail, ToWeChat
from frontline.engine.feature import Outside
from frontline.kernel.words import ShopId

TRIED_FOR = timedelta(hours=6)
"""What could not be carried by then is old news; it stands at the desk."""

_log = logging.getLogger(__name__)


async def mail(outside: Outside, shop_id: ShopId, event: ToMail) -> None:
    await _carry(outside, shop_id, event.notice_id, event.put_at, lambda all_: all_.mail)


async def group(outside: Outside, shop_id: ShopId, event: ToGroup) -> None:
    await _carry(outside, shop_id, event.notice_id, event.put_at, lambda all_: all_.group)


async def wechat(outside: Outside, shop_id: ShopId, event: ToWeChat) -> None:
    await _carry(outside, shop_id, event.notice_id, event.put_at, lambda all_: all_.wechat)


async def _carry(
    outside: Outside,
    shop_id: ShopId,
    notice_id: NoticeId,
    put_at: datetime,
    way: Callable[[Notifiers], Notifier | None],
) -> None:
    notifiers: Notifiers = outside.services.get(Notifiers) or Notifiers()
    notifier = way(notifiers)
    if notifier is None or outside.now() >= put_at + TRIED_FOR:
        return
    letter = await _letter(outside, shop_id, notice_id, notifiers.public_url)
    if letter is None:
        return
    try:
        await notifier.send(letter)
    except Undeliverable as why:
        _log.warning("notice %s stays at the desk: %s", notice_id, why)


async def _letter(
    outside: Outside, shop_id: ShopId, notice_id: NoticeId, public_url: str
) -> Letter | None:
    """None: who it is for does not work here any more, or has read it at the desk."""
    async with outside.database.transaction(shop_id) as transaction:
        notice = await views.one(transaction, notice_id)
        assert notice is not None
        name = await views.name_of(transaction, notice.to)
        reach = await views.reach(transaction, notice.to)
        timezone = await views.timezone(transaction)
    if name is None or notice.read_at is not None:
        return None
    english = reach.language == "en"
    return Letter(
        id=notice.id,
        name=name,
        mail=reach.mail,
        openid=reach.openid,
        title=notice.title_en if english else notice.title_zh,
        text=notice.text_en if english else notice.text_zh,
        url=f"{public_url}{notice.url}",
        at=notice.at.astimezone(ZoneInfo(timezone)),
    )
