"""Searches through the doors: what is counted, who sees it, and what a synonym changes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from shop.catalog.files import first, read
from shopping import SHOP, House, house, run

from frontline.app import application
from frontline.shop.catalog.importing import put_products
from frontline.shop.search import counting
from frontline.web.session import Role

GOODS = [
    first("butter", title="黄油曲奇", price="39.50", qty="9"),
    first("tomato", title="西红柿脆片", price="19.50", qty="9"),
    first("lantern", title="White Hanging Lantern", price="39.50", qty="1"),
    first("draft", title="曲奇饼干罐", status="draft"),
]


def tell(url: str, story: Callable[[House], Awaitable[None]]) -> None:
    async def told() -> None:
        async with house(url) as at:
            await put_products(at.engine, SHOP, read(*GOODS).drafts)
            await story(at)

    run(told())


async def _look(at: House, said: str, people: int = 1, **query: Any) -> list[str]:
    """So many people search for it; what the last of them found."""
    for _ in range(people):
        token = await at.token(Role.MEMBER, uuid4())
        answer = await at.get("/api/products/list", token, q=said, **query)
        assert answer.status_code == 200, answer.text
    return [it["title"] for it in answer.json()["items"] if not answer.json().get("near")]


async def _words(at: House) -> dict[str, tuple[int, int]]:
    await counting.tell(at.engine)
    rows = await at.sql.fetch(
        "SELECT word, sum(searches) AS n, sum(without) AS without FROM search_word GROUP BY word"
    )
    return {row["word"]: (row["n"], row["without"]) for row in rows}


def test_searches_are_counted_with_and_without_result(database: str) -> None:
    async def story(at: House) -> None:
        assert await _look(at, "曲奇", 2) == ["黄油曲奇"]
        assert await _look(at, " 手工皂 ", 3) == []
        assert await _look(at, "Lantren") == []  # Something near is shown; it was not found.
        assert await _words(at) == {"曲奇": (2, 0), "手工皂": (3, 3), "lantren": (1, 1)}
        await _look(at, "手工皂")
        assert (await _words(at))["手工皂"] == (4, 4)
        whole = await at.sql.fetchrow("SELECT words, searches, without FROM search_day")
        assert tuple(whole) == (3, 7, 5)
        assert at.halvings() == 0

    tell(database, story)


def test_one_search_is_one_however_it_is_looked_through(database: str) -> None:
    """Neither the next page nor another order is a new search, nor is looking at a category."""

    async def story(at: House) -> None:
        token = await at.token(Role.MEMBER, uuid4())
        some = {"q": "曲奇", "limit": "1"}
        await at.get("/api/products/list", token, **some)
        await at.get("/api/products/list", token, **some, sort="price")
        await at.get("/api/products/list", token, **some, category=str(uuid4()))
        await at.get("/api/products/list", token, **some, after=f"1_{uuid4().hex}")
        await at.get("/api/products/list", token)
        await at.get("/api/products/search", token, q="曲")  # Still typing.
        assert await _words(at) == {"曲奇": (1, 0)}

    tell(database, story)


def test_nothing_of_anybody_is_written_down(database: str) -> None:
    async def story(at: House) -> None:
        await _look(at, "13800138000", 2)
        await _look(at, "南山区科苑路15号3栋", 2)
        member = uuid4()
        await at.get("/api/products/list", await at.token(Role.MEMBER, member), q="曲奇")
        assert await _words(at) == {"曲奇": (1, 0)}
        assert await at.sql.fetchval("SELECT searches FROM search_day") == 5
        for table in ("search_day", "search_word", "search_salt"):
            for row in await at.sql.fetch(f"SELECT CAST(t AS text) AS row FROM {table} AS t"):
                assert member.hex not in row["row"].replace("-", "")

    tell(database, story)


def test_a_word_of_one_person_is_not_shown(database: str) -> None:
    async def story(at: House) -> None:
        desk = await at.desk(Role.STAFF)
        token = await at.token(Role.MEMBER, uuid4())
        for _ in range(3):
            await at.get("/api/products/list", token, q="手工皂")
            await counting.tell(at.engine)  # Also when it is told piece by piece.
        await _look(at, "蜡烛台", 2)
        await counting.tell(at.engine)
        page = (await desk.get("/desk/searches")).text
        assert "蜡烛台" in page
        assert "手工皂" not in page
        assert "手工皂" not in (await desk.get("/desk/searches/export", format="csv")).text
        assert (await desk.get("/desk/searches/show", word="手工皂")).status_code == 404
        await _look(at, "手工皂")
        await counting.tell(at.engine)
        assert "手工皂" in (await desk.get("/desk/searches")).text

    tell(database, story)


def test_people_are_counted_once_a_week(database: str) -> None:
    async def story(at: House) -> None:
        tokens = [await at.token(Role.MEMBER, uuid4()) for _ in range(40)]
        for _ in range(3):  # Wednesday, Thursday, Friday.
            await asyncio.gather(
                *(at.get("/api/products/list", each, q="手工皂") for each in tokens)
            )
            await counting.tell(at.engine)
            at.later(days=1)
        desk = await at.desk(Role.STAFF)
        sheet = (await desk.get("/desk/searches/export", format="csv", days="7")).text
        _, row = sheet.splitlines()
        word, _, people, times, without, *_ = row.split(",")
        assert (word, times, without) == ("手工皂", "120", "120")
        assert 34 <= int(people) <= 46  # 256 marks tell 40 people to within a few.

    tell(database, story)


def test_a_week_is_forgotten_with_its_salt_and_a_year_with_its_words(database: str) -> None:
    async def story(at: House) -> None:
        await _look(at, "手工皂")
        await counting.tell(at.engine)
        (salt,) = await at.sql.fetch("SELECT week, salt FROM search_salt")
        at.later(days=7)
        await _look(at, "手工皂")
        await counting.tell(at.engine)
        (other,) = await at.sql.fetch("SELECT week, salt FROM search_salt")
        assert (other["week"] - salt["week"], other["salt"] != salt["salt"]) == (
            timedelta(days=7), True,
        )  # fmt: skip
        at.later(days=395)  # 402 days after the first.
        await _look(at, "曲奇")
        await counting.tell(at.engine)
        kept = await at.sql.fetch("SELECT word FROM search_word ORDER BY day")
        assert [row["word"] for row in kept] == ["手工皂", "曲奇"]
        assert await at.sql.fetchval("SELECT count(*) FROM search_day") == 2

    tell(database, story)


def test_what_is_counted_is_told_before_the_process_ends(database: str) -> None:
    async def story(at: House) -> None:
        heard: asyncio.Queue[Any] = asyncio.Queue()
        told: asyncio.Queue[Any] = asyncio.Queue()
        app = application(lambda: at.opened, clockwork=False)
        scope: Any = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        running = asyncio.create_task(app(scope, heard.get, told.put))  # type: ignore[arg-type]
        await heard.put({"type": "lifespan.startup"})
        assert (await told.get())["type"] == "lifespan.startup.complete"
        await _look(at, "手工皂", 2)
        assert await at.sql.fetchval("SELECT count(*) FROM search_word") == 0
        await heard.put({"type": "lifespan.shutdown"})
        assert (await told.get())["type"] == "lifespan.shutdown.complete"
        await running
        assert await at.sql.fetchval("SELECT searches FROM search_word") == 2

    tell(database, story)


def test_a_synonym_finds_what_the_shop_calls_otherwise(database: str) -> None:
    async def story(at: House) -> None:
        desk = await at.desk(Role.STAFF)
        assert await _look(at, "番茄", 2) == []
        done = (await desk.post("/desk/searches/synonym", word=" 番茄 ", means="西红柿")).json()
        assert done.keys() == {"go"}  # What is said and how to undo it come with the next page.
        assert await _look(at, "番茄") == ["西红柿脆片"]
        assert await _look(at, "番茄脆片") == ["西红柿脆片"]
        shown = await at.get("/api/products/search", q="番茄")  # Also while typing.
        assert [it["title"] for it in shown.json()["items"]] == ["西红柿脆片"]
        page = (await desk.get("/desk/searches")).text
        assert "番茄" in page and "西红柿" in page
        await desk.post("/desk/searches/synonym/drop", word="番茄")
        assert await _look(at, "番茄") == []

    tell(database, story)


def test_both_words_are_found_and_pages_follow(database: str) -> None:
    """What the shop also calls as it was said is not lost, nor shown twice."""

    async def story(at: House) -> None:
        goods = [first(f"t{n}", title=f"番茄酱 {n}", price="9.50", qty="9") for n in range(3)]
        await put_products(at.engine, SHOP, read(*goods).drafts)
        desk = await at.desk(Role.STAFF)
        await desk.post("/desk/searches/synonym", word="番茄", means="西红柿")
        titles: list[str] = []
        after: str | None = None
        for _ in range(4):
            more = {} if after is None else {"after": after}
            page = (await at.get("/api/products/list", q="番茄", limit="1", **more)).json()
            titles += [it["title"] for it in page["items"]]
            after = page["after"]
        assert after is None
        assert sorted(titles) == ["番茄酱 0", "番茄酱 1", "番茄酱 2", "西红柿脆片"]

    tell(database, story)


@pytest.mark.parametrize(
    ("word", "means", "code"),
    [("番茄", "番茄", 400), ("？", "番茄", 400), ("番茄", "", 400), ("Tea", "ＴＥＡ", 400)],
)
def test_a_synonym_must_say_something(database: str, word: str, means: str, code: int) -> None:
    async def story(at: House) -> None:
        desk = await at.desk(Role.STAFF)
        answer = await desk.post("/desk/searches/synonym", word=word, means=means)
        assert answer.status_code == code
        assert await at.sql.fetchval("SELECT count(*) FROM search_synonym") == 0

    tell(database, story)


def test_undo_puts_back_what_a_word_meant(database: str) -> None:
    async def story(at: House) -> None:
        desk = await at.desk(Role.STAFF)
        await desk.post("/desk/searches/synonym", word="番茄", means="西红柿")
        await desk.post("/desk/searches/synonym", word="番茄", means="小番茄")
        assert await at.sql.fetchval("SELECT means FROM search_synonym") == "小番茄"
        await desk.post("/desk/searches/synonym", word="番茄", means="西红柿")  # As undo does.
        assert await at.sql.fetchval("SELECT means FROM search_synonym") == "西红柿"
        gone = await desk.post("/desk/searches/synonym/drop", word="蜡烛")
        assert gone.status_code == 404

    tell(database, story)


def test_the_owner_sees_what_is_looked_for_in_vain(database: str) -> None:
    """With the shop's own word for it where there is one; what was mended is gone."""

    async def story(at: House) -> None:
        owner = await at.desk(Role.OWNER)
        await _look(at, "黄油曲奇饼", 3)
        await _look(at, "手工皂", 2)
        await _look(at, "黄油曲奇", 4)
        await counting.tell(at.engine)
        card = (await owner.get("/desk/board/place", place="30")).text
        assert card.index("黄油曲奇饼") < card.index("手工皂")
        assert "约 3 人搜过，3 次没结果" in card
        way = re.search(r'href="(/desk/products/new[?]title=[^"]+)"', card)
        assert way is not None
        assert 'value="黄油曲奇饼"' in (await owner.get(way[1])).text  # A product begun with it.
        assert 'name="means" value="黄油曲奇"' in card
        await owner.post("/desk/searches/synonym", word="黄油曲奇饼", means="黄油曲奇")
        soap = first("soap", title="薰衣草手工皂", price="9.50", qty="9")
        await put_products(at.engine, SHOP, read(soap).drafts)
        card = (await owner.get("/desk/board/place", place="30")).text
        assert "黄油曲奇饼" not in card
        assert "手工皂" not in card

    tell(database, story)


