"""Doors: uploading a picture. What is served is in `serving`."""

from __future__ import annotations

from uuid import UUID

import msgspec

from frontline.kernel.words import IdReused
from frontline.shop.picture import uploading
from frontline.shop.picture.messages import Refused
from frontline.shop.picture.uploading import PicturePut
from frontline.web.door import Visit, Who, post

UPLOAD_BYTES_MAX = 8 * 2**20  # Of the request: base64 is a third longer than the picture.


class PutForm(msgspec.Struct, frozen=True):
    id: UUID  # Minted by the storefront for this wish; the same on every retry.
    data: bytes  # JPEG, PNG, WebP, GIF or BMP; in JSON: base64.


async def _put(visit: Visit, form: PutForm) -> PicturePut | Refused | IdReused:
    """Upload a picture: base64 of a file of 6 MB at most. The answer tells its path."""
    return await uploading.put(visit, form.id, form.data)


_ANSWER = PicturePut | Refused
DOORS = (
    post(
        "/api/pictures/put",
        PutForm,
        _put,
        _ANSWER,
        who=Who.MEMBER,
        body_bytes_max=UPLOAD_BYTES_MAX,
    ),
    post(
        "/api/staff/pictures/put",
        PutForm,
        _put,
        _ANSWER,
        who=Who.STAFF,
        body_bytes_max=UPLOAD_BYTES_MAX,
    ),
)
