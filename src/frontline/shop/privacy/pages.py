"""Personal data at the desk: handed out, and forgotten, when a member asks staff for it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.kernel.words import MemberId
from frontline.shop.privacy import views
from frontline.shop.privacy.messages import Erased, EraseMember, Refusal, Refused
from frontline.web.door import Who
from frontline.web.pages import Answer, DeskVisit, Done, Download, Invalid, Page, action, page

_ENCODER = msgspec.json.Encoder()


class ExportForm(msgspec.Struct, frozen=True):
    member_id: UUID


async def _export(visit: DeskVisit, form: ExportForm) -> Answer:
    """All that is held about a member, to be handed to them."""
    export = await views.export(
        visit.opened.database,
        visit.shop_id,
        MemberId(form.member_id),
        visit.language,
        visit.opened.now(),
    )
    if not export.held:
        return None
    content = msgspec.json.format(_ENCODER.encode(export), indent=2)
    name = visit.t("个人信息", "personal-data")
    return Download(f"{name}-{form.member_id.hex[:8]}.json", "application/json", content)


class EraseForm(msgspec.Struct, frozen=True):
    id: UUID
    member_id: UUID


async def _erase(visit: DeskVisit, form: EraseForm) -> Answer:
    """Forget who this is; orders stay in the books without the name."""
    outcome = await visit.opened.engine.submit(
        visit.shop_id, EraseMember(id=form.id, member_id=MemberId(form.member_id))
    )
    match outcome:
        case Erased():
            visit.opened.sessions.forget(form.member_id)
            return Done(
                Words(
                    "已注销：姓名、电话、地址都已删除，订单账目保留",
                    "Forgotten: name, phone and addresses are gone, the books stay",
                )
            )
        case Refused(refusal=Refusal.ORDERS_OPEN, open=count):
            return Invalid(
                {
                    "": Words(
                        f"这位会员还有 {count} 个未完成的订单，完成或取消后才能注销",
                        f"{count} orders are open: finish or cancel them first",
                    )
                }
            )
        case Refused(refusal=Refusal.REFUNDS_OPEN, open=count):
            return Invalid(
                {
                    "": Words(
                        f"这位会员还有 {count} 笔售后或退款在处理，到账后才能注销",
                        f"{count} refunds are under way: wait until the money is back",
                    )
                }
            )
        case _:
            return outcome


PAGES: tuple[Page, ...] = (
    page("/desk/members/export_data", ExportForm, _export),
    action("/desk/members/erase", EraseForm, _erase, who=Who.OWNER),
)
