"""The shop's own words at the desk: its facts, its pages, its banners."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.ids import following
from frontline.kernel.seen import seen_of
from frontline.kernel.text import Words
from frontline.shop.page import edits as words_edits
from frontline.shop.page.messages import (
    PLACES_MAX,
    TEXTS,
    TITLES,
    BannerPut,
    BannerRemoved,
    Facts,
    MoveBanner,
    PagePut,
    PutBanner,
    PutPage,
    Refusal,
    Refused,
    RemoveBanner,
    Said,
    ShopPut,
    Slug,
)
from frontline.shop.page.seen import banner_facts, page_facts, shop_facts
from frontline.shop.page.views import words
from frontline.shop.picture import uploading
from frontline.shop.picture.uploading import PicturePut
from frontline.web.edits import Edited
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Done,
    Group,
    Invalid,
    Menu,
    Nothing,
    Page,
    Upload,
    View,
    action,
    page,
)

Line = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=4_000)]
Html = Annotated[str, msgspec.Meta(max_length=60_000)]
Path = Annotated[str, msgspec.Meta(pattern=r"^$|^(/[A-Za-z0-9_.-]+)+$", max_length=200)]
Link = Annotated[
    str,
    msgspec.Meta(pattern=r"^(/([A-Za-z0-9_.?=&%-][A-Za-z0-9_./?=&%-]*)?)?$", max_length=300),
]
Place = Annotated[int, msgspec.Meta(ge=1, le=PLACES_MAX)]


async def _picture(visit: DeskVisit, id_: UUID, file: Upload | None, kept: str) -> str | Answer:
    """The path of the new one, if one was sent; else as it was."""
    if file is None or not file.content:
        return kept
    put = await uploading.put(visit, id_, file.content)
    return put.src if isinstance(put, PicturePut) else put


def _refused(refused: Refused, field: str) -> Invalid:
    text = TEXTS[refused.refusal]
    return Invalid({field: Words(text.zh, text.en)})


# -- Facts ------------------------------------------------------------------------------------


async def _shop(visit: DeskVisit, _form: Nothing) -> Answer:
    """What a shopper may ask about the shop."""
    found = await words.staff_words(visit.opened.database, visit.shop_id)
    return View(
        "page/shop.html",
        Words("店铺资料", "The shop"),
        {"facts": found.facts, "seen": seen_of(shop_facts(found.facts))},
    )


class ShopForm(Edited, frozen=True, kw_only=True):
    id: UUID
    logo: Path = ""
    logo_file: Upload | None = None
    notice_zh: Line = ""
    notice_en: Line = ""
    phone: Annotated[str, msgspec.Meta(pattern=r"^[0-9+() -]*$", max_length=32)] = ""
    wechat_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]*$", max_length=64)] = ""
    service_hours_zh: Line = ""
    service_hours_en: Line = ""
    address_zh: Line = ""
    address_en: Line = ""
    about_zh: Text = ""
    about_en: Text = ""
    licence_name: Line = ""
    licence_number: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]*$", max_length=64)] = ""
    licence_picture: Path = ""
    licence_file: Upload | None = None
    promise_zh: Text = ""
    promise_en: Text = ""
    complaint_zh: Text = ""
    complaint_en: Text = ""


async def _put_shop(visit: DeskVisit, form: ShopForm) -> Answer:
    logo = await _picture(visit, following(form.id, "logo"), form.logo_file, form.logo)
    if not isinstance(logo, str):
        return logo
    licence = await _picture(
        visit, following(form.id, "licence"), form.licence_file, form.licence_picture
    )
    if not isinstance(licence, str):
        return licence
    facts = Facts(
        logo=logo,
        notice=Said(form.notice_zh, form.notice_en),
        phone=form.phone,
        wechat_id=form.wechat_id,
        service_hours=Said(form.service_hours_zh, form.service_hours_en),
        address=Said(form.address_zh, form.address_en),
        about=Said(form.about_zh, form.about_en),
        licence_name=form.licence_name,
        licence_number=form.licence_number,
        licence_picture=licence,
        promise=Said(form.promise_zh, form.promise_en),
        complaint=Said(form.complaint_zh, form.complaint_en),
    )
    outcome = await words_edits.put_shop(visit, form, form.id, facts)
    match outcome:
        case ShopPut():
            return Done(Words("店铺资料已保存", "Saved"), go="/desk/shop")
        case Refused():
            return _refused(outcome, "licence_number")
        case _:
            return outcome


# -- Pages ------------------------------------------------------------------------------------


async def _texts(visit: DeskVisit, _form: Nothing) -> Answer:
    """Which pages there are, and when they were written."""
    found = await words.staff_words(visit.opened.database, visit.shop_id)
    return View("page/texts.html", Words("店铺页面", "Pages"), {"pages": found.pages})


class TextForm(msgspec.Struct, frozen=True):
    slug: Slug


async def _text(visit: DeskVisit, form: TextForm) -> Answer:
    """A page to be written."""
    found = await words.staff_words(visit.opened.database, visit.shop_id)
    written = next(one for one in found.pages if one.slug is form.slug)
    titled = TITLES[form.slug]
    return View(
        "page/text.html",
        Words(titled.zh, titled.en),
        {"page": written, "seen": seen_of(page_facts(form.slug, written))},
    )


class PutTextForm(Edited, frozen=True, kw_only=True):
    id: UUID
    slug: Slug
    title_zh: Line
    html_zh: Html
    title_en: Line = ""
    html_en: Html = ""


async def _put_text(visit: DeskVisit, form: PutTextForm) -> Answer:
    """The page says this from now on; what is not safe to show is left out."""
    title, html = Said(form.title_zh, form.title_en), Said(form.html_zh, form.html_en)
    wish = PutPage(
        id=form.id, slug=form.slug, title=title, html=html, staff_id=visit.known.staff_id
    )
    outcome = await words_edits.put_page(visit, form, wish)
    match outcome:
        case PagePut(html=kept):
            said = Words("页面已保存", "The page is saved")
            if not form.both and kept != html:
                said = Words(
                    "页面已保存；不安全或不支持的内容已去掉",
                    "Saved, without what is not safe to show",
                )
            return Done(said, go=f"/desk/shop/page?slug={form.slug}")
        case Refused():
            return _refused(outcome, "html_zh")
        case _:
            return outcome


# -- Banners ----------------------------------------------------------------------------------


async def _banners(visit: DeskVisit, _form: Nothing) -> Answer:
    """Banners in their order, and which of them are shown now."""
    found = await words.staff_words(visit.opened.database, visit.shop_id)
    now = visit.opened.now()
    listed = [(one, _state(one, now)) for one in found.banners]
    free = len(found.banners) < PLACES_MAX
    values = {"banners": listed, "room": free, "places_max": PLACES_MAX}
    return View("page/banners.html", Words("轮播图", "Banners"), values)


def _state(banner: words.PutUpBanner, now: datetime) -> str:
    if banner.shown_until is not None and now >= banner.shown_until:
        return "over"
    return "coming" if banner.shown_from is not None and now < banner.shown_from else "shown"


class BannerForm(msgspec.Struct, frozen=True):
    place: Place | None = None  # None: a new one.


async def _banner(visit: DeskVisit, form: BannerForm) -> Answer:
    found = await words.staff_words(visit.opened.database, visit.shop_id)
    if form.place is None:
        taken = {one.place for one in found.banners}
        place = next((one for one in range(1, PLACES_MAX + 1) if one not in taken), None)
        if place is None:
            return None
        title = Words("新建轮播图", "New banner")
        return View(
            "page/banner.html", title, {"banner": None, "place": place, "seen": seen_of({})}
        )
    banner = next((one for one in found.banners if one.place == form.place), None)
    if banner is None:
        return None
    title = Words(f"第 {form.place} 张轮播图", f"Banner {form.place}")
    values = {"banner": banner, "place": form.place, "seen": seen_of(banner_facts(banner))}
    return View("page/banner.html", title, values)


class PutBannerForm(Edited, frozen=True, kw_only=True):
    id: UUID
    place: Place
    title_zh: Line = ""
    title_en: Line = ""
    picture: Path = ""
    file: Upload | None = None
    link: Link = ""
    shown_from: datetime | None = None
    shown_until: datetime | None = None


async def _put_banner(visit: DeskVisit, form: PutBannerForm) -> Answer:
    picture = await _picture(visit, following(form.id, "banner"), form.file, form.picture)
    if not isinstance(picture, str):
        return picture
    if not picture:
        return Invalid({"file": Words("请上传图片", "Upload a picture")})
    wish = PutBanner(
        id=form.id,
        place=form.place,
        title=Said(form.title_zh, form.title_en),
        picture=picture,
        link=form.link,
        shown_from=form.shown_from,
        shown_until=form.shown_until,
        staff_id=visit.known.staff_id,
    )
    outcome = await words_edits.put_banner(visit, form, wish)
    match outcome:
        case BannerPut():
            return Done(Words("轮播图已保存", "The banner is saved"), go="/desk/shop/banners")
        case Refused(Refusal.BANNER_WINDOW_INVALID):
            return _refused(outcome, "shown_until")
        case _:
            return outcome


class MoveForm(msgspec.Struct, frozen=True):
    id: UUID
    place: Place
    to: Place


async def _move(visit: DeskVisit, form: MoveForm) -> Answer:
    wish = MoveBanner(id=form.id, place=form.place, to=form.to, staff_id=visit.known.staff_id)
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    match outcome:
        case BannerPut():
            return Done(Words("顺序已调整", "Moved"), go="/desk/shop/banners")
        case _:
            return outcome


class RemoveForm(msgspec.Struct, frozen=True):
    id: UUID
    place: Place


async def _remove(visit: DeskVisit, form: RemoveForm) -> Answer:
    wish = RemoveBanner(id=form.id, place=form.place, staff_id=visit.known.staff_id)
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    match outcome:
        case BannerRemoved():
            return Done(Words("轮播图已删除", "The banner is removed"), go="/desk/shop/banners")
        case _:
            return outcome


PAGES: tuple[Page, ...] = (
    page(
        "/desk/shop",
        Nothing,
        _shop,
        menu=Menu(
            group=Group.SHOP,
            label=Words("店铺资料", "The shop"),
            icon="building-store",
            place=10,
        ),
    ),
    action("/desk/shop/put", ShopForm, _put_shop),
    page(
        "/desk/shop/pages",
        Nothing,
        _texts,
        menu=Menu(group=Group.SHOP, label=Words("店铺页面", "Pages"), icon="file-text", place=30),
    ),
    page("/desk/shop/page", TextForm, _text),
    action("/desk/shop/page/put", PutTextForm, _put_text),
    page(
        "/desk/shop/banners",
        Nothing,
        _banners,
        menu=Menu(group=Group.SHOP, label=Words("轮播图", "Banners"), icon="slideshow", place=20),
    ),
    page("/desk/shop/banner", BannerForm, _banner),
    action("/desk/shop/banner/put", PutBannerForm, _put_banner),
    action("/desk/shop/banner/move", MoveForm, _move),
    action("/desk/shop/banner/remove", RemoveForm, _remove),
)
