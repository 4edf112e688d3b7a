"""A stage for still lifes: backgrounds, shadows, tins, boxes and bags, and where things stand.

Lengths are of a picture 800 wide; all is drawn twice as large and made smaller at the end.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

from demo_relief import Colour, mix, rgb
from PIL import Image, ImageDraw, ImageFilter, ImageFont

TWICE = 2
HORIZON = 0.66
_SERIF = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc"
_CLEAR = (0, 0, 0, 0)


def whole(colour: Colour, alpha: int = 255) -> tuple[int, int, int, int]:
    return (int(colour[0]), int(colour[1]), int(colour[2]), alpha)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_SERIF, size, index=2)  # The simplified one.


class Palette:
    """Wall, floor and stand of one warm mood."""

    def __init__(self, wall: str, floor: str, stand: str) -> None:
        self.wall, self.floor, self.stand = rgb(wall), rgb(floor), rgb(stand)


PALETTES = {
    "cream": Palette("f3dcb8", "f9ecd5", "fff7ea"),
    "matcha": Palette("cfd9ac", "e6ecce", "f8faec"),
    "cocoa": Palette("d3b597", "ead8c3", "f8efe4"),
    "berry": Palette("f0bfb8", "f9dfd9", "fff3ef"),
    "honey": Palette("f2c879", "f9e2b0", "fff4da"),
    "tea": Palette("dfc39a", "f0e0c4", "fcf4e4"),
    "sky": Palette("c3d9e2", "e1edf0", "f8fbfb"),
    "night": Palette("43506b", "6c7793", "f1dfb8"),
    "red": Palette("b8372d", "cf5a45", "f6d79a"),
    "lilac": Palette("d8c6e4", "ece2f1", "fbf7fc"),
    "pine": Palette("53725c", "7f9a80", "f4e7cb"),
}


class Stage:
    """A picture that things are put into, the farther ones first."""

    def __init__(self, mood: str, wide: int = 800, high: int = 800, wall: int = 0) -> None:
        """`wall`: where it meets the floor; else two thirds down."""
        self.palette = PALETTES[mood]
        self.wide, self.high = wide, high
        self.wall = wall or high * HORIZON
        self.image = Image.new("RGBA", (wide * TWICE, high * TWICE))
        self._walls()

    def _walls(self) -> None:
        wall, floor = self.palette.wall, self.palette.floor
        white = rgb("ffffff")
        horizon = self.wall
        column = Image.new("RGB", (1, self.high))
        for y in range(self.high):
            above = mix(mix(wall, white, 0.10), mix(wall, white, 0.34), y / horizon)
            below = mix(mix(floor, wall, 0.22), mix(floor, white, 0.25), (y - horizon) / 240)
            part = (y - horizon + 14) / 28
            column.putpixel((0, y), whole(mix(above, below, part))[:3])
        self.image.paste(column.resize(self.image.size, Image.Resampling.BICUBIC))

    def halo(self, x: float, y: float, radius: float) -> None:
        """A lighter round on the wall, ending at the floor."""
        light = Image.new("L", self.image.size)
        pen = ImageDraw.Draw(light)
        pen.ellipse(_box(x, y, radius, radius), fill=120)
        pen.rectangle((0, self.wall * TWICE, *self.image.size), fill=0)
        light = light.filter(ImageFilter.GaussianBlur(1.5 * TWICE))
        self.image.paste(whole(mix(self.palette.wall, rgb("ffffff"), 0.62)), (0, 0), light)

    def stand(self, x: float, y: float, radius: float, thick: float = 46) -> None:
        """A low round one; its upper face has its middle at (x, y)."""
        self.shadow(x, y + thick + 6, radius * 1.06, radius * 0.3, 70, 16)
        face = self.palette.stand
        made = cylinder(radius * 2, thick, mix(face, self.palette.wall, 0.34), face)
        self._paste(made, x - radius, y - radius * FLAT)

    def shadow(  # noqa: PLR0913, PLR0917 - of an ellipse
        self, x: float, y: float, rx: float, ry: float, strength: int = 96, blur: float = 9
    ) -> None:
        deep = mix(self.palette.wall, rgb("3a1e10"), 0.72)
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).ellipse(_box(x, y, rx, ry), fill=strength)
        mask = mask.filter(ImageFilter.GaussianBlur(blur * TWICE))
        self.image.paste(whole(deep), (0, 0), mask)

    def put(self, sprite: Image.Image, x: float, base: float, wide: float, tilt: float = 0) -> None:
        """Stand a thing on `base`, its middle at `x`."""
        made = sized(sprite, wide, tilt)
        if base > self.wall * 0.95:  # Otherwise it hangs or flies.
            self.shadow(x + wide * 0.03, base - wide * 0.02, wide * 0.42, wide * 0.085)
            self.shadow(x, base - 4, wide * 0.44, wide * 0.03, 120, 4)
        self._paste(made, x - made.width / TWICE / 2, base - made.height / TWICE)

    def lay(self, sprite: Image.Image, x: float, y: float, wide: float, tilt: float = 0) -> None:
        """Lay a thing flat, seen from above, its middle at (x, y)."""
        made = sized(sprite, wide, tilt)
        left, top = x - made.width / TWICE / 2, y - made.height / TWICE / 2
        alpha = made.getchannel("A").point(lambda one: one * 2 // 5)
        spread = Image.new("L", self.image.size)
        spread.paste(alpha, (int((left + 7) * TWICE), int((top + 12) * TWICE)))
        spread = spread.filter(ImageFilter.GaussianBlur(9 * TWICE))
        self.image.paste(whole(mix(self.palette.wall, rgb("3a1e10"), 0.8)), (0, 0), spread)
        self._paste(made, left, top)

    def plate(self, x: float, y: float, radius: float) -> None:
        """A round one seen from above."""
        self.shadow(x + 8, y + 14, radius, radius, 80, 12)
        pen = ImageDraw.Draw(self.image)
        face = self.palette.stand
        pen.ellipse(_box(x, y, radius, radius), fill=whole(face))
        ring = mix(face, self.palette.wall, 0.35)
        pen.ellipse(_box(x, y, radius * 0.8, radius * 0.8), outline=whole(ring), width=5)

    def glow(self, colour: str, x: float, y: float, radius: float) -> None:
        """A soft spot of light."""
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).ellipse(_box(x, y, radius, radius), fill=110)
        mask = mask.filter(ImageFilter.GaussianBlur(radius / 3 * TWICE))
        self.image.paste(whole(rgb(colour)), (0, 0), mask)

    def write(self, words: str, x: float, y: float, size: int, colour: str) -> None:
        pen = ImageDraw.Draw(self.image)
        pen.text(
            (x * TWICE, y * TWICE), words, fill=whole(rgb(colour)), font=font(size * TWICE),
            anchor="lm",
        )  # fmt: skip

    def _paste(self, made: Image.Image, left: float, top: float) -> None:
        layer = Image.new("RGBA", self.image.size, _CLEAR)
        layer.paste(made, (round(left * TWICE), round(top * TWICE)))
        self.image.alpha_composite(layer)

    def done(self, seen: tuple[int, int, int, int] | None = None) -> Image.Image:
        """All of it, or this part made as wide."""
        left, top, right, low = seen or (0, 0, self.wide, self.high)
        part = (left * TWICE, top * TWICE, right * TWICE, low * TWICE)
        size = (self.wide, round(self.wide * (low - top) / (right - left)))
        return self.image.convert("RGB").resize(size, Image.Resampling.LANCZOS, part)


FLAT = 0.27  # How much of a circle is seen of one that lies.


def _box(x: float, y: float, rx: float, ry: float) -> tuple[float, float, float, float]:
    return ((x - rx) * TWICE, (y - ry) * TWICE, (x + rx) * TWICE, (y + ry) * TWICE)


def sized(sprite: Image.Image, wide: float, tilt: float = 0) -> Image.Image:
    size = (round(wide * TWICE), round(wide * TWICE * sprite.height / sprite.width))
    made = sprite.resize(size, Image.Resampling.LANCZOS)
    if tilt:
        made = made.rotate(tilt, Image.Resampling.BICUBIC, expand=True)
        made = made.crop(made.getbbox())
    return made


def emoji(folder: Path, code: str) -> Image.Image:
    made = Image.open(folder / f"{code}.webp").convert("RGBA")
    return made.crop(made.getbbox())


# -- Drawn things (at twice their width) ----------------------------------------------


def cylinder(wide: float, high: float, side: Colour, top: Colour) -> Image.Image:
    """Upright; the middle of its upper face is `wide / 2 * FLAT` below its upper edge."""
    across, tall = round(wide * TWICE), round(high * TWICE)
    rise = round(across / 2 * FLAT)
    made = Image.new("RGBA", (across, tall + rise * 2), _CLEAR)
    body = Image.new("L", made.size)
    pen = ImageDraw.Draw(body)
    pen.rectangle((0, rise, across, tall + rise), fill=255)
    pen.ellipse((0, tall, across - 1, tall + rise * 2 - 1), fill=255)
    row = Image.new("RGB", (across, 1))
    for x in range(across):
        turn = x / across * 2 - 1
        light = max(0.0, 1 - abs(turn + 0.35) * 0.9)
        row.putpixel(
            (x, 0),
            whole(mix(mix(side, rgb("3a1e10"), 0.24), mix(side, rgb("ffffff"), 0.3), light))[:3],
        )
    made.paste(row.resize(made.size), (0, 0), body)
    face = Image.new("L", made.size)
    ImageDraw.Draw(face).ellipse((0, 0, across - 1, rise * 2 - 1), fill=255)
    made.paste(whole(top), (0, 0), face)
    ring = ImageDraw.Draw(made)
    ring.ellipse(
        (2, 2, across - 3, rise * 2 - 3), outline=whole(mix(top, rgb("ffffff"), 0.7)), width=3
    )
    return made


def tin(colour: str, lid: str, words: str, high: float = 150, wide: float = 300) -> Image.Image:
    """A round one with a lid and a label."""
    made = cylinder(wide, high, rgb(colour), rgb(lid))
    cap = cylinder(wide, 40, rgb(lid), mix(rgb(lid), rgb("ffffff"), 0.18))
    made.alpha_composite(cap, (0, 0))
    _label(made, words, made.height * 0.66, wide)
    return made


def open_tin(colour: str, biscuits: list[Image.Image], words: str) -> Image.Image:
    """Biscuits stand in it."""
    wide, high = 340, 150
    whole_one = cylinder(wide, high, rgb(colour), mix(rgb(colour), rgb("2a150b"), 0.45))
    head = 230
    made = Image.new("RGBA", (whole_one.width, whole_one.height + head), _CLEAR)
    made.alpha_composite(whole_one, (0, head))
    places = [(0.20, 112), (0.50, 100), (0.80, 112), (0.32, 150), (0.66, 150)]
    for place, (across, down) in enumerate(places):
        one = sized(biscuits[place % len(biscuits)], 116, tilt=17 * place)
        left = max(8, min(made.width - one.width - 8, int(made.width * across - one.width / 2)))
        made.alpha_composite(one, (left, down * TWICE - 60))
    front = whole_one.copy()
    hole = Image.new("L", front.size, 255)
    rise = round(front.width / 2 * FLAT)
    ImageDraw.Draw(hole).ellipse((6, 6, front.width - 7, rise * 2 - 7), fill=0)
    ImageDraw.Draw(hole).rectangle((0, 0, front.width, rise - 1), fill=0)
    front.putalpha(Image.composite(front.getchannel("A"), Image.new("L", front.size), hole))
    made.alpha_composite(front, (0, head))
    _label(made, words, head + whole_one.height * 0.64, wide)
    return made


def box(colour: str, lid: str, words: str, wide: float = 340, high: float = 190) -> Image.Image:
    """A flat carton seen from the front, with a lid upon it."""
    across, tall = round(wide * TWICE), round(high * TWICE)
    made = Image.new("RGBA", (across, tall), _CLEAR)
    made.alpha_composite(_panel(across - 28, tall - 60, rgb(colour)), (14, 60))
    made.alpha_composite(_panel(across, 110, rgb(lid)), (0, 0))
    _label(made, words, tall * 0.66, wide)
    return made


def bag(colour: str, words: str, wide: float = 230, high: float = 300) -> Image.Image:
    """Of paper, folded at the top."""
    across, tall = round(wide * TWICE), round(high * TWICE)
    made = Image.new("RGBA", (across, tall), _CLEAR)
    made.alpha_composite(_panel(across, tall - 70, rgb(colour)), (0, 70))
    fold = _panel(across - 26, 130, mix(rgb(colour), rgb("ffffff"), 0.12))
    made.alpha_composite(fold, (13, 0))
    pen = ImageDraw.Draw(made)
    pen.line((20, 128, across - 20, 128), fill=whole(mix(rgb(colour), rgb("3a1e10"), 0.3)), width=3)
    _label(made, words, tall * 0.6, wide * 3 / (1 + len(words) / 2))
    return made


def stacked(sprites: list[Image.Image], thick: float = 26, wide: float = 260) -> Image.Image:
    """Biscuits lying upon each other, the first one lowest."""
    flat = [
        one.resize((round(wide * TWICE), round(wide * TWICE * 0.4)), Image.Resampling.LANCZOS)
        for one in sprites
    ]
    deep = round(thick * TWICE)
    made = Image.new("RGBA", (flat[0].width + 40, flat[0].height + deep * len(flat) + 10), _CLEAR)
    for place, one in enumerate(flat):
        dark = Image.eval(one, lambda value: value)
        shade = Image.new("RGBA", one.size, (52, 24, 8, 255))
        dark = Image.composite(
            Image.blend(one, shade, 0.34), Image.new("RGBA", one.size), one.getchannel("A")
        )
        left = 20 + round(math.sin(place * 2.1) * 14)
        for down in range(round(deep * 0.8), 0, -2):
            made.alpha_composite(dark, (left, made.height - one.height - deep * (place + 1) + down))
        made.alpha_composite(one, (left, made.height - one.height - deep * (place + 1)))
    return made.crop(made.getbbox())


def _panel(across: int, tall: int, colour: Colour) -> Image.Image:
    column = Image.new("RGB", (across, 1))
    for x in range(across):
        light = 0.22 - 0.4 * x / across
        target = rgb("ffffff") if light > 0 else rgb("3a1e10")
        column.putpixel((x, 0), whole(mix(colour, target, abs(light)))[:3])
    made = column.resize((across, tall)).convert("RGBA")
    mask = Image.new("L", (across, tall))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, across - 1, tall - 1), 20, fill=255)
    made.putalpha(mask)
    return made


def _label(made: Image.Image, words: str, y: float, wide: float) -> None:
    """An oval of paper with the shop's name on it."""
    if not words:
        return
    size = round(wide * 0.115)
    long = len(words) * size * 0.56 + size * 0.7
    pen = ImageDraw.Draw(made)
    x = made.width / 2
    rounding = size * TWICE * 0.75
    around = (x - long * TWICE, y - rounding, x + long * TWICE, y + rounding)
    pen.rounded_rectangle(
        around, rounding, fill=(255, 248, 232, 255), outline=(176, 122, 70, 255), width=3
    )
    pen.text((x, y - 3), words, fill=(110, 62, 28, 255), font=font(size * TWICE), anchor="mm")
