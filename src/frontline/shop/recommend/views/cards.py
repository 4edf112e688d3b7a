"""Cards: a product as every list of the storefront shows it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, ProductId, SkuId
from frontline.store.database import Transaction


class ProductCard(msgspec.Struct, frozen=True, kw_only=True):
    id: ProductId
    title: str
    picture: str | None
    price: Fen  # The lowest of its variants.
    compare_at: Fen | None  # Struck through, of the same variant.
    sold: int  # Units of paid orders that stand.
    in_stock: bool
    tags: tuple[str, ...]
    rating_x100: int | None  # 100 to 500; None: nobody has said anything yet.
    reviews: int
    sku_id: SkuId  # The first variant that can be bought, else the first.
    options: bool  # There is something to choose.


_CARDS = text("""
    SELECT p.id, p.title, p.tags, v.price, v.compare_at, v.in_stock, v.sku_id, v.variants,
           coalesce(r.units, 0) AS sold, w.stars, coalesce(w.reviews, 0) AS reviews,
           (SELECT src FROM picture AS i WHERE i.shop_id = p.shop_id AND i.product_id = p.id
            ORDER BY position LIMIT 1) AS picture
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS a (id, place)
    JOIN product AS p ON p.shop_id = :shop_id AND p.id = a.id AND p.on_sale
    JOIN LATERAL (
        SELECT count(*) AS variants, min(s.price) AS price,
               (array_agg(s.compare_at ORDER BY s.price, s.position, s.id))[1] AS compare_at,
               coalesce(bool_or(t.on_hand > t.reserved), false) AS in_stock,
               (array_agg(s.id ORDER BY coalesce(t.on_hand > t.reserved, false) DESC,
                          s.position, s.id))[1] AS sku_id
        FROM sku AS s LEFT JOIN stock AS t ON t.shop_id = s.shop_id AND t.sku_id = s.id
        WHERE s.shop_id = p.shop_id AND s.product_id = p.id AND NOT s.removed
    ) AS v ON v.variants > 0
    LEFT JOIN recommend_sold AS r ON r.shop_id = p.shop_id AND r.product_id = p.id
    LEFT JOIN LATERAL (
        SELECT stars_1 + 2 * stars_2 + 3 * stars_3 + 4 * stars_4 + 5 * stars_5 AS stars,
               stars_1 + stars_2 + stars_3 + stars_4 + stars_5 AS reviews
        FROM review_summary WHERE shop_id = p.shop_id AND product_id = p.id
    ) AS w ON true
    ORDER BY a.place
""")


async def cards(transaction: Transaction, ids: Sequence[ProductId]) -> tuple[ProductCard, ...]:
    """In the order of `ids`; what is not on sale is left out."""
    return tuple(
        ProductCard(
            id=row.id,
            title=row.title,
            picture=row.picture,
            price=row.price,
            compare_at=row.compare_at,
            sold=row.sold,
            in_stock=row.in_stock,
            tags=tuple(row.tags),
            rating_x100=_rating(row.stars, row.reviews),
            reviews=row.reviews,
            sku_id=row.sku_id,
            options=row.variants > 1,
        )
        for row in await transaction.rows(_CARDS, ids=ids)
    )


def _rating(stars: int | None, reviews: int) -> int | None:
    """The average in hundredths, rounded as the summary of reviews rounds it: a half up."""
    return (200 * stars + reviews) // (2 * reviews) if stars and reviews else None
