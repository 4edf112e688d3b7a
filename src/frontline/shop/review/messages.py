"""Reviews: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, MemberId, NoEffect, OrderId, ProductId, StaffId
from frontline.shop.aftersale.messages import TEXTS as AFTERSALE_TEXTS
from frontline.shop.aftersale.messages import Refusal as AftersaleRefusal
from frontline.shop.order.messages import ORDER_UNKNOWN
from frontline.shop.picture.messages import PictureId

ReviewId = NewType("ReviewId", UUID)

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    ORDER_UNKNOWN = "order_unknown"
    LINE_UNKNOWN = "line_unknown"
    NOT_RECEIVED_YET = "not_received_yet"
    LINE_GIVEN_BACK = "line_given_back"
    REVIEWED_ALREADY = "reviewed_already"
    REVIEW_TOO_LATE = "review_too_late"
    PICTURE_UNKNOWN = "picture_unknown"
    REVIEW_UNKNOWN = "review_unknown"
    ADDED_ALREADY = "added_already"
    REVIEW_HIDDEN = "review_hidden"
    REVIEW_NOT_HIDDEN = "review_not_hidden"


TEXTS: Texts = {
    Refusal.ORDER_UNKNOWN: ORDER_UNKNOWN,
    Refusal.LINE_UNKNOWN: AFTERSALE_TEXTS[AftersaleRefusal.LINE_UNKNOWN],
    Refusal.NOT_RECEIVED_YET: Text(
        "确认收货后才能评价", "It can be reviewed once you have received it"
    ),
    Refusal.LINE_GIVEN_BACK: Text(
        "这件商品已全部退款，不能评价", "All of it was refunded, so it cannot be reviewed"
    ),
    Refusal.REVIEWED_ALREADY: Text(
        "这件商品已经评价过了，想补充可以追评", "You have reviewed it; you may add to your review"
    ),
    Refusal.REVIEW_TOO_LATE: Text(
        "收货已超过 90 天，不能再评价", "It was received over 90 days ago; too late for a review"
    ),
    Refusal.PICTURE_UNKNOWN: Text(
        "图片不存在，请重新上传", "There is no such picture of yours; upload it again", 404
    ),
    Refusal.REVIEW_UNKNOWN: Text("评价不存在", "There is no such review", 404),
    Refusal.ADDED_ALREADY: Text(
        "已经追评过了，每条评价只能追评一次", "You have added to it; that may be done once"
    ),
    Refusal.REVIEW_HIDDEN: Text(
        "这条评价已被隐藏，请刷新后再看", "The review is hidden; reload and look again"
    ),
    Refusal.REVIEW_NOT_HIDDEN: Text(
        "这条评价没有被隐藏，请刷新后再看", "The review is not hidden; reload and look again"
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class ReviewWritten(msgspec.Struct, frozen=True, tag=True):
    review_id: ReviewId


class ReviewAddedTo(msgspec.Struct, frozen=True, tag=True):
    review_id: ReviewId


class ReviewReplied(msgspec.Struct, frozen=True, tag=True):
    review_id: ReviewId


class ReviewHidden(msgspec.Struct, frozen=True, tag=True):
    review_id: ReviewId


class ReviewShown(msgspec.Struct, frozen=True, tag=True):
    review_id: ReviewId


Outcome = ReviewWritten | ReviewAddedTo | ReviewReplied | ReviewHidden | ReviewShown | Refused

# -- Asked ----------------------------------------------------------------------------


class WriteReview(Command[ReviewWritten | Refused], frozen=True, tag=True):
    """By whoever bought and received it, once for each line. It takes the command's id."""

    member_id: MemberId
    order_id: OrderId
    line_number: int
    rating: int  # Stars, 1 to 5.
    text: str
    pictures: tuple[PictureId, ...]  # Uploaded by the member.
    anonymous: bool


class AddToReview(Command[ReviewAddedTo | Refused], frozen=True, tag=True):
    """What its writer has to say some time later, once."""

    review_id: ReviewId
    member_id: MemberId
    text: str


class ReplyToReview(Command[ReviewReplied | Refused], frozen=True, tag=True):
    """By the shop, for everybody to read; a later reply takes the place of the one before."""

    review_id: ReviewId
    staff_id: StaffId
    text: str


class HideReview(Command[ReviewHidden | Refused], frozen=True, tag=True):
    """It is neither shown nor counted any more; its writer sees that, and why."""

    review_id: ReviewId
    staff_id: StaffId
    reason: str


class ShowReview(Command[ReviewShown | Refused], frozen=True, tag=True):
    """Undo a HideReview."""

    review_id: ReviewId
    staff_id: StaffId


OfReview = AddToReview | ReplyToReview | HideReview | ShowReview
Request = WriteReview | OfReview

# -- Announced ------------------------------------------------------------------------


class ProductReviewed(Event, frozen=True, tag=True):
    review_id: ReviewId
    product_id: ProductId
    member_id: MemberId
    rating: int
