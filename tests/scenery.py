"""What there is in the shop that stories happen in: goods, members, addresses, coupons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from frontline.kernel.book import Page
from frontline.kernel.words import Fen, MemberId, ProductId, ShopId, SkuId
from frontline.shop.catalog import rows as catalog_rows
from frontline.shop.catalog.book import CatalogBook, CatalogKeys, Sku
from frontline.shop.freight import rows as freight_rows
from frontline.shop.freight.book import FreightBook, FreightKeys, Measure, Rate, Template
from frontline.shop.member import rows as member_rows
from frontline.shop.member.book import (
    AcquaintanceBook,
    AcquaintanceKeys,
    Address,
    AddressBook,
    AddressKeys,
    Member,
)
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import BEGIN, Part

ThingT = TypeVar("ThingT")


def uid(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 64) + number)


UNKNOWN = uid(9, 9)
MEMBERS = [MemberId(uid(3, number)) for number in range(4)]
STAFF = uid(3, 99)
CATEGORIES = [uid(2, number) for number in range(2)]
PRODUCTS = [ProductId(uid(8, number)) for number in range(6)]
BY_PIECE, BY_WEIGHT = uid(6, 0), uid(6, 1)
HOME, FAR = "440305", "650102"

PLAIN, LIMITED, PIECE, HEAVY, FREE, OFF = SKUS = [SkuId(uid(1, number)) for number in range(6)]
LIMIT = 2


def _sku(
    number: int, price: int, *, limit: int | None = None, on_sale: bool = True, weight_g: int = 0,
    freight_id: UUID | None = None,
) -> Sku:  # fmt: skip
    return Sku(
        SKUS[number],
        PRODUCTS[number],
        CATEGORIES[number % 2],
        f"thing {number}",
        Fen(price),
        limit,
        on_sale,
        freight_id is not None,
        weight_g,
        freight_id,
    )


GOODS = {
    sku.id: sku
    for sku in (
        _sku(0, 1000),
        _sku(1, 733, limit=LIMIT),
        _sku(2, 300, freight_id=BY_PIECE),
        _sku(3, 9900, limit=LIMIT, weight_g=700, freight_id=BY_WEIGHT),
        _sku(4, 0),
        _sku(5, 100, on_sale=False),
    )
}
TEMPLATES = {
    BY_PIECE: Template(
        BY_PIECE,
        Measure.PIECE,
        Rate(1, Fen(500), 1, Fen(150), free_from=Fen(900)),
        {"65": None},
        name="by piece",
    ),
    BY_WEIGHT: Template(
        BY_WEIGHT,
        Measure.WEIGHT,
        None,
        {"44": Rate(1000, Fen(1200), 500, Fen(333)), "6501": Rate(1000, Fen(3000), 1000, Fen(900))},
        name="by weight",
    ),
}
ADDRESSES = {
    id_: Address(id_, member_id, "某人", "13800000000", code, "某地", "某街 1 号")
    for place, code in enumerate((HOME, FAR))
    for number, member_id in enumerate(MEMBERS)
    for id_ in [uid(5, place * 100 + number)]
}

BY_PHONE = MEMBERS[-1]
"""The one who does not come by WeChat."""
JOINED = {
    id_: Member(id_, None if id_ == BY_PHONE else f"openid-{id_}", None, "某人", "zh", BEGIN)
    for id_ in MEMBERS
}


def some(chance: Random, likely: Sequence[ThingT], otherwise: Sequence[ThingT]) -> ThingT:
    """One of the likely things, if there are any; now and then, and else, one of the others."""
    return chance.choice(likely if likely and chance.random() < 0.85 else otherwise)


def sensible(chance: Random, likely: Mapping[str, Sequence[Any]]) -> str | None:
    """One of the deeds that there is something to do for; now and then another, or None."""
    if chance.random() < 0.05:
        return chance.choice([*likely])
    possible = [kind for kind, things in likely.items() if things]
    return chance.choice(possible) if possible else None


def _lay_goods(_: Random) -> World:
    return World(
        {
            CatalogKeys: CatalogBook(Page(GOODS)),
            FreightKeys: FreightBook(Page(TEMPLATES)),
            AddressKeys: AddressBook(Page(ADDRESSES)),
            AcquaintanceKeys: AcquaintanceBook(Page(JOINED)),
        }
    )


async def lay(sql: Any, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Put rows into a table, as its owner (`sql` is a plain asyncpg connection)."""
    holes = ", ".join(f"${number}" for number in range(1, columns.count(",") + 2))
    await sql.executemany(f"INSERT INTO {table} ({columns}) VALUES ({holes})", list(rows))


async def _fill_goods(sql: Any, shop_id: ShopId, rows: Content) -> None:
    await lay(
        sql, "category", "shop_id, id, name, position",
        [(shop_id, id_, f"category {id_.int & 9}", 0) for id_ in CATEGORIES],
    )  # fmt: skip
    await lay(
        sql, "freight_template", "shop_id, id, name, measure, elsewhere, regions",
        [
            (shop_id, one.id, one.name, one.measure, _json(one.elsewhere), _json(one.regions))
            for one in rows["FreightBook.templates"].values()
        ],
    )  # fmt: skip
    skus = rows["CatalogBook.skus"].values()
    await lay(
        sql, "product", "shop_id, id, handle, title, body_html, vendor, category_id, tags, on_sale,"
        " option_names, freight_id, price_min, search, extra, created_at, updated_at",
        [
            (shop_id, sku.product_id, sku.title, sku.title, "", "", sku.category_id, [],
             sku.on_sale, [], sku.freight_id, sku.price, "", "", BEGIN, BEGIN)
            for sku in skus
        ],
    )  # fmt: skip
    await lay(
        sql, "sku", "shop_id, id, product_id, position, code, option_values, price,"
        " per_member_max, weight_g, barcode, needs_shipping, picture_src, extra, removed",
        [
            (shop_id, sku.id, sku.product_id, 0, "", [], sku.price, sku.per_member_max,
             sku.weight_g, "", sku.needs_shipping, "", "", False)
            for sku in skus
        ],
    )  # fmt: skip
    await lay(
        sql, "member", "shop_id, id, openid, nickname, locale, joined_at",
        [(shop_id, id_, one.openid, "某人", "zh", BEGIN) for id_, one in JOINED.items()],
    )  # fmt: skip
    await lay(
        sql, "address", "shop_id, id, member_id, name, phone, region_code, region, detail",
        [
            (shop_id, *(getattr(one, name) for name in one.__struct_fields__))
            for one in rows["AddressBook.addresses"].values()
        ],
    )  # fmt: skip


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def _read_goods(transaction: Transaction) -> Content:
    skus = await catalog_rows.load(transaction, CatalogKeys(GOODS))
    templates = await freight_rows.load(transaction, FreightKeys(TEMPLATES))
    addresses = await member_rows.load_addresses(transaction, AddressKeys(ADDRESSES))
    members = await member_rows.load_acquaintances(transaction, AcquaintanceKeys(MEMBERS))
    return {
        "CatalogBook.skus": skus.skus.rows(),
        "FreightBook.templates": templates.templates.rows(),
        "AddressBook.addresses": addresses.addresses.rows(),
        "AcquaintanceBook.members": members.members.rows(),
    }


PART = Part(name="goods", lay=_lay_goods, fill=_fill_goods, read=_read_goods)
