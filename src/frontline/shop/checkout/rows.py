"""What a checkout looks at, without locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from frontline.engine.feature import Answered
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.words import MemberId
from frontline.shop.checkout.book import (
    Face,
    FaceBook,
    FaceKeys,
    Purse,
    PurseBook,
    PurseKeys,
)
from frontline.shop.coupon.messages import ClaimId
from frontline.store.database import Transaction

_OFFERED = text("""
    SELECT m.id, coalesce(m.default_address_id, (
               SELECT a.id FROM address AS a
               WHERE a.shop_id = m.shop_id AND a.member_id = m.id
               ORDER BY a.id DESC LIMIT 1)) AS address_id
    FROM member AS m WHERE m.shop_id = :shop_id AND m.id = ANY(CAST(:member_ids AS uuid[]))
""")
# So many are enough to choose among; those that stay good longest come first.
_HELD = text("""
    SELECT k.member_id, held.id
    FROM unnest(CAST(:member_ids AS uuid[])) AS k (member_id)
    CROSS JOIN LATERAL (
        SELECT m.id FROM coupon_claim AS m
        JOIN coupon AS c ON c.shop_id = m.shop_id AND c.id = m.coupon_id
        WHERE m.shop_id = :shop_id AND m.member_id = k.member_id AND m.state = 'held'
        ORDER BY c.usable_until DESC, m.id LIMIT 50) AS held
""")
_FACES = text("""
    SELECT s.id, p.title, array_to_string(s.option_values, ' ') AS variant,
           coalesce(nullif(s.picture_src, ''),
                    (SELECT src FROM picture AS i
                     WHERE i.shop_id = p.shop_id AND i.product_id = p.id
                     ORDER BY i.position LIMIT 1)) AS picture
    FROM sku AS s JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    WHERE s.shop_id = :shop_id AND s.id = ANY(CAST(:sku_ids AS uuid[]))
""")


async def recall(_transaction: Transaction, _ids: Sequence[UUID]) -> Mapping[UUID, Answered]:
    """No checkout is remembered."""
    return {}


async def load_purses(transaction: Transaction, keys: PurseKeys) -> PurseBook:
    member_ids = list(keys.member_ids)
    offered = {
        row.id: row.address_id for row in await transaction.rows(_OFFERED, member_ids=member_ids)
    }
    held: defaultdict[MemberId, list[ClaimId]] = defaultdict(list)
    for row in await transaction.rows(_HELD, member_ids=member_ids):
        held[row.member_id].append(row.id)
    return PurseBook(Page({id_: Purse(offered.get(id_), tuple(held[id_])) for id_ in member_ids}))


async def load_faces(transaction: Transaction, keys: FaceKeys) -> FaceBook:
    rows = await transaction.rows(_FACES, sku_ids=keys.sku_ids)
    return FaceBook(Page({row.id: Face(row.title, row.variant, row.picture) for row in rows}))


PURSES = Shelf(keys=PurseKeys, load=load_purses)
FACES = Shelf(keys=FaceKeys, load=load_faces)
