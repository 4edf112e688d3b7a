"""Notices at the desk: the bell, the list, reading, and how one is reached elsewhere."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from shopping import House, house, run

from frontline.company.notice import views
from frontline.company.notice.notifier import Message, tell
from frontline.kernel.text import Words
from frontline.kernel.words import ShopId, StaffId
from frontline.web.session import Role

SHOP = ShopId(1)


async def put(at: House, to: UUID, *, urgent: bool = False, id_: UUID | None = None) -> None:
    message = Message(
        id=id_ or uuid4(),
        title=Words("仓储 的承诺已过期", "The warehouse has not kept its word"),
        text=Words("备 300 盒", "300 boxes"),
        url="/desk/requests",
        urgent=urgent,
    )
    await tell(at.engine, SHOP, StaffId(to), message)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_told_read_and_gone_to(database: str, language: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk, other = await at.desk(language=language), await at.desk(Role.OWNER)
            title = (
                "仓储 的承诺已过期" if language == "zh" else "The warehouse has not kept its word"
            )
            assert (await desk.get("/desk/notices")).status_code == 200
            id_ = uuid4()
            await put(at, desk.staff_id, urgent=True, id_=id_)
            await put(at, desk.staff_id, urgent=True, id_=id_)
            await put(at, desk.staff_id)
            await put(at, other.staff_id, id_=id_)
            assert await at.sql.fetchval("SELECT count(*) FROM notice") == 3
            for path in ("/desk/notices", "/desk/notices/bell"):
                page = await desk.get(path)
                assert page.status_code == 200, page.text
                assert page.text.count(title) == 2
            async with at.opened.database.transaction(SHOP) as transaction:
                mine = await views.latest(transaction, StaffId(desk.staff_id), 5)
                assert await views.unread(transaction, StaffId(desk.staff_id)) == 2
            gone = await desk.get("/desk/notices/open", id=mine[0].id)
            assert gone.headers["location"] == "/desk/requests"
            theirs = await other.get("/desk/notices/open", id=mine[1].id)
            assert theirs.status_code == 404
            read = await other.post("/desk/notices/read", notice_id=mine[1].id)
            assert read.json()["refusal"] == "notice_unknown"
            assert await at.sql.fetchval("SELECT count(*) FROM notice WHERE read_at IS NULL") == 2
            await desk.post("/desk/notices/read")
            left = await at.sql.fetch("SELECT to_id FROM notice WHERE read_at IS NULL")
            assert [row["to_id"] for row in left] == [other.staff_id]

    run(story())


def test_how_i_am_reached(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk()
            assert (await desk.get("/desk/notices/reach")).status_code == 200
            bad = await desk.post(
                "/desk/notices/reach/set", wants="all", language="zh", mail="a b@c"
            )
            assert bad.json()["refusal"] == "mail_malformed"
            unknown = await desk.post(
                "/desk/notices/reach/set", wants="all", language="zh", phone="13800001111"
            )
            assert "phone" in unknown.json()["errors"]
            await at.sql.execute(
                "INSERT INTO member (shop_id, id, openid, phone, nickname, locale, joined_at)"
                " VALUES (1, $1, 'o-li', '13800001111', '', 'zh', now())",
                uuid4(),
            )
            both = {"wants": "all", "language": "en", "mail": "li@example.com"}
            await desk.post("/desk/notices/reach/set", **both, phone="138-0000-1111")
            await desk.post("/desk/notices/reach/set", **both)  # The number is not asked again.
            row = await at.sql.fetchrow("SELECT mail, openid, language, wants FROM notice_reach")
            assert tuple(row) == ("li@example.com", "o-li", "en", "all")
            await desk.post("/desk/notices/reach/set", **both, no_wechat="on")
            assert await at.sql.fetchval("SELECT openid FROM notice_reach") == ""

    run(story())
