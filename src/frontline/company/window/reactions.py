"""Who entered a window hears what became of it. It may be done again."""

from __future__ import annotations

from frontline.company.notice.notifier import Message, tell
from frontline.company.window import views
from frontline.company.window.messages import WindowId, WindowMissed, WindowSignedUp
from frontline.engine.feature import Outside
from frontline.kernel.ids import following
from frontline.kernel.text import Words
from frontline.kernel.words import ShopId, StaffId

ENTER = Words("已定报名，请到平台填报：{title}", "Decided: enter it at the platform: {title}")
MISSED = Words("错过报名：{title}", "A sign-up was missed: {title}")


async def signed_up(outside: Outside, shop_id: ShopId, event: WindowSignedUp) -> None:
    """Also when it is a yes of somebody else that has let it through."""
    await _tell(outside, shop_id, event.window_id, "signed up", (event.staff_id,), ENTER)


async def missed(outside: Outside, shop_id: ShopId, event: WindowMissed) -> None:
    await _tell(outside, shop_id, event.window_id, "missed", (), MISSED)


async def _tell(  # noqa: PLR0913, PLR0917 - what is told, of what, to whom
    outside: Outside,
    shop_id: ShopId,
    window_id: WindowId,
    what: str,
    to: tuple[StaffId, ...],
    title: Words,
) -> None:
    async with outside.database.transaction(shop_id) as transaction:
        whole = await views.one(transaction, window_id)
    assert whole is not None
    facts = whole.window.facts
    message = Message(
        id=following(window_id, what),
        title=Words(title.zh.format(title=facts.title), title.en.format(title=facts.title)),
        text=Words(facts.platform, facts.platform),
        url=f"/desk/windows/show?id={window_id}",
        urgent=what == "signed up",
    )
    for staff_id in dict.fromkeys((*to, whole.window.put_by)):
        await tell(outside.engine, shop_id, staff_id, message)
