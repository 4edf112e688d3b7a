"""An uploaded picture made anew, in three sizes.

Nothing of what was uploaded is ever served. What is served was written by us: WebP, one frame,
upright, without the place and the camera it was taken with.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO

from PIL import Image, ImageOps

from frontline.shop.picture.messages import Hash, Refusal

PIXELS_MAX = 40_000_000
HEIGHT_MAX = 16_000  # WebP goes to 16,383; long pictures of details are long.
LARGE, MIDDLE, SMALL = 1600, 800, 400  # The longest side, in pixels.
LONG = 3  # So many times as high as wide: fitted by its width, else nobody could read it.
QUALITY = 82

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # No SVG: it is a program, not a picture.


class NotMade(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Made:
    hash: Hash
    width: int  # Of the large one.
    height: int
    large: bytes  # WebP, as the others.
    middle: bytes
    small: bytes


def made_anew(data: bytes) -> Made:
    """All sizes, none larger than it was. Raises NotMade."""
    try:
        whole = _whole(data)
        large = _fitted(whole, LARGE)
        contents = [_webp(large), *(_webp(_fitted(large, side)) for side in (MIDDLE, SMALL))]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotMade(Refusal.TOO_MANY_PIXELS) from error
    except NotMade:
        raise
    except Exception as error:  # What a decoder raises at broken bytes is not listed anywhere.
        raise NotMade(Refusal.NOT_A_PICTURE) from error
    name = Hash(blake2b(b"".join(contents), digest_size=16).hexdigest())
    return Made(name, *large.size, *contents)


def _whole(data: bytes) -> Image.Image:
    """Unpacked, once its first bytes have told that it is not too large for that."""
    with Image.open(BytesIO(data), formats=_FORMATS) as probe:
        width, height = probe.size
        if width * height > PIXELS_MAX or height > HEIGHT_MAX:
            raise NotMade(Refusal.TOO_MANY_PIXELS)
        probe.verify()
    with Image.open(BytesIO(data), formats=_FORMATS) as opened:
        opened.draft("RGB", (LARGE, HEIGHT_MAX if _long(opened) else LARGE))  # Of a JPEG.
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        clear = "A" in upright.getbands() or "transparency" in upright.info
        return upright.convert("RGBA" if clear else "RGB")


def _long(picture: Image.Image) -> bool:
    return picture.height > LONG * picture.width


def _fitted(whole: Image.Image, side: int) -> Image.Image:
    scaled = whole.copy()
    box = (side, HEIGHT_MAX) if _long(whole) else (side, side)
    scaled.thumbnail(box, Image.Resampling.LANCZOS)
    return scaled


def _webp(picture: Image.Image) -> bytes:
    content = BytesIO()
    picture.save(content, "WEBP", quality=QUALITY, method=4)
    return content.getvalue()
