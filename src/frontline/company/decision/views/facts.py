"""What the machine says to a proposal before anybody has looked: from rows, with the numbers.

Where a fact is missing the answer is `unsure`, and says which one. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET
from sqlalchemy import text

from frontline.company.authority.messages import ReviewKind
from frontline.company.decision.messages import Commit, Finding, PreAnswer
from frontline.company.decision.views import budget
from frontline.company.window.messages import SignUp
from frontline.kernel.authority import Action, Unit
from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.text import Words
from frontline.kernel.words import Command
from frontline.shop.catalog.messages import PutProducts
from frontline.shop.coupon.messages import CreateCoupon, Kind, Scope
from frontline.shop.stock.messages import AdjustStock
from frontline.store.database import Transaction

_MARGINS = text("""
    WITH chosen AS (
        SELECT p.title, s.cost,
               s.price - s.price * CAST(:rate_bp AS bigint) / 10000 - s.cost AS left_
        FROM sku AS s
        JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
        WHERE s.shop_id = :shop_id AND p.on_sale AND NOT s.removed
          AND (CAST(:product_ids AS uuid[]) IS NULL
               OR p.id = ANY(CAST(:product_ids AS uuid[])))
          AND (CAST(:category_ids AS uuid[]) IS NULL
               OR p.category_id = ANY(CAST(:category_ids AS uuid[]))))
    SELECT count(*) AS skus, count(cost) AS known, count(*) FILTER (WHERE left_ < 0) AS losing,
           min(left_) AS worst,
           (array_agg(title ORDER BY left_) FILTER (WHERE left_ IS NOT NULL))[1] AS worst_title
    FROM chosen
""")
_NEW_MARGINS = text("""
    SELECT count(*) AS skus, count(coalesce(n.cost, s.cost)) AS known,
           count(*) FILTER (WHERE n.price < coalesce(n.cost, s.cost)) AS losing,
           min(n.price - coalesce(n.cost, s.cost)) AS worst,
           (array_agg(n.title ORDER BY n.price - coalesce(n.cost, s.cost))
            FILTER (WHERE coalesce(n.cost, s.cost) IS NOT NULL))[1] AS worst_title
    FROM unnest(CAST(:ids AS uuid[]), CAST(:titles AS text[]), CAST(:prices AS bigint[]),
                CAST(:costs AS bigint[])) AS n (id, title, price, cost)
    LEFT JOIN sku AS s ON s.shop_id = :shop_id AND s.id = n.id
""")
_FREE = text("""
    SELECT count(*) AS skus, coalesce(sum(t.on_hand - t.reserved), 0) AS free
    FROM stock AS t
    JOIN sku AS s ON s.shop_id = t.shop_id AND s.id = t.sku_id AND NOT s.removed
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id AND p.on_sale
    WHERE t.shop_id = :shop_id
""")
_FREE_OF = text("""
    SELECT on_hand - reserved AS free FROM stock
    WHERE shop_id = :shop_id AND sku_id = CAST(:sku_id AS uuid)
