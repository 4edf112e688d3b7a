"""What a coupon promises, in one plain sentence, and what that may cost at most."""

from __future__ import annotations

from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.text import Words
from frontline.kernel.words import Fen
from frontline.shop.coupon.messages import Kind, Scope
from frontline.web.shell import money

_TENTH = BASIS_POINTS // 100


def sentence(  # noqa: PLR0913 - a promise has this many sides
    *,
    kind: Kind,
    value: int,
    cap: int | None,
    threshold: int,
    scope: Scope,
    scoped: int,
    currency: str,
) -> Words:
    """`scoped`: so many products or categories it is for."""

    def fen(amount: int) -> str:
        return money(amount, currency).removesuffix(".00")

    zh = {
        Scope.ALL: "全店商品",
        Scope.PRODUCTS: f"指定的 {scoped} 件商品",
        Scope.CATEGORIES: f"指定的 {scoped} 个分类",
    }[scope]
    en = {
        Scope.ALL: "anything in the shop",
        Scope.PRODUCTS: f"{scoped} chosen products",
        Scope.CATEGORIES: f"{scoped} chosen categories",
    }[scope]
    if threshold:
        zh, en = f"{zh}满 {fen(threshold)}", f"{fen(threshold)} or more of {en}"
    if kind is Kind.AMOUNT:
        return Words(f"{zh}，减 {fen(value)}", f"{fen(value)} off {en}")
    off = f"{value / _TENTH:g}"
    fold = f"{(BASIS_POINTS - value) / BASIS_POINTS * 10:g}"
    price = "免费" if value == BASIS_POINTS else f"打 {fold} 折"
    most = ("", "") if cap is None else (f"，最多减 {fen(cap)}", f", {fen(cap)} at most")
    return Words(f"{zh}，{price}{most[0]}", f"{off} % off {en}{most[1]}")


def at_most(kind: Kind, value: int, cap: int | None, many: int | None) -> Fen | None:
    """What so many of them may take off together; None: there is no bound."""
    each = value if kind is Kind.AMOUNT else cap
    return None if each is None or many is None else Fen(each * many)
