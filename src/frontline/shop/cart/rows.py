"""Cart rows. The cart's own row is locked, so that its lines may be counted."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.kernel.words import MemberId
from frontline.shop.cart.book import CartBook, CartKeys, Line
from frontline.store.database import Transaction

_LOCK = text("""
    SELECT member_id FROM cart
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:member_ids AS uuid[]))
    ORDER BY member_id FOR NO KEY UPDATE
""")
_LINES = text("""
    SELECT member_id, sku_id, quantity, price, put_at FROM cart_line
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:member_ids AS uuid[]))
    ORDER BY member_id, sku_id
""")
# A plain insert on purpose: of two processes that both find no cart one must run again.
_ADD = text("""
    INSERT INTO cart (shop_id, member_id, line_count)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:counts AS int[]))
""")
_COUNT = text("""
    UPDATE cart AS c SET line_count = c.line_count + d.more
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:more AS int[])) AS d (member_id, more)
    WHERE c.shop_id = :shop_id AND c.member_id = d.member_id
""")
_ADD_LINES = text("""
    INSERT INTO cart_line (shop_id, member_id, sku_id, quantity, price, put_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:sku_ids AS uuid[]), CAST(:quantities AS int[]),
                CAST(:prices AS bigint[]), CAST(:put_at AS timestamptz[]))
""")
_CHANGE_LINES = text("""
    UPDATE cart_line AS l SET quantity = c.quantity, price = c.price, put_at = c.put_at
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:sku_ids AS uuid[]), CAST(:quantities AS int[]),
                CAST(:prices AS bigint[]), CAST(:put_at AS timestamptz[]))
         AS c (member_id, sku_id, quantity, price, put_at)
    WHERE l.shop_id = :shop_id AND l.member_id = c.member_id AND l.sku_id = c.sku_id
""")
_REMOVE_LINES = text("""
    DELETE FROM cart_line AS l
    USING unnest(CAST(:member_ids AS uuid[]), CAST(:sku_ids AS uuid[])) AS c (member_id, sku_id)
    WHERE l.shop_id = :shop_id AND l.member_id = c.member_id AND l.sku_id = c.sku_id
""")


async def load(transaction: Transaction, keys: CartKeys) -> CartBook:
    locked = [row.member_id for row in await transaction.rows(_LOCK, member_ids=keys.member_ids)]
    lines: defaultdict[MemberId, list[Line]] = defaultdict(list)
    for row in await transaction.rows(_LINES, member_ids=locked):
        lines[row.member_id].append(Line(row.sku_id, row.quantity, row.price, row.put_at))
    return CartBook(Page({member_id: tuple(lines[member_id]) for member_id in locked}))


async def store(transaction: Transaction, book: CartBook) -> None:
    new = book.carts.added()
    await transaction.write(_ADD, member_ids=new, counts=[len(lines) for lines in new.values()])
    changed = book.carts.altered()
    await transaction.write(
        _COUNT, member_ids=changed, more=[len(now) - len(old) for old, now in changed.values()]
    )
    added: list[tuple[MemberId, Line]] = [(id_, line) for id_ in new for line in new[id_]]
    altered: list[tuple[MemberId, Line]] = []
    removed: list[tuple[MemberId, Line]] = []
    for member_id, (old, now) in changed.items():
        was = {line.sku_id: line for line in old}
        is_now = {line.sku_id: line for line in now}
        added += [(member_id, line) for line in now if line.sku_id not in was]
        altered += [(member_id, line) for line in now if was.get(line.sku_id, line) != line]
        removed += [(member_id, line) for line in old if line.sku_id not in is_now]
    for statement, lines in ((_ADD_LINES, added), (_CHANGE_LINES, altered)):
        await transaction.write(
            statement,
            member_ids=[member_id for member_id, _ in lines],
            sku_ids=[line.sku_id for _, line in lines],
            quantities=[line.quantity for _, line in lines],
            prices=[line.price for _, line in lines],
            put_at=[line.put_at for _, line in lines],
        )
    await transaction.write(
        _REMOVE_LINES,
        member_ids=[member_id for member_id, _ in removed],
        sku_ids=[line.sku_id for _, line in removed],
    )


SHELF = Shelf(keys=CartKeys, load=load, store=store, lock=Lock.MEMBER)
