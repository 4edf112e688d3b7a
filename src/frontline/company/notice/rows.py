"""Notice rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from frontline.company.notice.book import Notice, NoticeBook, NoticeKeys, Reach
from frontline.company.notice.messages import Wants
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.store.database import Transaction

_LOCK = text("""
    SELECT id, to_id, title_zh, title_en, text_zh, text_en, url, urgent, at, read_at FROM notice
    WHERE shop_id = :shop_id AND id = ANY(CAST(:notice_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_LOCK_REACHES = text("""
    SELECT staff_id, mail, openid, language, wants FROM notice_reach
    WHERE shop_id = :shop_id AND staff_id = ANY(CAST(:staff_ids AS uuid[]))
    ORDER BY staff_id FOR NO KEY UPDATE
""")
_ADD = text("""
    INSERT INTO notice (shop_id, id, to_id, title_zh, title_en, text_zh, text_en, url, urgent, at,
                        read_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:to_ids AS uuid[]), CAST(:titles_zh AS text[]),
                CAST(:titles_en AS text[]), CAST(:texts_zh AS text[]), CAST(:texts_en AS text[]),
                CAST(:urls AS text[]), CAST(:urgent AS boolean[]), CAST(:at AS timestamptz[]),
                CAST(:read_at AS timestamptz[]))
""")
_READ = text("""
    UPDATE notice AS m SET read_at = n.read_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:read_at AS timestamptz[])) AS n (id, read_at)
    WHERE m.shop_id = :shop_id AND m.id = n.id AND m.read_at IS NULL
""")
# A plain insert on purpose: of two processes that both find no row one must run again.
_ADD_REACHES = text("""
    INSERT INTO notice_reach (shop_id, staff_id, mail, openid, language, wants)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:staff_ids AS uuid[]), CAST(:mails AS text[]), CAST(:openids AS text[]),
                CAST(:languages AS text[]), CAST(:wants AS text[]))
""")
_CHANGE_REACHES = text("""
    UPDATE notice_reach AS r
    SET mail = n.mail, openid = n.openid, language = n.language, wants = n.wants
    FROM unnest(CAST(:staff_ids AS uuid[]), CAST(:mails AS text[]), CAST(:openids AS text[]),
                CAST(:languages AS text[]), CAST(:wants AS text[]))
         AS n (staff_id, mail, openid, language, wants)
    WHERE r.shop_id = :shop_id AND r.staff_id = n.staff_id
""")


async def load(transaction: Transaction, keys: NoticeKeys) -> NoticeBook:
    notices = await transaction.rows(_LOCK, notice_ids=keys.notice_ids)
    reaches = await transaction.rows(_LOCK_REACHES, staff_ids=keys.staff_ids)
    return NoticeBook(
        Page({row.id: notice_of(row) for row in notices}),
        Page({row.staff_id: reach_of(row) for row in reaches}),
    )


def notice_of(row: Any) -> Notice:
    """Of a row that has all columns of the table."""
    told = {name: row[name] for name in Notice.__struct_fields__ if name != "to"}
    return Notice(**told, to=row.to_id)


def reach_of(row: Any) -> Reach:
    return Reach(mail=row.mail, openid=row.openid, language=row.language, wants=Wants(row.wants))


async def store(transaction: Transaction, book: NoticeBook) -> None:
    added = list(book.notices.added().values())
    await transaction.write(
        _ADD,
        ids=[one.id for one in added],
        to_ids=[one.to for one in added],
        titles_zh=[one.title_zh for one in added],
        titles_en=[one.title_en for one in added],
        texts_zh=[one.text_zh for one in added],
        texts_en=[one.text_en for one in added],
        urls=[one.url for one in added],
        urgent=[one.urgent for one in added],
        at=[one.at for one in added],
        read_at=[one.read_at for one in added],
    )
    read = [new for _, new in book.notices.altered().values()]
    await transaction.write(
        _READ, ids=[one.id for one in read], read_at=[one.read_at for one in read]
    )
    changed = {staff_id: new for staff_id, (_, new) in book.reaches.altered().items()}
    for statement, reaches in (
        (_ADD_REACHES, book.reaches.added()),
        (_CHANGE_REACHES, changed),
    ):
        await transaction.write(
            statement,
            staff_ids=reaches,
            mails=[one.mail for one in reaches.values()],
            openids=[one.openid for one in reaches.values()],
            languages=[one.language for one in reaches.values()],
            wants=[one.wants for one in reaches.values()],
        )


SHELF = Shelf(keys=NoticeKeys, load=load, store=store, lock=Lock.COMPANY)
