"""Products into the rows of Shopify's product CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from frontline.kernel.words import Fen, SkuId
from frontline.shop.catalog.book import Product, Variant
from frontline.shop.catalog.messages import PLAIN, STATUS
from frontline.shop.catalog.shopify.columns import (
    BARCODE,
    BODY,
    CODE,
    COLUMNS,
    COMPARE_AT,
    COST,
    GRAMS,
    HANDLE,
    IMAGE,
    IMAGE_ALT,
    IMAGE_POSITION,
    OPTION_NAMES,
    OPTION_VALUES,
    PRICE,
    PUBLISHED,
    QUANTITY,
    SHIPPING,
    TAGS,
    TITLE,
    TYPE,
    VARIANT_IMAGE,
    VENDOR,
    minor_digits,
)


def header(extra: Iterable[str]) -> tuple[str, ...]:
    """The columns of a file that also has room for these."""
    return *COLUMNS, *sorted(set(extra) - set(COLUMNS))


def write(
    product: Product,
    category_path: Sequence[str],
    stock: Mapping[SkuId, int],
    currency: str,
) -> Iterator[dict[str, str]]:
    """The rows of one product, by column."""
    digits = minor_digits(currency)
    live = product.live
    for place in range(max(len(live), len(product.pictures))):
        row = {HANDLE: product.handle}
        if place == 0:
            row |= _head_of(product, category_path)
        if place < len(live):
            row |= _variant_of(live[place], stock, digits, plain=not product.option_names)
        if place < len(product.pictures):
            picture = product.pictures[place]
            row |= {IMAGE: picture.src, IMAGE_POSITION: str(place + 1), IMAGE_ALT: picture.alt}
        yield row


def _head_of(product: Product, category_path: Sequence[str]) -> dict[str, str]:
    names = product.option_names or PLAIN[:1]
    return {
        **product.extra,
        TITLE: product.title,
        BODY: product.body_html,
        VENDOR: product.vendor,
        TYPE: " > ".join(category_path),
        TAGS: ", ".join(product.tags),
        PUBLISHED: _said(product.on_sale),
        STATUS: product.extra.get(STATUS, "active"),
        **dict(zip(OPTION_NAMES, names, strict=False)),
    }


def _variant_of(
    variant: Variant, stock: Mapping[SkuId, int], digits: int, *, plain: bool
) -> dict[str, str]:
    values = PLAIN[1:] if plain else variant.option_values
    return {
        **variant.extra,
        **dict(zip(OPTION_VALUES, values, strict=False)),
        CODE: variant.code,
        GRAMS: str(variant.weight_g),
        QUANTITY: str(stock.get(variant.id, 0)),
        PRICE: _money(variant.price, digits),
        COMPARE_AT: _money(variant.compare_at, digits),
        SHIPPING: _said(variant.needs_shipping),
        BARCODE: variant.barcode,
        VARIANT_IMAGE: variant.picture_src,
        COST: _money(variant.cost, digits),
    }


def _said(yes: bool) -> str:  # noqa: FBT001 - it is what is said
    return "TRUE" if yes else "FALSE"


def _money(amount: Fen | None, digits: int) -> str:
    if amount is None:
        return ""
    said = str(amount).rjust(digits + 1, "0")
    return f"{said[:-digits]}.{said[-digits:]}" if digits else said
