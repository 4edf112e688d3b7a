"""Whatever the database holds about members stands in the catalogue."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict

import pytest
from databases import connect, new_database, owner

from frontline.shop.privacy.catalogue import holdings
from frontline.shop.privacy.rows import ERASING
from frontline.store.personal import DELETE, Holding

TELLING = re.compile(
    r"(^|_)(member|actor|sharer|helper|player|customer|buyer|user|visitor|payer)(_id)?$"
    r"|openid|unionid|phone|mobile|email|nickname|avatar|ship_to|recipient|default_address"
    r"|tracking|^note$|id_card|birth"
)
"""Names of columns that tell who somebody is, or are in a person's own words."""

NOT_OF_MEMBERS = {
    ("stock_movement", "actor_id"): "staff who counted the shelf",
}

COLUMNS = """
    SELECT c.relname AS table_name, a.attname AS column_name
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""


async def _columns(url: str) -> dict[str, set[str]]:
    sql = await connect(owner(url))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in await sql.fetch(COLUMNS):
        found[table].add(column)
    await sql.close()
    return found


def _unlisted(columns: dict[str, set[str]]) -> set[tuple[str, str]]:
    listed = {(one.table, column) for one in holdings() for column in one.columns}
    telling = {
        (table, column)
        for table, those in columns.items()
        for column in those
        if TELLING.search(column)
    }
    return telling - listed - NOT_OF_MEMBERS.keys()


def test_no_column_tells_of_a_member_without_being_listed(database: str) -> None:
    assert _unlisted(asyncio.run(_columns(database))) == set()


@pytest.mark.parametrize(
    "column", ["member_id uuid", "helper_id uuid", "buyer_phone text", "openid text", "avatar text"]
)
def test_a_new_column_in_no_list_is_found(server_url: str, column: str) -> None:
    url = asyncio.run(new_database(server_url, f"CREATE TABLE news (shop_id bigint, {column})"))
    assert _unlisted(asyncio.run(_columns(url))) == {("news", column.split()[0])}


def test_what_is_listed_is_there(database: str) -> None:
    columns = asyncio.run(_columns(database))
    for one in holdings():
        assert {*one.columns, *one.withheld} <= columns[one.table], one.table


def test_every_feature_speaks_for_itself() -> None:
    """Tables of games are in the catalogue though the shop knows no game."""
    assert {"groupbuy_seat", "member", "session", "review"} <= {one.table for one in holdings()}


def test_both_languages_and_a_reason_for_whatever_stays() -> None:
    for one in holdings():
        assert re.search("[\u4e00-\u9fff]", one.zh), one
        assert one.en.isascii(), one
        assert (one.erased == DELETE) != bool(one.kept), one
        assert (one.table in ERASING) == bool(one.erased)


def test_neither_erased_nor_kept_cannot_be_said() -> None:
    with pytest.raises(AssertionError):
        Holding(table="x", zh="某", en="x", columns=())
    with pytest.raises(AssertionError):
        Holding(table="x", zh="某", en="x", columns=(), erased=DELETE, kept="but why")
