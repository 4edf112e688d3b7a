"""What people read of contacts: those logged, and the answers given to customers. No locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text

from frontline.company.contact.messages import ContactId, How
from frontline.kernel.words import MemberId, StaffId
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

# An answered after-sale case: staff agreed, or refused, and said so. That goods arrived is none.
_ANSWERED = "who = 'staff' AND state <> 'received'"

_LAST = text(f"""
    SELECT greatest(
        (SELECT max(at) FROM customer_contact
         WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)),
        (SELECT max(at) FROM review_step
         WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid) AND deed = 'reply'),
        (SELECT max(at) FROM aftersale_step
         WHERE shop_id = :shop_id AND actor_id = CAST(:staff_id AS uuid) AND {_ANSWERED})) AS at
    WHERE CAST(:shop_id AS bigint) IS NOT NULL
""")  # noqa: S608 - put together of pieces that stand above
_SINCE = text(f"""
    SELECT
        (SELECT count(*) FROM customer_contact
         WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)
           AND at >= CAST(:since AS timestamptz)) AS spoken,
        (SELECT count(*) FROM review_step
         WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid) AND deed = 'reply'
           AND at >= CAST(:since AS timestamptz)) AS reviews,
        (SELECT count(*) FROM aftersale_step
         WHERE shop_id = :shop_id AND actor_id = CAST(:staff_id AS uuid) AND {_ANSWERED}
           AND at >= CAST(:since AS timestamptz)) AS cases
    WHERE CAST(:shop_id AS bigint) IS NOT NULL
""")  # noqa: S608
_PEOPLE = text(f"""
    SELECT s.id, s.name, s.role,
        greatest(c.last_at, r.last_at, a.last_at) AS last_at,
        c.many AS spoken, r.many AS reviews, a.many AS cases
    FROM staff AS s
    CROSS JOIN LATERAL (
        SELECT (SELECT max(at) FROM customer_contact
                WHERE shop_id = s.shop_id AND staff_id = s.id) AS last_at,
               (SELECT count(*) FROM customer_contact
                WHERE shop_id = s.shop_id AND staff_id = s.id
                  AND at >= CAST(:since AS timestamptz)) AS many) AS c
    CROSS JOIN LATERAL (
        SELECT (SELECT max(at) FROM review_step
                WHERE shop_id = s.shop_id AND staff_id = s.id AND deed = 'reply') AS last_at,
               (SELECT count(*) FROM review_step
                WHERE shop_id = s.shop_id AND staff_id = s.id AND deed = 'reply'
                  AND at >= CAST(:since AS timestamptz)) AS many) AS r
    CROSS JOIN LATERAL (
        SELECT (SELECT max(at) FROM aftersale_step
                WHERE shop_id = s.shop_id AND actor_id = s.id AND {_ANSWERED}) AS last_at,
               (SELECT count(*) FROM aftersale_step
                WHERE shop_id = s.shop_id AND actor_id = s.id AND {_ANSWERED}
                  AND at >= CAST(:since AS timestamptz)) AS many) AS a
    WHERE s.shop_id = :shop_id AND s.active
    ORDER BY last_at NULLS FIRST, s.name LIMIT CAST(:rows_max AS int)
""")  # noqa: S608
_ROWS = """
    SELECT c.id, c.staff_id, c.at, c.how, c.said, c.member_id, coalesce(s.name, '') AS staff,
           coalesce(m.nickname, '') AS nickname
    FROM customer_contact AS c
    LEFT JOIN staff AS s ON s.shop_id = c.shop_id AND s.id = c.staff_id
    LEFT JOIN member AS m ON m.shop_id = c.shop_id AND m.id = c.member_id
    WHERE c.shop_id = :shop_id AND (c.at, c.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
"""
_NEWEST = " ORDER BY c.at DESC, c.id DESC LIMIT CAST(:rows_max AS int)"
_ALL = text(_ROWS + _NEWEST)
_OF_STAFF = text(f"{_ROWS} AND c.staff_id = CAST(:staff_id AS uuid) {_NEWEST}")
_MEMBER = text("""
    SELECT id FROM member WHERE shop_id = :shop_id AND phone = CAST(:phone AS text)
""")

PEOPLE_MAX = 200


class ContactRow(msgspec.Struct, frozen=True, kw_only=True):
    id: ContactId
    staff_id: StaffId
    staff: str
    at: datetime
    how: How
    said: str
    member_id: MemberId | None
    nickname: str


class Count(msgspec.Struct, frozen=True, kw_only=True):
    spoken: int
    reviews: int  # Answered.
    cases: int  # After-sale cases answered.

    @property
    def all(self) -> int:
        return self.spoken + self.reviews + self.cases


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: StaffId
    name: str
    owner: bool
    last_at: datetime | None  # None: never.
    count: Count


async def last_contact(transaction: Transaction, staff_id: StaffId) -> datetime | None:
    """When somebody last spoke with a customer, or answered one; None: never."""
    rows = await transaction.read(_LAST, staff_id=staff_id)
    at: datetime | None = rows[0].at
    return at


async def counted(transaction: Transaction, staff_id: StaffId, since: datetime) -> Count:
    """How often, in which way, since then."""
    rows = await transaction.read(_SINCE, staff_id=staff_id, since=since)
    return Count(spoken=rows[0].spoken, reviews=rows[0].reviews, cases=rows[0].cases)


async def contacts_since(transaction: Transaction, staff_id: StaffId, at: datetime) -> int:
    return (await counted(transaction, staff_id, at)).all


async def people(transaction: Transaction, since: datetime) -> tuple[Person, ...]:
    """Everybody who works here, whoever has not spoken with a customer for longest first."""
    return tuple(
        Person(
            id=row.id,
            name=row.name,
            owner=row.role == "owner",
            last_at=row.last_at,
            count=Count(spoken=row.spoken, reviews=row.reviews, cases=row.cases),
        )
        for row in await transaction.read(_PEOPLE, since=since, rows_max=PEOPLE_MAX)
    )


async def page(
    transaction: Transaction, staff_id: StaffId | None, after: str | None, limit: int
) -> tuple[Sequence[ContactRow], str | None]:
    """What was logged, the newest first, and where the next page begins."""
    at, id_ = LATEST if after is None else place(after)
    asked: dict[str, Any] = {"at": at, "id": id_, "rows_max": limit + 1}
    rows = (
        await transaction.read(_ALL, **asked)
        if staff_id is None
        else await transaction.read(_OF_STAFF, staff_id=staff_id, **asked)
    )
    found = [ContactRow(**{**row._mapping, "how": How(row.how)}) for row in rows]
    if len(found) <= limit:
        return found, None
    return found[:limit], cursor(found[limit - 1].at, found[limit - 1].id)


async def member_of(transaction: Transaction, phone: str) -> MemberId | None:
    """The customer with this number."""
    rows: Sequence[Any] = await transaction.read(_MEMBER, phone=phone)
    return rows[0].id if rows else None
