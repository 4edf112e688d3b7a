"""Writing the digest and handing it on."""

from __future__ import annotations

from frontline.company.digest import views
from frontline.company.digest.messages import DigestDue
from frontline.company.digest.text import text, title
from frontline.company.notice.notifier import Message, tell
from frontline.engine.feature import Outside
from frontline.kernel.ids import following
from frontline.kernel.words import ShopId
from frontline.web.shops import Shops


async def send(outside: Outside, shop_id: ShopId, event: DigestDue) -> None:
    shop = (await Shops(outside.database).all())[shop_id]
    async with outside.database.transaction(shop_id) as transaction:
        digest = await views.digest(transaction, shop, event.staff_id, outside.now())
    message = Message(
        id=following(event.digest_id, "message"),
        title=title(digest, shop),
        text=text(digest, shop),
        url="/desk/digest",
    )
    await tell(outside.engine, shop_id, event.staff_id, message)
