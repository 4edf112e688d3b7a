"""Pictures: taken in, made anew in three sizes, kept by their content, served for ever.

Nothing of what was uploaded is ever served. What is served was written by us: WebP, without the
place and the camera it was taken with. The name tells the content, so a name's content never
changes, and the same picture uploaded again is the same files.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from enum import StrEnum
from hashlib import blake2b
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from PIL import Image, ImageOps

from frontline.kernel.text import Text, Texts
from frontline.store import home
from frontline.web.door import Opened
from frontline.web.replies import WebRefusal, encode, language_of
from frontline.web.session import Role

UPLOAD_BYTES_MAX = 10 * 1024 * 1024
_AROUND_BYTES_MAX = 64 * 1024  # What multipart puts around it.
PIXELS_MAX = 40_000_000
WIDTHS = (200, 800, 1600)
HEIGHT_MAX = 16_000  # WebP goes to 16,383; long pictures of details are long.
QUALITY = 82
AT_ONCE_MAX = 2  # One of the largest takes 160 MB while it is made anew.

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # No SVG: it is a program, not a picture.
_NAME = re.compile(r"[0-9a-f]{32}-(200|800|1600)\.webp")
_at_once = asyncio.Semaphore(AT_ONCE_MAX)


class PictureRefusal(StrEnum):
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    NO_ROOM = "no_room"


TEXTS: Texts = {
    PictureRefusal.NOT_A_PICTURE: Text(
        "无法识别图片，请上传 JPG、PNG、WebP、GIF 或 BMP 格式的完整图片",
        "Not a whole picture in JPEG, PNG, WebP, GIF or BMP",
        400,
    ),
    PictureRefusal.TOO_MANY_BYTES: Text(
        "图片不能超过 10 MB，请压缩后再上传", "The picture is over 10 MB; make it smaller", 413
    ),
    PictureRefusal.TOO_MANY_PIXELS: Text(
        "图片尺寸太大，不能超过 4000 万像素，宽或高请按比例缩小",
        "The picture has over 40 million pixels, or is much too long; make it smaller",
        413,
    ),
    PictureRefusal.NO_ROOM: Text(
        "服务器存储空间不足，图片没有保存，请联系管理员",
        "The disk is full; the picture was not kept",
        507,
    ),
}


class Refused(Exception):
    def __init__(self, refusal: PictureRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class Kept(msgspec.Struct, frozen=True):
    src: str  # For `pictures` and `picture_src` of a product.
    small: str
    large: str


def folder() -> Path:
    return home.folder() / "pictures"


def keep(data: bytes, place: Path) -> Kept:
    """Make it anew and keep it; on the disk when this returns. Raises Refused."""
    sizes = made_anew(data)
    stem = blake2b(b"".join(sizes.values()), digest_size=16).hexdigest()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for width, content in sizes.items():
            _write(place / f"{stem}-{width}.webp", content)
        _sync(place)
    except OSError as error:
        raise Refused(PictureRefusal.NO_ROOM) from error
    small, middle, large = (f"/pictures/{stem}-{width}.webp" for width in sizes)
    return Kept(middle, small, large)


def made_anew(data: bytes) -> dict[int, bytes]:
    """By width, never wider than it was. Raises Refused."""
    if len(data) > UPLOAD_BYTES_MAX:
        raise Refused(PictureRefusal.TOO_MANY_BYTES)
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as probe:
            _fit(*probe.size)
            probe.verify()
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            clear = "A" in upright.getbands() or "transparency" in upright.info
            whole = upright.convert("RGBA" if clear else "RGB")
        return {width: _webp(whole, width) for width in WIDTHS}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(PictureRefusal.TOO_MANY_PIXELS) from error
    except Refused:
        raise
    except Exception as error:  # What a decoder raises at broken bytes is not listed anywhere.
        raise Refused(PictureRefusal.NOT_A_PICTURE) from error


def _fit(width: int, height: int) -> None:
    """Told by the first bytes: nothing too large is ever unpacked."""
    if width * height > PIXELS_MAX or height > HEIGHT_MAX:
        raise Refused(PictureRefusal.TOO_MANY_PIXELS)


def _webp(whole: Image.Image, width: int) -> bytes:
    scaled = whole.copy()
    scaled.thumbnail((width, HEIGHT_MAX), Image.Resampling.LANCZOS)
    scaled.info.clear()
    content = BytesIO()
    scaled.save(content, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=None)
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# -- Doors: what is not JSON goes by way of the framework -----------------------------------


@post(
    "/api/staff/pictures/put",
    status_code=HTTPStatus.OK,
    request_max_body_size=UPLOAD_BYTES_MAX + _AROUND_BYTES_MAX,
    include_in_schema=False,
)
async def upload(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A picture as multipart/form-data, in the field `file`."""
    opened: Opened = request.app.state.opened
    language = language_of(request.headers.get("accept-language", "").encode("latin-1"))
    refusal: StrEnum | None = await _stranger(opened, request)
    if refusal is None:
        try:
            data = await _uploaded(request)
            async with _at_once:
                kept = await asyncio.to_thread(keep, data, folder())
            return _json(HTTPStatus.OK, encode(kept))
        except Refused as refused:
            refusal = refused.refusal
    return _json(*opened.replies.refused(refusal, language))


async def _stranger(opened: Opened, request: Request[Any, Any, Any]) -> WebRefusal | None:
    """Why whoever asks may not upload."""
    authorization = request.headers.get("authorization", "").encode("latin-1")
    caller = await opened.sessions.caller(authorization) if authorization else None
    if caller is None:
        return WebRefusal.SIGNED_OUT
    if request.headers.get("frontline-shop", "") not in ("", str(caller.shop_id)):
        return WebRefusal.WRONG_SHOP
    return None if caller.role in (Role.STAFF, Role.OWNER) else WebRefusal.FORBIDDEN


async def _uploaded(request: Request[Any, Any, Any]) -> bytes:
    try:
        form = await request.form()
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Refused(PictureRefusal.NOT_A_PICTURE)
        return await file.read()
    except HTTPException as error:
        large = error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise Refused(
            PictureRefusal.TOO_MANY_BYTES if large else PictureRefusal.NOT_A_PICTURE
        ) from error


def _json(status: int, body: bytes) -> Response[bytes]:
    return Response(body, status_code=status, media_type="application/json")


@get("/pictures/{name:str}", include_in_schema=False)
async def picture(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A picture that never changes."""
    if not _NAME.fullmatch(name):
        return Response(b"", status_code=HTTPStatus.NOT_FOUND)
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "etag": f'"{name}"',
        "x-content-type-options": "nosniff",
    }
    if f'"{name}"' in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    try:
        content = await asyncio.to_thread((folder() / name).read_bytes)
    except FileNotFoundError:
        return Response(b"", status_code=HTTPStatus.NOT_FOUND)
    return Response(content, headers=headers, media_type="image/webp")


ROUTES = (upload, picture)