""")
_STRUCK = text("""
    SELECT count(*) AS skus, count(*) FILTER (WHERE s.compare_at <= s.price) AS wrong
    FROM sku AS s
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    WHERE s.shop_id = :shop_id AND p.on_sale AND NOT s.removed AND s.compare_at IS NOT NULL
""")


async def findings(  # noqa: PLR0913, PLR0917 - what is asked, and when
    t: Transaction,
    kinds: Iterable[ReviewKind],
    action: Action,
    amount: int | None,
    command: Command[Any],
    at: datetime,
) -> tuple[Finding, ...]:
    """One for each kind of review."""
    found = []
    for kind in kinds:
        match kind:
            case ReviewKind.DISCOUNT:
                answer, facts = await _discount(t, command)
            case ReviewKind.STOCK:
                answer, facts = await _stock(t, command)
            case ReviewKind.FINANCE:
                answer, facts = await _finance(t, action, amount, at)
            case ReviewKind.LAW:
                answer, facts = await _law(t, command)
        found.append(Finding(kind, answer, tuple(facts)))
    return tuple(found)


Found = tuple[PreAnswer, list[Words]]


# -- Discount: what is left above the cost ---------------------------------------------------


async def _discount(t: Transaction, command: Command[Any]) -> Found:
    match command:
        case PutProducts():
            variants = [(one.title, it) for one in command.products for it in one.variants]
            (row,) = await t.read(
                _NEW_MARGINS,
                ids=[it.id for _, it in variants],
                titles=[title for title, _ in variants],
                prices=[it.price for _, it in variants],
                costs=[it.cost if isinstance(it.cost, int) else None for _, it in variants],
            )
            return _margins(row, Words("按新价格", "At the new prices"))
        case SignUp():
            (row,) = await _reduced(t, command.discount_bp, None, None)
            return _margins(row, _at_rate(command.discount_bp))
        case CreateCoupon():
            return await _coupon(t, command)
        case _:
            return _unknown("这类申请不涉及可计算的毛利", "No margin can be computed for this")


async def _coupon(t: Transaction, coupon: CreateCoupon) -> Found:
    if coupon.kind is Kind.AMOUNT and not coupon.threshold:
        return _unknown(
            "无门槛的减免，单笔折扣取决于顾客买什么，算不出底价",
            "Without a threshold the discount depends on what is bought",
        )
    rate = (
        coupon.value
        if coupon.kind is Kind.PERCENT
        else -(-coupon.value * BASIS_POINTS // coupon.threshold)
    )
    ids = list(coupon.scope_ids)
    (row,) = await _reduced(
        t,
        rate,
        ids if coupon.scope is Scope.PRODUCTS else None,
        ids if coupon.scope is Scope.CATEGORIES else None,
    )
    return _margins(row, _at_rate(rate))


async def _reduced(
    t: Transaction, rate_bp: int, product_ids: Any, category_ids: Any
) -> Sequence[Any]:
    return await t.read(
        _MARGINS, rate_bp=rate_bp, product_ids=product_ids, category_ids=category_ids
    )


def _at_rate(rate_bp: int) -> Words:
    return Words(
        f"按最大让利 {rate_bp / 100:g}%（售价减让利减成本价）",
        f"At the largest discount of {rate_bp / 100:g} % (price less discount less cost)",
    )


def _margins(row: Any, how: Words) -> Found:
    facts = [
        Words(
            f"{how.zh}：在售 {row.skus} 个规格，{row.known} 个登记了成本价，"
            f"其中 {row.losing} 个亏本",
            f"{how.en}: {row.skus} variants on sale, {row.known} with a known cost, "
            f"{row.losing} of them at a loss",
        )
    ]
    if row.worst is not None:
        facts.append(
            Words(
                f"毛利最低的是「{row.worst_title}」，每件 {yuan(row.worst)}",
                f"The least is left of “{row.worst_title}”: {yuan(row.worst)} each",
            )
        )
    if row.losing:
        return PreAnswer.NO, facts
    if row.known < row.skus or not row.skus:
        missing = row.skus - row.known
        facts.append(
            Words(
                f"{missing} 个规格没有成本价，请先在商品里登记",
                f"{missing} variants have no cost; enter it with the product",
            )
        )
        return PreAnswer.UNSURE, facts
    return PreAnswer.YES, facts


# -- Stock: available to promise, against what is claimed -------------------------------------


async def _stock(t: Transaction, command: Command[Any]) -> Found:
    match command:
        case SignUp():
            (row,) = await t.read(_FREE)
            return _enough(
                int(row.free),
                command.stock_units,
                Words(f"在售 {row.skus} 个规格合计可用", f"{row.skus} variants on sale have"),
            )
        case AdjustStock():
            rows = await t.read(_FREE_OF, sku_id=command.sku_id)
            free = int(rows[0].free) if rows else 0
            return _enough(free, -command.change, Words("该商品可用", "This variant has"))
        case _:
            return _unknown("没有写明要占用多少库存", "It does not say how much stock is claimed")


def _enough(free: int, wanted: int, of: Words) -> Found:
    facts = [
        Words(
            f"{of.zh}库存 {free} 件（在手减去未付款订单占用），本次占用 {wanted} 件",
            f"{of.en} {free} available to promise (on hand less held for orders not yet paid); "
            f"{wanted} are claimed",
        )
    ]
    return (PreAnswer.YES if wanted <= free else PreAnswer.NO), facts


# -- Finance: what is left of what was given ---------------------------------------------------


async def _finance(t: Transaction, action: Action, amount: int | None, at: datetime) -> Found:
    if action.unit is not Unit.MONEY or amount is None:
        return _unknown("没有写明最多花多少钱", "It does not say how much it may cost")
    left = await budget.left(t, at)
    if left is None:
        return _unknown(
            "没有正在执行的计划，不知道预算还剩多少",
            "No plan is running, so nobody knows what is left of the budget",
        )
    facts = [
        Words(
            f"{left.names} 的预算合计 {yuan(left.given)}，已承诺 {yuan(left.spent)}，"
            f"还剩 {yuan(left.given - left.spent)}；本次最多 {yuan(amount)}",
            f"{left.names}: budget {yuan(left.given)}, committed {yuan(left.spent)}, "
            f"left {yuan(left.given - left.spent)}; this takes up to {yuan(amount)}",
        )
    ]
    return (PreAnswer.YES if amount <= left.given - left.spent else PreAnswer.NO), facts


# -- Law: what can be computed ------------------------------------------------------------------


async def _law(t: Transaction, command: Command[Any]) -> Found:
    match command:
        case PutProducts():
            return _struck(command)
        case SignUp():
            (row,) = await t.read(_STRUCK)
            facts = [
                Words(
                    f"在售规格中 {row.skus} 个有划线价，{row.wrong} 个的划线价不高于售价",
                    f"{row.skus} variants on sale have a struck-through price, of {row.wrong} "
                    "it is no higher than the price",
                )
            ]
            if command.discount_bp > BASIS_POINTS:
                facts.append(Words("让利超过 100%，售价会低于零", "Prices would be below zero"))
            if row.wrong or command.discount_bp > BASIS_POINTS:
                return PreAnswer.NO, facts
            facts.append(
                Words(
                    "划线价是否真实成交过、活动条件是否满足，需要人看",
                    "Whether those prices were real, and the conditions met, a person must see",
                )
            )
            return PreAnswer.UNSURE, facts
        case CreateCoupon() if coupon_below_zero(command):
            return PreAnswer.NO, [Words("减免超过 100%", "More than 100 % off")]
        case Commit():
            return _unknown("合同条款需要人看", "A person must read the contract")
        case _:
            return _unknown("没有能自动核对的规则", "No rule can be checked by machine")


def coupon_below_zero(coupon: CreateCoupon) -> bool:
    return coupon.kind is Kind.PERCENT and coupon.value > BASIS_POINTS


def _struck(command: PutProducts) -> Found:
    variants = [it for one in command.products for it in one.variants]
    struck = [it for it in variants if it.compare_at is not UNSET and it.compare_at is not None]
    wrong = sum(isinstance(it.compare_at, int) and it.compare_at <= it.price for it in struck)
    negative = sum(it.price < 0 for it in variants)
    facts = [
        Words(
            f"{len(variants)} 个规格，{negative} 个价格低于零；{len(struck)} 个设了划线价，"
            f"其中 {wrong} 个不高于售价",
            f"{len(variants)} variants, {negative} priced below zero; {len(struck)} with a "
            f"struck-through price, {wrong} of those no higher than the price",
        )
    ]
    if wrong or negative:
        return PreAnswer.NO, facts
    if struck:
        facts.append(
            Words(
                "划线价是否真实成交过，需要人看",
                "Whether the struck-through prices were real, a person must see",
            )
        )
        return PreAnswer.UNSURE, facts
    return PreAnswer.YES, facts


def _unknown(zh: str, en: str) -> Found:
    return PreAnswer.UNSURE, [Words(zh, en)]


def yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
