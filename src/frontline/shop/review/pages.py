"""Reviews at the desk: answering, hiding and showing them, the unanswered first."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.shop.review import views
from frontline.shop.review.messages import (
    HideReview,
    OfReview,
    ReplyToReview,
    ReviewHidden,
    ReviewId,
    ReviewReplied,
    ReviewShown,
    ShowReview,
)
from frontline.shop.review.views import Part, StaffState
from frontline.web.cursor import Cursor
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Done,
    Group,
    Menu,
    Page,
    Undo,
    View,
    action,
    page,
)

STARS_MAX = 5
BADGE_MAX = 100

Said = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class ListForm(msgspec.Struct, frozen=True):
    state: StaffState = StaffState.WAITING
    stars: Annotated[int, msgspec.Meta(ge=1, le=STARS_MAX)] = STARS_MAX  # At most.
    after: Cursor | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20


async def _list(visit: DeskVisit, form: ListForm) -> Answer:
    """Of all products, the newest first."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.for_staff(
            transaction, visit.shop_id, form.state, form.stars, Part(form.after, form.limit)
        )
    return View(
        "review/list.html",
        Words("评价", "Reviews"),
        {"reviews": found.items, "after": found.after, "asked": form},
    )


async def _waiting(visit: DeskVisit) -> int:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.waiting_count(transaction, BADGE_MAX)


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """One review, with all that staff did to it."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        review = await views.one_for_staff(transaction, visit.shop_id, form.id)
        if review is None:
            return None
        deeds = await views.deeds(transaction, form.id)
    names = {
        "reply": visit.t("回复", "Answered"),
        "hide": visit.t("隐藏", "Hidden"),
        "show": visit.t("恢复显示", "Shown again"),
    }
    steps = [
        (one.by, ": ".join(filter(None, [names[one.deed], one.said])), one.at) for one in deeds
    ]
    title = Words(f"评价：{review.title}", f"Review of {review.title}")
    return View("review/show.html", title, {"review": review, "steps": steps})


class ReplyForm(msgspec.Struct, frozen=True):
    id: UUID
    review_id: UUID
    text: Said


async def _reply(visit: DeskVisit, form: ReplyForm) -> Answer:
    """Answer as the shop, for everybody to read."""
    wish = ReplyToReview(
        id=form.id,
        review_id=ReviewId(form.review_id),
        staff_id=visit.known.staff_id,
        text=form.text,
    )
    return await _done(visit, wish, Words("已回复", "Answered"))


class HideForm(msgspec.Struct, frozen=True):
    id: UUID
    review_id: UUID
    reason: Said


async def _hide(visit: DeskVisit, form: HideForm) -> Answer:
    """Show and count it no more; its writer reads why."""
    wish = HideReview(
        id=form.id,
        review_id=ReviewId(form.review_id),
        staff_id=visit.known.staff_id,
        reason=form.reason,
    )
    undo = Undo("/desk/reviews/unhide", {"review_id": str(form.review_id)})
    return await _done(visit, wish, Words("已隐藏", "Hidden"), undo)


class UnhideForm(msgspec.Struct, frozen=True):
    id: UUID
    review_id: UUID


async def _unhide(visit: DeskVisit, form: UnhideForm) -> Answer:
    """Show a hidden review again."""
    wish = ShowReview(id=form.id, review_id=ReviewId(form.review_id), staff_id=visit.known.staff_id)
    return await _done(visit, wish, Words("已恢复显示", "Shown again"))


async def _done(visit: DeskVisit, wish: OfReview, said: Words, undo: Undo | None = None) -> Answer:
    """The review as it is now, in its place."""
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    if not isinstance(outcome, ReviewReplied | ReviewHidden | ReviewShown):
        return outcome
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        review = await views.one_for_staff(transaction, visit.shop_id, wish.review_id)
    view = View("review/card.html", Words("评价", "Review"), {"review": review}, bare=True)
    return Done(said, view=view, undo=undo)


PAGES: tuple[Page, ...] = (
    page(
        "/desk/reviews",
        ListForm,
        _list,
        menu=Menu(
            group=Group.MEMBERS,
            label=Words("评价", "Reviews"),
            icon="message-star",
            place=30,
            badge=_waiting,
        ),
    ),
    page("/desk/reviews/show", ShowForm, _show),
    action("/desk/reviews/reply", ReplyForm, _reply),
    action("/desk/reviews/hide", HideForm, _hide),
    action("/desk/reviews/unhide", UnhideForm, _unhide),
)