def test_the_list_is_filtered_sorted_and_goes_on(database: str) -> None:
    async def story(at: House) -> None:
        desk = await at.desk(Role.STAFF)
        for number in range(7):
            await _look(at, f"蜡烛{number}", 2 + number % 3)
        await _look(at, "曲奇", 6)
        await counting.tell(at.engine)
        rows = (await desk.get("/desk/searches/export", format="csv")).text.splitlines()[1:]
        names = [row.split(",")[0] for row in rows]
        assert names == ["曲奇", "蜡烛2", "蜡烛5", "蜡烛1", "蜡烛4", "蜡烛0", "蜡烛3", "蜡烛6"]
        seen: list[str] = []
        url: str | None = "/desk/searches?limit=3"
        while url:
            page = (await desk.get(url)).text
            body = page[page.index('id="bulk"') : page.index("</tbody>")]
            seen += [name for name in names if f">{name}</a>" in body]
            nexts = [part for part in page.split('"') if part.startswith("/desk/searches?")]
            onward = [part for part in nexts if "after=" in part and "rel=" not in part]
            ahead = page.find('rel="next"')
            url = None if ahead < 0 else onward[-1].replace("&amp;", "&")
        assert seen == names
        missed = (await desk.get("/desk/searches/export", format="csv", outcome="missed")).text
        assert "曲奇" not in missed and "蜡烛0" in missed
        one = (await desk.get("/desk/searches/export", format="csv", q="蜡烛5")).text
        assert one.count("蜡烛") == 1

    tell(database, story)
