"""Reviewing what one has bought, and what staff do with reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.picture.book import UploadBook, UploadKeys
from frontline.shop.review.book import (
    WRITTEN_WITHIN,
    Purchase,
    PurchaseBook,
    PurchaseKeys,
    Review,
    ReviewBook,
    ReviewKeys,
    ReviewOriginKeys,
)
from frontline.shop.review.messages import (
    AddToReview,
    HideReview,
    OfReview,
    Outcome,
    ProductReviewed,
    Refusal,
    Refused,
    ReplyToReview,
    Request,
    ReviewAddedTo,
    ReviewHidden,
    ReviewId,
    ReviewReplied,
    ReviewShown,
    ReviewWritten,
    ShowReview,
    WriteReview,
)


@dataclass(frozen=True, slots=True)
class Desk:
    purchase: PurchaseBook
    upload: UploadBook
    review: ReviewBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    writing = [one for one in batch if isinstance(one, WriteReview)]
    purchase = await load(PurchaseKeys({one.order_id for one in writing}))
    upload = await load(UploadKeys({id_ for one in writing for id_ in one.pictures}))
    review_ids = {one.review_id for one in batch if not isinstance(one, WriteReview)}
    origins = (await load(ReviewOriginKeys(review_ids))).product_ids.before
    lines = {(one.order_id, one.line_number) for one in writing}
    bought = [found for line in lines if (found := purchase.purchases.get(line)) is not None]
    review = await load(
        ReviewKeys(
            review_ids, lines, {*origins.values(), *(purchase.product_id for purchase in bought)}
        )
    )
    return Desk(purchase, upload, review)


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(
        tuple(
            _write(desk, command, moment.now, notes)
            if isinstance(command, WriteReview)
            else _change(desk.review, command, moment.now)
            for command in batch
        ),
        notes,
    )


def _write(
    desk: Desk, command: WriteReview, now: datetime, notes: Notes
) -> ReviewWritten | Refused:
    line = command.order_id, command.line_number
    purchase = desk.purchase.purchases.get(line)
    if desk.purchase.orders.get(command.order_id) != command.member_id:
        return Refused(Refusal.ORDER_UNKNOWN)
    if purchase is None:
        return Refused(Refusal.LINE_UNKNOWN)
    if (refusal := _not_now(purchase, now)) is not None:
        return Refused(refusal)
    if desk.review.of_line(line) is not None:
        return Refused(Refusal.REVIEWED_ALREADY)
    found = [desk.upload.hash_of(one, command.member_id) for one in command.pictures]
    pictures = tuple(one for one in found if one is not None)
    if len(pictures) < len(found):
        return Refused(Refusal.PICTURE_UNKNOWN)
    review = Review(
        id=ReviewId(command.id),
        order_id=command.order_id,
        line_number=command.line_number,
        member_id=command.member_id,
        product_id=purchase.product_id,
        sku_id=purchase.sku_id,
        variant=purchase.variant,
        rating=command.rating,
        text=command.text,
        pictures=tuple(dict.fromkeys(pictures)),
        anonymous=command.anonymous,
        at=now,
    )
    desk.review.write(review)
    notes.announce(
        ProductReviewed(
            review_id=review.id,
            product_id=review.product_id,
            member_id=review.member_id,
            rating=review.rating,
        )
    )
    return ReviewWritten(review.id)


def _not_now(purchase: Purchase, now: datetime) -> Refusal | None:
    """Why this purchase may not be reviewed, if it may not."""
    if purchase.received_at is None:
        return Refusal.NOT_RECEIVED_YET
    if purchase.given_back:
        return Refusal.LINE_GIVEN_BACK
    return Refusal.REVIEW_TOO_LATE if now >= purchase.received_at + WRITTEN_WITHIN else None


def _change(book: ReviewBook, command: OfReview, now: datetime) -> Outcome:
    review = book.reviews.get(command.review_id)
    match command:
        case _ if review is None:
            return Refused(Refusal.REVIEW_UNKNOWN)
        case AddToReview():
            return _add(book, review, command, now)
        case ReplyToReview():
            book.reply(review, command.text, command.staff_id, now)
            return ReviewReplied(review.id)
        case HideReview():
            if review.hidden:
                return Refused(Refusal.REVIEW_HIDDEN)
            book.hide(review, command.reason, command.staff_id, now)
            return ReviewHidden(review.id)
        case ShowReview():
            if not review.hidden:
                return Refused(Refusal.REVIEW_NOT_HIDDEN)
            book.show(review, command.staff_id, now)
            return ReviewShown(review.id)


def _add(
    book: ReviewBook, review: Review, command: AddToReview, now: datetime
) -> ReviewAddedTo | Refused:
    if review.member_id != command.member_id:
        return Refused(Refusal.REVIEW_UNKNOWN)
    if review.added:
        return Refused(Refusal.ADDED_ALREADY)
    book.add(review, command.text, now)
    return ReviewAddedTo(review.id)
