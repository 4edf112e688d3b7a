"""Pictures to upload."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import httpx
from litestar import Litestar
from litestar.datastructures import State
from PIL import Image
from shopping import House, house

from frontline.engine.engine import new_id
from frontline.shop.picture import serving


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (2000, 1000), mode: str = "RGB", **saved: Any
) -> bytes:
    image = Image.new(mode, size, 90 if mode == "L" else None)  # type: ignore[arg-type]
    content = BytesIO()
    image.save(content, kind, **saved)
    return content.getvalue()


def coloured(number: int) -> bytes:
    """A picture unlike those of other numbers."""
    content = BytesIO()
    colour = (number * 83 % 256, number * 29 % 256, number * 7 % 256)
    Image.new("RGB", (8, 8), colour).save(content, "PNG")
    return content.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is so large."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b""))
    )


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


async def upload(
    at: House, token: str, data: bytes, *, id_: Any = None, staff: bool = False
) -> httpx.Response:
    return await at.post(
        "/api/staff/pictures/put" if staff else "/api/pictures/put",
        token,
        id=str(id_ or new_id()),
        data=base64.b64encode(data).decode(),
    )


@asynccontextmanager
async def gallery(url: str) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    """The shop's doors, and where its pictures are served."""
    async with house(url) as at:
        app = Litestar(serving.ROUTES, state=State({"opened": at.opened}), openapi_config=None)
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as http:
            yield at, http
