"""Pictures served for ever: the name tells the content, so what a name stands for never changes."""

from __future__ import annotations

import re
from collections import OrderedDict
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

from litestar import Request, Response, get
from litestar.params import FromPath

from frontline.kernel.words import ShopId
from frontline.shop.picture import views
from frontline.shop.picture.messages import Hash
from frontline.store.database import Database
from frontline.web.door import Opened

KEPT_BYTES_MAX = 64 * 2**20  # In each process.

_NAME = re.compile(r"([0-9a-f]{32})((?:-800|-400)?)\.webp")
_SHOP = re.compile(r"[1-9][0-9]{0,17}")


def src_of(shop_id: ShopId, name: Hash) -> str:
    """The path of a picture; `-800` or `-400` before `.webp` is a smaller one."""
    return f"/pictures/{shop_id}/{name}.webp"


class Kept:
    """Contents by path, those asked for lately."""

    def __init__(self, bytes_max: int = KEPT_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self.bytes = 0

    def get(self, path: str) -> bytes | None:
        content = self._contents.get(path)
        if content is not None:
            self._contents.move_to_end(path)
        return content

    def put(self, path: str, content: bytes) -> None:
        self.bytes += len(content) - len(self._contents.pop(path, b""))
        self._contents[path] = content
        while self.bytes > self._bytes_max:
            _, oldest = self._contents.popitem(last=False)
            self.bytes -= len(oldest)


_kept: WeakKeyDictionary[Database, Kept] = WeakKeyDictionary()
"""Of this process, by the database they were read from."""


@get("/pictures/{shop:str}/{name:str}", include_in_schema=False)
async def picture(
    request: Request[Any, Any, Any], shop: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A picture that never changes."""
    asked = _NAME.fullmatch(name)
    if asked is None or not _SHOP.fullmatch(shop):
        return Response(b"", status_code=HTTPStatus.NOT_FOUND)
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "etag": f'"{name}"',
        "x-content-type-options": "nosniff",
    }
    if f'"{name}"' in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    opened: Opened = request.app.state.opened
    content = await _content(opened.database, ShopId(int(shop)), Hash(asked[1]), asked[2])
    if content is None:
        return Response(b"", status_code=HTTPStatus.NOT_FOUND)
    return Response(content, headers=headers, media_type="image/webp")


async def _content(database: Database, shop_id: ShopId, name: Hash, size: str) -> bytes | None:
    kept = _kept.setdefault(database, Kept())
    path = f"{shop_id}/{name}{size}"
    content = kept.get(path)
    if content is None:
        async with database.transaction(shop_id) as transaction:
            content = await views.content(transaction, name, size)
        if content is not None:
            kept.put(path, content)
    return content


ROUTES = (picture,)
