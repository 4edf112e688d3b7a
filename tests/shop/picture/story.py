"""Pictures in stories: uploaded by members and staff; one has uploaded too many before it begins."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Any
from uuid import UUID

from scenery import MEMBERS, STAFF, lay, uid
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.words import Command, ShopId
from frontline.shop.picture import rows
from frontline.shop.picture.book import (
    MEMBER_A_DAY_MAX,
    Content as Pixels,
    File,
    PictureBook,
    PictureKeys,
    Quota,
    Upload,
    UploadBook,
    UploadKeys,
)
from frontline.shop.picture.feature import KEEPING
from frontline.shop.picture.messages import Hash, KeepPicture, PictureId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import BEGIN, Part


def named(number: int) -> Hash:
    return Hash(blake2b(str(number).encode(), digest_size=16).hexdigest())


EAGER = MEMBERS[-1]
"""Has uploaded as many as one may."""
SAME = named(0)
UPLOADS = {
    id_: Upload(id_, EAGER, SAME, BEGIN)
    for number in range(MEMBER_A_DAY_MAX)
    for id_ in [PictureId(uid(40, number))]
}


def _pixels(name: Hash) -> Pixels:
    return Pixels(name, b"l" + name.encode(), b"m" + name.encode(), b"s" + name.encode())


def _lay(_: Random) -> World:
    book = PictureBook(
        Page({SAME: File(SAME, 3, 4)}),
        Page(UPLOADS),
        Page({EAGER: Quota(BEGIN, MEMBER_A_DAY_MAX)}),
    )
    return World({PictureKeys: book}, {"PictureBook.contents": (_pixels(SAME),)})


def uploads(world: World) -> UploadBook:
    return UploadBook(Page(world.book(PictureKeys).uploads.rows()))


def wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    by_staff = chance.random() < 0.2
    pixels = _pixels(named(chance.randrange(9)))
    return KeepPicture(
        id=id_,
        actor_id=STAFF if by_staff else chance.choice(MEMBERS),
        by_staff=by_staff,
        hash=pixels.hash,
        width=3,
        height=4,
        large=pixels.large,
        middle=pixels.middle,
        small=pixels.small,
    )


def conserved(_: Content, after: Content) -> None:
    """Of whatever was uploaded there is a picture, once; uploads counted are those there are."""
    files, found = after["PictureBook.files"], after["PictureBook.uploads"].values()
    contents = [one.hash for one in after["PictureBook.contents"]]
    assert sorted(contents) == sorted(files)
    assert {one.hash for one in found} == set(files)
    for actor_id, quota in after["PictureBook.quotas"].items():
        own = [one for one in found if one.actor_id == actor_id and one.at >= quota.day_from]
        assert len(own) == quota.count
        assert actor_id == STAFF or quota.count <= MEMBER_A_DAY_MAX


async def _fill(sql: Any, shop_id: ShopId, content: Content) -> None:
    if "PictureBook.contents" not in content:
        return  # A story told without pictures.
    sizes = {one.hash: one for one in content["PictureBook.contents"]}
    await lay(
        sql, "picture_file", "shop_id, hash, width, height, large, middle, small",
        [
            (shop_id, one.hash, one.width, one.height, *_sizes(sizes[one.hash]))
            for one in content["PictureBook.files"].values()
        ],
    )  # fmt: skip
    await lay(
        sql, "picture_upload", "shop_id, id, actor_id, hash, at",
        [
            (shop_id, one.id, one.actor_id, one.hash, one.at)
            for one in content["PictureBook.uploads"].values()
        ],
    )  # fmt: skip
    await lay(
        sql, "picture_quota", "shop_id, actor_id, day_from, count",
        [
            (shop_id, actor_id, one.day_from, one.count)
            for actor_id, one in content["PictureBook.quotas"].items()
        ],
    )  # fmt: skip


def _sizes(pixels: Pixels) -> tuple[bytes, bytes, bytes]:
    return pixels.large, pixels.middle, pixels.small


_FILES = text("""
    SELECT hash, width, height, large, middle, small FROM picture_file WHERE shop_id = :shop_id
""")
_UPLOAD_IDS = text("SELECT id FROM picture_upload WHERE shop_id = :shop_id")
_ACTORS = text("SELECT actor_id FROM picture_quota WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    files = await transaction.read(_FILES)
    picture_ids = [row.id for row in await transaction.read(_UPLOAD_IDS)]
    actor_ids = [row.actor_id for row in await transaction.read(_ACTORS)]
    book = await rows.load(transaction, PictureKeys([row.hash for row in files], actor_ids))
    found = await rows.load_uploads(transaction, UploadKeys(picture_ids))
    return {
        "PictureBook.files": book.files.rows(),
        "PictureBook.uploads": found.uploads.rows(),
        "PictureBook.quotas": book.quotas.rows(),
        "PictureBook.contents": tuple(
            Pixels(row.hash, row.large, row.middle, row.small) for row in files
        ),
    }


PART = Part(
    name="picture",
    lay=_lay,
    derived={UploadKeys: uploads},
    wishes=((KEEPING, wish),),
    conserved=conserved,
    fill=_fill,
    read=_read,
    breaks={
        "pictures there": "DELETE FROM picture_file",
        "uploads counted": "UPDATE picture_quota SET count = count + 1",
    },
)
