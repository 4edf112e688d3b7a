"""Pictures at the desk: one uploaded into a text."""

from __future__ import annotations

from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.shop.picture import uploading
from frontline.shop.picture.uploading import PicturePut
from frontline.web.pages import Answer, DeskVisit, Page, Upload, View, action


class PutForm(msgspec.Struct, frozen=True):
    id: UUID
    file: Upload


async def _put(visit: DeskVisit, form: PutForm) -> Answer:
    """A picture, as it stands in a text."""
    put = await uploading.put(visit, form.id, form.file.content)
    if not isinstance(put, PicturePut):
        return put
    return View("picture/one.html", Words("图片", "Picture"), {"picture": put}, bare=True)


PAGES: tuple[Page, ...] = (action("/desk/pictures/put", PutForm, _put, area="*"),)
