"""What customers have just said: few of it, chosen to be read. No locks."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import text

from frontline.shop.review.messages import ReviewId
from frontline.store.database import Transaction

LOW = 3  # Stars, at most.
LOOKED_AT_MAX = 300  # The newest; what is telling is chosen of them.
TELLING_MIN = 24  # Characters: who writes more has something to say.


class Voice(msgspec.Struct, frozen=True):
    id: ReviewId
    rating: int
    text: str
    product: str
    answered: bool
    at: datetime


_VOICES = text("""
    WITH newest AS MATERIALIZED (
        SELECT id, rating, text, product_id, reply <> '' AS answered, at FROM review
        WHERE shop_id = :shop_id AND hidden = '' AND at >= CAST(:since AS timestamptz)
        ORDER BY at DESC, id DESC LIMIT CAST(:looked_at_max AS int)),
    low AS (
        SELECT * FROM newest WHERE rating <= CAST(:low AS int)
        ORDER BY answered, at DESC, id DESC LIMIT CAST(:low_max AS int)),
    telling AS (
        SELECT * FROM newest
        WHERE rating > :low AND char_length(text) >= CAST(:telling_min AS int)
        ORDER BY char_length(text) DESC, at DESC, id DESC LIMIT CAST(:telling_max AS int))
    SELECT v.id, v.rating, v.text, p.title, v.answered, v.at
    FROM (SELECT * FROM low UNION ALL SELECT * FROM telling) AS v
    JOIN product AS p ON p.shop_id = :shop_id AND p.id = v.product_id
    ORDER BY v.rating > :low, v.answered, v.at DESC, v.id
""")


async def voices(
    transaction: Transaction, since: datetime, *, low_max: int, telling_max: int
) -> tuple[Voice, ...]:
    """Low ratings first, unanswered ones before all; then the longest of the good ones."""
    rows = await transaction.read(
        _VOICES,
        since=since,
        looked_at_max=LOOKED_AT_MAX,
        low=LOW,
        low_max=low_max,
        telling_min=TELLING_MIN,
        telling_max=telling_max,
    )
    return tuple(Voice(*row) for row in rows)
