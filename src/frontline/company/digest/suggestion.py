"""The one thing that the digest suggests: what a day lost there would cost most."""

from __future__ import annotations

from datetime import timedelta

from frontline.company.digest.views import Digest
from frontline.kernel.text import Words
from frontline.shop.aftersale.words import REASONS

ALONE_MAX = timedelta(days=3)
"""So long an owner may be without a word from a customer."""
RISEN_MIN = 3
"""Cases more than a week ago, before it is said that they rise."""

Suggestion = tuple[Words, str]
"""What to do, and where."""


def suggested(digest: Digest) -> Suggestion:
    """Outside deadlines first, then promises, then what customers tell, then who hears them."""
    if digest.due_today:
        some = len(digest.due_today)
        return (
            Words(
                f"先把今天截止的 {some} 件事定下来，过了今天就由不得您了。",
                f"Decide the {some} that end today first: after today it is out of your hands.",
            ),
            "/desk/decisions?scope=mine",
        )
    if digest.windows:
        one = digest.windows[0]
        return (
            Words(
                f"“{one.platform} {one.title}”的报名快截止了，今天定下参不参加。",
                f"Sign-up for “{one.platform} {one.title}” closes soon: settle today if we go.",
            ),
            f"/desk/windows/show?id={one.id}",
        )
    if digest.late.count:
        return (
            Words(
                f"有 {digest.late.count} 单超时没发，请仓库今天先发最早的。",
                f"{digest.late.count} orders are late: have the oldest sent first today.",
            ),
            "/desk/orders?state=to_ship",
        )
    if digest.overdue.count:
        return (
            Words(
                f"有 {digest.overdue.count} 件售后超时没答复，今天上午先回。",
                f"{digest.overdue.count} after-sale cases are overdue: answer them this morning.",
            ),
            "/desk/aftersale?state=asked",
        )
    return _from_customers(digest)


def _from_customers(digest: Digest) -> Suggestion:
    risen = max(digest.reasons, key=lambda one: one.now - one.before, default=None)
    if risen is not None and risen.now - risen.before >= RISEN_MIN:
        said = REASONS[risen.reason]
        return (
            Words(
                f"因“{said.zh}”退款的，一周从 {risen.before} 件涨到 {risen.now} 件，看看是哪批货。",
                f"Refunds for “{said.en}” rose from {risen.before} to {risen.now} in a week: "
                "find out which batch.",
            ),
            "/desk/aftersale",
        )
    if digest.spoke_at is None or digest.now - digest.spoke_at >= ALONE_MAX:
        days = None if digest.spoke_at is None else (digest.now - digest.spoke_at).days
        since = "还没有记录过和客户聊天" if days is None else f"已经 {days} 天没和客户聊过"
        since_en = "No talk with a customer is logged yet" if days is None else f"{days} days"
        return (
            Words(
                f"您{since}，今天挑一位打个电话。",
                f"{since_en} without a word with a customer: ring one up today."
                if days is not None
                else f"{since_en}: ring one up today.",
            ),
            "/desk/contacts",
        )
    return (
        Words(
            "没有急事。翻翻评价，找一件能做得更好的小事。",
            "Nothing is urgent. Read some reviews and find one small thing to do better.",
        ),
        "/desk/reviews",
    )
