"""What stands where in the pictures of the demo shop.

A thing is named by a baked or drawn sprite of `demo_pictures`, or by the code of an emoji.
"""

from __future__ import annotations

from typing import NamedTuple

BUTTER, EGG, MILK, WHEAT, HONEY = "1f9c8", "1f95a", "1f95b", "bag:flour", "1f36f"
CHOCOLATE, LEAF, HERB, BERRY, BLUE = "1f36b", "1f343", "1f33f", "1f353", "1fad0"
CHESTNUT, PEANUT, SALT, LEMON, ORANGE = "1f330", "1f95c", "1f9c2", "1f34b", "1f34a"
COFFEE, POT, CHEESE, BEANS, TEA, CUP = "2615", "1fad6", "1f9c0", "roast:1fad8", "1f375", "1f9cb"
BOW, GIFT, RED_BAG, LANTERN, MOON = "1f380", "1f381", "1f9e7", "1f3ee", "1f315"
MOONCAKE, TREE, STAR, CHERRY, GRAPES = "1f96e", "1f384", "2b50", "1f352", "1f347"


class Thing(NamedTuple):
    sprite: str
    x: float
    base: float
    wide: float
    tilt: float = 0


class Scene(NamedTuple):
    mood: str
    stand: float  # Radius; 0: none.
    things: tuple[Thing, ...]


class Goods(NamedTuple):
    """Pictures of one product."""

    hero: Scene
    made_of: tuple[str, ...] = ()  # A second picture: the thing among what it is made of.
    flat: tuple[str, ...] = ()  # A third: a tray of them, seen from above.


def _cookie(mood: str, baked: str, left: str, right: str) -> Scene:
    """A stack, one leaning on it, and what it tastes of."""
    return Scene(
        mood,
        250,
        (
            Thing(f"stack:{baked}", 350, 640, 300),
            Thing(baked, 500, 650, 215, -8),
            Thing(left, 150, 725, 140),
            Thing(right, 668, 730, 132),
        ),
    )


def _one(mood: str, sprite: str, wide: float, left: str, right: str) -> Scene:
    """One thing, large, and two small ones before it."""
    return Scene(
        mood,
        250,
        (
            Thing(sprite, 400, 648, wide),
            Thing(left, 160, 728, 135),
            Thing(right, 652, 732, 135),
        ),
    )


def _three(mood: str, sprite: str, wide: float, left: str, right: str) -> Scene:
    """Two behind, one before them, and two small things."""
    return Scene(
        mood,
        250,
        (
            Thing(sprite, 280, 606, wide * 0.8),
            Thing(sprite, 520, 606, wide * 0.8),
            Thing(sprite, 400, 668, wide),
            Thing(left, 150, 730, 125),
            Thing(right, 660, 732, 125),
        ),
    )


