"""Lists at the desk: turning pages, filters, kept views, and files that say what the list says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
import pytest
from openpyxl import load_workbook
from shopping import AtDesk, House, house, run

from frontline.desk.desk import Desk
from frontline.house import assembled
from frontline.kernel.text import Words
from frontline.web import export
from frontline.web.cursor import Cursor, cursor, place
from frontline.web.listing import Asks, Badge, Bulk, Column, Filter, Found, Kind, Listing, pages_of
from frontline.web.pages import DeskVisit
from frontline.web.session import SEE, Role

ROWS = 1_203
BORN = datetime(2026, 1, 1, tzinfo=UTC)
ODD = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", 'a"b,c\nd', "<b>粗</b>", "平常")


@dataclass(frozen=True)
class Thing:
    id: UUID
    at: datetime
    name: str
    price: int | None
    state: str


THINGS = [
    Thing(
        UUID(int=n),
        BORN + timedelta(minutes=n),
        ODD[n % len(ODD)],
        n * 5 or None,
        "on" if n % 2 else "off",
    )
    for n in range(ROWS)
][::-1]


class Form(msgspec.Struct, frozen=True):
    state: str | None = None
    words: str = ""
    after: Cursor | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20


async def find(_visit: DeskVisit, form: Form) -> Found:
    those = [one for one in THINGS if form.state in {None, one.state} and form.words in one.name]
    if form.after is not None:
        those = [one for one in those if (one.at, one.id) < place(form.after)]
    page = those[: form.limit]
    more = len(those) > form.limit
    return Found(page, cursor(page[-1].at, page[-1].id) if more else None)


STATES = {"on": Badge(Words("上架", "On sale"), "green"), "off": Badge(Words("下架", "Off"), "red")}
LIST = Listing(
    path="/desk/things",
    title=Words("东西", "Things"),
    form=Form,
    find=find,
    columns=(
        Column(
            label=Words("名称", "Name"),
            of=lambda it: it.name,
            link=lambda it: f"/desk/things/show?id={it.id}",
        ),
        Column(label=Words("价格", "Price"), of=lambda it: it.price, kind=Kind.MONEY),
        Column(
            label=Words("状态", "State"), of=lambda it: it.state, kind=Kind.STATE, states=STATES
        ),
        Column(label=Words("时间", "Time"), of=lambda it: it.at, kind=Kind.MOMENT, on_phone=False),
        Column(label=Words("变化", "Change"), of=lambda it: 1_250, kind=Kind.RATE),
    ),
    filters=(
        Filter(
            name="state",
            label=Words("状态", "State"),
            asks=Asks.CHOICE,
            choices=[("on", Words("上架", "On")), ("off", Words("下架", "Off"))],
        ),
        Filter(name="words", label=Words("名称", "Name"), asks=Asks.WORDS),
    ),
    bulk=(
        Bulk(
            label=Words("下架", "Take off"), path="/desk/things/off", sure=Words("确定？", "Sure?")
        ),
    ),
    empty=Words("还没有东西", "Nothing yet"),
)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[House]:
    """A shop whose desk has one list more."""
    async with house(url) as at:
        built = assembled()
        things = tuple(
            msgspec.structs.replace(one) if isinstance(one, msgspec.Struct) else one
            for one in pages_of(LIST)
        )
        from dataclasses import replace

        pages = (*built.pages, *(replace(one, area="things") for one in things))
        desk = Desk(built.features, pages, None, lambda: at.opened)  # type: ignore[arg-type]
        transport = httpx.ASGITransport(desk)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as http:
            old, at.http = at.http, http
            yield at
            at.http = old


def ids_in(page: str) -> list[UUID]:
    return [UUID(one) for one in re.findall(r'name="ids" value="([^"]+)"', page)]


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    return unescape(found[1]) if found else None


def test_pages_are_turned_forth_and_back(database: str) -> None:
    async def go() -> None:
        async with opened(database) as at:
            desk = await at.desk(Role.STAFF)
            url: str | None = "/desk/things?state=on"
            seen, urls = [], []
            for _ in range(4):
                page = (await desk.get(url)).text
                seen.append(ids_in(page))
                urls.append(url)
                url = link(page, "next")
                assert url is not None and "state=on" in url
            assert sum(seen, []) == [one.id for one in THINGS if one.state == "on"][:80]
            for before in (2, 1, 0):
                url = link(page, "prev")
                page = (await desk.get(url)).text
                assert ids_in(page) == seen[before]
            assert link(page, "prev") is None

    run(go())


def test_a_page_is_as_long_as_wished_and_stays_so(database: str) -> None:
    async def go() -> None:
        async with opened(database) as at:
            desk = await at.desk(Role.STAFF)
            page = (await desk.get("/desk/things", state="on")).text
            longer = unescape(re.findall(r'href="([^"]+)"[^>]*>50</a>', page)[0])
            assert longer == "/desk/things?state=on&limit=50"
            assert ">100</a>" not in page  # More than this list gives at once.
            page = (await desk.get(longer)).text
            assert len(ids_in(page)) == 50
            assert '<input type="hidden" name="limit" value="50">' in page  # Of the filters.
            after = link(page, "next")
            assert after is not None
            second = (await desk.get(after)).text
            assert (
                sum(map(ids_in, (page, second)), [])
                == [one.id for one in THINGS if one.state == "on"][:100]
            )
            back = link(second, "prev")
            assert back is not None
            assert ids_in((await desk.get(back)).text) == ids_in(page)

    run(go())


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("019e123456789012", "019e123456789012\t"),  # Excel: 1.9E+123456789012, which is no number.
        ("6921168509256", "6921168509256\t"),  # 6.92E+12
        ("00123", "00123\t"),  # 123
        ("01a209ad06bc7b0a", "01a209ad06bc7b0a"),
        ("13800138000", "13800138000"),
        ("0", "0"),
    ],
)
def test_long_numbers_stay_what_they_are(number: str, written: str) -> None:
    assert export._text(number) == written


def test_the_last_page_leads_no_further_and_nothing_is_told_as_such(database: str) -> None:
    async def go() -> None:
        async with opened(database) as at:
            desk = await at.desk(Role.STAFF)
            page = (await desk.get("/desk/things", words="粗", limit=50)).text
            assert len(ids_in(page)) == 50
            assert "&lt;b&gt;粗&lt;/b&gt;" in page
            page = (await desk.get("/desk/things", words="nowhere")).text
            assert "没有符合条件的内容" in page
            assert (await desk.get("/desk/things", after="rubbish")).status_code == 400
            wrong = await desk.get("/desk/orders", total_min="很多")  # Typed without script.
            assert wrong.status_code == 400
            assert "网址中的内容有误：请填写数字" in wrong.text

    run(go())


def test_the_csv_holds_every_row_and_no_formula(database: str) -> None:
    async def go() -> None:
        async with opened(database) as at:
            desk = await at.desk(Role.STAFF)
            answer = await desk.get("/desk/things/export", format="csv")
            assert answer.headers["content-type"] == "text/csv; charset=utf-8"
            assert "attachment" in answer.headers["content-disposition"]
            assert answer.content.startswith(b"\xef\xbb\xbf")
            head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
            assert head == ["名称", "价格 (CNY)", "状态", "时间", "变化 (%)"]
            assert len(rows) == ROWS
            for row, thing in zip(rows, THINGS, strict=True):
                assert row[0] in {thing.name, f"'{thing.name}"}
                assert row[0][0] not in "=+-@\t＝"
                assert row[1] == ("" if thing.price is None else f"{thing.price / 100:.2f}")
                assert row[2] == STATES[thing.state].words.zh
            assert rows[-1][3:] == ["2026-01-01 08:00", "12.50"]

    run(go())


def test_the_sheet_holds_text_as_text_and_numbers_as_numbers(database: str) -> None:
    async def go() -> None:
        async with opened(database) as at:
            desk = await at.desk(Role.STAFF, language="en")
            answer = await desk.get("/desk/things/export", format="xlsx", state="on")
            sheet = load_workbook(io.BytesIO(answer.content)).active
            head, *rows = list(sheet.iter_rows())
            assert [cell.value for cell in head] == [
                "Name",
                "Price (CNY)",
                "State",
                "Time",
                "Change (%)",
            ]
            those = [one for one in THINGS if one.state == "on"]
            assert len(rows) == len(those)
            for row, thing in zip(rows, those, strict=True):
                assert (row[0].data_type, row[0].value.replace("_x0009_", "\t")) == (
                    "s",
                    thing.name,
                )
                assert row[1].value == pytest.approx(thing.price / 100)
                assert (row[2].value, row[4].value) == ("On sale", 12.5)
                assert isinstance(row[3].value, datetime)

    run(go())


def test_a_sheet_that_is_full_says_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "XLSX_ROWS_MAX", 700)

    async def go() -> None:
        async with opened(database) as at:
            desk = await at.desk(Role.STAFF)
            answer = await desk.get("/desk/things/export", format="xlsx")
            rows = list(
                load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
            )
            assert (len(rows), rows[-1][0]) == (702, "其余请导出 CSV")

    run(go())


# -- Kept views -----------------------------------------------------------------------------


async def keep(desk: AtDesk, **more: Any) -> httpx.Response:
    return await desk.post(
        "/desk/views/keep", **{"list": "/desk/things", "name": "在售", "query": "state=on"} | more
    )


def test_a_view_is_kept_for_oneself_or_for_all(database: str) -> None:
    async def go() -> None:
        async with opened(database) as at:
            me, other = await at.desk(Role.STAFF), await at.desk(Role.STAFF)
            assert (await keep(me)).json() == {"go": "/desk/things?state=on"}
            assert (
                await keep(me, name="大家的", query="state=off", shared="on")
            ).status_code == 200
            assert "在售" in (await me.get("/desk/things")).text
            page = (await other.get("/desk/things")).text
            assert "大家的" in page
            assert "在售" not in page

    run(go())


def test_only_who_kept_it_or_an_owner_takes_it_away_and_may_take_that_back(database: str) -> None:
    async def go() -> None:
        async with opened(database) as at:
            me, other, boss = await at.desk(), await at.desk(), await at.desk(Role.OWNER)
            await keep(me, id=UUID(int=5), shared="on")
            assert (await other.post("/desk/views/drop", view_id=UUID(int=5))).status_code == 404
            gone = await boss.post("/desk/views/drop", view_id=UUID(int=5))
            assert gone.json() == {"go": "/desk/things"}
            assert "在售" not in (await me.get("/desk/things")).text
            told = await boss.http.get(
                "/desk/things",
                headers=boss._headers()
                | {
                    "cookie": boss._headers()["cookie"]
                    + "; "
                    + gone.headers["set-cookie"].split(";")[0]
                },
            )
            assert 'action="/desk/views/keep"' in told.text
            assert "视图已删除" in told.text

    run(go())


def test_a_view_of_a_list_one_may_not_see_is_not_kept(database: str) -> None:
    async def go() -> None:
        async with opened(database) as at:
            seeing, shut = await at.desk(areas=["things" + SEE]), await at.desk(areas=["order"])
            assert (await keep(seeing)).status_code == 200
            assert (await keep(shut)).status_code == 404
            assert (await keep(seeing, list="/desk/nothing")).status_code == 404
            for _ in range(29):
                assert (await keep(seeing)).status_code == 200
            assert (await keep(seeing)).json()["errors"].keys() == {"name"}

    run(go())
