"""Picture rows. The bytes of a picture lie in PostgreSQL, so a backup has them."""

from __future__ import annotations

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.picture.book import (
    File,
    PictureBook,
    PictureKeys,
    Quota,
    Upload,
    UploadBook,
    UploadKeys,
)
from frontline.store.database import Transaction

_UPLOADS = text("""
    SELECT id, actor_id, hash, at FROM picture_upload
    WHERE shop_id = :shop_id AND id = ANY(CAST(:picture_ids AS uuid[]))
""")
_FILES = text("""
    SELECT hash, width, height FROM picture_file
    WHERE shop_id = :shop_id AND hash = ANY(CAST(:hashes AS text[]))
""")
_LOCK = text("""
    SELECT actor_id, day_from, count FROM picture_quota
    WHERE shop_id = :shop_id AND actor_id = ANY(CAST(:actor_ids AS uuid[]))
    ORDER BY actor_id FOR NO KEY UPDATE
""")


async def load_uploads(transaction: Transaction, keys: UploadKeys) -> UploadBook:
    rows = await transaction.rows(_UPLOADS, picture_ids=keys.picture_ids)
    return UploadBook(Page({row[0]: Upload(*row) for row in rows}))


async def load(transaction: Transaction, keys: PictureKeys) -> PictureBook:
    quotas = await transaction.rows(_LOCK, actor_ids=keys.actor_ids)
    files = await transaction.rows(_FILES, hashes=keys.hashes)
    return PictureBook(
        Page({row[0]: File(*row) for row in files}),
        Page({}),
        Page({actor_id: Quota(*quota) for actor_id, *quota in quotas}),
    )


# Plain inserts on purpose: of two processes that both find no row one must run again.
_ADD_FILES = text("""
    INSERT INTO picture_file (shop_id, hash, width, height, large, middle, small)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:hashes AS text[]), CAST(:widths AS int[]), CAST(:heights AS int[]),
                CAST(:large AS bytea[]), CAST(:middle AS bytea[]), CAST(:small AS bytea[]))
""")
_ADD = text("""
    INSERT INTO picture_upload (shop_id, id, actor_id, hash, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:actor_ids AS uuid[]), CAST(:hashes AS text[]),
                CAST(:at AS timestamptz[]))
""")
_ADD_QUOTAS = text("""
    INSERT INTO picture_quota (shop_id, actor_id, day_from, count)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:actor_ids AS uuid[]), CAST(:day_from AS timestamptz[]),
                CAST(:counts AS int[]))
""")
_COUNT = text("""
    UPDATE picture_quota AS q SET day_from = n.day_from, count = n.count
    FROM unnest(CAST(:actor_ids AS uuid[]), CAST(:day_from AS timestamptz[]),
                CAST(:counts AS int[])) AS n (actor_id, day_from, count)
    WHERE q.shop_id = :shop_id AND q.actor_id = n.actor_id
""")


async def store(transaction: Transaction, book: PictureBook) -> None:
    files = book.files.added()
    contents = {one.hash: one for one in book.contents}
    await transaction.write(
        _ADD_FILES,
        hashes=files,
        widths=[one.width for one in files.values()],
        heights=[one.height for one in files.values()],
        large=[contents[name].large for name in files],
        middle=[contents[name].middle for name in files],
        small=[contents[name].small for name in files],
    )
    uploads = book.uploads.added().values()
    await transaction.write(
        _ADD,
        ids=[one.id for one in uploads],
        actor_ids=[one.actor_id for one in uploads],
        hashes=[one.hash for one in uploads],
        at=[one.at for one in uploads],
    )
    changed = {actor_id: new for actor_id, (_, new) in book.quotas.altered().items()}
    for statement, quotas in ((_ADD_QUOTAS, book.quotas.added()), (_COUNT, changed)):
        await transaction.write(
            statement,
            actor_ids=quotas,
            day_from=[one.day_from for one in quotas.values()],
            counts=[one.count for one in quotas.values()],
        )


UPLOADS = Shelf(keys=UploadKeys, load=load_uploads)
SHELF = Shelf(keys=PictureKeys, load=load, store=store, lock=Lock.MEMBER)
