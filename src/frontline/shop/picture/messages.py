"""Pictures: what may be asked, and what is answered."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, NoEffect

PictureId = NewType("PictureId", UUID)
Hash = NewType("Hash", str)
"""32 hexadecimal digits of what was kept: the name of a picture."""

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PICTURES_TODAY = "too_many_pictures_today"


TEXTS: Texts = {
    Refusal.NOT_A_PICTURE: Text(
        "无法识别图片，请上传 JPG、PNG、WebP、GIF 或 BMP 格式的完整图片",
        "Not a whole picture in JPEG, PNG, WebP, GIF or BMP",
        400,
    ),
    Refusal.TOO_MANY_PIXELS: Text(
        "图片尺寸太大，不能超过 4000 万像素，宽或高请按比例缩小",
        "The picture has over 40 million pixels, or is much too long; make it smaller",
        413,
    ),
    Refusal.TOO_MANY_PICTURES_TODAY: Text(
        "今天上传的图片太多了，请明天再试", "Too many pictures today; try again tomorrow", 429
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class PictureKept(msgspec.Struct, frozen=True, tag=True):
    picture_id: PictureId
    hash: Hash
    width: int  # Pixels, of the largest size.
    height: int


Outcome = PictureKept | Refused

# -- Asked ----------------------------------------------------------------------------


class KeepPicture(Command[PictureKept | Refused], frozen=True, tag=True):
    """Keep what was made of an upload. The picture takes the command's id."""

    actor_id: UUID  # Of the member or the staff who uploaded it.
    by_staff: bool
    hash: Hash
    width: int
    height: int
    large: bytes
    middle: bytes
    small: bytes


Request = KeepPicture
