"""Who buys: made-up people, each following from a number, and how often they come again."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import NamedTuple

from frontline.shop.region.book import text_of

NEW = 0.38
"""Part of the orders that are somebody's first."""
_REMEMBERED = 6  # Who comes again was here in the last sixth of a year's orders.

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余"
_GIVEN = (
    *("伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "超", "明", "霞"),
    *("子涵", "雨桐", "欣怡", "梓萱", "浩然", "宇轩", "诗涵", "可馨", "思远", "晓彤", "佳怡"),
    *("文博", "俊杰", "雅静", "一鸣", "若曦", "嘉豪", "梦琪", "志强", "丽娟", "建华", "婷婷"),
)
_NICK = ("爱吃", "想吃", "小", "大", "阿", "一只", "快乐", "周末", "海边的", "山里的", "早起的")
_NAMES = ("曲奇", "橘猫", "豆豆", "糯米", "月亮", "小满", "芝士", "可可", "年糕", "栗子", "桃桃")
_PLACES = (  # District, and how many live there.
    *(("310104", 9), ("310115", 10), ("310105", 6), ("310112", 7), ("110105", 10), ("110108", 9)),
    *(("440305", 9), ("440306", 7), ("440106", 8), ("440104", 5), ("330106", 8), ("330108", 5)),
    *(("320106", 6), ("320505", 5), ("320102", 4), ("510107", 6), ("510104", 6), ("420106", 6)),
    *(("500103", 5), ("610113", 5), ("430102", 4), ("350203", 4), ("370202", 4), ("210102", 3)),
    *(("120101", 4), ("340104", 3), ("410105", 4), ("530102", 3), ("450103", 3), ("360102", 3)),
    *(("130102", 3), ("140105", 2), ("220104", 2), ("230103", 2), ("350102", 3), ("330203", 4)),
    *(("520103", 2), ("460105", 1), ("150102", 1), ("650102", 1), ("620102", 1), ("640104", 1)),
)
_ROADS = ("人民路", "中山路", "建设路", "解放路", "文化路", "和平路", "新华街", "长江路", "花园路")


class Place(NamedTuple):
    code: str
    text: str


PLACES: tuple[Place, ...] = tuple(
    Place(code, text) for code, many in _PLACES if (text := text_of(code)) for _ in range(many)
)


class Person(NamedTuple):
    id: int  # A UUID as a number.
    address_id: int
    openid: str
    phone: str | None  # Proved by a code.
    nickname: str
    name: str
    parcel_phone: str
    place: Place
    detail: str


def person(seed: int, number: int, joined_s: int) -> Person:
    """Always the same one for a number."""
    digest = blake2b(b"%d %d" % (seed, number), digest_size=32).hexdigest()
    chance = int(digest, 16)
    tail = chance & (1 << 74) - 1
    id_ = (
        (joined_s * 1000 + number % 1000) << 80
        | 0x7 << 76
        | (tail >> 62) << 64
        | 0b10 << 62
        | tail & (1 << 62) - 1
    )
    one, two, three = chance >> 80, chance >> 110, chance >> 140
    name = _SURNAMES[one % 40] + _GIVEN[(one >> 8) % 37]
    # Numbers that begin with 12 are not given to anybody.
    phone = f"12{number % 10**9:09}"
    return Person(
        id=id_,
        address_id=id_ ^ 1,
        openid=f"o{digest[:27]}",
        phone=phone if three & 3 == 0 else None,
        nickname=f"{_NICK[two % 11]}{_NAMES[(two >> 8) % 11]}{(two >> 24) % 2_000 or ''}",
        name=name,
        parcel_phone=phone,
        place=PLACES[(one >> 16) % len(PLACES)],
        detail=f"{_ROADS[two % 9]} {1 + (two >> 16) % 400} 号 "
        f"{1 + (three >> 8) % 30} 幢 {1 + (three >> 16) % 32}{1 + (three >> 24) % 4:02}",
    )


def buyers(random: Random, counts: Sequence[int]) -> list[list[int]]:
    """Who places each order of each day, by number; they are numbered as they first come.

    Whoever comes again is the buyer of one of the last orders, so who bought often buys often:
    most buy once or twice, a few every week. Of those who come in the first weeks most are new,
    for who had been there before is not known.
    """
    orders = sum(counts)
    back = max(50, orders // _REMEMBERED)
    of: list[int] = []
    known = 0
    chance = random.random
    for place in range(orders):
        before = place - 1 - int(chance() * back)
        if before < 0 or chance() < NEW:
            of.append(known)
            known += 1
        else:
            of.append(of[before])
    days: list[list[int]] = []
    begin = 0
    for count in counts:
        days.append(of[begin : begin + count])
        begin += count
    return days
