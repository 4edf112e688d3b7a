"""What the demo shop sells: read from `goods_*.toml`, made into drafts of products."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from html import escape
from importlib.resources import files
from typing import Any
from uuid import UUID

from frontline.demo.pictures import src_of, srcs
from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.words import Fen, ShopId
from frontline.shop.catalog.messages import (
    Picture,
    ProductDraft,
    VariantDraft,
    product_id_of,
    sku_id_of,
)

CATEGORIES = ("曲奇", "饼干", "蛋糕", "面包", "礼盒", "节日", "茶饮")
VENDOR = "小满曲奇"
COST_BP = 4_200
"""What making it costs, of its price."""

_FILES = ("goods_1.toml", "goods_2.toml")
_FACTS = (
    ("made_of", "配料"),
    ("weight", "净含量"),
    ("life", "保质期"),
    ("keep", "储存方法"),
    ("allergens", "过敏原提示"),
)


def all_goods() -> list[dict[str, Any]]:
    """As they are written down."""
    here = files("frontline.demo")
    return [
        one
        for name in _FILES
        for one in tomllib.loads(here.joinpath(name).read_text(encoding="utf-8"))["goods"]
    ]


def drafts(shop_id: ShopId, freight_id: UUID) -> list[ProductDraft]:
    return [_draft(shop_id, freight_id, one) for one in all_goods()]


def _draft(shop_id: ShopId, freight_id: UUID, one: dict[str, Any]) -> ProductDraft:
    handle, options = one["handle"], tuple(one["options"])
    return ProductDraft(
        id=product_id_of(shop_id, handle),
        handle=handle,
        title=one["title"],
        option_names=options,
        variants=tuple(
            _variant(shop_id, handle, place, row[: len(options)], row[len(options) :])
            for place, row in enumerate(one["variants"], 1)
        ),
        body_html=body(one),
        vendor=VENDOR,
        category_path=(one["category"],),
        tags=tuple(one["tags"]),
        on_sale=True,
        freight_id=freight_id,
        pictures=tuple(Picture(src, one["title"]) for src in srcs(handle)),
    )


def _variant(
    shop_id: ShopId, handle: str, place: int, values: list[str], rest: list[Any]
) -> VariantDraft:
    price, before, weight_g, stock = rest
    return VariantDraft(
        id=sku_id_of(shop_id, handle, tuple(values)),
        option_values=tuple(values),
        price=fen(price),
        compare_at=fen(before) if before else None,
        cost=Fen(fen(price) * COST_BP // BASIS_POINTS),
        code=f"{handle.upper()}-{place}",
        weight_g=weight_g,
        picture_src=src_of(f"{handle}-1"),
        stock=stock,
    )


def fen(yuan: str) -> Fen:
    return Fen(int(Decimal(yuan) * 100))


def body(one: dict[str, Any]) -> str:
    """The product's text: its story, then what a label says."""
    story = "".join(f"<p>{escape(part)}</p>" for part in one["story"])
    facts = "".join(
        f"<p><strong>{name}</strong>：{escape(one[field])}</p>" for field, name in _FACTS
    )
    return f"{story}<h3>商品信息</h3>{facts}"
