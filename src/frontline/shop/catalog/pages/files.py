"""Products in files: Shopify's CSV in and out, every row that is wrong told.

An import is answered when it is done. Meanwhile its page asks how far it is; another process than
the one that does it cannot tell, and then only the end is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec

from frontline.kernel.text import Text, Words
from frontline.kernel.words import StaffId
from frontline.shop.catalog import importing
from frontline.shop.catalog.importing import Put
from frontline.shop.catalog.messages import TEXTS, ProductDraft
from frontline.shop.catalog.shopify import reading
from frontline.shop.catalog.shopify.columns import column_of
from frontline.shop.catalog.shopify.csv_rows import Unreadable, said
from frontline.store.database import Database
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Download,
    Nothing,
    Page,
    Upload,
    View,
    action,
    page,
)

CSV = "text/csv; charset=utf-8"
WRONG_SHOWN_MAX = 500
_TITLE = Words("导入商品", "Import products")


@dataclass(slots=True)
class Progress:
    """How far somebody's import is, as the process knows that does it."""

    done: int  # Products.
    of: int


_running: WeakKeyDictionary[Database, dict[StaffId, Progress]] = WeakKeyDictionary()


class Wrong(NamedTuple):
    """A row that did not go in."""

    line: int  # 0: not one line, but the whole of a product or of the file.
    column: str
    about: str  # Which product, if it is known.
    text: Text


async def _look(_visit: DeskVisit, _form: Nothing) -> Answer:
    """Where a file is chosen."""
    return View(
        "catalog/import.html", _TITLE, {"put": None, "wrong": [], "stopped": False, "held": 0}
    )


class ImportForm(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    file: Upload
    strict: bool = False  # Nothing goes in unless every row is good.


async def _import(visit: DeskVisit, form: ImportForm) -> Answer:
    """Good rows go in; the bad ones are told, with why."""
    try:
        drafts, bad = reading.read(form.file.content, visit.shop_id, visit.shop.currency)
    except Unreadable as unreadable:
        drafts, bad = [], [unreadable.bad]
    wrong = [Wrong(one.line, one.column, one.detail or "", said(one.reason)) for one in bad]
    stopped = bool(wrong) and (form.strict or not drafts)
    put = Put()
    if not stopped:
        put = await _put(visit, drafts)
        wrong += [
            Wrong(0, column_of(one.field), one.handle or "", TEXTS[one.refusal])
            for one in put.refused
        ]
    return View(
        "catalog/import.html",
        _TITLE,
        {
            "put": put,
            "wrong": wrong[:WRONG_SHOWN_MAX],
            "wrong_count": len(wrong),
            "stopped": stopped,
            "held": len(put.held),
            "file_name": form.file.name,
        },
    )


async def _put(visit: DeskVisit, drafts: Sequence[ProductDraft]) -> Put:
    opened, staff_id = visit.opened, visit.known.staff_id
    progress = Progress(0, len(drafts))

    def count(more: int) -> None:
        progress.done += more

    running = _running.setdefault(opened.database, {})
    running[staff_id] = progress
    try:
        return await importing.put_products(
            opened.engine, visit.shop_id, drafts, staff_id=staff_id, progress=count
        )
    finally:
        del running[staff_id]


async def _progress(visit: DeskVisit, _form: Nothing) -> Answer:
    """How far one's own import is."""
    running = _running.get(visit.opened.database, {})
    values = {"progress": running.get(visit.known.staff_id)}
    return View("catalog/progress.html", _TITLE, values, bare=True)


async def _export(visit: DeskVisit, _form: Nothing) -> Answer:
    """All products as Shopify's product CSV."""
    name = f"products-{visit.shop.day(visit.opened.now()):%Y%m%d}.csv"
    return Download(name, CSV, _csv(visit))


async def _csv(visit: DeskVisit) -> AsyncIterator[bytes]:
    """With the mark that spreadsheets know UTF-8 by; it is passed over when read again."""
    yield b"\xef\xbb\xbf"
    database, shop = visit.opened.database, visit.shop
    async for piece in importing.export(database, shop.id, shop.currency):
        yield piece.encode()


PAGES: tuple[Page, ...] = (
    page("/desk/products/import", Nothing, _look),
    action("/desk/products/import", ImportForm, _import),
    page("/desk/products/import/progress", Nothing, _progress),
    page("/desk/products/shopify", Nothing, _export),
)
