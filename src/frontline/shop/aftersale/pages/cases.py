"""After-sale at the desk: who waits for an answer, and the answers."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.ids import following
from frontline.kernel.text import Words
from frontline.shop.aftersale.book import OPEN, RECEIVABLE
from frontline.shop.aftersale.messages import (
    TEXTS,
    ApproveRefund,
    CaseId,
    Kind,
    Moved,
    ReceiveGoods,
    Refused,
    RefuseRefund,
    State,
)
from frontline.shop.aftersale.rules import ANSWER_WITHIN
from frontline.shop.aftersale.views import desk
from frontline.shop.aftersale.views.desk import CasePapers, CaseRow, Wish
from frontline.shop.aftersale.words import KINDS, REASONS, STATES, STEPS
from frontline.shop.order.sought import numbered
from frontline.shop.order.words import STATES as ORDER_STATES
from frontline.shop.order.words import short, until, who
from frontline.shop.payment.words import REFUNDS
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Bulk, Column, Filter, Found, Listing, pages_of
from frontline.web.listing import Kind as Cell
from frontline.web.pages import (
    About,
    Answer,
    DeskVisit,
    Done,
    Group,
    Invalid,
    Menu,
    Page,
    View,
    action,
    page,
)
from frontline.web.typed import Mistyped, whole

LIMIT_MAX = 500
CHOSEN_MAX = 200  # Approved together: the longest page of the list.

Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)]
Asked = Annotated[str, msgspec.Meta(max_length=64)]
Said = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]


class Which(StrEnum):
    """States, and all of them."""

    TO_ANSWER = "to_answer"
    ASKED = "asked"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ALL = "all"


class ListForm(msgspec.Struct, frozen=True):
    which: Which | None = None  # What is to be answered; of what is looked for, all.
    kind: Kind | None = None
    order: Asked = ""
    after: Cursor | None = None
    limit: Limit = 20


class Row(msgspec.Struct, frozen=True):
    case: CaseRow
    left: Words | None  # Of the time to answer, while an answer is awaited.

    @property
    def id(self) -> CaseId:
        return self.case.id


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    looked_for = bool(form.order) or form.kind is not None
    which = form.which or (Which.ALL if looked_for else Which.TO_ANSWER)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        wish = Wish(
            to_answer=which is Which.TO_ANSWER,
            state=None if which in {Which.TO_ANSWER, Which.ALL} else State(which),
            kind=form.kind,
            order_ids=await numbered(transaction, form.order) if form.order else None,
        )
        rows, follows = await desk.search(transaction, wish, after=form.after, limit=form.limit)
    now = visit.opened.now()
    return Found(
        [
            Row(row, until(row.asked_at + ANSWER_WITHIN, now) if row.state is State.ASKED else None)
            for row in rows
        ],
        follows,
    )


def _goods(row: Row) -> str:
    return "，".join(f"{title} ×{units}" for title, units in row.case.goods)


def url_of(case_id: UUID) -> str:
    return f"/desk/aftersale/show?id={case_id}"


async def _badge(visit: DeskVisit) -> int:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await desk.waiting(transaction)


LIST = Listing(
    path="/desk/aftersale",
    title=Words("售后", "After-sale"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("订单编号", "Order"),
            of=lambda row: short(row.case.order_id),
            link=lambda row: url_of(row.id),
        ),
        Column(label=Words("商品", "Goods"), of=_goods),
        Column(label=Words("退款金额", "Amount"), of=lambda row: row.case.amount, kind=Cell.MONEY),
        Column(label=Words("处理时限", "Time left"), of=lambda row: row.left),
        Column(
            label=Words("状态", "State"),
            of=lambda row: row.case.state,
            kind=Cell.STATE,
            states=STATES,
        ),
        Column(label=Words("类型", "Kind"), of=lambda row: KINDS[row.case.kind], on_phone=False),
        Column(
            label=Words("原因", "Reason"), of=lambda row: REASONS[row.case.reason], on_phone=False
        ),
        Column(
            label=Words("买家", "Buyer"),
            of=lambda row: row.case.buyer,
            link=lambda row: f"/desk/members/show?id={row.case.member_id}",
            on_phone=False,
        ),
        Column(
            label=Words("申请时间", "Asked"),
            of=lambda row: row.case.asked_at,
            kind=Cell.MOMENT,
            on_phone=False,
        ),
    ),
    filters=(
        Filter(
            name="kind",
            label=Words("类型", "Kind"),
            asks=Asks.CHOICE,
            choices=tuple(KINDS.items()),
        ),
        Filter(name="order", label=Words("订单编号", "Order number"), asks=Asks.WORDS),
    ),
    bulk=(
        Bulk(
            label=Words("批量同意", "Approve"),
            path="/desk/aftersale/approve_all",
            sure=Words(
                "同意所选的申请？仅退款的会立即退款，超出权限的会提交审批。",
                "Approve these? Refunds are paid at once; beyond your limit they are proposed.",
            ),
        ),
    ),
    menu=Menu(
        group=Group.TRADE,
        label=Words("售后", "After-sale"),
        icon="receipt-refund",
        place=30,
        badge=_badge,
    ),
    empty=Words("没有等待处理的售后申请", "Nobody waits for an answer"),
    template="aftersale/list.html",
    marked=True,
)


# -- One case ---------------------------------------------------------------------------


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        papers = await desk.papers(transaction, form.id)
    if papers is None:
        return None
    case = papers.page.case
    now = visit.opened.now()
    asked = case.state is State.ASKED
    return View(
        "aftersale/show.html",
        Words(f"售后 · 订单 {short(case.order_id)}", f"After-sale · order {short(case.order_id)}"),
        {
            "papers": papers,
            "case": case,
            "state": STATES[case.state],
            "kind": KINDS[case.kind],
            "reason": REASONS[case.reason],
            "order_state": ORDER_STATES[papers.order_state],
            "units": {line.number: line.quantity for line in case.lines},
            "left": until(case.asked_at + ANSWER_WITHIN, now) if asked else None,
            "late": asked and now > case.asked_at + ANSWER_WITHIN,
            "history": _history(visit, papers),
            "refund": None if papers.refund is None else REFUNDS[papers.refund],
            "short": short,
            "may_approve": asked,
            "pays_now": case.kind is Kind.REFUND_ONLY,
            "may_receive": case.state in RECEIVABLE,
            "may_refuse": case.state in OPEN,
        },
        about=About(ids=(case.id, case.order_id)),
    )


def _history(visit: DeskVisit, papers: CasePapers) -> list[tuple[str, str, object]]:
    told: list[tuple[str, str, object]] = []
    for step in papers.page.history:
        kind = who(step.who).in_(visit.language)
        by = papers.buyer if step.who == "buyer" else ""
        if step.actor_id is not None and step.who == "staff":
            by = papers.names.get(step.actor_id, "")
        told.append((f"{kind} {by}".strip(), STEPS[step.state].in_(visit.language), step.at))
    return told


class Restock(StrEnum):
    UNSENT = "unsent"  # Those that were never sent.
    ALL = "all"
    NONE = "none"


class ApproveForm(msgspec.Struct, frozen=True):
    id: UUID
    case_id: UUID
    restock: Restock = Restock.UNSENT


async def _approve(visit: DeskVisit, form: ApproveForm) -> Answer:
    """A refund only is paid back now; of a return, the goods are awaited."""
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        ApproveRefund(
            id=form.id,
            case_id=CaseId(form.case_id),
            staff_id=visit.known.staff_id,
            restock={Restock.ALL: True, Restock.NONE: False}.get(form.restock),
        ),
    )
    if isinstance(outcome, Moved) and outcome.state is State.APPROVED:
        return Done(Words("已同意，等买家寄回商品", "Agreed; the buyer now sends it back"))
    if isinstance(outcome, Moved):
        return Done(Words("已同意，退款原路退回", "Agreed; the money goes back"))
    return outcome


class RefuseForm(msgspec.Struct, frozen=True):
    id: UUID
    case_id: UUID
    answer: Said


async def _refuse(visit: DeskVisit, form: RefuseForm) -> Answer:
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        RefuseRefund(
            id=form.id,
            case_id=CaseId(form.case_id),
            staff_id=visit.known.staff_id,
            answer=form.answer.strip(),
        ),
    )
    if isinstance(outcome, Moved):
        return Done(Words("已拒绝，买家会看到您的说明", "Refused; the buyer reads why"))
    return outcome


class ReceiveForm(msgspec.Struct, frozen=True):
    id: UUID
    case_id: UUID
    numbers: tuple[int, ...] = ()  # Of lines, beside how many units of each can be sold again.
    sellable: tuple[str, ...] = ()


async def _receive(visit: DeskVisit, form: ReceiveForm) -> Answer:
    """The goods are here: the money goes back, and what is fit to be sold to the shelf."""
    try:
        units = [whole(typed) if typed else 0 for typed in form.sellable]
    except Mistyped:
        units = []
    if len(units) != len(form.numbers) or any(one < 0 for one in units):
        return Invalid({"sellable": Words("请填写可再售的件数", "Say how many can be sold again")})
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        ReceiveGoods(
            id=form.id,
            case_id=CaseId(form.case_id),
            staff_id=visit.known.staff_id,
            sellable=tuple(zip(form.numbers, units, strict=True)) if form.numbers else None,
        ),
    )
    if isinstance(outcome, Moved):
        return Done(Words("已收货，退款原路退回", "Received; the money goes back"))
    return outcome


class ApproveAllForm(msgspec.Struct, frozen=True):
    id: UUID
    ids: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=CHOSEN_MAX)] = ()


async def _approve_all(visit: DeskVisit, form: ApproveAllForm) -> Answer:
    """Each for itself: what cannot be approved leaves the others alone."""
    if not form.ids:
        return Invalid({"": Words("请先勾选要同意的申请", "Choose what to approve first")})
    outcomes = await asyncio.gather(
        *(
            visit.opened.engine.submit(
                visit.shop_id,
                ApproveRefund(
                    id=following(form.id, f"approve {case_id}"),
                    case_id=CaseId(case_id),
                    staff_id=visit.known.staff_id,
                ),
            )
            for case_id in form.ids
        )
    )
    done = sum(isinstance(one, Moved) for one in outcomes)
    held = sum(isinstance(one, Held) for one in outcomes)
    refused = [TEXTS[one.refusal] for one in outcomes if isinstance(one, Refused)]
    zh, en = [f"已同意 {done} 单"], [f"{done} approved"]
    if held:
        zh.append(f"{held} 单超出权限，已提交审批")
        en.append(f"{held} beyond your limit, proposed")
    if refused:
        zh.append(f"{len(refused)} 单没有处理（{refused[0].zh}）")
        en.append(f"{len(refused)} not done ({refused[0].en})")
    return Done(Words("，".join(zh), "; ".join(en)))


PAGES: tuple[Page, ...] = (
    *pages_of(LIST),
    page("/desk/aftersale/show", ShowForm, _show),
    action("/desk/aftersale/approve", ApproveForm, _approve),
    action("/desk/aftersale/refuse", RefuseForm, _refuse),
    action("/desk/aftersale/receive", ReceiveForm, _receive),
    action("/desk/aftersale/approve_all", ApproveAllForm, _approve_all),
)
