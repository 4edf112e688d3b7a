"""Biscuits as small reliefs: a height for every point, lit from the upper left."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageFilter

Colour = tuple[float, float, float]
Point = tuple[float, float]
Shape = Callable[[float, float], tuple[float, float]]
"""Of a point (the middle is 0, the right edge x = 1): how far inside, and how high."""
Paint = Callable[[float, float, float], Colour]

ACROSS = 480  # Pixels.
_LIGHT = (-0.46, -0.60, 0.655)
_WARM = (0.72, 1.0, 1.32)  # Shadows of baked things are red rather than grey.
_HALF = (-0.27, -0.35, 0.897)  # Between the light and the eye.


def rgb(said: str) -> Colour:
    return (int(said[0:2], 16), int(said[2:4], 16), int(said[4:6], 16))


def mix(one: Colour, other: Colour, part: float) -> Colour:
    part = min(1.0, max(0.0, part))
    return tuple(a + (b - a) * part for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


class Noise:
    """Smooth and always the same: -1 to 1."""

    def __init__(self, seed: str, cells: int) -> None:
        chance = Random(seed)  # noqa: S311 - a pattern, not a secret
        self._cells = cells
        self._at = [[chance.uniform(-1, 1) for _ in range(64)] for _ in range(64)]

    def __call__(self, x: float, y: float) -> float:
        across, down = (x + 2) * self._cells, (y + 2) * self._cells
        column, row = int(across), int(down)
        a, b = across - column, down - row
        a, b = a * a * (3 - 2 * a), b * b * (3 - 2 * b)
        above, below = self._at[row % 64], self._at[(row + 1) % 64]
        left, right = column % 64, (column + 1) % 64
        top = above[left] + (above[right] - above[left]) * a
        low = below[left] + (below[right] - below[left]) * a
        return top + (low - top) * b


def relief(shape: Shape, paint: Paint, ratio: float = 1.0, gloss: float = 0.16) -> Image.Image:
    """The picture of it, transparent around; `ratio` is height over width."""
    wide, high = ACROSS, round(ACROSS * ratio)
    points = [
        [((x + 0.5) * 2 / wide - 1, ((y + 0.5) * 2 / high - 1) * ratio) for x in range(wide)]
        for y in range(high)
    ]
    found = [[shape(*point) for point in row] for row in points]
    heights = Image.new("L", (wide, high))
    heights.putdata([max(0, min(255, int(h * 255))) if d > 0 else 0 for r in found for d, h in r])
    around = heights.filter(ImageFilter.GaussianBlur(ACROSS / 40)).load()
    assert around is not None
    pixels: list[tuple[int, int, int, int]] = []
    for y in range(high):
        for x in range(wide):
            depth, height = found[y][x]
            cover = min(1.0, max(0.0, depth * wide / 3))
            if not cover:
                pixels.append((0, 0, 0, 0))
                continue
            hollow = height - float(around[x, y]) / 255  # type: ignore[arg-type]
            light = (*_lit(found, x, y), min(0.16, max(-0.3, hollow * 1.5)), gloss)
            pixels.append((*_shown(paint(*points[y][x], height), *light), int(cover * 255)))
    made = Image.new("RGBA", (wide, high))
    made.putdata(pixels)
    return made


def _lit(found: list[list[tuple[float, float]]], x: int, y: int) -> tuple[float, float]:
    """How much light falls on it, and how much of it is thrown to the eye."""
    row = found[y]
    left, right = row[max(0, x - 2)][1], row[min(len(row) - 1, x + 2)][1]
    above, below = found[max(0, y - 2)][x][1], found[min(len(found) - 1, y + 2)][x][1]
    dx, dy = (left - right) * ACROSS / 8, (above - below) * ACROSS / 8
    long = math.sqrt(dx * dx + dy * dy + 1)
    diffuse = (dx * _LIGHT[0] + dy * _LIGHT[1] + _LIGHT[2]) / long
    shine = (dx * _HALF[0] + dy * _HALF[1] + _HALF[2]) / long
    return max(0.0, diffuse), max(0.0, shine) ** 24


def _shown(
    colour: Colour, diffuse: float, shine: float, hollow: float, gloss: float
) -> tuple[int, int, int]:
    part = max(0.2, 0.66 + 0.48 * diffuse + hollow)
    return tuple(  # type: ignore[return-value]
        max(0, min(255, int(one * part**warm + 255 * gloss * shine * 0.7)))
        for one, warm in zip(colour, _WARM, strict=True)
    )


# -- What is baked --------------------------------------------------------------------


def rosette(light: str, dark: str, bits: str = "", sugar: float = 0) -> Image.Image:
    """Piped from a star nozzle."""
    pale, brown, grain = rgb(light), rgb(dark), Noise(light, 30)
    crumbs = _scattered(bits, 13, 0.045, 0.075) if bits else []

    def shape(x: float, y: float) -> tuple[float, float]:
        r = math.hypot(x, y)
        turn = math.atan2(y, x) + 1.15 * r
        edge = 0.885 + 0.065 * math.cos(9 * turn)
        ridge = abs(math.cos(4.5 * turn)) ** 0.8
        dome = math.sqrt(max(0.0, 1 - (r / edge) ** 2.6))
        height = 0.42 * dome + 0.17 * ridge * min(1.0, r * 2.2) * dome**0.5
        height -= 0.30 * math.exp(-((r / 0.17) ** 2))
        height += 0.007 * grain(x, y) + _bump(crumbs, x, y)
        return edge - r, height

    def paint(x: float, y: float, height: float) -> Colour:
        if crumbs and (found := _which(crumbs, x, y)):
            return found
        if sugar and grain(x * 1.7, y * 1.7) > 1 - sugar:
            return (255.0, 252.0, 246.0)
        r = math.hypot(x, y)
        return mix(mix(pale, brown, 0.5 - height * 1.25), brown, (r - 0.66) * 1.7)

    return relief(shape, paint)


def disc(  # noqa: PLR0913 - what a round biscuit may be
    light: str,
    dark: str,
    bits: str = "",
    *,
    count: int = 12,
    rough: float = 0.03,
    size: float = 0.1,
) -> Image.Image:
    """A round biscuit with things in it."""
    pale, brown = rgb(light), rgb(dark)
    grain, waves = Noise(dark, 18), Noise(light, 3)
    chips = _scattered(bits, count, size * 0.8, size * 1.25) if bits else []

    def shape(x: float, y: float) -> tuple[float, float]:
        r = math.hypot(x, y)
        edge = 0.90 + 0.045 * waves(x, y)
        dome = math.sqrt(max(0.0, 1 - (r / edge) ** 3.4))
        return edge - r, 0.30 * dome + rough * grain(x, y) * dome + _bump(chips, x, y)

    def paint(x: float, y: float, _height: float) -> Colour:
        if chips and (found := _which(chips, x, y)):
            return found
        tone = 0.16 + 0.22 * grain(x * 0.7, y * 0.7) + max(0.0, math.hypot(x, y) - 0.55) * 1.7
        return mix(pale, brown, tone)

    return relief(shape, paint, gloss=0.12)


def checker(light: str, dark: str) -> Image.Image:
    """An icebox biscuit of two doughs."""
    pale, deep, grain = rgb(light), rgb(dark), Noise("checker", 26)

    def shape(x: float, y: float) -> tuple[float, float]:
        out = (abs(x / 0.86) ** 7 + abs(y / 0.86) ** 7) ** (1 / 7)
        return 1 - out, 0.2 * math.sqrt(max(0.0, 1 - out**9)) + 0.008 * grain(x, y)

    def paint(x: float, y: float, _height: float) -> Colour:
        odd = (int((x + 0.86) / 0.574) + int((y + 0.86) / 0.574)) % 2
        edge = max(abs(x), abs(y)) - 0.72
        return mix(deep if odd else pale, rgb("a8662f"), edge * 1.6 + 0.06 * grain(x, y))

    return relief(shape, paint, gloss=0.1)


def ball(light: str, dark: str) -> Image.Image:
    """Rolled in sugar."""
    pale, deep = rgb(light), rgb(dark)
    fine, coarse = Noise(light, 40), Noise(dark, 7)

    def shape(x: float, y: float) -> tuple[float, float]:
        edge = 0.90 + 0.02 * coarse(x, y)
        r = math.hypot(x, y)
        return edge - r, 0.85 * math.sqrt(max(0.0, 1 - (r / edge) ** 2)) + 0.004 * fine(x, y)

    def paint(x: float, y: float, _height: float) -> Colour:
        return mix(pale, deep, 0.15 + 0.5 * (coarse(x, y) - 0.35) + 0.2 * fine(x, y))

    return relief(shape, paint, gloss=0.05)


def roll(light: str, dark: str, bits: str = "") -> Image.Image:
    """An egg roll, lying."""
    pale, brown = rgb(light), rgb(dark)
    grain = Noise(light, 22)
    seeds = _scattered(bits, 26, 0.016, 0.026, tall=0.24) if bits else []

    def shape(x: float, y: float) -> tuple[float, float]:
        across = 0.235
        out = min(across - abs(y), 0.95 - abs(x) + 0.02 * math.sin(y * 30))
        height = 0.24 * math.sqrt(max(0.0, 1 - (y / across) ** 2))
        layer = 0.012 if (x * 1.2 + y * 1.9) % 0.46 < 0.05 else 0.0  # noqa: PLR2004 - of a turn
        return out, height - layer + 0.004 * grain(x, y) + _bump(seeds, x, y) * 0.3

    def paint(x: float, y: float, _height: float) -> Colour:
        if seeds and (found := _which(seeds, x, y)):
            return found
        turn = (x * 1.2 + y * 1.9) % 0.46 / 0.46
        tone = 0.2 + 0.35 * abs(turn - 0.5) + 0.2 * grain(x, y) + max(0.0, abs(x) - 0.86) * 4
        return mix(pale, brown, tone)

    return relief(shape, paint, ratio=0.27, gloss=0.14)


Crumb = tuple[float, float, float, Colour]


def _scattered(bits: str, count: int, least: float, most: float, tall: float = 1.0) -> list[Crumb]:
    """Crumbs of the colours in `bits` (RRGGBB, parted by spaces), none upon another."""
    colours = [rgb(one) for one in bits.split()]
    chance = Random(bits)  # noqa: S311 - a pattern, not a secret
    found: list[Crumb] = []
    for _ in range(count * 40):
        x, y, r = chance.uniform(-1, 1), chance.uniform(-1, 1) * tall, chance.uniform(least, most)
        if math.hypot(x, y / tall) + r > 0.8:  # noqa: PLR2004 - of the radius
            continue
        if all(math.hypot(x - a, y - b) > (r + c) * 1.25 for a, b, c, _ in found):
            found.append((x, y, r, colours[len(found) % len(colours)]))
        if len(found) == count:
            break
    return found


def _bump(crumbs: list[Crumb], x: float, y: float) -> float:
    for a, b, r, _ in crumbs:
        near = ((x - a) ** 2 + (y - b) ** 2) / (r * r)
        if near < 1:
            return r * 0.9 * math.sqrt(1 - near)
    return 0.0


def _which(crumbs: list[Crumb], x: float, y: float) -> Colour | None:
    for a, b, r, colour in crumbs:
        if (x - a) ** 2 + (y - b) ** 2 < r * r:
            return colour
    return None
