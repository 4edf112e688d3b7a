"""The owner decides in place, on her screen: yes; and yes, but up to less and with a reason."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from desks import Desk
from playwright.sync_api import Locator, expect

from frontline.company.authority.messages import ReviewKind
from frontline.company.decision.messages import (
    Answer,
    AnswerReview,
    Commit,
    Committed,
    ProposalId,
)
from frontline.engine.engine import new_id
from frontline.kernel.authority import Action, Held
from frontline.kernel.words import Fen, StaffId

ASKED = 900_000  # Fen; far beyond what marketing may spend alone.


def _submit(desk: Desk, command: object) -> object:
    town = desk.town
    return town.ask(town.opened.engine.submit(town.shop_id, command))  # type: ignore[arg-type]


def _marketing(desk: Desk) -> StaffId:
    return StaffId(desk.town.row("SELECT id FROM staff WHERE name = '许诺'")["id"])


def _spend(desk: Desk, amount: int, what: str) -> Commit:
    return Commit(
        id=new_id(),
        staff_id=_marketing(desk),
        action=Action.AD_SPEND,
        amount=amount,
        what=what,
        evidence="上个月投 3000 元，成交 8235 元",
        deadline=desk.town.clock() + timedelta(hours=20),
        worth=Fen(9_000_000),  # So that it stands first.
    )


def _proposed(desk: Desk, what: str) -> UUID:
    """A proposal of marketing's whose reviews are all in: now it waits for the owners."""
    town = desk.town
    held = _submit(desk, _spend(desk, ASKED, what))
    assert isinstance(held, Held), held
    id_ = held.proposal_id
    town.until(lambda: town.rows("SELECT 1 FROM proposal WHERE id = $1", id_))
    for one in town.rows(
        "SELECT kind, reviewer_id FROM proposal_review WHERE proposal_id = $1", id_
    ):
        _submit(
            desk,
            AnswerReview(
                id=new_id(),
                proposal_id=ProposalId(id_),
                kind=ReviewKind(one["kind"]),
                staff_id=one["reviewer_id"],
                answer=Answer.YES,
            ),
        )
    return id_


def _card(desk: Desk, what: str) -> Locator:
    found = desk.page.locator("#place-10 [data-piece]").filter(has_text=what)
    expect(found).to_have_count(1)
    return found


def _answered(desk: Desk, what: str) -> None:
    """Told in a toast, without leaving the screen; and there is nothing to press any more."""
    expect(desk.page.locator("#toasts")).to_contain_text(what)
    left = desk.page.locator("#place-10 [data-piece]").filter(has_text=what)
    expect(left.get_by_role("button")).to_have_count(0)
    assert desk.page.url.endswith("/desk")


def _state(desk: Desk, id_: UUID) -> str:
    return str(desk.town.row("SELECT state FROM proposal WHERE id = $1", id_)["state"])


def test_yes_in_place(every_desk: Desk) -> None:
    desk = every_desk
    me = desk.sign_in("owner")
    what = f"视频号投放 {me.hex[:6]}"
    id_ = _proposed(desk, what)
    desk.open("/desk")
    card = _card(desk, what)
    expect(card).to_contain_text("¥9,000.00")
    expect(card).to_contain_text(re.compile(desk.t("每.*小时", "hour")))
    assert not desk.wide()
    card.get_by_role("button", name=desk.t("同意", "Yes"), exact=True).click()
    _answered(desk, what)
    assert _state(desk, id_) == "approved"
    town = desk.town
    town.until(lambda: town.rows("SELECT 1 FROM commitment WHERE what = $1", what))
    row = town.row("SELECT amount, staff_id FROM commitment WHERE what = $1", what)
    assert (row["amount"], row["staff_id"]) == (ASKED, _marketing(desk))


def test_yes_but_up_to_less(every_desk: Desk) -> None:
    desk = every_desk
    me = desk.sign_in("owner")
    what = f"朋友圈广告 {me.hex[:6]}"
    id_ = _proposed(desk, what)
    desk.open("/desk")
    card = _card(desk, what)
    card.get_by_text(desk.t("不同意或有条件", "No, or yes but")).click()
    card.get_by_label(re.compile(desk.t("同意到多少", "Yes, up to"))).fill("5000")
    but = card.get_by_role("button", name=desk.t("有条件同意", "Yes, but"), exact=True)
    but.click()
    expect(card.locator('[data-error="reason"]')).not_to_be_empty()  # Not without a reason.
    assert _state(desk, id_) == "open"
    card.get_by_label(re.compile(desk.t("理由或条件", "Reason or condition"))).fill("先投一半看看")
    but.click()
    _answered(desk, what)
    assert _state(desk, id_) == "approved_but"
    row = desk.town.row("SELECT reason, cap FROM proposal WHERE id = $1", id_)
    assert (row["reason"], row["cap"]) == ("先投一半看看", 500_000)
    # Marketing may now do as much, and no more.
    more = _submit(desk, _spend(desk, 500_001, what))
    assert isinstance(more, Held)
    assert isinstance(_submit(desk, _spend(desk, 500_000, what)), Committed)


def test_what_comes_meanwhile_appears_by_itself(desk: Desk) -> None:
    me = desk.sign_in("owner")
    first, second = f"达人合作 {me.hex[:6]}", f"搜索推广 {me.hex[:6]}"
    desk.open("/desk")
    desk.settle()
    _proposed(desk, first)
    card = _card(desk, first)
    card.get_by_text("不同意或有条件").click()
    card.get_by_label(re.compile("理由或条件")).fill("先问清楚")
    _proposed(desk, second)
    desk.page.wait_for_timeout(6_500)  # What is being written is left alone.
    expect(card.get_by_label(re.compile("理由或条件"))).to_have_value("先问清楚")
    card.get_by_role("button", name="不同意", exact=True).click()
    _card(desk, second)
