"""Share rows. What is decided once is inserted plainly: of two at once one must run again."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.share.book import (
    TOUCHES_LOOKED_AT,
    Bind,
    BuyerBook,
    BuyerKeys,
    Key,
    Share,
    ShareBook,
    ShareKeys,
    Touch,
    WorthSharingBook,
    WorthSharingKeys,
)
from frontline.shop.share.messages import Channel, Kind
from frontline.store.database import Transaction

_KEYS = text("""
    SELECT id, secret, made_at, withdrawn FROM share_key WHERE shop_id = :shop_id ORDER BY id
""")
_SHARES = text("""
    SELECT id, visitor, member_id, kind, target, channel, made_at FROM share_code
    WHERE shop_id = :shop_id AND id = ANY(CAST(:code_ids AS text[]))
""")
_LOCK_TOUCHES = text("""
    SELECT t.visitor, t.code_id, t.member_id, t.first_at, t.last_at FROM share_touch AS t
    JOIN unnest(CAST(:visitors AS uuid[]), CAST(:code_ids AS text[])) AS k (visitor, code_id)
      ON t.visitor = k.visitor AND t.code_id = k.code_id
    WHERE t.shop_id = :shop_id ORDER BY t.visitor, t.code_id FOR NO KEY UPDATE OF t
""")
_LAST_TOUCHES = text("""
    SELECT t.visitor, t.code_id, t.member_id, t.first_at, t.last_at
    FROM unnest(CAST(:visitors AS uuid[])) AS k (visitor)
    CROSS JOIN LATERAL (
        SELECT * FROM share_touch WHERE shop_id = :shop_id AND visitor = k.visitor
        ORDER BY last_at DESC, code_id COLLATE "C" DESC LIMIT CAST(:touches_max AS int)) AS t
""")
_BINDS = text("""
    SELECT member_id, visitor, at, sharer_id, code_id, joined_at, sharer_joined_at FROM share_bind
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:member_ids AS uuid[]))
""")
_OWNERS = text("""
    SELECT visitor, member_id FROM share_owner
    WHERE shop_id = :shop_id AND visitor = ANY(CAST(:visitors AS uuid[]))
""")


async def load(transaction: Transaction, keys: ShareKeys) -> ShareBook:
    binding, pairs = set(keys.binding), set(keys.touches)
    visitors = {visitor for visitor, _ in binding}
    touches = list(
        await transaction.rows(
            _LOCK_TOUCHES,
            visitors=[visitor for visitor, _ in pairs],
            code_ids=[code_id for _, code_id in pairs],
        )
    )
    if visitors:
        touches += await transaction.read(
            _LAST_TOUCHES, visitors=list(visitors), touches_max=TOUCHES_LOOKED_AT
        )
    found = {(row.visitor, row.code_id): Touch(*row) for row in touches}
    code_ids = {*keys.code_ids, *(code_id for _, code_id in found)}
    shares = [
        Share(**{**row._asdict(), "kind": Kind(row.kind), "channel": Channel(row.channel)})
        for row in await transaction.rows(_SHARES, code_ids=code_ids)
    ]
    nameless = {share.visitor for share in shares if share.member_id is None}
    owners = await transaction.rows(_OWNERS, visitors=visitors | nameless)
    binds = await transaction.rows(_BINDS, member_ids={member_id for _, member_id in binding})
    return ShareBook(
        Page({row.id: Key(*row) for row in await transaction.read(_KEYS)}),
        Page({share.id: share for share in shares}),
        Page(found),
        Page({row.member_id: Bind(*row) for row in binds}),
        Page({row.visitor: row.member_id for row in owners}),
    )


_ADD_KEYS = text("""
    INSERT INTO share_key (shop_id, id, secret, made_at, withdrawn)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS int[]), CAST(:secrets AS bytea[]), CAST(:made_at AS timestamptz[]),
                CAST(:withdrawn AS boolean[]))
""")
_WITHDRAW = text("""
    UPDATE share_key SET withdrawn = true WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS int[]))
""")
_ADD_SHARES = text("""
    INSERT INTO share_code (shop_id, id, visitor, member_id, kind, target, channel, made_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS text[]), CAST(:visitors AS uuid[]), CAST(:member_ids AS uuid[]),
                CAST(:kinds AS text[]), CAST(:targets AS text[]), CAST(:channels AS text[]),
                CAST(:made_at AS timestamptz[]))
""")
_ADD_TOUCHES = text("""
    INSERT INTO share_touch (shop_id, visitor, code_id, member_id, first_at, last_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:visitors AS uuid[]), CAST(:code_ids AS text[]), CAST(:member_ids AS uuid[]),
                CAST(:first_at AS timestamptz[]), CAST(:last_at AS timestamptz[]))
