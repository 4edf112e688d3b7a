"""Coupons at the desk: what they promise, what they cost, giving and stopping them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec

from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, MemberId
from frontline.shop.catalog.views import desk, lists
from frontline.shop.catalog.views.lists import Wish
from frontline.shop.coupon import promise, views
from frontline.shop.coupon.messages import (
    TEXTS,
    Claimed,
    CouponCreated,
    CouponId,
    CouponStopped,
    CreateCoupon,
    GrantCoupon,
    Kind,
    Refusal,
    Refused,
    Scope,
    StopCoupon,
)
from frontline.shop.coupon.views import Issued, IssuedState
from frontline.web.listing import Asks, Badge, Column, Filter, Found, Listing, pages_of
from frontline.web.listing import Kind as Cell
from frontline.web.pages import (
    About,
    Amount,
    Answer,
    DeskVisit,
    Done,
    Group,
    Invalid,
    Menu,
    Page,
    Rate,
    View,
    action,
    page,
)

COUNT_MAX = 10_000_000
MONEY_MAX = 10**12
SCOPE_MAX = 200
FOUND_MAX = 10
CLAIMABLE_DAYS, USABLE_DAYS = 7, 30  # Offered for a new one.

STATES = {
    IssuedState.COMING: Badge(Words("未开始", "To come"), "blue"),
    IssuedState.RUNNING: Badge(Words("领取中", "Running"), "green"),
    IssuedState.ENDED: Badge(Words("已结束", "Ended"), "secondary"),
    IssuedState.STOPPED: Badge(Words("已停发", "Stopped"), "red"),
}
_BADGES = {state.value: badge for state, badge in STATES.items()}

# -- The list -------------------------------------------------------------------------------


class Row(NamedTuple):
    id: UUID
    coupon: Issued
    promise: Words
    state: IssuedState


class ListForm(msgspec.Struct, frozen=True):
    q: Annotated[str, msgspec.Meta(max_length=64)] = ""
    state: IssuedState | None = None
    after: UUID | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.listed(
            transaction, now, before=form.after, name=form.q, state=form.state, limit=form.limit
        )
    rows = [Row(one.id, one, _promise(visit, one), one.state_at(now)) for one in found.coupons]
    return Found(rows, None if found.next_before is None else str(found.next_before))


def _promise(visit: DeskVisit, one: Issued) -> Words:
    return promise.sentence(
        kind=one.kind,
        value=one.value,
        cap=one.cap,
        threshold=one.threshold,
        scope=one.scope,
        scoped=len(one.scope_ids),
        currency=visit.shop.currency,
    )


LIST = Listing(
    path="/desk/coupons",
    title=Words("优惠券", "Coupons"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("名称", "Name"),
            of=lambda row: row.coupon.name,
            link=lambda row: f"/desk/coupons/show?id={row.id}",
        ),
        Column(label=Words("优惠内容", "Promise"), of=lambda row: row.promise, on_phone=False),
        Column(
            label=Words("已发放（张）", "Issued"),
            of=lambda row: row.coupon.issued,
            kind=Cell.COUNT,
            on_phone=False,
        ),
        Column(
            label=Words("发放总量（张）", "Of"),
            of=lambda row: row.coupon.issued_max,
            kind=Cell.COUNT,
            on_phone=False,
        ),
        Column(
            label=Words("已使用（张）", "Used"), of=lambda row: row.coupon.used, kind=Cell.COUNT
        ),
        Column(
            label=Words("已优惠", "Cost so far"), of=lambda row: row.coupon.off, kind=Cell.MONEY
        ),
        Column(
            label=Words("领取截止", "Claimed until"),
            of=lambda row: row.coupon.claim_until,
            kind=Cell.MOMENT,
            on_phone=False,
        ),
        Column(
            label=Words("状态", "State"), of=lambda row: row.state, kind=Cell.STATE, states=_BADGES
        ),
    ),
    filters=(
        Filter(name="q", label=Words("名称", "Name"), asks=Asks.WORDS),
        Filter(
            name="state",
            label=Words("状态", "State"),
            asks=Asks.CHOICE,
            choices=tuple((state.value, badge.words) for state, badge in STATES.items()),
        ),
    ),
    menu=Menu(group=Group.PLAY, label=Words("优惠券", "Coupons"), icon="ticket", place=20),
    empty=Words("还没有优惠券。建一张，让顾客有理由下单。", "No coupons yet. Make one."),
    add=(Words("新建优惠券", "New coupon"), "/desk/coupons/new"),
    marked=True,
    makes=(Action.DISCOUNT,),
)

# -- A new one ------------------------------------------------------------------------------

Money = Annotated[Amount, msgspec.Meta(ge=0, le=MONEY_MAX)]


class NewForm(msgspec.Struct, frozen=True):
    kind: Kind = Kind.AMOUNT


async def _new(visit: DeskVisit, form: NewForm) -> Answer:
    """A coupon to fill in."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        branches = await desk.branches(transaction)
    return View(
        "coupon/new.html",
        Words("新建优惠券", "New coupon"),
        {
            "kind": form.kind,
            "categories": [(str(one.id), " / ".join(one.path)) for one in branches],
            "now": now,
            "claim_until": now + timedelta(days=CLAIMABLE_DAYS),
            "usable_until": now + timedelta(days=USABLE_DAYS),
            "chosen": (),
            "found": (),
        },
        about=About(makes=(Action.DISCOUNT,)),
    )


