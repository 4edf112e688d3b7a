"""Every page of the desk, asked in every way: for those who measure it and look at its plans."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from frontline.web.cursor import Cursor, cursor
from frontline.web.pages import Amount, Page

_PAGED = frozenset({"after", "before"})
_OWN = frozenset({"limit", "back", "format", *_PAGED})
_TIMED = str(Cursor)  # Of lists that are sorted by time; others have a cursor of their own.


class Ask(NamedTuple):
    path: str
    query: Mapping[str, str]
    about: str

    @property
    def url(self) -> str:

        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


class Samples(NamedTuple):
    """Things that are there, for what a form does not say by its type."""

    words: Mapping[str, Sequence[str]]  # By path and field, `/desk/orders buyer`, or by field.
    middle: datetime  # Half of the rows are older.


def asks(pages: Iterable[Page], samples: Samples) -> Iterator[Ask]:
    """Pages that need to be told nothing; lists with each filter, near and deep."""
    for page in pages:
        if page.method != "GET" or page.path.endswith(("/export", "/events")):
            continue
        form = msgspec.structs.fields(page.form)
        if any(one.required for one in form):
            yield from _shown(page, samples)
            continue
        ways = [("", dict[str, str]())]
        for one in form:
            if one.encode_name not in _OWN:
                ways += _filled(page.path, one, samples)
        paged = any(one.encode_name == "after" and _TIMED in str(one.type) for one in form)
        for about, query in ways:
            yield Ask(page.path, query, about)
            if paged:
                deep = cursor(samples.middle, UUID(int=0))
                yield Ask(page.path, {**query, "after": deep}, f"{about} deep".strip())


def _shown(page: Page, samples: Samples) -> Iterator[Ask]:
    """What shows one thing, if one is known."""
    for value in samples.words.get(f"{page.path} id", ()):
        yield Ask(page.path, {"id": value}, "")


def _filled(
    path: str, one: msgspec.structs.FieldInfo, samples: Samples
) -> list[tuple[str, dict[str, str]]]:
    """Ways to fill one field."""
    name, kinds = one.encode_name, list(_kinds(one.type))
    kind = kinds[0] if kinds else str
    if isinstance(kind, type) and issubclass(kind, Enum):
        values = [str(each.value) for each in kind]
    elif kind is bool:
        values = ["true", "false"]
    elif kind is date:
        day = samples.middle.date()
        if name == "first":
            last = (day + timedelta(days=7)).isoformat()
            return [("a week", {"first": day.isoformat(), "last": last})]
        if name == "last":
            return [("until", {"last": day.isoformat()})]
        values = [day.isoformat()]
    elif kind is Amount:
        values = ["200"]
    elif f"{path} {name}" in samples.words:
        values = list(samples.words[f"{path} {name}"])
    else:
        values = list(samples.words.get(name, ()))
    return [(f"{name}={value[:24]}", {name: value}) for value in values]


def _kinds(written: Any) -> Iterator[Any]:
    """The types that a field may hold, without None and limits."""
    origin = typing.get_origin(written)
    if origin is typing.Annotated:
        yield from _kinds(typing.get_args(written)[0])
    elif origin in {typing.Union, types.UnionType}:
        for each in typing.get_args(written):
            if each is not types.NoneType:
                yield from _kinds(each)
    else:
        yield written


# -- Samples, read from a shop ----------------------------------------------------------------

_SAMPLES = {
    "buyer": "SELECT nickname FROM member ORDER BY joined_at DESC LIMIT 1",
    "/desk/orders number": "SELECT left(CAST(id AS text), 8) FROM shop_order"
    " ORDER BY id DESC LIMIT 1",
    "order": "SELECT CAST(order_id AS text) FROM aftersale ORDER BY asked_at DESC LIMIT 1",
    "product": "SELECT '曲奇' UNION ALL (SELECT title FROM product ORDER BY created_at LIMIT 1)",
    "/desk/stock product": "SELECT CAST(id AS text) FROM product ORDER BY created_at LIMIT 1",
    "/desk/funnel product": "SELECT CAST(id AS text) FROM product ORDER BY created_at LIMIT 1",
    "q": "SELECT '曲奇'",
    "words": "(SELECT nickname FROM member ORDER BY joined_at DESC LIMIT 1) UNION ALL"
    " (SELECT phone FROM address ORDER BY id DESC LIMIT 1) UNION ALL"
    " (SELECT tracking FROM order_parcel ORDER BY id DESC LIMIT 1) UNION ALL"
    " (SELECT CAST(id AS text) FROM shop_order ORDER BY id DESC LIMIT 1) UNION ALL"
    " SELECT '曲奇' UNION ALL SELECT 'nothing of the kind'",
    "transaction_id": "SELECT transaction_id FROM payment WHERE paid_at IS NOT NULL"
    " ORDER BY paid_at DESC LIMIT 1",
    "member_id": "SELECT CAST(member_id AS text) FROM shop_order ORDER BY id DESC LIMIT 1",
    "staff": "SELECT CAST(id AS text) FROM staff ORDER BY name LIMIT 1",
    "department": "SELECT CAST(id AS text) FROM authority_department ORDER BY name LIMIT 1",
    "category": "SELECT CAST(id AS text) FROM category ORDER BY position LIMIT 1",
    "stars": "SELECT '1' UNION ALL SELECT '5'",
    "free": "SELECT '50'",
    "phase": "SELECT unnest(ARRAY['making', 'running', 'over'])",
    "/desk/orders/show id": "SELECT CAST(id AS text) FROM shop_order ORDER BY id DESC LIMIT 1",
    "/desk/aftersale/show id": "SELECT CAST(id AS text) FROM aftersale ORDER BY id DESC LIMIT 1",
    "/desk/members/show id": "SELECT CAST(member_id AS text) FROM shop_order"
    " GROUP BY member_id ORDER BY count(*) DESC LIMIT 1",
    "/desk/products/show id": "SELECT CAST(id AS text) FROM product ORDER BY created_at LIMIT 1",
    "/desk/stock/show id": "SELECT CAST(sku_id AS text) FROM stock ORDER BY sold DESC LIMIT 1",
    "/desk/coupons/show id": "SELECT CAST(id AS text) FROM coupon ORDER BY issued DESC LIMIT 1",
    "/desk/groupbuy/show id": "SELECT CAST(id AS text) FROM groupbuy_campaign"
    " ORDER BY ends_at LIMIT 1",
    "/desk/reviews/show id": "SELECT CAST(id AS text) FROM review ORDER BY at DESC LIMIT 1",
    "/desk/share/tree id": "SELECT CAST(sharer_id AS text) FROM share_bind"
    " WHERE sharer_id IS NOT NULL GROUP BY sharer_id ORDER BY count(*) DESC LIMIT 1",
    "/desk/decisions/show id": "SELECT CAST(id AS text) FROM proposal"
    " ORDER BY asked_at DESC LIMIT 1",
}
_MIDDLE = "SELECT to_timestamp(avg(extract(epoch FROM placed_at))) FROM shop_order"


async def samples_of(connection: Any) -> Samples:
    """Of the shop that an owner's connection of asyncpg's is in."""
    words = {
        name: [str(row[0]) for row in await connection.fetch(sql)] for name, sql in _SAMPLES.items()
    }
    return Samples(words, await connection.fetchval(_MIDDLE))
