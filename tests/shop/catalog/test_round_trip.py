"""What is exported is read back the same: nothing of a product is lost or made by a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from shop.catalog.files import SHOP

from frontline.kernel.words import Fen
from frontline.shop.catalog import shopify
from frontline.shop.catalog.book import Product
from frontline.shop.catalog.drafts import COUNT_MAX, PRICE_MAX, faults, merged
from frontline.shop.catalog.messages import (
    Picture,
    ProductDraft,
    VariantDraft,
    plain_options,
    product_id_of,
    sku_id_of,
)
from frontline.shop.catalog.shopify import writing

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 2, tzinfo=UTC)

ODD = st.characters(exclude_categories=("Cs", "Cc"))
WORDS = st.text(st.sampled_from("羽绒 a\"',;%é\u200b") | ODD, min_size=1, max_size=8).map(str.strip)
WORD = WORDS.filter(bool)
LINES = st.text(st.sampled_from("羽 <b>&\n\"',\t") | ODD, max_size=20).map(str.strip)
MONEY = st.integers(0, PRICE_MAX).map(Fen)
ADDRESS = st.builds("https://a.test/{}.png".format, st.integers(0, 9))
EXTRA = st.sampled_from(["SEO Title", "Included / 中国", "材质 (product.metafields.custom.m)"])
VARIANT_EXTRA = st.sampled_from(["Variant Tax Code", "Price / 中国", "备注"])


@st.composite
def drafts(draw: Any) -> ProductDraft:
    handle = draw(WORD)
    names = tuple(draw(st.lists(WORD, max_size=3, unique=True)))
    values = draw(st.lists(st.tuples(*[WORD for _ in names]), min_size=1, max_size=3, unique=True))
    draft = ProductDraft(
        id=product_id_of(SHOP, handle),
        handle=handle,
        title=draw(WORD),
        option_names=names,
        variants=tuple(draw(variant(handle, one)) for one in values),
        body_html=draw(LINES),
        vendor=draw(WORDS),
        category_path=tuple(draw(st.lists(WORD.filter(lambda name: ">" not in name), max_size=3))),
        tags=tuple(draw(st.lists(WORD.filter(lambda tag: "," not in tag), max_size=3))),
        on_sale=draw(st.booleans()),
        extra=draw(st.dictionaries(EXTRA, LINES))
        | draw(st.sampled_from([{}, {"Status": "draft"}, {"Status": "unlisted"}])),
        pictures=tuple(draw(st.lists(st.builds(Picture, ADDRESS, WORDS), max_size=4))),
    )
    return plain_options(draft, SHOP)


def variant(handle: str, values: tuple[str, ...]) -> st.SearchStrategy[VariantDraft]:
    return st.builds(
        VariantDraft,
        id=st.just(sku_id_of(SHOP, handle, values)),
        option_values=st.just(values),
        price=MONEY,
        code=WORDS,
        compare_at=st.none() | MONEY,
        cost=st.none() | MONEY,
        weight_g=st.integers(0, COUNT_MAX),
        barcode=WORDS,
        needs_shipping=st.booleans(),
        picture_src=st.just("") | ADDRESS,
        extra=st.dictionaries(VARIANT_EXTRA, LINES),
    )


def _file(products: list[tuple[Product, tuple[str, ...]]], currency: str) -> str:
    names = {name for product, _ in products for name in _columns(product)}
    output = StringIO(newline="")
    writer = csv.DictWriter(output, writing.header(names))
    writer.writeheader()
    for product, path in products:
        writer.writerows(writing.write(product, path, {}, currency))
    return output.getvalue()


def _columns(product: Product) -> Iterator[str]:
    yield from product.extra
    for one in product.variants:
        yield from one.extra


@settings(deadline=None, database=None)
@given(
    st.lists(drafts(), max_size=3, unique_by=lambda draft: draft.handle),
    st.sampled_from(["CNY", "JPY", "KWD"]),
)
def test_export_then_import_changes_nothing(some: list[ProductDraft], currency: str) -> None:
    assert not [fault for draft in some for fault in faults(draft)]
    products = [merged(None, draft, None, NOW) for draft in some]
    paths = [draft.category_path for draft in some]
    written = _file(list(zip(products, paths, strict=True)), currency)

    reading = shopify.read(written.encode(), SHOP, currency)
    assert not reading.bad_rows
    assert [draft.category_path for draft in reading.drafts] == paths
    for product, draft in zip(products, reading.drafts, strict=True):
        assert merged(product, draft, None, LATER) is product


@settings(deadline=None, database=None)
@given(drafts(), drafts(), st.booleans())
def test_putting_again_changes_nothing(old: ProductDraft, new: ProductDraft, whole: bool) -> None:
    product = merged(None, old, None, NOW)
    changed = merged(product, _as(product, new, complete=whole), None, LATER)
    again = merged(changed, _as(product, new, complete=whole), None, LATER)
    assert again is changed
    kept = {one.id for one in product.variants} | {one.id for one in new.variants}
    assert {one.id for one in changed.variants} >= {one.id for one in product.variants}
    assert len(changed.variants) <= len(kept) + len(new.variants)


def _as(product: Product, draft: ProductDraft, *, complete: bool) -> ProductDraft:
    """The same said of another product."""
    variants = tuple(
        VariantDraft(
            **{name: getattr(one, name) for name in one.__struct_fields__}
            | {"id": sku_id_of(SHOP, product.handle, one.option_values), "code": UNSET}
        )
        for one in draft.variants
    )
    fields = {name: getattr(draft, name) for name in draft.__struct_fields__}
    return ProductDraft(
        **fields
        | {"id": product.id, "handle": product.handle, "variants": variants, "complete": complete}
    )