class ChooseForm(msgspec.Struct, frozen=True):
    """Products looked for, and those chosen so far."""

    q: Annotated[str, msgspec.Meta(max_length=100)] = ""
    products: tuple[UUID, ...] = ()


async def _choose(visit: DeskVisit, form: ChooseForm) -> Answer:
    """Products that the words may mean, to be ticked; those ticked before stay."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        chosen = await views.scoped(transaction, form.products[:SCOPE_MAX])
        items: tuple[lists.Card, ...] = ()
        if form.q:
            wish = Wish(q=form.q, on_sale=None, limit=FOUND_MAX)
            items = (await lists.found_in(transaction, wish)).items
    taken = {id_ for id_, _ in chosen}
    found = [(one.id, one.title) for one in items if one.id not in taken]
    values = {"chosen": chosen, "found": found, "looked": bool(form.q)}
    return View("coupon/products.html", Words("指定商品", "Products"), values, bare=True)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind = Kind.AMOUNT
    off: Money | None = None  # Of an amount.
    rate: Annotated[Rate, msgspec.Meta(ge=0, le=10_000)] | None = None  # Of a percentage.
    cap: Money | None = None
    threshold: Money | None = None
    products: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=SCOPE_MAX)] = ()
    categories: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=SCOPE_MAX)] = ()
    issued_max: Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)] | None = None

    @property
    def value(self) -> int:
        return int((self.off if self.kind is Kind.AMOUNT else self.rate) or 0)

    @property
    def most(self) -> int | None:
        return None if self.cap is None or self.kind is Kind.AMOUNT else int(self.cap)

    @property
    def scope(self) -> Scope:
        if self.products:
            return Scope.PRODUCTS
        return Scope.CATEGORIES if self.categories else Scope.ALL


class SayForm(Terms, frozen=True, kw_only=True):
    """What is filled in so far."""


async def _say(visit: DeskVisit, form: SayForm) -> Answer:
    """What it promises, said plainly, and what that costs at worst."""
    values: dict[str, Any] = {"said": None, "worst": None, "many": form.issued_max}
    if form.value:
        values["said"] = promise.sentence(
            kind=form.kind,
            value=form.value,
            cap=form.most,
            threshold=form.threshold or 0,
            scope=form.scope,
            scoped=len(form.products or form.categories),
            currency=visit.shop.currency,
        )
        values["worst"] = promise.at_most(form.kind, form.value, form.most, form.issued_max)
    values["promised"] = values.pop("said")
    return View("coupon/promise.html", Words("优惠内容", "Promise"), values, bare=True)


class CreateForm(Terms, frozen=True, kw_only=True):
    id: UUID
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    per_member_max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    claim_from: datetime
    claim_until: datetime
    usable_from: datetime
    usable_until: datetime


async def _create(visit: DeskVisit, form: CreateForm) -> Answer:
    """A new coupon; what it may cost beyond one's authority waits."""
    if not form.value:
        field = "off" if form.kind is Kind.AMOUNT else "rate"
        return Invalid({field: Words("请填写优惠多少", "Say how much is let off")})
    if form.products and form.categories:
        both = Words("商品和分类只能指定一种", "Name products or categories, not both")
        return Invalid({"products": both})
    wish = CreateCoupon(
        id=form.id,
        name=form.name,
        kind=form.kind,
        value=form.value,
        cap=None if form.most is None else Fen(form.most),
        threshold=Fen(int(form.threshold or 0)),
        scope=form.scope,
        scope_ids=form.products or form.categories,
        issued_max=form.issued_max,
        per_member_max=form.per_member_max,
        claim_from=form.claim_from,
        claim_until=form.claim_until,
        usable_from=form.usable_from,
        usable_until=form.usable_until,
        staff_id=visit.known.staff_id,
    )
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    match outcome:
        case CouponCreated(coupon_id):
            said = Words("优惠券已创建", "The coupon is made")
            return Done(said, go=f"/desk/coupons/show?id={coupon_id}")
        case Refused(refusal):
            text = TEXTS[refusal]
            return Invalid({_FIELDS.get(refusal, ""): Words(text.zh, text.en)})
        case _:
            return outcome


