"""One product: its words, its SKUs, its pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.kernel.ids import following
from frontline.kernel.seen import seen_of
from frontline.kernel.text import Words
from frontline.kernel.words import ProductId
from frontline.shop.catalog.messages import (
    TEXTS,
    NothingPut,
    Picture,
    ProductDraft,
    ProductsPut,
    Refused,
    product_id_of,
)
from frontline.shop.catalog.pages import clash, table
from frontline.shop.catalog.pages.table import Table, Typed, Wrong
from frontline.shop.catalog.seen import product_facts
from frontline.shop.catalog.views import desk
from frontline.shop.catalog.views.pages import small_of
from frontline.shop.picture import uploading
from frontline.shop.picture.uploading import PicturePut
from frontline.web.pages import (
    About,
    Answer,
    DeskVisit,
    Done,
    Invalid,
    Page,
    Upload,
    View,
    action,
    page,
)

STOREFRONT = "/m/pages/product/product?id="

# -- Looked at ----------------------------------------------------------------------------


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """A product with all there is to change of it."""
    found = await _found(visit, form.id)
    if found is None or found.product is None:
        return None
    title = found.product.title
    return _view(visit, found, Words(title, title))


class NewForm(msgspec.Struct, frozen=True):
    title: Annotated[str, msgspec.Meta(max_length=255)] = ""  # Of what somebody asked for.


async def _new(visit: DeskVisit, form: NewForm) -> Answer:
    """An empty one."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await desk.editing(transaction, None)
    assert found is not None
    return _view(visit, found, Words("新建商品", "New product"), called=form.title)


def _view(visit: DeskVisit, found: desk.Editing, title: Words, called: str = "") -> View:
    product, currency = found.product, visit.shop.currency
    if product is None:
        rows = Table((), (table.Row(()),))
        pictures: tuple[Picture, ...] = ()
    else:
        rows = table.of_product(product, found.on_hand, currency)
        pictures = product.pictures
    return View(
        "catalog/product.html",
        title,
        {
            "product": product,
            "called": called,
            "seen": seen_of(product_facts(product)),
            "categories": [("", visit.t("不分类", "None")), *_choices(found)],
            "freights": [
                ("", visit.t("包邮", "Free of carriage")),
                *((str(one.id), one.name) for one in found.templates),
            ],
            "table": rows,
            "pictures": [(one, small_of(one.src)) for one in pictures],
            "storefront": STOREFRONT,
        },
        about=None
        if product is None
        else About(ids=(product.id, *(one.id for one in product.variants))),
    )


def _choices(found: desk.Editing) -> list[tuple[str, str]]:
    return [(str(one.id), " / ".join(one.path)) for one in found.categories]


# -- Put together in place ------------------------------------------------------------------


class LayForm(Typed, frozen=True, kw_only=True):
    """The table of SKUs as it is typed so far."""

    product_id: UUID | None = None


async def _lay(visit: DeskVisit, form: LayForm) -> Answer:
    """The table anew, with a row for each combination of the options."""
    kept = _table(visit, await _found(visit, form.product_id))
    laid = table.laid_out(table.of_form(form, kept))
    return View("catalog/table.html", Words("规格", "Variants"), {"table": laid}, bare=True)


def _table(visit: DeskVisit, found: desk.Editing | None) -> Table:
    """Of a product that is there; else with nothing in it."""
    if found is None or found.product is None:
        return Table((), ())
    return table.of_product(found.product, found.on_hand, visit.shop.currency)


async def _found(visit: DeskVisit, product_id: UUID | None) -> desk.Editing | None:
    if product_id is None:
        return None
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await desk.editing(transaction, ProductId(product_id))


class ArrangeForm(msgspec.Struct, frozen=True, kw_only=True):
    """The pictures as they stand in the form, and new ones."""

    id: UUID
    picture: tuple[str, ...] = ()
    alt: tuple[str, ...] = ()
    uploads: tuple[Upload, ...] = ()
    do: str = ""  # `up 2`, `down 2`, `drop 2`; else new ones are added.


async def _arrange(visit: DeskVisit, form: ArrangeForm) -> Answer:
    """The pictures anew: one moved or taken out, or new ones behind the others."""
    pictures = _pictures(form)
    verb, _, place = form.do.partition(" ")
    if verb and place.isdigit() and int(place) < len(pictures):
        _moved(pictures, verb, int(place))
    else:
        added = await _uploaded(visit, form.id, form.uploads)
        if not isinstance(added, list):
            return added
        pictures += added
    shown = [(one, small_of(one.src)) for one in pictures]
    return View("catalog/pictures.html", Words("图片", "Pictures"), {"pictures": shown}, bare=True)


