"""Doors: reading reviews, writing one's own; staff replying, hiding and showing."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.words import OrderId, ProductId
from frontline.shop.picture.messages import PictureId
from frontline.shop.review import messages, views
from frontline.shop.review.messages import (
    AddToReview,
    HideReview,
    ReplyToReview,
    ReviewId,
    ShowReview,
    WriteReview,
)
from frontline.web.cursor import Cursor
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

LINES_MAX = 1_000
PICTURES_MAX = 9
STARS_MAX = 5
LIST_MAX = 50
TO_WRITE_ORDERS = 10  # On one page.

Said = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]
Rating = Annotated[int, msgspec.Meta(ge=1, le=STARS_MAX)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=LIST_MAX)]

# -- Anyone -----------------------------------------------------------------------------


class ListForm(msgspec.Struct, frozen=True):
    product_id: UUID
    kind: views.Kind = views.Kind.ALL
    after: Cursor | None = None
    limit: Limit = 10


async def _list(visit: Visit, form: ListForm) -> views.ReviewList:
    """Reviews of a product: all, good (4, 5), middling (3), bad (1, 2), or those with pictures."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.of_product(
            transaction,
            visit.shop_id,
            form.product_id,
            form.kind,
            views.Part(form.after, form.limit, visit.language),
        )


class SummaryForm(msgspec.Struct, frozen=True):
    product_id: UUID


async def _summary(visit: Visit, form: SummaryForm) -> views.SummaryView:
    """How many reviews a product has, and how good they are."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.summaries(transaction, [ProductId(form.product_id)])
    return found.get(ProductId(form.product_id), views.NONE)


# -- Members ----------------------------------------------------------------------------


class MineForm(msgspec.Struct, frozen=True):
    after: Cursor | None = None
    limit: Limit = 10


async def _mine(visit: Visit, form: MineForm) -> views.MyReviewList:
    """My reviews, the newest first; also those that the shop has hidden."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        part = views.Part(form.after, form.limit, visit.language)
        return await views.mine(transaction, visit.shop_id, visit.known.member_id, part)


class ToWriteForm(msgspec.Struct, frozen=True):
    after: Cursor | None = None


async def _to_write(visit: Visit, form: ToWriteForm) -> views.ToWriteList:
    """What I have received and may still review, what came last first."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        part = views.Part(form.after, TO_WRITE_ORDERS)
        return await views.to_write(transaction, visit.known.member_id, visit.opened.now(), part)


class WriteForm(msgspec.Struct, frozen=True):
    id: UUID  # Minted by the storefront for this wish; the same on every retry.
    order_id: UUID
    line_number: Annotated[int, msgspec.Meta(ge=1, le=LINES_MAX)]
    rating: Rating
    text: Said
    pictures: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=PICTURES_MAX)] = ()
    anonymous: bool = False


def _write(caller: Caller, form: WriteForm) -> WriteReview:
    """Review a line of an order that I have received: once, within 90 days of receipt."""
    return WriteReview(
        id=form.id,
        member_id=caller.member_id,
        order_id=OrderId(form.order_id),
        line_number=form.line_number,
        rating=form.rating,
        text=form.text.strip(),
        pictures=tuple(map(PictureId, dict.fromkeys(form.pictures))),
        anonymous=form.anonymous,
    )


class TextForm(msgspec.Struct, frozen=True):
    id: UUID
    review_id: UUID
    text: Said


def _add(caller: Caller, form: TextForm) -> AddToReview:
    """Add to my review, once."""
    return AddToReview(
        id=form.id,
        review_id=ReviewId(form.review_id),
        member_id=caller.member_id,
        text=form.text.strip(),
    )


# -- Staff ------------------------------------------------------------------------------


def _reply(caller: Caller, form: TextForm) -> ReplyToReview:
    """Reply as the shop; a later reply takes the place of the one before."""
    return ReplyToReview(
        id=form.id,
        review_id=ReviewId(form.review_id),
        staff_id=caller.staff_id,
        text=form.text.strip(),
    )


class HideForm(msgspec.Struct, frozen=True):
    id: UUID
    review_id: UUID
    reason: Said  # Its writer reads it.


def _hide(caller: Caller, form: HideForm) -> HideReview:
    """Show and count it no more, and say why."""
    return HideReview(
        id=form.id,
        review_id=ReviewId(form.review_id),
        staff_id=caller.staff_id,
        reason=form.reason.strip(),
    )


class ReviewForm(msgspec.Struct, frozen=True):
    id: UUID
    review_id: UUID


def _show(caller: Caller, form: ReviewForm) -> ShowReview:
    """Show a hidden review again."""
    return ShowReview(id=form.id, review_id=ReviewId(form.review_id), staff_id=caller.staff_id)


class StaffListForm(msgspec.Struct, frozen=True):
    state: views.StaffState = views.StaffState.ALL
    rating_max: Rating = STARS_MAX
    after: Cursor | None = None
    limit: Limit = 20


async def _staff_list(visit: Visit, form: StaffListForm) -> views.StaffReviewList:
    """Reviews of the whole shop, the newest first: all, without a reply, or hidden."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        part = views.Part(form.after, form.limit)
        return await views.for_staff(transaction, visit.shop_id, form.state, form.rating_max, part)


_STAFF = "/api/staff/reviews"
DOORS = (
    get("/api/reviews/list", ListForm, _list, views.ReviewList, who=Who.ANYONE),
    get("/api/reviews/summary", SummaryForm, _summary, views.SummaryView, who=Who.ANYONE),
    get("/api/reviews/mine", MineForm, _mine, views.MyReviewList, who=Who.MEMBER),
    get("/api/reviews/to_write", ToWriteForm, _to_write, views.ToWriteList, who=Who.MEMBER),
    command_door(
        "/api/reviews/write", WriteForm, _write, messages.ReviewWritten | messages.Refused
    ),
    command_door("/api/reviews/add", TextForm, _add, messages.ReviewAddedTo | messages.Refused),
    command_door(
        f"{_STAFF}/reply",
        TextForm,
        _reply,
        messages.ReviewReplied | messages.Refused,
        who=Who.STAFF,
    ),
    command_door(
        f"{_STAFF}/hide",
        HideForm,
        _hide,
        messages.ReviewHidden | messages.Refused,
        who=Who.STAFF,
    ),
    command_door(
        f"{_STAFF}/show",
        ReviewForm,
        _show,
        messages.ReviewShown | messages.Refused,
        who=Who.STAFF,
    ),
    get(f"{_STAFF}/list", StaffListForm, _staff_list, views.StaffReviewList, who=Who.STAFF),
)