GOODS: dict[str, Goods] = {
    # 曲奇
    "butter-cookie": Goods(
        _cookie("cream", "butter", BUTTER, WHEAT), (BUTTER, EGG, WHEAT, MILK), ("butter",)
    ),
    "matcha-cookie": Goods(
        _cookie("matcha", "matcha", TEA, LEAF), (LEAF, BUTTER, WHEAT, HERB), ("matcha", "butter")
    ),
    "cocoa-cookie": Goods(
        _cookie("cocoa", "cocoa", CHOCOLATE, SALT), (CHOCOLATE, BUTTER, SALT, WHEAT), ("cocoa",)
    ),
    "cranberry-cookie": Goods(
        _cookie("berry", "cranberry", CHERRY, BUTTER),
        (CHERRY, BUTTER, WHEAT, EGG),
        ("cranberry", "butter"),
    ),
    "earl-grey-cookie": Goods(
        _cookie("tea", "earl", TEA, LEMON), (LEAF, LEMON, BUTTER, WHEAT), ("earl",)
    ),
    "strawberry-cookie": Goods(
        _cookie("berry", "strawberry", BERRY, MILK),
        (BERRY, MILK, BUTTER, WHEAT),
        ("strawberry", "butter"),
    ),
    "checker-cookie": Goods(
        _cookie("cocoa", "checker", MILK, CHOCOLATE),
        (CHOCOLATE, MILK, BUTTER, WHEAT),
        ("checker",),
    ),
    # 饼干
    "choc-chip": Goods(
        _cookie("cocoa", "chip", MILK, CHOCOLATE), (CHOCOLATE, BUTTER, EGG, WHEAT), ("chip",)
    ),
    "oat-cookie": Goods(
        _cookie("honey", "oat", WHEAT, PEANUT), (WHEAT, PEANUT, EGG, CHESTNUT), ("oat",)
    ),
    "nut-crisp": Goods(
        _cookie("tea", "nut", PEANUT, CHESTNUT), (PEANUT, CHESTNUT, EGG, HONEY), ("nut",)
    ),
    "egg-roll": Goods(
        Scene(
            "honey",
            250,
            (
                Thing("roll", 330, 652, 380),
                Thing("roll", 470, 652, 380),
                Thing("roll_sesame", 400, 577, 380),
                Thing("roll", 400, 502, 360, 4),
                Thing(EGG, 142, 728, 104),
                Thing(BUTTER, 668, 730, 140),
            ),
        ),
    ),
    "snowball": Goods(
        Scene(
            "lilac",
            250,
            (
                Thing("snow", 400, 520, 170),
                Thing("snow", 300, 610, 170, 40),
                Thing("snow", 500, 610, 170, 80),
                Thing("snow", 400, 652, 175, 120),
                Thing(CHESTNUT, 150, 728, 126),
                Thing(MILK, 668, 730, 116),
            ),
        ),
        (PEANUT, BUTTER, WHEAT, MILK),
        ("snow", "snow_matcha"),
    ),
    "birthday-animals": Goods(
        Scene(
            "sky",
            250,
            (
                Thing("iced:1f43b", 300, 560, 190),
                Thing("iced:1f430", 500, 560, 190),
                Thing("iced:1f43c", 230, 668, 170),
                Thing("iced:1f431", 400, 676, 190),
                Thing("iced:1f436", 570, 668, 170),
                Thing("1f388", 640, 420, 130, -8),
            ),
        ),
        (BUTTER, EGG, WHEAT, MILK),
        ("iced:1f43b", "iced:1f431", "iced:1f430", "iced:1f43c"),
    ),
    # 蛋糕
    "basque-cake": Goods(_one("cream", "basque", 370, CHEESE, EGG), (CHEESE, EGG, MILK, BUTTER)),
    "strawberry-cake": Goods(
        _one("berry", "1f382", 380, BERRY, "1f56f-fe0f"), (BERRY, MILK, EGG, WHEAT)
    ),
    "cake-slice": Goods(_one("berry", "1f370", 360, BERRY, TEA), (BERRY, MILK, EGG, BUTTER)),
    "cupcake": Goods(
        _three("lilac", "1f9c1", 255, BLUE, STAR),
        (BLUE, BUTTER, EGG, MILK),
    ),
    "pudding": Goods(
        _three("honey", "1f36e", 275, EGG, MILK),
        (EGG, MILK),
    ),
    # 面包
    "croissant": Goods(
        _three("cream", "1f950", 310, BUTTER, COFFEE),
        (BUTTER, WHEAT, MILK, EGG),
    ),
    "milk-toast": Goods(_one("cream", "1f35e", 390, MILK, WHEAT), (MILK, WHEAT, BUTTER, HONEY)),
    "bagel": Goods(
        _one("tea", "1f96f", 400, BLUE, CHEESE),
        (WHEAT, CHEESE, BLUE, SALT),
    ),
    "pretzel": Goods(
        _three("honey", "1f968", 290, SALT, BUTTER),
        (WHEAT, SALT, BUTTER),
    ),
    # 礼盒
    "four-flavour-tin": Goods(
        Scene(
            "cream",
            270,
            (
                Thing("tin:open", 400, 662, 400),
                Thing(BOW, 150, 728, 140),
                Thing("butter", 650, 736, 130, 20),
            ),
        ),
        (),
        ("butter", "matcha", "cocoa", "cranberry"),
    ),
    "tea-time-box": Goods(
        Scene(
            "berry",
            270,
            (
                Thing("box:rose", 340, 640, 380),
                Thing(BOW, 340, 475, 150),
                Thing(POT, 570, 672, 200),
                Thing("strawberry", 160, 736, 140, 10),
                Thing(TEA, 660, 742, 120),
            ),
        ),
        (),
        ("strawberry", "earl", "snow", "butter"),
    ),
    "thank-you-box": Goods(
        Scene(
            "tea",
            270,
            (
                Thing("bag:kraft", 290, 640, 220),
                Thing("tin:closed", 480, 660, 260),
                Thing("1f48c", 160, 734, 150, -6),
                Thing("oat", 660, 738, 130, 20),
            ),
        ),
        (),
        ("oat", "chip", "butter", "checker"),
    ),
    "greeting-card": Goods(
        Scene(
            "cream",
            240,
            (
                Thing("1f48c", 400, 640, 330, -5),
                Thing("1f490", 630, 700, 180),
                Thing("butter", 180, 734, 140, 16),
            ),
        ),
    ),
    # 节日
    "mooncake": Goods(
        _three("night", MOONCAKE, 272, "1f407", TEA),
        (EGG, MILK, BUTTER, HONEY),
    ),
    "new-year-box": Goods(
        Scene(
            "red",
            270,
            (
                Thing("box:red", 400, 645, 400),
                Thing(BOW, 400, 470, 160),
                Thing(RED_BAG, 160, 735, 130, 6),
                Thing("cranberry", 640, 738, 140, 20),
                Thing(LANTERN, 120, 385, 110),
                Thing(LANTERN, 680, 385, 110),
            ),
        ),
        (),
        ("cranberry", "nut", "butter", "matcha"),
    ),
    "christmas-tin": Goods(
        Scene(
            "pine",
            260,
            (
                Thing(TREE, 245, 612, 250),
                Thing("tin:pine", 470, 662, 290),
                Thing("chip", 165, 736, 130, 10),
                Thing("1f385", 655, 742, 135),
            ),
        ),
        (),
        ("chip", "cocoa", "butter", "snow"),
    ),
    "full-moon-box": Goods(
        Scene(
            "berry",
            260,
            (
                Thing("box:rose", 400, 645, 360),
                Thing("1f423", 400, 490, 150),
                Thing("1f476", 165, 735, 130),
                Thing("1f37c", 640, 738, 120),
            ),
        ),
    ),
    # 茶与饮品
    "osmanthus-oolong": Goods(
        Scene(
            "honey",
            250,
            (
                Thing("can:oolong", 300, 640, 190),
                Thing(POT, 490, 656, 250),
                Thing(LEAF, 150, 728, 120),
                Thing(TEA, 655, 738, 140),
            ),
        ),
        (LEAF, "1f33c", HERB),
    ),
    "earl-grey-tea": Goods(
        Scene(
            "tea",
            250,
            (
                Thing("can:earl", 310, 640, 190),
                Thing(TEA, 480, 662, 240),
                Thing(LEMON, 150, 730, 120),
                Thing("earl", 660, 738, 130, 20),
            ),
        ),
        (LEAF, LEMON, ORANGE),
    ),
    "drip-coffee": Goods(
        Scene(
            "cocoa",
            250,
            (
                Thing("bag:coffee", 290, 640, 210),
                Thing(COFFEE, 490, 660, 270),
                Thing(BEANS, 150, 730, 116),
                Thing("chip", 660, 738, 130, 20),
            ),
        ),
        (BEANS, MILK, CHOCOLATE),
    ),
    "yuzu-honey": Goods(
        _one("honey", HONEY, 330, ORANGE, LEMON),
    ),
}

