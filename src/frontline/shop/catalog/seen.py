"""What the forms of a product and of a category replace: `kernel.seen` keeps it from being lost."""

from __future__ import annotations

import json
from typing import Any, Protocol
from uuid import UUID

from msgspec.structs import replace

from frontline.kernel.seen import Facts
from frontline.kernel.words import ShopId
from frontline.shop.catalog.book import Product, Variant
from frontline.shop.catalog.messages import ProductDraft, VariantDraft, sku_id_of
from frontline.shop.catalog.text import cleaned

SKU = "sku "
"""Before the values of a variant: the fact of its price, code and so on."""
TEXTS = ("title", "body_html", "vendor", "category_id", "tags", "on_sale", "freight_id")
CELLS = ("price", "compare_at", "cost", "weight_g", "code", "per_member_max")


def product_facts(product: Product | None) -> Facts:
    return {} if product is None else _facts(product, product.live)


def draft_facts(draft: ProductDraft) -> Facts:
    """The same of a product as it shall be; nothing of it may be unset."""
    return {**_facts(draft, draft.variants), "body_html": cleaned(str(draft.body_html))}


def draft_of(facts: Facts, draft: ProductDraft, shop_id: ShopId) -> ProductDraft:
    """The draft, but what it shall be are these facts. What they do not say stays."""
    drafts = {one.option_values: one for one in draft.variants}
    names, order = facts["options"]
    known = {values_of(name): facts[name] for name in facts if name.startswith(SKU)}
    variants = []
    for values in sorted(known, key=lambda one: order.index(one) if one in order else len(order)):
        cells = dict(zip(CELLS, known[values], strict=True))
        new = VariantDraft(
            id=sku_id_of(shop_id, draft.handle, values), option_values=values, price=cells["price"]
        )
        variants.append(replace(drafts.get(values, new), **cells))
    texts = {name: facts[name] for name in TEXTS}
    return replace(
        draft,
        **texts,
        pictures=facts["pictures"],
        option_names=names,
        variants=tuple(variants),
    )


def _facts(of: Product | ProductDraft, live: tuple[Variant | VariantDraft, ...]) -> Facts:
    facts: dict[str, Any] = {name: getattr(of, name) for name in TEXTS}
    facts["options"] = of.option_names, tuple(one.option_values for one in live)
    facts["pictures"] = of.pictures
    return facts | {key_of(one.option_values): _cells(one) for one in live}


def key_of(values: tuple[str, ...]) -> str:
    return SKU + json.dumps(values, ensure_ascii=False)


def values_of(key: str) -> tuple[str, ...]:
    return tuple(json.loads(key.removeprefix(SKU)))


def _cells(one: Variant | VariantDraft) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in CELLS)


class Placed(Protocol):
    """A category, however it was read."""

    @property
    def name(self) -> str: ...
    @property
    def parent_id(self) -> UUID | None: ...
    @property
    def position(self) -> int: ...


def category_facts(category: Placed | None) -> Facts:
    if category is None:
        return {}
    return {name: getattr(category, name) for name in ("name", "parent_id", "position")}
