"""Products in bulk: from files, from another system, for a demonstration.

They go in as commands of some hundred, through the same rules as one that staff type in. Each
command is one transaction: who stops in between has whole products, and putting all again changes
nothing of those.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from frontline.engine.engine import Engine
from frontline.kernel.authority import Held
from frontline.kernel.ids import uuid7
from frontline.kernel.seen import ChangedSince
from frontline.kernel.words import ShopId, StaffId
from frontline.shop.catalog.messages import (
    NothingPut,
    ProductDraft,
    ProductsPut,
    PutProducts,
    Refused,
)
from frontline.shop.catalog.shopify import writing
from frontline.shop.catalog.views import pages
from frontline.store.database import Database

VARIANTS_AT_ONCE = 1_000
PRODUCTS_AT_ONCE = 200

Progress = Callable[[int], None]
"""Hears how many more products are done."""


class Put(NamedTuple):
    """How many were new or changed, how many had been so before, and which could not be.

    A piece of a file with prices beyond what its giver may change waits as one proposal.
    """

    products: int = 0
    variants: int = 0
    unchanged: int = 0  # Products.
    refused: tuple[Refused, ...] = ()
    held: tuple[Held, ...] = ()

    def with_(self, other: Put) -> Put:
        return Put(
            self.products + other.products,
            self.variants + other.variants,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
            self.held + other.held,
        )


async def put_products(
    engine: Engine,
    shop_id: ShopId,
    products: Sequence[ProductDraft],
    *,
    staff_id: StaffId | None = None,
    progress: Progress = lambda _: None,
) -> Put:
    """Put them all but those that are refused. Safe to repeat, whole or in part."""
    done = Put()
    for some in _pieces(products):
        done = done.with_(await _put(engine, shop_id, some, staff_id))
        progress(len(some))
    return done


async def _put(
    engine: Engine, shop_id: ShopId, some: Sequence[ProductDraft], staff_id: StaffId | None
) -> Put:
    id_ = uuid7(int(engine.now().timestamp() * 1000), secrets.token_bytes(10))
    outcome = await engine.submit(
        shop_id, PutProducts(id=id_, products=tuple(some), staff_id=staff_id)
    )
    match outcome:
        case ProductsPut(products, variants, unchanged):
            return Put(products, variants, unchanged)
        case NothingPut(unchanged):
            return Put(unchanged=unchanged)
        case Held():
            return Put(held=(outcome,))
        case Refused() if len(some) == 1:
            return Put(refused=(outcome,))
        case Refused():  # Of one, and so of all: find out which.
            done = Put()
            for one in some:
                done = done.with_(await _put(engine, shop_id, [one], staff_id))
            return done
        case ChangedSince():
            message = "a file does not say what it was made from"
            raise AssertionError(message)


def _pieces(products: Iterable[ProductDraft]) -> Iterator[list[ProductDraft]]:
    piece: list[ProductDraft] = []
    variants = 0
    for product in products:
        piece.append(product)
        variants += len(product.variants)
        if len(piece) >= PRODUCTS_AT_ONCE or variants >= VARIANTS_AT_ONCE:
            yield piece
            piece, variants = [], 0
    if piece:
        yield piece


async def export(
    database: Database, shop_id: ShopId, currency: str, progress: Progress = lambda _: None
) -> AsyncIterator[str]:
    """Shopify's CSV of all products, in pieces of text, in the order of their handles."""
    paths = await pages.category_paths(database, shop_id)
    header = writing.header(await pages.extra_columns(database, shop_id))
    yield _csv([header])
    after = ""
    while page := await pages.whole_products(database, shop_id, after, PRODUCTS_AT_ONCE):
        rows = [
            [row.get(name, "") for name in header]
            for product, stock in page
            for row in writing.write(product, paths.get(product.category_id, ()), stock, currency)
        ]
        yield _csv(rows)
        progress(len(page))
        after = page[-1][0].handle


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