""")
_RENEW_TOUCHES = text("""
    UPDATE share_touch AS t SET member_id = r.member_id, last_at = r.last_at
    FROM unnest(CAST(:visitors AS uuid[]), CAST(:code_ids AS text[]), CAST(:member_ids AS uuid[]),
                CAST(:last_at AS timestamptz[])) AS r (visitor, code_id, member_id, last_at)
    WHERE t.shop_id = :shop_id AND t.visitor = r.visitor AND t.code_id = r.code_id
""")
_ADD_BINDS = text("""
    INSERT INTO share_bind (shop_id, member_id, visitor, at, sharer_id, code_id, joined_at,
                            sharer_joined_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:visitors AS uuid[]), CAST(:at AS timestamptz[]),
                CAST(:sharer_ids AS uuid[]), CAST(:code_ids AS text[]),
                CAST(:joined_at AS timestamptz[]), CAST(:sharer_joined_at AS timestamptz[]))
""")
_ADD_OWNERS = text("""
    INSERT INTO share_owner (shop_id, visitor, member_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:visitors AS uuid[]), CAST(:member_ids AS uuid[]))
""")


async def store(transaction: Transaction, book: ShareBook) -> None:
    _store_keys(transaction, book)
    shares = list(book.shares.added().values())
    await transaction.write(  # Before the touches and binds that point at them.
        _ADD_SHARES,
        ids=[share.id for share in shares],
        visitors=[share.visitor for share in shares],
        member_ids=[share.member_id for share in shares],
        kinds=[share.kind for share in shares],
        targets=[share.target for share in shares],
        channels=[share.channel for share in shares],
        made_at=[share.made_at for share in shares],
    )
    added = list(book.touches.added().values())
    transaction.write_later(
        _ADD_TOUCHES, **_names(added), first_at=_first(added), last_at=_last(added)
    )
    renewed = [touch for _, touch in book.touches.altered().values()]
    transaction.write_later(_RENEW_TOUCHES, **_names(renewed), last_at=_last(renewed))
    binds = list(book.binds.added().values())
    transaction.write_later(
        _ADD_BINDS,
        member_ids=[bind.member_id for bind in binds],
        visitors=[bind.visitor for bind in binds],
        at=[bind.at for bind in binds],
        sharer_ids=[bind.sharer_id for bind in binds],
        code_ids=[bind.code_id for bind in binds],
        joined_at=[bind.joined_at for bind in binds],
        sharer_joined_at=[bind.sharer_joined_at for bind in binds],
    )
    owners = book.owners.added()
    transaction.write_later(_ADD_OWNERS, visitors=owners, member_ids=list(owners.values()))


def _store_keys(transaction: Transaction, book: ShareBook) -> None:
    keys = list(book.keys.added().values())
    transaction.write_later(
        _ADD_KEYS,
        ids=[key.id for key in keys],
        secrets=[key.secret for key in keys],
        made_at=[key.made_at for key in keys],
        withdrawn=[key.withdrawn for key in keys],
    )
    transaction.write_later(_WITHDRAW, ids=book.keys.altered())


def _names(touches: list[Touch]) -> dict[str, Iterable[object]]:
    return {
        "visitors": [touch.visitor for touch in touches],
        "code_ids": [touch.code_id for touch in touches],
        "member_ids": [touch.member_id for touch in touches],
    }


def _first(touches: list[Touch]) -> list[object]:
    return [touch.first_at for touch in touches]


def _last(touches: list[Touch]) -> list[object]:
    return [touch.last_at for touch in touches]


# -- Looked at only -----------------------------------------------------------------------

_PRODUCTS = text("""
    SELECT id FROM product WHERE shop_id = :shop_id AND id = ANY(CAST(:product_ids AS uuid[]))
""")
_ORDERS = text("""
    SELECT id, member_id FROM shop_order
    WHERE shop_id = :shop_id AND id = ANY(CAST(:order_ids AS uuid[]))
""")
_BUYERS = text("""
    SELECT DISTINCT member_id FROM shop_order
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:member_ids AS uuid[])) AND total > 0
      AND state NOT IN ('created', 'paying', 'cancelled')
""")


async def load_worth(transaction: Transaction, keys: WorthSharingKeys) -> WorthSharingBook:
    products = await transaction.rows(_PRODUCTS, product_ids=keys.product_ids)
    orders = await transaction.rows(_ORDERS, order_ids=keys.order_ids)
    return WorthSharingBook(
        Page({row.id: row.id for row in products}), Page({row.id: row.member_id for row in orders})
    )


async def load_buyers(transaction: Transaction, keys: BuyerKeys) -> BuyerBook:
    rows = await transaction.rows(_BUYERS, member_ids=keys.member_ids)
    return BuyerBook(Page({row.member_id: row.member_id for row in rows}))


WORTH = Shelf(keys=WorthSharingKeys, load=load_worth)
BUYERS = Shelf(keys=BuyerKeys, load=load_buyers)
SHELF = Shelf(keys=ShareKeys, load=load, store=store, lock=Lock.MEMBER)
