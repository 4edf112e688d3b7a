"""Searches at the desk: what shoppers look for, whether they find it, and synonyms."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.shop.search import views
from frontline.shop.search.messages import (
    DropSynonym,
    PutSynonym,
    SynonymDropped,
    SynonymPut,
)
from frontline.shop.search.views import Order, Outcome, SoughtOn
from frontline.shop.search.wording import WORD_MAX, normal
from frontline.web.listing import Asks, Badge, Column, Filter, Found, Kind, Listing, pages_of
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Done,
    Group,
    Menu,
    Page,
    Undo,
    View,
    action,
    page,
)

Said = Annotated[str, msgspec.Meta(max_length=WORD_MAX)]


class Days(StrEnum):
    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"


def _until_today(visit: DeskVisit, days: Days) -> tuple[date, date]:
    return views.until(visit.shop.day(visit.opened.now()), int(days))


# -- The list -------------------------------------------------------------------------------


class ListForm(msgspec.Struct, frozen=True):
    days: Days = Days.WEEK
    outcome: Outcome | None = None
    q: Said = ""
    sort: Order = Order.MOST
    after: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,17}_([0-9a-f]{2}){1,200}$")] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    key, _, word = (form.after or "").partition("_")
    after = (int(key), bytes.fromhex(word).decode(errors="replace")) if form.after else None
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, more = await views.page(
            transaction,
            *_until_today(visit, form.days),
            part=normal(form.q) or None,
            outcome=form.outcome,
            order=form.sort,
            after=after,
            limit=form.limit,
        )
    return Found(rows, None if more is None else f"{more[0]}_{more[1].encode().hex()}")


def _way(row: views.Sought) -> str:
    return f"/desk/searches/show?word={quote(row.word)}"


LIST = Listing(
    path="/desk/searches",
    title=Words("顾客搜索", "Searches"),
    form=ListForm,
    find=_find,
    columns=(
        Column(label=Words("搜索词", "Searched for"), of=lambda row: row.word, link=_way),
        Column(
            label=Words("结果", "Outcome"),
            of=lambda row: row.outcome,
            kind=Kind.STATE,
            states={
                Outcome.MISSED: Badge(Words("搜不到", "Not found"), "red"),
                Outcome.PARTLY: Badge(Words("有时搜不到", "Not always"), "orange"),
                Outcome.FOUND: Badge(Words("搜得到", "Found"), "green"),
            },
        ),
        Column(
            label=Words("多少人搜（约）", "People (about)"),
            of=lambda row: row.searchers,
            kind=Kind.COUNT,
        ),
        Column(label=Words("次数", "Times"), of=lambda row: row.searches, kind=Kind.COUNT),
        Column(
            label=Words("没结果的次数", "Times without result"),
            of=lambda row: row.without,
            kind=Kind.COUNT,
        ),
        Column(
            label=Words("同义词", "Synonym"),
            of=lambda row: row.means and f"= {row.means}",
            on_phone=False,
        ),
        Column(
            label=Words("最近一次", "Last"),
            of=lambda row: row.last,
            kind=Kind.DAY,
            on_phone=False,
        ),
    ),
    filters=(
        Filter(
            name="days",
            label=Words("时间（不选是近 7 天）", "Within (else 7 days)"),
            asks=Asks.CHOICE,
            choices=(
                (Days.MONTH, Words("近 30 天", "30 days")),
                (Days.QUARTER, Words("近 90 天", "90 days")),
            ),
        ),
        Filter(
            name="outcome",
            label=Words("结果", "Outcome"),
            asks=Asks.CHOICE,
            choices=(
                (Outcome.MISSED, Words("搜不到", "Not found")),
                (Outcome.PARTLY, Words("有时搜不到", "Not always")),
                (Outcome.FOUND, Words("搜得到", "Found")),
            ),
        ),
        Filter(name="q", label=Words("包含的字", "Contains"), asks=Asks.WORDS),
        Filter(
            name="sort",
            label=Words("排序", "Sorted"),
            asks=Asks.CHOICE,
            choices=(
                (Order.MOST, Words("搜得最多", "Most searched")),
                (Order.MISSED, Words("没结果最多", "Most without result")),
            ),
        ),
    ),
    menu=Menu(
        group=Group.GOODS, label=Words("顾客搜索", "Searches"), icon="zoom-question", place=60
    ),
    empty=Words(
        "这段时间还没有可以显示的搜索。同一个词有两个人搜过，才会显示在这里。",
        "Nothing to show yet. A word is shown once two people have searched for it.",
    ),
    template="search/list.html",
)
_LISTED, _EXPORTED = pages_of(LIST)


async def _list(visit: DeskVisit, form: ListForm) -> View:
    """The list, below what is looked for in vain, above its days and the synonyms."""
    listed = await _LISTED.act(visit, form)
    assert isinstance(listed, View)
    first, last = _until_today(visit, form.days)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        missed = await views.missed(transaction, *_until_today(visit, Days.WEEK))
        days = await views.days(transaction, first, last)
        synonyms = await views.synonyms(transaction)
    more = {"missed": missed, "synonyms": synonyms, "sums": views.sums(days), "days": form.days}
    chart = _chart(visit, days, first, last)
    return dataclasses.replace(listed, values={**listed.values, **more, **chart})


def _chart(
    visit: DeskVisit, days: Sequence[SoughtOn], first: date, last: date
) -> dict[str, object]:
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    by_day = {one.day: one for one in days}
    found = [by_day.get(day) or SoughtOn(day, 0, 0) for day in every]
    return {
        "labels": [f"{day:%m-%d}" for day in every],
        "lines": [
            (visit.t("搜索", "Searches"), [one.searches for one in found]),
            (visit.t("没结果", "Without result"), [one.without for one in found]),
        ],
    }


# -- One word -------------------------------------------------------------------------------


class ShowForm(msgspec.Struct, frozen=True):
    word: Said
    days: Days = Days.MONTH


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """A word, its days, and what it means."""
    word, (first, last) = normal(form.word), _until_today(visit, form.days)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.one(transaction, word, first, last)
        synonym = next((it for it in await views.synonyms(transaction) if it.word == word), None)
        if found is None and synonym is None:
            return None
        days = await views.days(transaction, first, last, word) if found else []
        shorter = await views.found_shorter(transaction, word)
    return View(
        "search/show.html",
        Words(f"搜索：{word}", f"Search: {word}"),
        {
            "word": word,
            "found": found,
            "synonym": synonym,
            "shorter": shorter,
            "asked": form,
            **_chart(visit, days, first, last),
        },
    )


# -- Synonyms -------------------------------------------------------------------------------


class SynonymForm(msgspec.Struct, frozen=True):
    id: UUID
    word: Said
    means: Said


async def _put(visit: DeskVisit, form: SynonymForm) -> Answer:
    """Whoever searches for one word also finds what is found by the other."""
    done = await visit.opened.engine.submit(
        visit.shop_id,
        PutSynonym(id=form.id, word=form.word, means=form.means, staff_id=visit.known.staff_id),
    )
    if not isinstance(done, SynonymPut):
        return done
    undo = Undo("/desk/searches/synonym/drop", {"word": done.word})
    if done.before is not None:
        undo = Undo("/desk/searches/synonym", {"word": done.word, "means": done.before})
    said = Words(
        f"已设置：搜“{done.word}”也能搜到“{done.means}”",
        f"“{done.word}” now also finds “{done.means}”",
    )
    return Done(said, undo=undo)


class DropForm(msgspec.Struct, frozen=True):
    id: UUID
    word: Said


async def _drop(visit: DeskVisit, form: DropForm) -> Answer:
    done = await visit.opened.engine.submit(
        visit.shop_id, DropSynonym(id=form.id, word=form.word, staff_id=visit.known.staff_id)
    )
    if not isinstance(done, SynonymDropped):
        return done
    return Done(
        Words(f"已删除“{done.word}”的同义词", f"“{done.word}” has no synonym any more"),
        undo=Undo("/desk/searches/synonym", {"word": done.word, "means": done.means}),
    )


PAGES: tuple[Page, ...] = (
    page("/desk/searches", ListForm, _list, menu=LIST.menu),
    _EXPORTED,
    page("/desk/searches/show", ShowForm, _show),
    action("/desk/searches/synonym", SynonymForm, _put),
    action("/desk/searches/synonym/drop", DropForm, _drop),
)
