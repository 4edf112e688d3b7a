"""Draw the pictures of the demo shop: `python tools/demo_pictures.py FOLDER [NAME ...]`.

FOLDER is `assets` of the npm package @lobehub/fluent-emoji-3d (MIT). Wants Pillow, and Noto Serif
CJK for what is written on tins. What is baked takes seconds each and is kept in `.cache`.
The names of what is written hold a digest of the content, so browsers may keep them for ever.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

import demo_relief as relief
import demo_stage as stage
from demo_relief import mix, rgb
from demo_scenes import BANNERS, GOODS, Goods, Scene
from demo_stage import Stage
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src/frontline/demo/pictures"
KEPT = ROOT / ".cache/demo-pictures"
SMALL = 400
SEEN = (75, 190, 725, 840)  # Of a still life; the rest is room to build it in.
NAME = "小满曲奇"

BAKED: dict[str, Callable[[], Image.Image]] = {
    "butter": lambda: relief.rosette("fbd99c", "d08f4c"),
    "matcha": lambda: relief.rosette("b0bd6c", "667f3a"),
    "cocoa": lambda: relief.rosette("7f4e35", "42261a"),
    "cranberry": lambda: relief.rosette("fad59a", "cf8d4b", "a3152f 8c1027 b5203a"),
    "earl": lambda: relief.rosette("e3c596", "a06a3a", "4b3524 5a4630", sugar=0),
    "strawberry": lambda: relief.rosette("f6b9b4", "c96b68"),
    "chip": lambda: relief.disc("dda566", "8a5426", "4a2a1a 3c2115"),
    "oat": lambda: relief.disc(
        "d9b27a", "8b5a2b", "f1dcae a5723c 7a4a26 e8c98f", count=40, rough=0.05, size=0.07
    ),
    "nut": lambda: relief.disc(
        "e8bd74", "b06f2c", "f6e6c2 caa063 2f2a26 8aa35a", count=44, rough=0.02, size=0.075
    ),
    "checker": lambda: relief.checker("f2d7a0", "5b3522"),
    "snow": lambda: relief.ball("fdf6ec", "e3cfb4"),
    "snow_matcha": lambda: relief.ball("e3e9c0", "b3bf80"),
    "plain": lambda: relief.disc("f0cb8d", "c08343", rough=0.012),
    "roll": lambda: relief.roll("f3c873", "c07f35"),
    "roll_sesame": lambda: relief.roll("ecc070", "a9702f", "2b2622 f2e2c0"),
}
_assets = Path()


def _basque() -> Image.Image:
    """A burnt cheesecake: dark above, pale at the side."""
    made = stage.cylinder(360, 150, rgb("f0cf8a"), rgb("7c4420"))
    rise = round(360 * stage.FLAT)
    pen = ImageDraw.Draw(made, "RGBA")
    for x in range(14, 706, 23):  # The folds of its paper.
        curve = rise * (1 - ((x - 360) / 360) ** 2) ** 0.5
        pen.line((x, rise + curve, x, made.height - rise * 1.05 + curve), (150, 96, 40, 46), 5)
    glow = Image.new("L", made.size)
    pen = ImageDraw.Draw(glow)
    for step in range(40):
        wide = 345 - step * 4
        high = wide * stage.FLAT * 0.93
        pen.ellipse((360 - wide, rise - high, 360 + wide, rise + high), fill=step * 3)
    made.paste((170, 98, 44, 255), (0, 0), glow)
    return made


@cache
def sprite(name: str) -> Image.Image:
    """Large and transparent around, by its name in the scenes."""
    kind, _, rest = name.partition(":")
    if name in BAKED:
        return _baked(name)
    if name in DRAWN:
        return DRAWN[name]()
    if kind == "stack":
        return stage.stacked([sprite(rest)] * 4)
    if kind == "roast":
        made = stage.emoji(_assets, rest)
        dark = Image.merge("RGB", [made.getchannel("G").point(lambda v: v * 2 // 3 + 30)] * 3)
        deep = Image.blend(dark, Image.new("RGB", made.size, (88, 48, 22)), 0.55)
        deep.putalpha(made.getchannel("A"))
        return deep
    if kind == "iced":
        made = sprite("plain").copy()
        face = stage.emoji(_assets, rest).resize((330, 330), Image.Resampling.LANCZOS)
        made.alpha_composite(face, (75, 75))
        return made
    return stage.emoji(_assets, name)


DRAWN: dict[str, Callable[[], Image.Image]] = {
    "tin:open": lambda: stage.open_tin(
        "c8473f", [sprite(one) for one in ("butter", "matcha", "cocoa", "cranberry")], NAME
    ),
    "tin:closed": lambda: stage.tin("e8d3a6", "b9824a", NAME, 190),
    "tin:pine": lambda: stage.tin("b5332c", "d9a13f", NAME, 190),
    "box:rose": lambda: stage.box("f0a9a4", "e58d8a", NAME),
    "box:red": lambda: stage.box("d4453a", "e9b04c", NAME),
    "bag:kraft": lambda: stage.bag("cf9f66", NAME),
    "bag:flour": lambda: stage.bag("eadbbd", "面粉"),
    "bag:coffee": lambda: stage.bag("5b3a28", "挂耳咖啡"),
    "can:oolong": lambda: stage.tin("e2a83e", "8a5a2b", "桂花乌龙", 250, 190),
    "can:earl": lambda: stage.tin("5f7f86", "c79a55", "伯爵红茶", 250, 190),
    "basque": _basque,
}


def _baked(name: str) -> Image.Image:
    kept = KEPT / f"{name}.png"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        BAKED[name]().save(kept)
    return Image.open(kept).convert("RGBA")


def hero(scene: Scene) -> Image.Image:
    set_ = Stage(scene.mood, 800, 860, wall=528)
    set_.halo(400, 400, 275)
    if scene.stand:
        set_.stand(400, 612, scene.stand)
    _stand_all(set_, scene)
    return set_.done(SEEN)


def banner(scene: Scene, words: tuple[str, str]) -> Image.Image:
    """Things on the right, words on the left."""
    set_ = Stage(scene.mood, 1200, 600)
    set_.halo(860, 340, 250)
    for thing in scene.things:
        set_.put(sprite(thing.sprite), *thing[1:])
    set_.write(words[0], 90, 250, 66, "5a2f16")
    set_.write(words[1], 94, 342, 34, "8a5a35")
    return set_.done()


def _stand_all(set_: Stage, scene: Scene) -> None:
    for thing in scene.things:
        half = thing.wide / 2 + 10
        x = min(max(thing.x, SEEN[0] + half), SEEN[2] - half)
        set_.put(sprite(thing.sprite), x, *thing[2:])


def made_of(goods: Goods) -> Image.Image:
    """The thing seen large, what it is made of around it, all lying."""
    set_ = Stage(goods.hero.mood)
    _table(set_)
    main = max(goods.hero.things, key=lambda one: one.wide).sprite
    main = main.removeprefix("stack:")
    places = {
        2: ((185, 205), (620, 615)),
        3: ((190, 210), (610, 230), (400, 655)),
        4: ((180, 190), (620, 190), (190, 620), (615, 620)),
    }[len(goods.made_of)]
    set_.plate(400, 400, 205)
    for code, (x, y) in zip(goods.made_of, places, strict=True):
        one = sprite(code)
        wide = 172 * one.width / max(one.size)
        set_.lay(one, x, y, wide, 8 if x < SMALL else -8)
    one = sprite(main)
    set_.lay(one, 400, 400, 290 * one.width / max(one.size))
    return set_.done()


def flat(goods: Goods) -> Image.Image:
    """A tray full of them, seen from above."""
    set_ = Stage(goods.hero.mood)
    _table(set_)
    count = 0
    for row, y in enumerate((60, 285, 510, 735)):
        for column in range(4):
            one = goods.flat[(column + row * (1 + len(goods.flat) // 2)) % len(goods.flat)]
            x = 62 + 225 * column + (0 if row % 2 else -56)
            upright = one.startswith("iced:")
            set_.lay(sprite(one), x, y, 210, (count * 7) % 13 - 6 if upright else count * 41)
            count += 1
    return set_.done()


def _table(set_: Stage) -> None:
    pale = mix(set_.palette.floor, rgb("ffffff"), 0.18)
    set_.image.paste(stage.whole(pale), (0, 0, *set_.image.size))
    set_.glow("ffffff", 250, 200, 330)


def logo() -> Image.Image:
    set_ = Stage("cream", 400, 400)
    set_.image.paste((246, 214, 160, 255), (0, 0, *set_.image.size))
    set_.glow("fff6df", 150, 120, 190)
    set_.lay(sprite("butter"), 200, 200, 330)
    return set_.done()


def licence() -> Image.Image:
    """A page that cannot be mistaken for a real one."""
    set_ = Stage("cream", 800, 560)
    set_.image.paste((250, 243, 229, 255), (0, 0, *set_.image.size))
    pen = ImageDraw.Draw(set_.image)
    pen.rectangle((40, 40, 1560, 1080), outline=(196, 148, 82, 255), width=8)
    pen.rectangle((60, 60, 1540, 1060), outline=(222, 190, 140, 255), width=3)
    set_.write("营业执照（演示样本）", 205, 110, 40, "9a3324")
    lines = (
        "名　　称　小满曲奇烘焙坊（演示）",
        "信用代码　DEMO00000000000000",
        "经营范围　糕点、面包、预包装食品销售",
        "住　　所　演示市样本区示例路 1 号",
    )
    for place, line in enumerate(lines):
        set_.write(line, 110, 210 + place * 62, 26, "5b4630")
    set_.write("演示用图，不是真实证照　SAMPLE, NOT A LICENCE", 110, 480, 24, "b0402f")
    return set_.done()


def pictures() -> dict[str, Callable[[], Image.Image]]:
    found: dict[str, Callable[[], Image.Image]] = {"logo": logo, "licence": licence}
    for name, (words, scene) in BANNERS.items():
        found[name] = lambda scene=scene, words=words: banner(scene, words)  # type: ignore[misc]
    for name, goods in GOODS.items():
        found[f"{name}-1"] = lambda goods=goods: hero(goods.hero)  # type: ignore[misc]
        if goods.made_of:
            found[f"{name}-2"] = lambda goods=goods: made_of(goods)  # type: ignore[misc]
        if goods.flat:
            found[f"{name}-3"] = lambda goods=goods: flat(goods)  # type: ignore[misc]
    return found


def write(name: str, made: Image.Image, quality: int) -> int:
    """Both sizes, in place of what had this name; how many bytes."""
    for old in OUT.glob(f"{name}.*.webp"):
        old.unlink()
    large = _webp(made, quality)
    small = made.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    little = _webp(small, quality)
    stem = f"{name}.{blake2b(large + little, digest_size=4).hexdigest()}"
    (OUT / f"{stem}.webp").write_bytes(large)
    (OUT / f"{stem}-{SMALL}.webp").write_bytes(little)
    return len(large) + len(little)


def _webp(made: Image.Image, quality: int) -> bytes:
    content = BytesIO()
    made.save(content, "WEBP", quality=quality, method=6)
    return content.getvalue()


def main(assets: str, *names: str) -> None:
    global _assets  # noqa: PLW0603 - said once, at the start
    _assets = Path(assets)
    OUT.mkdir(exist_ok=True)
    known = pictures()
    for name in names or known:
        print(f"{name:24} {write(name, known[name](), 60 if name.endswith('-3') else 80):7}")


if __name__ == "__main__":
    main(*sys.argv[1:])
