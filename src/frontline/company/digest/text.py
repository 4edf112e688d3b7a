"""The digest as a message: plain lines, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from frontline.company.authority.messages import ACTION_WORDS
from frontline.company.decision.views import Waiting
from frontline.company.digest.suggestion import suggested
from frontline.company.digest.views import Digest, Money
from frontline.kernel.text import Words
from frontline.web.shell import money
from frontline.web.shops import Shop

QUOTED_MAX = 60  # Characters.
LISTED_MAX = 3


def title(digest: Digest, shop: Shop) -> Words:
    some, today = len(digest.waiting), len(digest.due_today)
    return Words(
        f"{shop.name} 晨报 {digest.day:%m-%d}：{some} 件等您定，{today} 件今天截止",
        f"{shop.name} digest {digest.day:%m-%d}: {some} wait for you, {today} end today",
    )


def text(digest: Digest, shop: Shop) -> Words:
    """Three short paragraphs and a suggestion."""
    both = list(_lines(digest, shop))
    return Words("\n".join(one.zh for one in both), "\n".join(one.en for one in both))


def _lines(digest: Digest, shop: Shop) -> Iterator[Words]:
    yield from _money(digest.money, shop)
    yield Words("", "")
    yield from _waiting(digest, shop)
    yield from _promises(digest)
    yield from _said(digest)
    yield Words("", "")
    advice, _ = suggested(digest)
    yield Words(f"建议：{advice.zh}", f"Suggestion: {advice.en}")


def _money(one: Money, shop: Shop) -> Iterator[Words]:
    def fen(amount: int) -> str:
        return money(amount, shop.currency)

    against = against_en = ""
    if one.plan:
        rate = 100 * one.taken.amount // one.plan
        against = f"，计划 {fen(one.plan)}，完成 {rate}%"
        against_en = f", {rate}% of the planned {fen(one.plan)}"
    yield Words(
        f"昨天收款 {fen(one.taken.amount)}（{one.taken.count} 笔）{against}，"
        f"上周同日 {fen(one.week_before)}。",
        f"Yesterday {fen(one.taken.amount)} came in ({one.taken.count} payments){against_en}; "
        f"a week before {fen(one.week_before)}.",
    )
    if one.refunded.count:
        yield Words(
            f"昨天退款 {fen(one.refunded.amount)}（{one.refunded.count} 笔）。",
            f"{fen(one.refunded.amount)} went back ({one.refunded.count} refunds).",
        )


def _waiting(digest: Digest, shop: Shop) -> Iterator[Words]:
    if not digest.waiting:
        yield Words("今天没有等您定的事。", "Nothing waits for your decision today.")
        return
    yield Words(f"等您定的 {len(digest.waiting)} 件：", f"{len(digest.waiting)} wait for you:")
    for one in digest.waiting[:LISTED_MAX]:
        yield _decision(one, shop)


def _decision(one: Waiting, shop: Shop) -> Words:
    by = f"{one.deadline.astimezone(ZoneInfo(shop.timezone)):%m-%d %H:%M}"
    cost = cost_en = ""
    if one.cost_per_hour:
        cost = f"，每等一小时 {money(one.cost_per_hour, shop.currency)}"
        cost_en = f", each hour costs {money(one.cost_per_hour, shop.currency)}"
    action = ACTION_WORDS[one.action]
    return Words(
        f"- {one.title or action.zh}（{one.asked_by_name}），{by} 截止{cost}",
        f"- {one.title or action.en} ({one.asked_by_name}), by {by}{cost_en}",
    )


def _promises(digest: Digest) -> Iterator[Words]:
    parts = (
        (digest.late.count, "单超时未发货", "orders not sent in time"),
        (digest.overdue.count, "件售后超时", "after-sale cases overdue"),
        (len(digest.broken), "个部门承诺落空", "promises of departments broken"),
    )
    some = [(count, zh, en) for count, zh, en in parts if count]
    if some:
        yield Words(
            "失信：" + "，".join(f"{count} {zh}" for count, zh, _ in some) + "。",
            "Broken: " + ", ".join(f"{count} {en}" for count, _, en in some) + ".",
        )


def _said(digest: Digest) -> Iterator[Words]:
    for one in digest.voices:
        said = one.text if len(one.text) <= QUOTED_MAX else f"{one.text[:QUOTED_MAX]}…"
        yield Words(f"{one.rating} 星：“{said}”", f"{one.rating} stars: “{said}”")
