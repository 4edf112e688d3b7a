"""An upload on its way: is there room, made anew out of the loop, kept."""

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
from frontline.web.door import Visit
from frontline.web.session import Role

AT_ONCE_MAX = 2  # One of the largest takes 160 MB while it is made anew.
WAITING_MAX = 16

_makers = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="picture")
_waiting: set[UUID] = set()  # Commands whose pictures are being made, or are to be.


class PicturePut(msgspec.Struct, frozen=True, tag=True):
    picture_id: PictureId
    src: str  # The path of 1600 pixels; `-800` or `-400` before `.webp` is a smaller one.
    width: int  # Pixels.
    height: int


async def put(visit: Visit, id_: UUID, data: bytes) -> PicturePut | Refused | IdReused:
    """A file that somebody uploads; `id_` is that of the wish, the same on every retry."""
    opened, caller = visit.opened, visit.known
    by_staff = caller.role is not Role.MEMBER
    async with opened.database.transaction(visit.shop_id) as transaction:
        # Before the work, not only in the rules: making pictures anew is what costs.
        room = await views.room(transaction, caller.actor_id, id_, opened.now(), by_staff=by_staff)
    if not room:
        return Refused(Refusal.TOO_MANY_PICTURES_TODAY)
    if len(_waiting) >= WAITING_MAX:
        raise Overloaded
    _waiting.add(id_)
    try:
        made = await asyncio.get_running_loop().run_in_executor(_makers, made_anew, data)
        kept = await opened.engine.submit(
            visit.shop_id,
            KeepPicture(
                id=id_,
                actor_id=caller.actor_id,
                by_staff=by_staff,
                **{name: getattr(made, name) for name in made.__slots__},
            ),
        )
    except NotMade as no:
        return Refused(no.refusal)
    finally:
        _waiting.discard(id_)
    if isinstance(kept, Refused | IdReused):
        return kept
    return PicturePut(kept.picture_id, src_of(visit.shop_id, kept.hash), kept.width, kept.height)
