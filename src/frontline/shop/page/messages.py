"""What the shop says of itself: what may be asked, what is answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.seen import ChangedSince
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, NoEffect, StaffId

# -- Words ------------------------------------------------------------------------------

PLACES_MAX = 12


class Said(msgspec.Struct, frozen=True):
    """Something said in both languages; who reads English gets the Chinese if that is missing."""

    zh: str = ""
    en: str = ""

    def to(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.zh


class Slug(StrEnum):
    """The pages every shop has."""

    TRUST = "trust"
    ABOUT = "about"
    PRIVACY = "privacy"
    TERMS = "terms"
    REFUND = "refund"


TITLES = {
    Slug.TRUST: Said("购物保障", "Why you can trust us"),
    Slug.ABOUT: Said("关于我们", "About us"),
    Slug.PRIVACY: Said("隐私政策", "Privacy"),
    Slug.TERMS: Said("用户协议", "Terms"),
    Slug.REFUND: Said("退换货说明", "Returns and refunds"),
}
"""Of pages that nobody has written yet."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a shopper may ask about the shop. Nothing said is an empty text."""

    logo: str = ""  # Path of a picture.
    notice: Said = Said()  # One line on the first screen.
    phone: str = ""
    wechat_id: str = ""  # Of customer service.
    service_hours: Said = Said()
    address: Said = Said()
    about: Said = Said()  # Who we are.
    licence_name: str = ""
    licence_number: str = ""
    licence_picture: str = ""
    promise: Said = Said()  # When and how money is given back.
    complaint: Said = Said()  # Whom to turn to when something is wrong.


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the desk shows a text for each."""

    BANNER_UNKNOWN = "banner_unknown"
    BANNER_WINDOW_INVALID = "banner_window_invalid"
    PAGE_EMPTY = "page_empty"
    LICENCE_INCOMPLETE = "licence_incomplete"


TEXTS: Texts = {
    Refusal.BANNER_UNKNOWN: Text(
        "这个位置没有轮播图，请刷新后再看", "There is no banner in this place; please reload", 404
    ),
    Refusal.BANNER_WINDOW_INVALID: Text(
        "展示时间有误：开始要早于结束", "A banner begins before it ends", 400
    ),
    Refusal.PAGE_EMPTY: Text(
        "请填写中文标题和内容（脚本等不安全的内容会被去掉）",
        "Write a title and a text in Chinese; what is not safe to show was left out",
        400,
    ),
    Refusal.LICENCE_INCOMPLETE: Text(
        "营业执照名称和统一社会信用代码要一起填写",
        "A licence has a name and a number; give both or neither",
        400,
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class BannerPut(msgspec.Struct, frozen=True, tag=True):
    place: int


class BannerRemoved(msgspec.Struct, frozen=True, tag=True):
    place: int


class PagePut(msgspec.Struct, frozen=True, tag=True):
    """As it is kept: without what is not safe to show."""

    slug: Slug
    html: Said


class ShopPut(msgspec.Struct, frozen=True, tag=True):
    updated_at: datetime


Outcome = BannerPut | BannerRemoved | PagePut | ShopPut | Refused | ChangedSince

# -- Asked ----------------------------------------------------------------------------


class PutBanner(Command[BannerPut | Refused | ChangedSince], frozen=True, tag=True):
    """Show a banner in a place, whatever was there."""

    place: int  # 1 to PLACES_MAX, shown in this order.
    title: Said
    picture: str
    link: str  # A path of the storefront; "" leads nowhere.
    shown_from: datetime | None
    shown_until: datetime | None
    staff_id: StaffId
    seen: str = ""  # `kernel.seen`; "": whatever is there.


class RemoveBanner(Command[BannerRemoved | Refused], frozen=True, tag=True):
    place: int
    staff_id: StaffId


class MoveBanner(Command[BannerPut | Refused], frozen=True, tag=True):
    """The banner to another place; what stands there takes its."""

    place: int
    to: int
    staff_id: StaffId


class PutPage(Command[PagePut | Refused | ChangedSince], frozen=True, tag=True):
    """The page says this from now on."""

    slug: Slug
    title: Said
    html: Said
    staff_id: StaffId
    seen: str = ""


class PutShop(Command[ShopPut | Refused | ChangedSince], frozen=True, tag=True):
    """The shop says this of itself from now on."""

    facts: Facts
    staff_id: StaffId
    demo: bool | None = None  # A shop to try things in, and it says so; None: as it was.
    seen: str = ""


Request = PutBanner | RemoveBanner | MoveBanner | PutPage | PutShop
"""`id` of a banner is that of the command that put it."""

BannerId = UUID
