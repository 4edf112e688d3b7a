"""Doors: claiming coupons and looking at them; staff creating, granting and stopping them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.words import Fen, MemberId
from frontline.shop.coupon import messages, views
from frontline.shop.coupon.messages import (
    ClaimCoupon,
    CouponId,
    CreateCoupon,
    GrantCoupon,
    Kind,
    Scope,
    StopCoupon,
)
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

MONEY_MAX = 10**12
COUNT_MAX = 10_000_000
SCOPE_MAX = 200

# Something to read, on one line: not only spaces, and nothing that cannot be printed.
_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"

Money = Annotated[int, msgspec.Meta(ge=0, le=MONEY_MAX)]
Count = Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)]
Time = Annotated[datetime, msgspec.Meta(tz=True)]

# -- Members ------------------------------------------------------------------------------


class PageForm(msgspec.Struct, frozen=True):
    before: UUID | None = None


class MineForm(msgspec.Struct, frozen=True):
    state: views.MineState = views.MineState.HELD
    before: UUID | None = None


class ClaimForm(msgspec.Struct, frozen=True):
    id: UUID
    coupon_id: UUID


async def _claimable(visit: Visit, form: PageForm) -> views.Claimables:
    """Coupons that I may claim now."""
    opened = visit.opened
    return await views.claimable(
        opened.database, visit.shop_id, visit.known.member_id, opened.now(), form.before
    )


async def _mine(visit: Visit, form: MineForm) -> views.Mines:
    """My coupons: those I hold, those I used, those that expired."""
    opened, me = visit.opened, visit.known.member_id
    return await views.mine(
        opened.database, visit.shop_id, me, form.state, opened.now(), form.before
    )


def _claim(caller: Caller, form: ClaimForm) -> ClaimCoupon:
    """Claim a coupon."""
    return ClaimCoupon(id=form.id, coupon_id=CouponId(form.coupon_id), member_id=caller.member_id)


# -- Staff --------------------------------------------------------------------------------


class CreateForm(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: Annotated[str, msgspec.Meta(pattern=_LINE, max_length=64)]
    kind: Kind
    value: Annotated[int, msgspec.Meta(ge=1, le=MONEY_MAX)]
    cap: Annotated[int, msgspec.Meta(ge=1, le=MONEY_MAX)] | None = None
    threshold: Money = 0
    scope: Scope = Scope.ALL
    scope_ids: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=SCOPE_MAX)] = ()
    issued_max: Count | None = None
    per_member_max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    claim_from: Time
    claim_until: Time
    usable_from: Time
    usable_until: Time


class StopForm(msgspec.Struct, frozen=True):
    id: UUID
    coupon_id: UUID


class GrantForm(msgspec.Struct, frozen=True):
    id: UUID
    coupon_id: UUID
    member_id: UUID


async def _issued(visit: Visit, form: PageForm) -> views.Issueds:
    """All coupons: how many were issued and used, and what they took off."""
    return await views.issued(visit.opened.database, visit.shop_id, form.before)


def _create(caller: Caller, form: CreateForm) -> CreateCoupon:
    """Create a coupon. What it promises cannot be changed; it can be stopped."""
    return CreateCoupon(
        id=form.id,
        name=form.name.strip(),
        kind=form.kind,
        value=form.value,
        cap=None if form.cap is None else Fen(form.cap),
        threshold=Fen(form.threshold),
        scope=form.scope,
        scope_ids=form.scope_ids,
        issued_max=form.issued_max,
        per_member_max=form.per_member_max,
        claim_from=form.claim_from,
        claim_until=form.claim_until,
        usable_from=form.usable_from,
        usable_until=form.usable_until,
        staff_id=caller.staff_id,
    )


def _stop(_caller: Caller, form: StopForm) -> StopCoupon:
    """Give out no more of a coupon; those that members hold stay good."""
    return StopCoupon(id=form.id, coupon_id=CouponId(form.coupon_id))


def _grant(caller: Caller, form: GrantForm) -> GrantCoupon:
    """Give a coupon to one member."""
    return GrantCoupon(
        id=form.id,
        coupon_id=CouponId(form.coupon_id),
        member_id=MemberId(form.member_id),
        staff_id=caller.staff_id,
    )


DOORS = (
    get("/api/coupons", PageForm, _claimable, views.Claimables, who=Who.MEMBER),
    get("/api/coupons/mine", MineForm, _mine, views.Mines, who=Who.MEMBER),
    command_door("/api/coupons/claim", ClaimForm, _claim, messages.Claimed),
    get("/api/staff/coupons", PageForm, _issued, views.Issueds, who=Who.STAFF),
    command_door(
        "/api/staff/coupons/create",
        CreateForm,
        _create,
        messages.CouponCreated | Held,
        who=Who.STAFF,
    ),
    command_door("/api/staff/coupons/stop", StopForm, _stop, messages.CouponStopped, who=Who.STAFF),
    command_door(
        "/api/staff/coupons/grant", GrantForm, _grant, messages.Claimed | Held, who=Who.STAFF
    ),
)