BANNERS: dict[str, tuple[tuple[str, str], Scene]] = {
    "banner-tin": (
        ("四味铁盒礼盒", "店里的招牌，一次尝齐"),
        Scene(
            "cream",
            0,
            (
                Thing("tin:open", 890, 525, 390),
                Thing("stack:matcha", 660, 530, 210),
                Thing("butter", 1095, 540, 150, 14),
                Thing("cocoa", 765, 565, 115, 30),
                Thing(BUTTER, 1000, 572, 104),
            ),
        ),
    ),
    "banner-together": (
        ("约上好友一起拼", "两人成团，各省一点"),
        Scene(
            "berry",
            0,
            (
                Thing("box:rose", 880, 520, 370),
                Thing(BOW, 880, 356, 150),
                Thing("1f9c1", 1090, 535, 165),
                Thing("strawberry", 670, 545, 160, 12),
                Thing(BERRY, 780, 570, 92),
                Thing("1f496", 985, 568, 92),
            ),
        ),
    ),
    "banner-tea": (
        ("下午三点，配一壶茶", "桂花乌龙与伯爵红茶"),
        Scene(
            "matcha",
            0,
            (
                Thing(POT, 880, 520, 290),
                Thing("can:oolong", 1080, 528, 170),
                Thing("stack:butter", 670, 535, 200),
                Thing(TEA, 785, 568, 128),
                Thing("matcha", 985, 568, 120, 20),
            ),
        ),
    ),
}
