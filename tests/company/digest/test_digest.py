"""The digest is sent once a day: also by two processes, after a restart, at a changed hour."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from company.notice.test_carriers import sink
from shop.aftersale.buying import bought
from shopping import NINE, SHOP, House, add_sku, house, run

from frontline.app import Clockwork, open_house
from frontline.company.digest.messages import SetDigest
from frontline.company.notice.carriers import Notifiers
from frontline.company.notice.messages import SetReach, Wants
from frontline.engine.engine import new_id
from frontline.house import assembled
from frontline.kernel.words import StaffId
from frontline.web.session import Role

OWNER = StaffId(UUID(int=0xD1))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def _hire(at: House) -> None:
    await at.sql.execute(
        "INSERT INTO staff (shop_id, id, name, password_hash, role, active)"
        " VALUES (1, $1, '林老板', '', 'owner', true)",
        OWNER,
    )


async def _wants(at: House, hour: int | None) -> None:
    wish = SetDigest(id=new_id(), staff_id=OWNER, hour=hour, timezone="Asia/Shanghai")
    assert (await at.submit(wish)).hour == hour


async def _told(at: House) -> list[dict[str, Any]]:
    rows = await at.sql.fetch("SELECT * FROM notice WHERE url = '/desk/digest' ORDER BY at")
    return [dict(row) for row in rows]


def test_the_example(database: str) -> None:
    async def days() -> None:
        async with house(database) as at:
            await _hire(at)
            await _wants(at, 8)  # It is nine on the 11th.
            await at.turn()
            assert await _told(at) == []
            at.clock[0] = NINE + 23 * HOUR - timedelta(seconds=1)
            await at.turn()
            assert await _told(at) == []
            at.later(seconds=1)  # Eight on the 12th.
            await at.turn()
            await at.turn()
            (one,) = await _told(at)
            assert one["to_id"] == OWNER
            at.later(minutes=30)
            await _wants(at, 10)
            at.later(hours=2)  # Ten on the 12th is over: that day has had its digest.
            await at.turn()
            assert len(await _told(at)) == 1
            at.clock[0] = NINE + 2 * DAY + HOUR  # Ten on the 13th.
            await at.turn()
            assert len(await _told(at)) == 2
            sent_on = await at.sql.fetchval("SELECT sent_on FROM digest")
            assert sent_on == date(2026, 11, 13)
            for day in range(3, 9):  # And so on, day by day.
                at.clock[0] = NINE + day * DAY + HOUR
                await at.turn()
                assert len(await _told(at)) == day

    run(days())


def test_two_processes_send_one(database: str) -> None:
    async def night() -> None:
        async with house(database) as at:
            await _hire(at)
            await _wants(at, 8)
            others = [
                open_house(database, {}, now=lambda: at.clock[0], connections_max=2)
                for _ in range(2)
            ]
            at.clock[0] = NINE + 23 * HOUR
            clocks = [Clockwork(one, assembled()) for one in (at.opened, *others)]
            await asyncio.gather(*(one.turn() for one in clocks for _ in range(2)))
            while sum([await one.turn() for one in clocks]):
                pass
            assert len(await _told(at)) == 1
            for one in others:
                await one.database.close()

    run(night())


def test_what_was_missed_is_sent_at_the_restart_and_then_at_its_hour(database: str) -> None:
    async def outage() -> None:
        async with house(database) as at:
            await _hire(at)
            await _wants(at, 8)
        async with house(database) as at:  # Nobody was there for two days.
            at.clock[0] = NINE + 2 * DAY + 5 * HOUR
            await at.turn()
            assert len(await _told(at)) == 1
            at.clock[0] = NINE + 3 * DAY - HOUR
            await at.turn()
            assert len(await _told(at)) == 2

    run(outage())


def test_switched_off_it_is_not_sent(database: str) -> None:
    async def quiet() -> None:
        async with house(database) as at:
            await _hire(at)
            await _wants(at, 8)
            await _wants(at, None)
            at.clock[0] = NINE + 2 * DAY
            await at.turn()
            assert await _told(at) == []
            await _wants(at, 8)  # On again: once, not as often as it was set.
            at.clock[0] = NINE + 3 * DAY
            await at.turn()
            assert len(await _told(at)) == 1

    run(quiet())


def test_it_tells_yesterdays_money_and_one_suggestion(database: str) -> None:
    async def morning() -> None:
        async with house(database) as at:
            await _hire(at)
            sku_id = await add_sku(at.sql, price=12_345)
            await bought(at, [(sku_id, 2)], UUID(int=5))
            await _wants(at, 8)
            at.clock[0] = datetime(2026, 11, 12, 0, 0, tzinfo=UTC)
            await at.turn()
            (one,) = await _told(at)
            assert "11-12" in one["title_zh"]
            assert "昨天收款 ¥246.90（1 笔）" in one["text_zh"]
            assert "Yesterday ¥246.90 came in (1 payments)" in one["text_en"]
            assert one["text_zh"].count("建议：") == 1
            assert "打个电话" in one["text_zh"]  # Nothing is late; nobody was spoken with.
            at.clock[0] += DAY + 2 * HOUR  # Now the order is late.
            await at.turn()
            (_, late) = await _told(at)
            assert "失信：1 单超时未发货。" in late["text_zh"]
            assert "昨天收款 ¥0.00（0 笔）" in late["text_zh"]
            assert "请仓库今天先发最早的" in late["text_zh"]

    run(morning())


def test_the_page_tells_the_same_and_sets_the_hour(database: str) -> None:
    async def visit() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=12_345)
            await bought(at, [(sku_id, 2)], UUID(int=5))
            at.later(days=1)
            owner, staff = await at.desk(Role.OWNER), await at.desk(Role.STAFF)
            page = await owner.get("/desk/digest")
            assert page.status_code == 200
            assert "¥246.90" in page.text and "今天先做这一件" in page.text
            assert (await staff.get("/desk/digest")).status_code == 403
            hour = "SELECT hour FROM digest WHERE staff_id = $1"
            for given, kept in (("9", 9), ("", None), ("0", 0)):
                told = await owner.post("/desk/digest/hour", hour=given)
                assert told.json() == {"go": "/desk/digest"}, told.text
                assert await at.sql.fetchval(hour, owner.staff_id) == kept
            assert (await owner.post("/desk/digest/hour", hour="24")).status_code == 422
            assert (await staff.post("/desk/digest/hour", hour="9")).status_code == 403
            english = await at.desk(Role.OWNER, language="en")
            assert "Do this first today" in (await english.get("/desk/digest")).text

    run(visit())


def test_it_travels_by_mail_as_text_and_as_html(database: str) -> None:
    async def post() -> None:
        async with sink() as server:
            services = {Notifiers: Notifiers("https://shop.test", mail=server.notifier())}
            async with house(database, services=services) as at:
                await _hire(at)
                reach = SetReach(
                    id=new_id(), staff_id=OWNER, mail="lin@example.com", openid="", language="zh",
                    wants=Wants.ALL,
                )  # fmt: skip
                assert not hasattr(await at.submit(reach), "refusal")
                await _wants(at, 8)
                at.clock[0] = NINE + 23 * HOUR
                await at.turn()
                (mail,) = server.mails
                assert "11-12" in mail["Subject"]
                plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
                assert "昨天收款 ¥0.00（0 笔）" in plain
                assert "https://shop.test/desk/digest" in plain
                assert "昨天收款 ¥0.00（0 笔）" in html
                assert '<a href="https://shop.test/desk/digest">' in html
                at.later(hours=1)
                await at.turn()
                assert len(server.mails) == 1

    run(post())
