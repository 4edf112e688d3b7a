"""Member rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.kernel.words import MemberId
from frontline.shop.member.book import (
    AcquaintanceBook,
    AcquaintanceKeys,
    Address,
    AddressBook,
    AddressKeys,
    CodeBook,
    CodeKeys,
    Member,
    MemberBook,
    MemberKeys,
    PhoneCode,
)
from frontline.store.database import Transaction

_ADDRESSES = text("""
    SELECT id, member_id, name, phone, region_code, region, detail FROM address
    WHERE shop_id = :shop_id AND id = ANY(CAST(:address_ids AS uuid[]))
""")
_ACQUAINTANCES = text("""
    SELECT id, openid, phone, nickname, locale, joined_at, default_address_id FROM member
    WHERE shop_id = :shop_id AND id = ANY(CAST(:member_ids AS uuid[]))
""")


async def load_addresses(transaction: Transaction, keys: AddressKeys) -> AddressBook:
    rows = await transaction.rows(_ADDRESSES, address_ids=keys.address_ids)
    return AddressBook(Page({row[0]: Address(*row) for row in rows}))


async def load_acquaintances(transaction: Transaction, keys: AcquaintanceKeys) -> AcquaintanceBook:
    rows = await transaction.rows(_ACQUAINTANCES, member_ids=keys.member_ids)
    return AcquaintanceBook(Page({row[0]: Member(*row) for row in rows}))


# -- Members and their addresses ----------------------------------------------------------

_LOCK = text("""
    SELECT id, openid, phone, nickname, locale, joined_at, default_address_id FROM member
    WHERE shop_id = :shop_id AND (id = ANY(CAST(:member_ids AS uuid[]))
          OR openid = ANY(CAST(:openids AS text[])) OR phone = ANY(CAST(:phones AS text[])))
    ORDER BY id FOR NO KEY UPDATE
""")
_ADDRESSES_OF = text("""
    SELECT id, member_id, name, phone, region_code, region, detail FROM address
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:member_ids AS uuid[])) ORDER BY id
""")
# A plain insert on purpose: of two processes that see the same newcomer one must fail on the
# key and run again, to find the member whom the other has made.
_JOIN = text("""
    INSERT INTO member (shop_id, id, openid, phone, nickname, locale, joined_at,
                        default_address_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:openids AS text[]), CAST(:phones AS text[]),
                CAST(:nicknames AS text[]), CAST(:locales AS text[]),
                CAST(:joined_at AS timestamptz[]), CAST(:default_ids AS uuid[]))
""")
_CHANGE = text("""
    UPDATE member AS m SET nickname = c.nickname, locale = c.locale,
                           default_address_id = c.default_id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:nicknames AS text[]), CAST(:locales AS text[]),
                CAST(:default_ids AS uuid[])) AS c (id, nickname, locale, default_id)
    WHERE m.shop_id = :shop_id AND m.id = c.id
""")
_ADD_ADDRESSES = text("""
    INSERT INTO address (shop_id, id, member_id, name, phone, region_code, region, detail)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:member_ids AS uuid[]), CAST(:names AS text[]),
                CAST(:phones AS text[]), CAST(:codes AS text[]), CAST(:regions AS text[]),
                CAST(:details AS text[]))
""")
_CHANGE_ADDRESSES = text("""
    UPDATE address AS a SET name = c.name, phone = c.phone, region_code = c.code,
                            region = c.region, detail = c.detail
    FROM unnest(CAST(:ids AS uuid[]), CAST(:member_ids AS uuid[]), CAST(:names AS text[]),
                CAST(:phones AS text[]), CAST(:codes AS text[]), CAST(:regions AS text[]),
                CAST(:details AS text[])) AS c (id, member_id, name, phone, code, region, detail)
    WHERE a.shop_id = :shop_id AND a.id = c.id AND a.member_id = c.member_id
""")
_REMOVE_ADDRESSES = text("""
    DELETE FROM address WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