_FIELDS = {
    Refusal.COUPON_WORTH_INVALID: "threshold",
    Refusal.COUPON_SCOPE_INVALID: "products",
    Refusal.COUPON_WINDOW_INVALID: "claim_until",
}

# -- One of them ------------------------------------------------------------------------------


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """What it promises, how many are out, what they cost."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.listed(transaction, now, coupon_id=form.id)
        if not found.coupons:
            return None
        coupon = found.coupons[0]
        scoped = await views.scoped(transaction, coupon.scope_ids)
    state = coupon.state_at(now)
    return View(
        "coupon/show.html",
        Words(coupon.name, coupon.name),
        {
            "coupon": coupon,
            "promised": _promise(visit, coupon),
            "state": STATES[state],
            "worst": promise.at_most(coupon.kind, coupon.value, coupon.cap, coupon.issued_max),
            "scoped": [name for _, name in scoped],
            "open": state in {IssuedState.COMING, IssuedState.RUNNING},
            "grantable": not coupon.stopped and now < coupon.usable_until,
        },
        about=About(ids=(coupon.id,)),
    )


class StopForm(msgspec.Struct, frozen=True):
    id: UUID
    coupon_id: UUID


async def _stop(visit: DeskVisit, form: StopForm) -> Answer:
    """No more of them; those that members hold stay good."""
    wish = StopCoupon(id=form.id, coupon_id=CouponId(form.coupon_id))
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    match outcome:
        case CouponStopped():
            said = Words("已停止发放，顾客手里的仍然有效", "Stopped; those held stay good")
            return Done(said, go=f"/desk/coupons/show?id={form.coupon_id}")
        case _:
            return outcome


class GrantForm(msgspec.Struct, frozen=True):
    id: UUID
    coupon_id: UUID
    phone: Annotated[str, msgspec.Meta(max_length=32)] = ""
    member_id: UUID | None = None  # Instead.


async def _grant(visit: DeskVisit, form: GrantForm) -> Answer:
    """One to a member, known by the phone: as compensation, within one's authority."""
    member_id = form.member_id
    if member_id is None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            member_id = await views.by_phone(transaction, form.phone)
    if member_id is None:
        return Invalid({"phone": Words("没有顾客用这个手机号", "No customer has this phone")})
    wish = GrantCoupon(
        id=form.id,
        coupon_id=CouponId(form.coupon_id),
        member_id=MemberId(member_id),
        staff_id=visit.known.staff_id,
    )
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    match outcome:
        case Claimed():
            said = Words("已发给这位顾客", "The customer has one more")
            return Done(said, go=f"/desk/coupons/show?id={form.coupon_id}")
        case _:
            return outcome


PAGES: tuple[Page, ...] = (
    *pages_of(LIST),
    page("/desk/coupons/new", NewForm, _new),
    page("/desk/coupons/products", ChooseForm, _choose),
    action("/desk/coupons/promise", SayForm, _say),
    action("/desk/coupons/create", CreateForm, _create),
    page("/desk/coupons/show", ShowForm, _show),
    action("/desk/coupons/stop", StopForm, _stop),
    action("/desk/coupons/grant", GrantForm, _grant),
)
