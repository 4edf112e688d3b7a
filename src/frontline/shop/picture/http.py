"""Doors: uploading a picture. What is served is in `serving`."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import msgspec

from frontline.engine.combiner import Overloaded
from frontline.kernel.words import IdReused
from frontline.shop.picture import views
from frontline.shop.picture.making import NotMade, made_anew
from frontline.shop.picture.messages import KeepPicture, PictureId, Refusal, Refused
from frontline.shop.picture.serving import src_of
from frontline.web.door import Visit, Who, post
from frontline.web.session import Role

UPLOAD_BYTES_MAX = 8 * 2**20  # Of the request: base64 is a third longer than the picture.
AT_ONCE_MAX = 2  # One of the largest takes 160 MB while it is made anew.
WAITING_MAX = 16

_makers = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="picture")
_waiting: set[UUID] = set()  # Commands whose pictures are being made, or are to be.


class PutForm(msgspec.Struct, frozen=True):
    id: UUID  # Minted by the storefront for this wish; the same on every retry.
    data: bytes  # JPEG, PNG, WebP, GIF or BMP; in JSON: base64.


class PicturePut(msgspec.Struct, frozen=True, tag=True):
    picture_id: PictureId
    src: str  # The path of 1600 pixels; `-800` or `-400` before `.webp` is a smaller one.
    width: int  # Pixels.
    height: int


async def _put(visit: Visit, form: PutForm) -> PicturePut | Refused | IdReused:
    """Upload a picture: base64 of a file of 6 MB at most. The answer tells its path."""
    opened, caller = visit.opened, visit.known
    by_staff = caller.role is not Role.MEMBER
    async with opened.database.transaction(visit.shop_id) as transaction:
        # Before the work, not only in the rules: making pictures anew is what costs.
        room = await views.room(
            transaction, caller.actor_id, form.id, opened.now(), by_staff=by_staff
        )
    if not room:
        return Refused(Refusal.TOO_MANY_PICTURES_TODAY)
    if len(_waiting) >= WAITING_MAX:
        raise Overloaded
    _waiting.add(form.id)
    try:
        made = await asyncio.get_running_loop().run_in_executor(_makers, made_anew, form.data)
        kept = await opened.engine.submit(
            visit.shop_id,
            KeepPicture(
                id=form.id,
                actor_id=caller.actor_id,
                by_staff=by_staff,
                **{name: getattr(made, name) for name in made.__slots__},
            ),
        )
    except NotMade as no:
        return Refused(no.refusal)
    finally:
        _waiting.discard(form.id)
    if isinstance(kept, Refused | IdReused):
        return kept
    return PicturePut(kept.picture_id, src_of(visit.shop_id, kept.hash), kept.width, kept.height)


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
