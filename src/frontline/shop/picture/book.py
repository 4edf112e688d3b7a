"""Pictures that are kept, who uploaded them, and how many each has uploaded of late.

Uploads are counted in a row of their own, not by counting uploads: a count cannot be locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.shop.picture.messages import Hash, PictureId

DAY = timedelta(days=1)
MEMBER_A_DAY_MAX = 60
STAFF_A_DAY_MAX = 2_000


class File(msgspec.Struct, frozen=True):
    """What was made of a picture; the same picture, whoever uploads it, is one."""

    hash: Hash
    width: int
    height: int


class Content(msgspec.Struct, frozen=True):
    """WebP in three sizes."""

    hash: Hash
    large: bytes
    middle: bytes
    small: bytes


class Upload(msgspec.Struct, frozen=True):
    id: PictureId
    actor_id: UUID  # Of a member or staff.
    hash: Hash
    at: datetime


class Quota(msgspec.Struct, frozen=True):
    day_from: datetime  # The first upload of these 24 hours.
    count: int


@dataclass(slots=True)
class PictureBook(Book):
    files: Page[Hash, File]
    uploads: Page[PictureId, Upload]
    quotas: Page[UUID, Quota]
    contents: list[Content] = field(default_factory=list)

    def used(self, actor_id: UUID, now: datetime) -> int:
        quota = self.quotas.get(actor_id)
        return 0 if quota is None or now >= quota.day_from + DAY else quota.count

    def keep(self, upload: Upload, file: File, content: Content) -> None:
        assert self.uploads.get(upload.id) is None
        assert upload.hash == file.hash == content.hash
        used = self.used(upload.actor_id, upload.at)
        self.uploads[upload.id] = upload
        day_from = self.quotas[upload.actor_id].day_from if used else upload.at
        self.quotas[upload.actor_id] = Quota(day_from, used + 1)
        if self.files.get(file.hash) is None:
            self.files[file.hash] = file
            self.contents.append(content)

    def check(self) -> None:
        assert {one.hash for one in self.contents} == set(self.files.added())
        assert all(self.files.get(one.hash) for one in self.uploads.added().values())
        assert all(1 <= one.count <= STAFF_A_DAY_MAX for one in self.quotas.rows().values())


@dataclass(frozen=True, slots=True)
class PictureKeys(Keys[PictureBook]):
    """Uploads are only ever added to, so none is loaded."""

    hashes: Iterable[Hash]
    actor_ids: Iterable[UUID]


@dataclass(slots=True)
class UploadBook(Book):
    """Whose picture is which. It never changes, so it is read before the locks."""

    uploads: Page[PictureId, Upload]

    def hash_of(self, picture_id: PictureId, actor_id: UUID) -> Hash | None:
        """None: there is no such picture, or somebody else uploaded it."""
        upload = self.uploads.get(picture_id)
        return upload.hash if upload is not None and upload.actor_id == actor_id else None

    def check(self) -> None:
        assert not self.uploads.added()
        assert not self.uploads.altered()


@dataclass(frozen=True, slots=True)
class UploadKeys(Keys[UploadBook]):
    picture_ids: Iterable[PictureId]