def _pictures(form: ArrangeForm | SaveForm) -> list[Picture]:
    return [
        Picture(src, form.alt[place] if place < len(form.alt) else "")
        for place, src in enumerate(form.picture)
        if src
    ]


def _moved(pictures: list[Picture], verb: str, place: int) -> None:
    picture = pictures.pop(place)
    if verb == "up":
        pictures.insert(max(place - 1, 0), picture)
    elif verb == "down":
        pictures.insert(place + 1, picture)


async def _uploaded(visit: DeskVisit, id_: UUID, files: tuple[Upload, ...]) -> list[Picture] | Any:
    """Pictures kept, in their order; or why one could not be."""
    added = []
    for place, file in enumerate(files):
        kept = await uploading.put(visit, following(id_, f"picture {place}"), file.content)
        if not isinstance(kept, PicturePut):
            return kept
        added.append(Picture(kept.src))
    return added


# -- Saved ----------------------------------------------------------------------------------


class SaveForm(Typed, frozen=True, kw_only=True):
    id: UUID
    product_id: UUID | None = None
    handle: str = ""
    title: str
    body_html: str = ""
    vendor: str = ""
    category: UUID | None = None
    freight: UUID | None = None
    tags: str = ""
    on_sale: bool = False
    picture: tuple[str, ...] = ()
    alt: tuple[str, ...] = ()
    uploads: tuple[Upload, ...] = ()


async def _save(visit: DeskVisit, form: SaveForm) -> Answer:
    """The product as the form wants it. A price may be changed within one's authority."""
    handle = await _handle(visit, form)
    if not isinstance(handle, str):
        return handle
    rows = table.of_form(form, Table((), ()))
    if len(rows.rows) == 1 and not rows.names:
        rows = Table((), (replace(rows.rows[0], values=()),))
    uploaded = await _uploaded(visit, form.id, form.uploads)
    if not isinstance(uploaded, list):
        return uploaded
    try:
        draft = _draft(visit, form, handle, rows, (*_pictures(form), *uploaded))
    except Wrong as wrong:
        return Invalid({"price": wrong.words})
    outcome = await clash.put(visit, form, form.id, draft)
    match outcome:
        case ProductsPut() | NothingPut():
            said = Words("商品已保存", "The product is saved")
            return Done(said, go=f"/desk/products/show?id={draft.id}")
        case Refused():
            return Invalid({_field(outcome): _said(outcome, rows)})
        case _:
            return outcome


async def _handle(visit: DeskVisit, form: SaveForm) -> str | Invalid | None:
    """What the product is known by: for ever as it was; of a new one as nobody else is."""
    if form.product_id is not None:
        found = await _found(visit, form.product_id)
        return None if found is None or found.product is None else found.product.handle
    handle = form.handle or f"p-{form.id.hex[-10:]}"
    there = await _found(visit, product_id_of(visit.shop_id, handle))
    if there is None or not form.handle:
        return handle
    return Invalid({"handle": Words("已有商品使用这个网址名", "Another product has this handle")})


def _draft(
    visit: DeskVisit,
    form: SaveForm,
    handle: str,
    rows: Table,
    pictures: tuple[Picture, ...],
) -> ProductDraft:
    """Raises Wrong."""
    return ProductDraft(
        id=product_id_of(visit.shop_id, handle),
        handle=handle,
        title=form.title,
        option_names=rows.names,
        variants=table.drafts(rows.rows, visit.shop_id, handle, visit.shop.currency),
        body_html=form.body_html,
        vendor=form.vendor,
        category_id=form.category,
        tags=table.divided(form.tags),
        on_sale=form.on_sale,
        freight_id=form.freight,
        pictures=pictures,
        seen=form.basis,
    )


_FIELDS = {"category_id": "category", "freight_id": "freight", "option_names": "option_name"}


def _field(refused: Refused) -> str:
    """Where in the form it is told."""
    return _FIELDS.get(refused.field or "", refused.field or "")


def _said(refused: Refused, rows: Table) -> Words:
    text = TEXTS[refused.refusal]
    live = [row for row in rows.rows if not row.struck]
    if refused.variant is None or not live[refused.variant].values:
        return Words(text.zh, text.en)
    name = live[refused.variant].name
    return Words(f"规格“{name}”：{text.zh}", f"{name}: {text.en}")


PAGES: tuple[Page, ...] = (
    page("/desk/products/new", NewForm, _new),
    page("/desk/products/show", ShowForm, _show),
    action("/desk/products/lay", LayForm, _lay),
    action("/desk/products/pictures", ArrangeForm, _arrange),
    action("/desk/products/save", SaveForm, _save),
)