""")


async def load(transaction: Transaction, keys: MemberKeys) -> MemberBook:
    member_ids, openids, phones = set(keys.with_addresses), set(keys.openids), set(keys.phones)
    if not (member_ids or openids or phones):
        return MemberBook(Page({}), Page({}))
    rows = await transaction.read(
        _LOCK, member_ids=list(member_ids), openids=list(openids), phones=list(phones)
    )
    members = {row.id: Member(*row) for row in rows}
    own: defaultdict[MemberId, list[Address]] = defaultdict(list)
    for row in await transaction.rows(_ADDRESSES_OF, member_ids=member_ids):
        own[row.member_id].append(Address(*row))
    return MemberBook(
        Page(members), Page({id_: tuple(own[id_]) for id_ in member_ids if id_ in members})
    )


async def store(transaction: Transaction, book: MemberBook) -> None:
    joined = list(book.members.added().values())
    await transaction.write(
        _JOIN,
        ids=[member.id for member in joined],
        openids=[member.openid for member in joined],
        phones=[member.phone for member in joined],
        nicknames=[member.nickname for member in joined],
        locales=[member.locale for member in joined],
        joined_at=[member.joined_at for member in joined],
        default_ids=[member.default_address_id for member in joined],
    )
    added, changed, removed = _differences(book)
    await transaction.write(_ADD_ADDRESSES, **_columns(added))
    await transaction.write(_CHANGE_ADDRESSES, **_columns(changed))
    altered = [member for _, member in book.members.altered().values()]
    await transaction.write(  # Between: a default points at an address that is there.
        _CHANGE,
        ids=[member.id for member in altered],
        nicknames=[member.nickname for member in altered],
        locales=[member.locale for member in altered],
        default_ids=[member.default_address_id for member in altered],
    )
    await transaction.write(_REMOVE_ADDRESSES, ids=[address.id for address in removed])


def _differences(book: MemberBook) -> tuple[list[Address], list[Address], list[Address]]:
    """Addresses that are new, different, gone."""
    added: list[Address] = []
    changed: list[Address] = []
    removed: list[Address] = []
    for old, new in book.addresses.altered().values():
        was = {address.id: address for address in old}
        is_now = {address.id: address for address in new}
        added += [address for id_, address in is_now.items() if id_ not in was]
        changed += [
            address for id_, address in is_now.items() if id_ in was and was[id_] != address
        ]
        removed += [address for id_, address in was.items() if id_ not in is_now]
    return added, changed, removed


def _columns(addresses: list[Address]) -> dict[str, Iterable[object]]:
    return {
        "ids": [address.id for address in addresses],
        "member_ids": [address.member_id for address in addresses],
        "names": [address.name for address in addresses],
        "phones": [address.phone for address in addresses],
        "codes": [address.region_code for address in addresses],
        "regions": [address.region for address in addresses],
        "details": [address.detail for address in addresses],
    }


# -- Codes --------------------------------------------------------------------------------

_LOCK_CODES = text("""
    SELECT phone, code_id, digest, asked_at, tries, day_from, day_count FROM phone_code
    WHERE shop_id = :shop_id AND phone = ANY(CAST(:phones AS text[]))
    ORDER BY phone FOR NO KEY UPDATE
""")
_SEND = text("""
    INSERT INTO phone_code (shop_id, phone, code_id, digest, asked_at, tries, day_from, day_count)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:phones AS text[]), CAST(:code_ids AS uuid[]), CAST(:digests AS bytea[]),
                CAST(:asked_at AS timestamptz[]), CAST(:tries AS int[]),
                CAST(:day_from AS timestamptz[]), CAST(:day_counts AS int[]))
""")
_SEND_AGAIN = text("""
    UPDATE phone_code AS p SET code_id = c.code_id, digest = c.digest, asked_at = c.asked_at,
                               tries = c.tries, day_from = c.day_from, day_count = c.day_count
    FROM unnest(CAST(:phones AS text[]), CAST(:code_ids AS uuid[]), CAST(:digests AS bytea[]),
                CAST(:asked_at AS timestamptz[]), CAST(:tries AS int[]),
                CAST(:day_from AS timestamptz[]), CAST(:day_counts AS int[]))
         AS c (phone, code_id, digest, asked_at, tries, day_from, day_count)
    WHERE p.shop_id = :shop_id AND p.phone = c.phone
""")


async def load_codes(transaction: Transaction, keys: CodeKeys) -> CodeBook:
    rows = await transaction.rows(_LOCK_CODES, phones=keys.phones)
    return CodeBook(Page({row.phone: PhoneCode(*row) for row in rows}))


async def store_codes(transaction: Transaction, book: CodeBook) -> None:
    altered = [code for _, code in book.codes.altered().values()]
    for statement, codes in ((_SEND, list(book.codes.added().values())), (_SEND_AGAIN, altered)):
        await transaction.write(
            statement,
            phones=[code.phone for code in codes],
            code_ids=[code.code_id for code in codes],
            digests=[code.digest for code in codes],
            asked_at=[code.asked_at for code in codes],
            tries=[code.tries for code in codes],
            day_from=[code.day_from for code in codes],
            day_counts=[code.day_count for code in codes],
        )


ADDRESSES = Shelf(keys=AddressKeys, load=load_addresses)
ACQUAINTANCES = Shelf(keys=AcquaintanceKeys, load=load_acquaintances)
CODES = Shelf(keys=CodeKeys, load=load_codes, store=store_codes, lock=Lock.MEMBER)
SHELF = Shelf(keys=MemberKeys, load=load, store=store, lock=Lock.MEMBER)
