"""The owner hears that a plan asks for something, and that one has ended. It may be done again."""

from __future__ import annotations

from frontline.company.notice.notifier import Message, tell
from frontline.company.plan import views
from frontline.company.plan.messages import PlanEnded, PlanId, PlanPutForward
from frontline.engine.feature import Outside
from frontline.kernel.ids import following
from frontline.kernel.text import Words
from frontline.kernel.words import ShopId

PUT = Words("新计划等您给资源：{name}", "A plan waits for what it needs: {name}")
ENDED = Words("计划已结束，请复盘：{name}", "A plan has ended and is to be reviewed: {name}")


async def put_forward(outside: Outside, shop_id: ShopId, event: PlanPutForward) -> None:
    await _tell(outside, shop_id, event.plan_id, "put", PUT)


async def ended(outside: Outside, shop_id: ShopId, event: PlanEnded) -> None:
    await _tell(outside, shop_id, event.plan_id, "ended", ENDED)


async def _tell(
    outside: Outside, shop_id: ShopId, plan_id: PlanId, what: str, title: Words
) -> None:
    """The owners; also who put it forward, once it has ended."""
    async with outside.database.transaction(shop_id) as transaction:
        plan = await views.plain(transaction, plan_id)
        assert plan is not None
        owners = await views.owners(transaction)
    message = Message(
        id=following(plan_id, what),
        title=Words(title.zh.format(name=plan.name), title.en.format(name=plan.name)),
        url=f"/desk/plans/show?id={plan_id}",
    )
    for staff_id in dict.fromkeys((*owners, *((plan.put_by,) if what == "ended" else ()))):
        await tell(outside.engine, shop_id, staff_id, message)
