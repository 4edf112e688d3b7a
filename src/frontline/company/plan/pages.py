"""Plans at the desk: what is asked, what is given, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.company.plan import views
from frontline.company.plan.book import Plan
from frontline.company.plan.messages import (
    GivePlan,
    Kind,
    PlanId,
    PutPlan,
    Resources,
    ReviewPlan,
    State,
    WithdrawPlan,
)
from frontline.company.plan.reading import RESOURCES, TARGETS, read
from frontline.company.plan.seen import given_facts, plan_facts, resources_of, targets_of
from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.text import Words
from frontline.kernel.words import Command, Fen
from frontline.store.database import Transaction
from frontline.web.cursor import Cursor
from frontline.web.door import Who
from frontline.web.edits import Clash, Edited, Teller, labelled
from frontline.web.edits import edit as changed
from frontline.web.listing import Badge, Column, Found, Listing, pages_of
from frontline.web.listing import Kind as Cell
from frontline.web.pages import Amount, DeskVisit, Done, Group, Menu, View, action, page
from frontline.web.session import Role
from frontline.web.typed import written

MONEY_MAX = 10**13
COUNT_MAX = 10**9
Limit = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Money = Annotated[Amount, msgspec.Meta(ge=0, le=MONEY_MAX)]
Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
Aim = Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)]
Name = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=100)]
Said = Annotated[str, msgspec.Meta(max_length=500)]

KINDS: Mapping[str, Words] = {
    Kind.CAMPAIGN: Words("活动", "Campaign"),
    Kind.QUARTER: Words("季度", "Quarter"),
}
STATES: Mapping[str, Badge] = {
    State.ASKED: Badge(Words("等资源", "Waits for resources"), "orange"),
    State.GIVEN: Badge(Words("进行中", "Given"), "blue"),
    "ended": Badge(Words("待复盘", "To be reviewed"), "orange"),
    State.REVIEWED: Badge(Words("已复盘", "Reviewed"), "green"),
    State.WITHDRAWN: Badge(Words("已撤回", "Withdrawn"), "secondary"),
}
DEEDS = {
    "put": Words("提出或修改", "Put forward or changed"),
    "give": Words("给了资源", "Gave"),
    "review": Words("复盘", "Reviewed"),
    "withdraw": Words("撤回", "Withdrawn"),
}


def _state(plan: Plan) -> str:
    return "ended" if plan.state is State.GIVEN and plan.ended else plan.state


class ListForm(msgspec.Struct, frozen=True):
    after: Cursor | None = None
    limit: Limit = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, after = await views.page(transaction, form.after, form.limit)
    return Found(rows, after)


async def _badge(visit: DeskVisit) -> int:
    """Only owners give and owe reviews."""
    if visit.known.role is not Role.OWNER:
        return 0
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.due(transaction, visit.opened.now())


LIST = Listing(
    path="/desk/plans",
    title=Words("计划", "Plans"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("名称", "Name"),
            of=lambda one: one.name,
            link=lambda one: f"/desk/plans/show?id={one.id}",
        ),
        Column(label=Words("类型", "Kind"), of=lambda one: KINDS[one.kind], on_phone=False),
        Column(
            label=Words("开始", "From"), of=lambda one: one.first, kind=Cell.DAY, on_phone=False
        ),
        Column(label=Words("结束", "Until"), of=lambda one: one.last, kind=Cell.DAY),
        Column(
            label=Words("销售目标", "Revenue target"),
            of=lambda one: one.targets.revenue,
            kind=Cell.MONEY,
            on_phone=False,
        ),
        Column(label=Words("状态", "State"), of=_state, kind=Cell.STATE, states=STATES),
    ),
    menu=Menu(
        group=Group.COMPANY,
        label=Words("计划与资源", "Plans"),
        icon="target-arrow",
        place=30,
        badge=_badge,
    ),
    empty=Words(
        "还没有计划。写清要什么、需要什么，再说做到了没有。",
        "No plans yet. Say what is wanted and what it takes, before asking what came of it.",
    ),
    add=(Words("新计划", "New plan"), "/desk/plans/edit"),
)


# -- One --------------------------------------------------------------------------------------


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def show(visit: DeskVisit, form: ShowForm) -> View | None:
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        whole = await views.one(transaction, form.id, now)
    if whole is None:
        return None
    plan, over = whole.plan, now >= whole.plan.ends_at
    day = visit.shop.day(now)
    values = {
        "plan": plan,
        "reading": read(plan, whole.achieved, over=over),
        "achieved": whole.achieved,
        "over": over,
        "gone": max(0, min(plan.days, (day - plan.first).days + 1)),
        "steps": [
            (one.name, DEEDS[one.step.deed].in_(visit.language), one.step.at) for one in whole.steps
        ],
        "badge": STATES[_state(plan)],
        "kind": KINDS[plan.kind],
        "resources": RESOURCES,
        "targets": TARGETS,
        "may_give": visit.known.role is Role.OWNER and plan.state in {State.ASKED, State.GIVEN},
        "seen": seen_of(given_facts(plan.given)),
        "may_review": over and plan.state is State.GIVEN,
    }
    return View("plan/show.html", Words(plan.name, plan.name), values)


class EditForm(msgspec.Struct, frozen=True):
    id: UUID | None = None


async def edit(visit: DeskVisit, form: EditForm) -> View | None:
    plan = None
    if form.id is not None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            plan = await views.plain(transaction, form.id)
        if plan is None:
            return None
    title = Words("新计划", "New plan") if plan is None else Words("修改计划", "Change the plan")
    return View(
        "plan/edit.html",
        title,
        {"plan": plan, "kinds": list(KINDS.items()), "seen": seen_of(plan_facts(plan))},
    )


class PutForm(Edited, frozen=True, kw_only=True):
    id: UUID
    name: Name
    kind: Kind
    first: date
    last: date
    revenue: Annotated[Amount, msgspec.Meta(ge=1, le=MONEY_MAX)] | None = None
    orders: Aim | None = None
    new_customers: Aim | None = None
    budget: Money | None = None
    stock_units: Count | None = None
    people: Count | None = None
    authority: Said = ""
    plan_id: UUID | None = None


async def put(visit: DeskVisit, form: PutForm) -> Any:
    plan_id = form.plan_id or form.id

    def wish(facts: Facts) -> PutPlan:
        return PutPlan(
            id=form.id,
            staff_id=visit.known.staff_id,
            name=facts["name"],
            kind=facts["kind"],
            first=facts["first"],
            last=facts["last"],
            starts_at=visit.shop.begins(facts["first"]),
            ends_at=visit.shop.begins(facts["last"] + timedelta(days=1)),
            targets=targets_of(facts),
            needs=resources_of(facts),
            plan_id=None if form.plan_id is None else PlanId(form.plan_id),
            seen=form.basis,
        )

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        return plan_facts(await views.plain(transaction, plan_id)), _telling(visit)

    mine = {
        "name": form.name,
        "kind": form.kind,
        "first": form.first,
        "last": form.last,
        "revenue": None if form.revenue is None else int(form.revenue),
        "orders": form.orders,
        "new_customers": form.new_customers,
        **given_facts(_resources(form)),
    }
    outcome = await changed(visit, form, plan_id, mine, wish=wish, look=look)
    return _answer(outcome, plan_id, Words("已保存", "Saved"))


_LABELS = {
    "name": Words("名称", "Name"),
    "kind": Words("类型", "Kind"),
    "first": Words("开始", "From"),
    "last": Words("结束（含当天）", "Until (inclusive)"),
    "revenue": Words("销售额", "Revenue"),
    "orders": Words("订单数", "Orders"),
    "new_customers": Words("新客数", "New customers"),
    "budget": Words("预算", "Budget"),
    "stock_units": Words("备货", "Stock"),
    "people": Words("人手", "People"),
    "authority": Words("权限", "Authority"),
}


def _telling(visit: DeskVisit) -> Teller:
    def money(value: int | None) -> str:
        return written(value, visit.shop.currency)

    def kind(value: Kind) -> str:
        return KINDS[value].in_(visit.language)

    return labelled(visit, _LABELS, {"kind": kind, "revenue": money, "budget": money})


def _resources(form: PutForm | GiveForm) -> Resources:
    return Resources(
        budget=Fen(int(form.budget or 0)),
        stock_units=form.stock_units or 0,
        people=form.people or 0,
        authority=form.authority,
    )


class GiveForm(Edited, frozen=True, kw_only=True):
    id: UUID
    plan_id: UUID
    budget: Money | None = None
    stock_units: Count | None = None
    people: Count | None = None
    authority: Said = ""


async def give(visit: DeskVisit, form: GiveForm) -> Any:
    def wish(facts: Facts) -> GivePlan:
        return GivePlan(
            id=form.id,
            plan_id=PlanId(form.plan_id),
            staff_id=visit.known.staff_id,
            given=resources_of(facts),
            seen=form.basis,
        )

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        plan = await views.plain(transaction, form.plan_id)
        return given_facts(None if plan is None else plan.given), _telling(visit)

    mine = given_facts(_resources(form))
    outcome = await changed(visit, form, form.plan_id, mine, wish=wish, look=look)
    return _answer(outcome, form.plan_id, Words("资源已给", "Given"))


class ReviewForm(msgspec.Struct, frozen=True):
    id: UUID
    plan_id: UUID
    learned: Annotated[str, msgspec.Meta(pattern=r"\S", max_length=4_000)]


async def review(visit: DeskVisit, form: ReviewForm) -> Any:
    command = ReviewPlan(
        id=form.id,
        plan_id=PlanId(form.plan_id),
        staff_id=visit.known.staff_id,
        learned=form.learned,
    )
    return await _done(visit, command, form.plan_id, Words("复盘已记下", "Reviewed"))


class WithdrawForm(msgspec.Struct, frozen=True):
    id: UUID
    plan_id: UUID


async def withdraw(visit: DeskVisit, form: WithdrawForm) -> Any:
    command = WithdrawPlan(id=form.id, plan_id=PlanId(form.plan_id), staff_id=visit.known.staff_id)
    return await _done(visit, command, form.plan_id, Words("已撤回", "Withdrawn"))


async def _done(visit: DeskVisit, command: Command[Any], plan_id: UUID, said: Words) -> Any:
    return _answer(await visit.opened.engine.submit(visit.shop_id, command), plan_id, said)


def _answer(outcome: Any, plan_id: UUID, said: Words) -> Any:
    if isinstance(outcome, Clash) or getattr(outcome, "refusal", None) is not None:
        return outcome
    return Done(said, go=f"/desk/plans/show?id={plan_id}")


PAGES = (
    *pages_of(LIST),
    page("/desk/plans/show", ShowForm, show),
    page("/desk/plans/edit", EditForm, edit),
    action("/desk/plans/put", PutForm, put),
    action("/desk/plans/give", GiveForm, give, who=Who.OWNER),
    action("/desk/plans/review", ReviewForm, review),
    action("/desk/plans/withdraw", WithdrawForm, withdraw),
)
