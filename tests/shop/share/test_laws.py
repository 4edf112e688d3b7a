"""The laws of the house, for sharing; and that nobody is brought in a circle."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove, prove_stored
from scenery import STAFF, UNKNOWN, lay, some, uid
from sqlalchemy import text

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, MemberId, OrderId, ProductId, ShopId, StaffId
from frontline.shop.member import rows as member_rows
from frontline.shop.member.book import AcquaintanceBook, AcquaintanceKeys, Member
from frontline.shop.share import codes, rows
from frontline.shop.share.book import (
    Bind,
    BuyerBook,
    BuyerKeys,
    ShareBook,
    ShareKeys,
    Touch,
    WorthSharingBook,
    WorthSharingKeys,
)
from frontline.shop.share.feature import SHARE
from frontline.shop.share.messages import (
    BindVisitor,
    Channel,
    CodeId,
    Kind,
    MakeCode,
    OpenCode,
    Refusal,
    RotateKey,
    Visitor,
)
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import BEGIN, Cast, Part

DAY = timedelta(days=1)
VISITORS = [Visitor(uid(40, number)) for number in range(6)]
PEOPLE = {
    id_: Member(id_, f"openid-{number}", None, "某人", "zh", BEGIN + hours * timedelta(hours=1))
    for number, hours in enumerate((-400, -30, -5, -4, -4, -3, -2, -1, 1, 20, 60))
    for id_ in [MemberId(uid(41, number))]
}
PRODUCTS = [ProductId(uid(42, number)) for number in range(2)]
MEMBERS = [*PEOPLE]
ORDERS = {
    OrderId(uid(43, 0)): (MEMBERS[1], "done", 100),
    OrderId(uid(43, 1)): (MEMBERS[3], "refunded", 100),
    OrderId(uid(43, 2)): (MEMBERS[4], "paying", 100),
    OrderId(uid(43, 3)): (MEMBERS[5], "done", 0),
    OrderId(uid(43, 4)): (MEMBERS[6], "cancelled", 100),
}
BUYERS = [MEMBERS[1], MEMBERS[3]]


def _lay(_: Random) -> World:
    return World(
        {
            ShareKeys: ShareBook(*(Page({}) for _ in range(5))),
            WorthSharingKeys: WorthSharingBook(
                Page({id_: id_ for id_ in PRODUCTS}),
                Page({id_: member_id for id_, (member_id, _, _) in ORDERS.items()}),
            ),
            BuyerKeys: BuyerBook(Page({id_: id_ for id_ in BUYERS})),
            AcquaintanceKeys: AcquaintanceBook(Page(PEOPLE)),
        }
    )


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    book, kind = world.book(ShareKeys), chance.random()
    here = [member_id for member_id, one in PEOPLE.items() if one.joined_at <= now]
    if kind < 0.3:
        return _make(chance, id_, here)
    if kind < 0.65 and (code := _code(chance, book)):
        return OpenCode(
            id=id_,
            visitor=chance.choice(VISITORS),
            member_id=chance.choice([None, None, *here]),
            code=code,
        )
    if kind < 0.95:
        touched = [visitor for visitor, _ in book.touches.rows()]
        new = [it for it in here if now < PEOPLE[it].joined_at + DAY and not book.binds.get(it)]
        return BindVisitor(
            id=id_,
            visitor=some(chance, touched, VISITORS),
            member_id=some(chance, new, [*here, MemberId(UNKNOWN)]),
        )
    return RotateKey(id=id_, staff_id=StaffId(STAFF), withdraw=chance.random() < 0.3)


def _make(chance: Random, id_: UUID, here: list[MemberId]) -> Command[Any]:
    kind = chance.choice([Kind.PRODUCT, Kind.PRODUCT, *Kind])
    targets = {
        Kind.PRODUCT: PRODUCTS,
        Kind.TEAM: [UNKNOWN],
        Kind.PAGE: ["home"],
        Kind.ORDER: [*ORDERS],
    }[kind]
    target = some(chance, targets, [UNKNOWN, "x", str(PRODUCTS[0]).upper(), PRODUCTS[0].hex])
    return MakeCode(
        id=id_,
        visitor=chance.choice(VISITORS),
        member_id=chance.choice([None, *here]),
        kind=kind,
        target=str(target),
        channel=chance.choice([Channel.FRIEND, Channel.POSTER]),
    )


def _code(chance: Random, book: ShareBook) -> str | None:
    """Mostly one that is good, now and then one that was or never has been."""
    keys, shares = book.keys.rows(), [*book.shares.rows()]
    if not shares or chance.random() < 0.1:
        return chance.choice([None, "A" * 26, "x"])
    key = keys[max(keys)] if chance.random() < 0.8 else chance.choice([*keys.values()])
    made = codes.code(key.secret, key.id, CodeId(chance.choice(shares)))
    return made if chance.random() < 0.95 else made[:-1] + chance.choice("AQgw")


def _conserved(_: Content, after: Content) -> None:
    binds: dict[MemberId, Bind] = after["ShareBook.binds"]
    for bind in binds.values():
        above, one = [bind.member_id], bind.sharer_id
        while one is not None:
            assert one not in above, "a circle"
            above.append(one)
            one = binds[one].sharer_id if one in binds else None
    for touch in after["ShareBook.touches"].values():
        share = after["ShareBook.shares"][touch.code_id]
        assert share.visitor != touch.visitor, "one's own"


async def _fill(sql: Any, shop_id: ShopId, _content: Content) -> None:
    await lay(
        sql, "member", "shop_id, id, openid, nickname, locale, joined_at",
        [(shop_id, id_, one.openid, "某人", "zh", one.joined_at) for id_, one in PEOPLE.items()],
    )  # fmt: skip
    await lay(
        sql, "product", "shop_id, id, handle, title, body_html, vendor, tags, on_sale,"
        " option_names, price_min, search, extra, created_at, updated_at",
        [
            (shop_id, id_, id_.hex, "x", "", "", [], True, [], 0, "", "", BEGIN, BEGIN)
            for id_ in PRODUCTS
        ],
    )  # fmt: skip
    await lay(
        sql, "shop_order", "shop_id, id, member_id, state, reason, total, freight, note,"
        " placed_at, pay_until",
        [
            (shop_id, id_, member_id, state, "buyer" if state == "cancelled" else None, total, 0,
             "", BEGIN, BEGIN)
            for id_, (member_id, state, total) in ORDERS.items()
        ],
    )  # fmt: skip


_TABLES = {
    name: text(sql)
    for name, sql in {
        "shares": "SELECT id FROM share_code WHERE shop_id = :shop_id",
        "touches": "SELECT visitor, code_id, member_id, first_at, last_at FROM share_touch"
        " WHERE shop_id = :shop_id",
        "binds": "SELECT member_id, visitor FROM share_bind WHERE shop_id = :shop_id",
        "owners": "SELECT visitor, member_id FROM share_owner WHERE shop_id = :shop_id",
    }.items()
}


async def _read(transaction: Transaction) -> Content:
    found = {name: await transaction.read(sql) for name, sql in _TABLES.items()}
    book = await rows.load(
        transaction,
        ShareKeys(
            code_ids=[row.id for row in found["shares"]],
            binding=[(row.visitor, row.member_id) for row in found["binds"]],
        ),
    )
    people = await member_rows.load_acquaintances(transaction, AcquaintanceKeys(MEMBERS))
    worth = await rows.load_worth(transaction, WorthSharingKeys(PRODUCTS, ORDERS))
    buyers = await rows.load_buyers(transaction, BuyerKeys(MEMBERS))
    touches = [Touch(*row) for row in found["touches"]]
    return {
        "ShareBook.keys": book.keys.rows(),
        "ShareBook.shares": book.shares.rows(),
        "ShareBook.touches": {(touch.visitor, touch.code_id): touch for touch in touches},
        "ShareBook.binds": book.binds.rows(),
        "ShareBook.owners": {row.visitor: row.member_id for row in found["owners"]},
        "AcquaintanceBook.members": people.members.rows(),
        "WorthSharingBook.products": worth.products.rows(),
        "WorthSharingBook.orders": worth.orders.rows(),
        "BuyerBook.buyers": buyers.buyers.rows(),
    }


CAST = Cast(
    assembled().library,
    (
        Part(
            name="share",
            lay=_lay,
            wishes=((SHARE, _wish),),
            conserved=_conserved,
            fill=_fill,
            read=_read,
        ),
    ),
)


def test_laws() -> None:
    prove(
        CAST,
        [Refusal.SHARE_TARGET_UNKNOWN, Refusal.SHARE_CODE_INVALID, Refusal.MEMBER_UNKNOWN],
    )


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)


def test_stories_have_members_who_were_brought() -> None:
    brought = [
        bind
        for seed in range(60)
        for bind in CAST.tell(Random(seed)).end.content()["ShareBook.binds"].values()
        if bind.sharer_id is not None
    ]
    assert len(brought) > 20
