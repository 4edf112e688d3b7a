"""What after-sale hears of payments."""

from __future__ import annotations

from frontline.engine.feature import Outside
from frontline.kernel.ids import following
from frontline.kernel.words import ShopId
from frontline.shop.aftersale.messages import CaseId, FinishRefund
from frontline.shop.payment.messages import RefundDone


async def finish(outside: Outside, shop_id: ShopId, event: RefundDone) -> None:
    """The refund of a case has the case's id; that of anything else finishes no case."""
    case_id = CaseId(event.refund_id)
    wish = FinishRefund(id=following(case_id, "finish"), case_id=case_id)
    await outside.engine.submit(shop_id, wish)
