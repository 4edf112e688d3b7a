"""Giving coupons out. What they are worth in an order is in their book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from frontline.kernel.authority import Action, Ask, Authority, AuthorityKeys, Held
from frontline.kernel.load import Load
from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.coupon.book import Claim, ClaimState, Coupon, CouponBook, CouponKeys
from frontline.shop.coupon.messages import (
    ClaimCoupon,
    Claimed,
    ClaimId,
    CouponCreated,
    CouponId,
    CouponStopped,
    CreateCoupon,
    GrantCoupon,
    Kind,
    Outcome,
    Refusal,
    Refused,
    Request,
    Scope,
    StopCoupon,
)
from frontline.shop.member.book import AcquaintanceBook, AcquaintanceKeys


@dataclass(frozen=True, slots=True)
class Desk:
    members: AcquaintanceBook
    authority: Authority
    coupon: CouponBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    granted = {one.member_id for one in batch if isinstance(one, GrantCoupon)}
    members = await load(AcquaintanceKeys(granted))
    giving = [one for one in batch if isinstance(one, CreateCoupon | GrantCoupon)]
    authority = await load(AuthorityKeys([(one.id, one.staff_id) for one in giving]))
    coupon = await load(
        CouponKeys(
            coupon_ids={one.coupon_id for one in batch if not isinstance(one, CreateCoupon)},
            taken={(one.coupon_id, one.member_id) for one in batch if isinstance(one, ClaimCoupon)},
        )
    )
    return Desk(members, authority, coupon)


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_answer(desk, one, moment, notes) for one in batch), notes)


def _answer(desk: Desk, command: Request, moment: Moment, notes: Notes) -> Outcome:
    now = moment.now
    if isinstance(command, CreateCoupon):
        return _create(desk, command, moment, notes)
    coupon = desk.coupon.coupons.get(command.coupon_id)
    if coupon is None:
        return Refused(Refusal.COUPON_UNKNOWN)
    match command:
        case StopCoupon():
            desk.coupon.stop(coupon.id)
            return CouponStopped(coupon.id)
        case ClaimCoupon():
            refusal = _not_claimable(desk.coupon, coupon, command, now)
        case GrantCoupon():
            refusal = _not_grantable(desk, coupon, command, now)
    if refusal is not None:
        return Refused(refusal)
    if isinstance(command, GrantCoupon):
        ask = Ask(Action.COMPENSATION, _worth(coupon), command.staff_id, coupon.id)
        if (held := desk.authority.held(ask, command, moment, notes)) is not None:
            return held
    claim = Claim(
        ClaimId(command.id), coupon.id, command.member_id, ClaimState.HELD, None, claimed_at=now
    )
    desk.coupon.issue(claim, granted=isinstance(command, GrantCoupon))
    return Claimed(claim.id, coupon.id)


def _not_claimable(
    book: CouponBook, coupon: Coupon, command: ClaimCoupon, now: datetime
) -> Refusal | None:
    if now < coupon.claim_from:
        return Refusal.CLAIM_NOT_YET
    if now >= coupon.claim_until:
        return Refusal.CLAIM_ENDED
    if book.taken_by(coupon.id, command.member_id) >= coupon.per_member_max:
        return Refusal.CLAIM_LIMIT_REACHED
    return _not_left(book, coupon)


def _not_grantable(
    desk: Desk, coupon: Coupon, command: GrantCoupon, now: datetime
) -> Refusal | None:
    if desk.members.members.get(command.member_id) is None:
        return Refusal.MEMBER_UNKNOWN
    if now >= coupon.usable_until:
        return Refusal.CLAIM_ENDED
    return _not_left(desk.coupon, coupon)


def _not_left(book: CouponBook, coupon: Coupon) -> Refusal | None:
    if coupon.stopped:
        return Refusal.COUPON_STOPPED
    return None if book.left(coupon.id) else Refusal.COUPONS_GONE


def _create(
    desk: Desk, command: CreateCoupon, moment: Moment, notes: Notes
) -> CouponCreated | Refused | Held:
    if not _worth_is_valid(command):
        return Refused(Refusal.COUPON_WORTH_INVALID)
    if (command.scope is Scope.ALL) != (not command.scope_ids):
        return Refused(Refusal.COUPON_SCOPE_INVALID)
    if not (
        command.claim_from < command.claim_until <= command.usable_until
        and command.usable_from < command.usable_until
        and moment.now < command.usable_until
    ):
        return Refused(Refusal.COUPON_WINDOW_INVALID)
    worth, count = _worth(command), command.issued_max
    most = None if worth is None or count is None else worth * count
    ask = Ask(Action.DISCOUNT, most, command.staff_id, command.id)
    if (held := desk.authority.held(ask, command, moment, notes)) is not None:
        return held
    told = msgspec.structs.asdict(command)
    del told["staff_id"]
    told |= {"id": CouponId(command.id), "scope_ids": frozenset(command.scope_ids)}
    desk.coupon.create(Coupon(**told, stopped=False, issued=0))
    return CouponCreated(CouponId(command.id))


def _worth(coupon: Coupon | CreateCoupon) -> int | None:
    """The most that one of them may take off; None: no bound is said."""
    return coupon.cap if coupon.kind is Kind.PERCENT else coupon.value


def _worth_is_valid(command: CreateCoupon) -> bool:
    match command.kind:
        case Kind.AMOUNT:
            within = command.threshold == 0 or command.value <= command.threshold
            return command.value > 0 and command.cap is None and within
        case Kind.PERCENT:
            return 0 < command.value <= BASIS_POINTS and (command.cap is None or command.cap > 0)
