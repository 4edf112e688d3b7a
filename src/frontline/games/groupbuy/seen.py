"""What the form of a campaign replaces: `kernel.seen` keeps it from being lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from frontline.games.groupbuy.terms import ItemTerms, Terms
from frontline.kernel.seen import Facts
from frontline.kernel.words import Fen, SkuId

SKU = "sku "
"""Before the id of a SKU: the fact of its group price and quota."""


class Priced(Protocol):
    """A SKU of a campaign, however it was read."""

    @property
    def price(self) -> Fen: ...
    @property
    def leader_price(self) -> Fen | None: ...
    @property
    def quota(self) -> int: ...


def campaign_facts(terms: Terms, items: Iterable[tuple[SkuId, Priced]]) -> Facts:
    """`items`: those that are offered."""
    facts = {name: getattr(terms, name) for name in Terms.__struct_fields__}
    return facts | {f"{SKU}{id_}": (one.price, one.leader_price, one.quota) for id_, one in items}


def terms_of(facts: Facts) -> Terms:
    return Terms(**{name: facts[name] for name in Terms.__struct_fields__})


def items_of(facts: Facts) -> tuple[ItemTerms, ...]:
    return tuple(
        ItemTerms(sku_id=sku_of(name), price=price, leader_price=leader_price, quota=quota)
        for name in skus_in(facts)
        for price, leader_price, quota in (facts[name],)
    )


def skus_in(facts: Facts) -> list[str]:
    """The names of facts about SKUs."""
    return [name for name in facts if name.startswith(SKU)]


def sku_of(name: str) -> SkuId:
    return SkuId(UUID(name.removeprefix(SKU)))
