"""Windows at the desk: entered, imported, signed up for, skipped, missed, and who is told."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from company.firm import again
from company.window.test_ics import calendar
from shopping import NINE, House, house, run

from frontline.company.window import views
from frontline.kernel.words import StaffId
from frontline.web.session import Role

FACTS = {"platform": "抖音", "title": "双十二主会场", "closes_at": "2026-11-12T11:00"}
EVENT = "UID:a\nSUMMARY:双十二\nDTSTART:20261111T080000\nDTEND:20261112T110000"


async def entered(at: House, desk: Any, **told: Any) -> str:
    answer = await desk.post("/desk/windows/put", **(FACTS | told))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["go"]).rpartition("=")[2]


async def state(at: House, window_id: str) -> str:
    found = await at.sql.fetchval("SELECT state FROM signup_window WHERE id = $1", UUID(window_id))
    return str(found)


async def notices(at: House, staff_id: Any) -> list[str]:
    rows = await at.sql.fetch("SELECT title_zh FROM notice WHERE to_id = $1 ORDER BY at", staff_id)
    return [row["title_zh"] for row in rows]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_entered_changed_and_looked_at(database: str, language: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF, language=language)
            assert (await desk.get("/desk/windows")).status_code == 200
            window_id = await entered(
                at, desk, expected_margin="36,000.50", margin_how="去年 1,200 单 × 30 元",
                starts_on="2026-12-12", ends_on="2026-12-14", places="30", opens_at="2026-11-11T08:00",
            )  # fmt: skip
            for path in ("/desk/windows", "/desk/windows/all", "/desk/windows/calendar"):
                answer = await desk.get(path)
                assert answer.status_code == 200, answer.text
                assert "双十二主会场" in answer.text
            shown = (await desk.get("/desk/windows/show", id=window_id)).text
            assert "36,000.50" in shown
            assert "1,200 单" in shown
            assert (await desk.get("/desk/windows/edit", id=window_id)).status_code == 200
            assert (await desk.get("/desk/windows/edit")).status_code == 200
            again = await desk.post(
                "/desk/windows/put", **(FACTS | {"title": "改名"}), window_id=window_id
            )
            assert again.json()["go"].endswith(window_id)
            async with at.opened.database.transaction(1) as transaction:
                (one,) = await views.open_windows(transaction, NINE)
                assert (one.title, one.closes_at) == ("改名", NINE + timedelta(hours=26))
                assert one.expected_margin is None
            assert (await desk.get("/desk/windows/show", id=uuid4())).status_code == 404

    run(story())


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"expected_margin": "10"}, "margin_how"),
        ({"title": "  "}, "title"),
        ({"closes_at": ""}, "closes_at"),
        ({"url": "javascript:1"}, "url"),
        ({"places": "0"}, "places"),
    ],
)
def test_what_cannot_be_entered_is_told_at_its_field(
    database: str, told: dict[str, str], field: str
) -> None:
    async def story() -> None:
        async with house(database) as at:
            answer = await (await at.desk()).post("/desk/windows/put", **(FACTS | told))
            assert answer.status_code == 422
            assert field in answer.json()["errors"]
            assert await at.sql.fetchval("SELECT count(*) FROM signup_window") == 0

    run(story())


def test_signing_up_within_ones_authority_and_beyond(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            await at.allow(desk.staff_id, campaign=100_000)
            within, beyond = await entered(at, desk), await entered(at, desk, title="超级品牌日")
            done = await desk.post(
                "/desk/windows/signup", window_id=within, cost="1000", discount="12.5",
                stock_units="300", note="主推曲奇",
            )  # fmt: skip
            assert done.json()["go"].endswith(within), done.text
            held = await desk.post("/desk/windows/signup", window_id=beyond, cost="1000.01")
            assert held.status_code == 202, held.text
            assert (await state(at, within), await state(at, beyond)) == ("signed_up", "open")
            row = await at.sql.fetchrow(
                "SELECT discount_bp, stock_units, cost FROM signup_window WHERE id = $1",
                UUID(within),
            )
            assert tuple(row) == (1_250, 300, 100_000)
            await at.turn()
            assert await notices(at, desk.staff_id) == ["已定报名，请到平台填报：双十二主会场"]
            proposal = await at.sql.fetchrow("SELECT window_id, deadline, state FROM proposal")
            assert tuple(proposal) == (UUID(beyond), NINE + timedelta(hours=26), "open")
            shown = (await desk.get("/desk/windows")).text
            assert "审批中" in shown
            one = (await desk.get("/desk/windows/show", id=beyond)).text
            assert "/desk/decisions/show" in one
            assert (
                "已经有一份申请在等决定" in one
            )  # Not the form once more, as if nothing had been.

    run(story())


def test_after_closing_nobody_signs_up_and_it_was_missed(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            owner = await at.desk(Role.OWNER)
            window_id = await entered(at, owner, expected_margin="500", margin_how="估")
            at.later(hours=26)
            await again(at, owner, Role.OWNER)
            late = await owner.post("/desk/windows/signup", window_id=window_id, cost="1")
            assert late.json()["refusal"] == "window_closed"
            assert await state(at, window_id) == "open"
            await at.turn()
            assert await state(at, window_id) == "missed"
            assert await notices(at, owner.staff_id) == ["错过报名：双十二主会场"]
            async with at.opened.database.transaction(1) as transaction:
                (one,) = await views.missed(transaction, NINE)
                assert (one.expected_margin, one.margin_how) == (50_000, "估")
                assert await views.waiting(transaction, at.clock[0]) == 0
            shown = (await owner.get("/desk/windows")).text
            assert "少赚" in shown
            assert "500.00" in shown

    run(story())


def test_more_time_is_more_time(database: str) -> None:
    """The first timer finds that it has been given more."""

    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            window_id = await entered(at, desk)
            later = FACTS | {"closes_at": "2026-11-14T11:00"}
            await desk.post("/desk/windows/put", **later, window_id=window_id)
            at.later(hours=27)
            await at.turn()
            assert await state(at, window_id) == "open"
            at.later(hours=48)
            await at.turn()
            assert await state(at, window_id) == "missed"

    run(story())


def test_skipped_and_taken_up_again(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk()
            window_id = await entered(at, desk)
            without = await desk.post("/desk/windows/skip", window_id=window_id, reason=" ")
            assert without.status_code == 422
            await desk.post("/desk/windows/skip", window_id=window_id, reason="备货不够")
            assert await state(at, window_id) == "skipped"
            assert "备货不够" in (await desk.get("/desk/windows/show", id=window_id)).text
            signed = await desk.post("/desk/windows/signup", window_id=window_id, cost="0")
            assert signed.json()["refusal"] == "window_decided"
            await desk.post("/desk/windows/reopen", window_id=window_id)
            assert await state(at, window_id) == "open"

    run(story())


def test_a_calendar_is_looked_at_then_taken_and_taken_again(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk()
            assert (await desk.get("/desk/windows/import")).status_code == 200
            weekly = "UID:b\nSUMMARY:每周\nDTSTART:20261112T100000\nRRULE:FREQ=WEEKLY"
            taken = await take(desk, EVENT, weekly)
            assert taken == [True]
            (row,) = await at.sql.fetch("SELECT id, title, closes_at, put_by FROM signup_window")
            assert (row["title"], row["closes_at"]) == ("双十二", NINE + timedelta(hours=26))
            assert row["put_by"] == desk.staff_id
            told = {
                "title": "双十二",
                "expected_margin": "9",
                "margin_how": "估",
                "window_id": row["id"],
            }
            await desk.post("/desk/windows/put", **(FACTS | told))
            await take(
                desk, EVENT.replace("双十二", "双十二（延期）").replace("T110000", "T150000")
            )
            (row,) = await at.sql.fetch(
                "SELECT title, closes_at, expected_margin FROM signup_window"
            )
            assert tuple(row) == ("双十二（延期）", NINE + timedelta(hours=30), 900)

    run(story())


async def take(desk: Any, *events: str) -> list[bool]:
    """As the page does: upload, look, take what is ticked; which of them could be ticked."""
    boxes = re.findall(r'<input[^>]*name="take"[^>]*>', await look(desk, *events))
    items = [unescape(re.search(r'value="([^"]*)"', box)[1]) for box in boxes]  # type: ignore[index]
    done = await desk.post("/desk/windows/import/take", take=[one for one in items if one])
    assert done.status_code == 200, done.text
    return [bool(one) for one in items]


def test_a_calendar_takes_nothing_away_that_people_typed(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk()
            await take(desk, EVENT)
            window_id = await at.sql.fetchval("SELECT id FROM signup_window")
            told = {
                "title": "双十二",
                "opens_at": "2026-11-11T08:00",
                "conditions": "满 199 包邮",
                "url": "https://example.com/1212",
            }
            await desk.post("/desk/windows/put", **(FACTS | told), window_id=window_id)
            assert "没有变化" in await look(desk, EVENT)  # And the import agrees:
            await take(desk, EVENT)
            steps = await at.sql.fetch("SELECT deed FROM signup_window_step ORDER BY id")
            assert [row["deed"] for row in steps] == ["import", "put"]
            deadline_alone = "UID:a\nSUMMARY:双十二\nDTSTART:20261112T120000"
            assert "更新" in await look(desk, deadline_alone)
            await take(desk, deadline_alone)
            row = await at.sql.fetchrow(
                "SELECT opens_at, closes_at, conditions, url FROM signup_window"
            )
            assert tuple(row) == (
                NINE - timedelta(hours=1), NINE + timedelta(hours=27), "满 199 包邮",
                "https://example.com/1212",
            )  # fmt: skip

    run(story())


def test_what_is_called_off_is_told_while_it_is_open_here(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk()
            off = f"{EVENT}\nSTATUS:CANCELLED"
            over = "UID:z\nSUMMARY:早已截止\nDTSTART:20261101T100000"
            seen = await look(desk, off, over)
            assert "去放弃" not in seen
            assert "另有 1 个报名已截止" in seen
            assert "早已截止" not in seen
            await take(desk, EVENT)
            window_id = await at.sql.fetchval("SELECT id FROM signup_window")
            assert f"/desk/windows/show?id={window_id}#skip" in await look(desk, off)
            await desk.post("/desk/windows/skip", window_id=window_id, reason="平台取消了")
            assert "去放弃" not in await look(desk, off)

    run(story())


async def look(desk: Any, *events: str) -> str:
    files = {"calendar": ("x.ics", calendar(*events), "text/calendar")}
    looked = await desk.post("/desk/windows/import/look", files=files, platform="抖音")
    assert looked.status_code == 200, looked.text
    return str(looked.json()["html"])


def test_what_is_no_calendar(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk()
            files = {"calendar": ("x.ics", b"hello", "text/calendar")}
            answer = await desk.post("/desk/windows/import/look", files=files, platform="抖音")
            assert answer.status_code == 422
            assert "日历" in answer.json()["errors"]["calendar"]
            bad = await desk.post("/desk/windows/import/take", take=["{}"])
            assert bad.status_code == 422

    run(story())


def test_exported_and_found(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk()
            await entered(at, desk)
            file = await desk.get("/desk/windows/ics")
            assert file.headers["content-type"].startswith("text/calendar")
            assert b"BEGIN:VEVENT" in file.content
            async with at.opened.database.transaction(1) as transaction:
                assert len(await views.found(transaction, "主会")) == 1
                assert await views.found(transaction, "%") == ()
                assert await views.waiting(transaction, NINE) == 1

    run(story())


def test_two_who_sign_up_at_once_sign_up_once(database: str) -> None:
    import asyncio

    async def story() -> None:
        async with house(database) as one, house(database) as two:
            owner = await one.desk(Role.OWNER)
            window_id = await entered(one, owner)
            from frontline.company.window.messages import SignUp, WindowId
            from frontline.kernel.words import Fen

            outcomes = await asyncio.gather(
                *(
                    at.submit(
                        SignUp(
                            id=uuid4(), window_id=WindowId(UUID(window_id)),
                            staff_id=StaffId(owner.staff_id), discount_bp=0, stock_units=0,
                            cost=Fen(5),
                        )
                    )
                    for at in (one, two)
                    for _ in range(4)
                )
            )  # fmt: skip
            refused = [getattr(outcome, "refusal", None) for outcome in outcomes]
            assert refused.count(None) == 1
            assert set(refused) == {None, "window_decided"}
            steps = "SELECT count(*) FROM signup_window_step WHERE deed = 'sign_up'"
            assert await one.sql.fetchval(steps) == 1

    run(story())
