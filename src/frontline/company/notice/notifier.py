"""The port by which any feature tells somebody of the staff something.

    from frontline.company.notice.notifier import Message, tell

    async def remind(outside: Outside, shop_id: ShopId, event: ReviewDue) -> None:
        message = Message(id=following(event.review_id, "due"), title=Words(...), ...)
        await tell(outside.engine, shop_id, staff_id, message)

What is told stands at the desk at once; how else it travels (mail, a group of the company, WeChat)
is the reactions' business, tried again until it is through.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from frontline.company.notice.messages import PutNotice
from frontline.engine.engine import Engine
from frontline.kernel.ids import following
from frontline.kernel.text import Words
from frontline.kernel.words import ShopId, StaffId


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """`id` follows from what happened (`kernel.ids.following`): told twice, heard once."""

    id: UUID
    title: Words
    text: Words = Words("", "")
    url: str = "/desk"  # Where something can be done about it.
    urgent: bool = False  # Urgent ones also reach who wants to hear of nothing else.


async def tell(engine: Engine, shop_id: ShopId, to: StaffId, message: Message) -> None:
    """Safe to do again. The same message to several people is as many notices."""
    await engine.submit(
        shop_id,
        PutNotice(
            id=following(message.id, str(to)),
            to=to,
            title_zh=message.title.zh,
            title_en=message.title.en,
            text_zh=message.text.zh,
            text_en=message.text.en,
            url=message.url,
            urgent=message.urgent,
        ),
    )
