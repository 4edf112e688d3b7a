"""Requests at the desk: asked, promised, put off, kept, broken, contested, declined, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from company.firm import again, department, told
from shopping import NINE, AtDesk, House, house, run

from frontline.company.request import views
from frontline.kernel.words import ShopId, StaffId
from frontline.web.session import Role

SHOP = ShopId(1)


class Firm:
    """Somebody who asks, somebody of the warehouse, somebody of another department."""

    def __init__(self, at: House, asker: AtDesk, worker: AtDesk, other: AtDesk) -> None:
        self.at, self.asker, self.worker, self.other = at, asker, worker, other
        self.warehouse = UUID(int=0)

    async def ask(self, wanted_by: str = "2026-11-12T09:00", what: str = "备 300 盒") -> str:
        answer = await self.asker.post(
            "/desk/requests/put", department_id=self.warehouse, what=what, wanted_by=wanted_by
        )
        assert answer.status_code == 200, answer.text
        await self.at.turn()
        return str(answer.json()["go"]).rpartition("=")[2]

    async def does(self, who: AtDesk, verb: str, request_id: str, **more: Any) -> Any:
        role = Role(
            await self.at.sql.fetchval("SELECT role FROM staff WHERE id = $1", who.staff_id)
        )
        desk = await again(self.at, who, role)
        answer = await desk.post(f"/desk/requests/{verb}", request_id=request_id, **more)
        assert answer.headers["content-type"].startswith("application/json"), answer.text
        await self.at.turn()
        return answer.json()

    async def state(self, request_id: str) -> tuple[str, int, int]:
        row = await self.at.sql.fetchrow(
            "SELECT state, promises, breaks FROM department_request WHERE id = $1", UUID(request_id)
        )
        return tuple(row)


async def opened(at: House, language: str = "zh") -> Firm:
    asker, worker, other = [await at.desk(Role.STAFF, language=language) for _ in range(3)]
    firm = Firm(at, asker, worker, other)
    firm.warehouse = await department(at.sql, "仓储", worker.staff_id, kind="warehouse")
    await department(at.sql, "电商", asker.staff_id, kind="ecommerce")
    await department(at.sql, "财务", other.staff_id)
    return firm


@pytest.mark.parametrize("language", ["zh", "en"])
def test_asked_promised_and_kept(database: str, language: str) -> None:
    """The example of the README, from the asking to the rate."""

    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at, language)
            assert (await firm.asker.get("/desk/requests/ask")).status_code == 200
            request_id = await firm.ask()
            assert len(await told(at.sql, firm.worker.staff_id)) == 1
            await firm.does(
                firm.worker, "promise", request_id, done_by="2026-11-11T18:00", note="先备货"
            )
            assert await firm.state(request_id) == ("promised", 1, 0)
            for who in (firm.asker, firm.worker):
                for path in ("/desk/requests", "/desk/requests/all"):
                    page = await who.get(path)
                    assert page.status_code == 200
                    assert "备 300 盒" in page.text
                shown = await who.get("/desk/requests/show", id=request_id)
                assert "11-11 18:00" in shown.text
                assert "先备货" in shown.text
            at.later(hours=8)
            await firm.does(firm.worker, "keep", request_id, done="已入库")
            assert await firm.state(request_id) == ("kept", 1, 0)
            at.later(hours=48)
            await at.turn()
            assert await firm.state(request_id) == ("kept", 1, 0)
            assert len(await told(at.sql, firm.asker.staff_id)) == 2
            async with at.opened.database.transaction(SHOP) as transaction:
                rates = {one.name: one for one in await views.rates(transaction, NINE)}
                assert (rates["仓储"].kept, rates["仓储"].kept_bp) == (1, 10_000)
                assert rates["财务"].kept_bp is None
                assert await views.broken_since(transaction, NINE) == ()

    run(story())


def test_a_promise_that_is_not_kept_is_broken_by_time_and_stays_so(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at)
            request_id = await firm.ask()
            await firm.does(firm.worker, "promise", request_id, done_by="2026-11-11T17:00")
            at.later(hours=7)
            await at.turn()
            assert "即将到期" in (await told(at.sql, firm.worker.staff_id))[-1]
            assert await firm.state(request_id) == ("promised", 1, 0)
            at.later(hours=1)
            await at.turn()
            assert await firm.state(request_id) == ("broken", 1, 1)
            assert "仓储 的承诺已过期" in await told(at.sql, firm.asker.staff_id)
            async with at.opened.database.transaction(SHOP) as transaction:
                (one,) = await views.broken_since(transaction, NINE)
                assert (one.department, one.promises) == ("仓储", 1)
                (stuck,) = await views.stuck(transaction, at.clock[0])
                assert stuck.on_staff_id == firm.worker.staff_id
            at.later(hours=3)
            await firm.does(firm.worker, "keep", request_id)
            assert await firm.state(request_id) == ("kept", 1, 1)
            async with at.opened.database.transaction(SHOP) as transaction:
                (rate,) = [one for one in await views.rates(transaction, NINE) if one.asked]
                assert (rate.kept, rate.broken, rate.kept_bp) == (0, 1, 0)
                assert await views.stuck(transaction, at.clock[0]) == ()

    run(story())


def test_putting_off_is_counted_and_moves_the_time(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at)
            request_id = await firm.ask()
            await firm.does(firm.worker, "promise", request_id, done_by="2026-11-11T17:00")
            await firm.does(firm.worker, "promise", request_id, done_by="2026-11-12T17:00")
            at.later(hours=9)
            await at.turn()
            assert await firm.state(request_id) == ("promised", 2, 0)
            at.later(hours=24)
            await at.turn()
            assert await firm.state(request_id) == ("broken", 2, 1)
            await firm.does(firm.worker, "promise", request_id, done_by="2026-11-13T17:00")
            assert await firm.state(request_id) == ("promised", 3, 1)

    run(story())


def test_not_answering_is_breaking(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at)
            request_id = await firm.ask()
            async with at.opened.database.transaction(SHOP) as transaction:
                assert await views.stuck(transaction, NINE) == ()
                owed = await views.open_for(transaction, StaffId(firm.worker.staff_id))
                assert [one.request.what for one in owed] == ["备 300 盒"]
                assert await views.waiting(transaction, StaffId(firm.worker.staff_id)) == 1
                assert await views.open_for(transaction, StaffId(firm.other.staff_id)) == ()
            at.later(hours=13)
            await at.turn()
            async with at.opened.database.transaction(SHOP) as transaction:
                (stuck,) = await views.stuck(transaction, at.clock[0])
                assert (stuck.on_name, stuck.on_staff_id) == ("仓储", None)
            at.later(hours=12)
            await at.turn()
            assert await firm.state(request_id) == ("broken", 0, 1)

    run(story())


def test_what_is_called_done_may_be_contested(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at)
            request_id = await firm.ask()
            await firm.does(firm.worker, "promise", request_id, done_by="2026-11-11T17:00")
            await firm.does(firm.worker, "keep", request_id)
            await firm.does(firm.asker, "contest", request_id, reason="只到了一半")
            assert await firm.state(request_id) == ("promised", 1, 0)
            assert any("说事情还没办好" in one for one in await told(at.sql, firm.worker.staff_id))
            at.later(hours=9)
            await at.turn()
            assert await firm.state(request_id) == ("broken", 1, 1)

    run(story())


def test_who_may_do_what(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at)
            request_id = await firm.ask()
            by = {"done_by": "2026-11-11T17:00"}
            no = "not_your_department"
            assert (await firm.does(firm.other, "promise", request_id, **by))["refusal"] == no
            assert (await firm.does(firm.asker, "promise", request_id, **by))["refusal"] == no
            assert (await firm.does(firm.other, "keep", request_id))["refusal"] == no
            assert (await firm.does(firm.other, "decline", request_id, reason="不"))[
                "refusal"
            ] == no
            no = "not_your_request"
            assert (await firm.does(firm.worker, "withdraw", request_id))["refusal"] == no
            past = await firm.does(firm.worker, "promise", request_id, done_by="2026-11-11T08:00")
            assert past["refusal"] == "request_time_past"
            page = (await firm.other.get("/desk/requests/show", id=request_id)).text
            assert "/desk/requests/promise" not in page
            owner = await at.desk(Role.OWNER)
            page = (await owner.get("/desk/requests/show", id=request_id)).text
            assert "/desk/requests/promise" in page
            await firm.does(owner, "promise", request_id, **by)
            moved = await firm.does(firm.worker, "decline", request_id, reason="没货")
            assert moved["refusal"] == "request_moved_on"
            other = await firm.ask(what="另一件")
            await firm.does(firm.worker, "decline", other, reason="没人手")
            assert (await firm.state(other))[0] == "declined"
            third = await firm.ask(what="第三件")
            await firm.does(firm.asker, "withdraw", third)
            assert (await firm.state(third))[0] == "withdrawn"
            unknown = await firm.asker.post(
                "/desk/requests/put", department_id=uuid4(), what="x", wanted_by="2026-11-12T09:00"
            )
            assert unknown.json()["refusal"] == "department_unknown"
            assert (await firm.asker.get("/desk/requests/show", id=uuid4())).status_code == 404

    run(story())


def test_the_owner_sees_what_is_under_way_and_nudges_once_a_day(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at)
            request_id = await firm.ask()
            owner = await at.desk(Role.OWNER)
            page = (await owner.get("/desk/requests")).text
            assert "全公司在办的" in page
            assert "备 300 盒" in page
            for who in (owner, owner, firm.asker):
                await firm.does(who, "nudge", request_id)
            heard = [one for one in await told(at.sql, firm.worker.staff_id) if "在催" in one]
            assert any(one.startswith("老板 在催：备 300 盒") for one in heard)
            assert len(heard) == 2  # By the owner, who tapped twice, and by whoever asked.
            no = await firm.other.post("/desk/requests/nudge", request_id=request_id)
            assert no.status_code == 403
            await firm.does(firm.worker, "keep", request_id)
            answer = await firm.does(firm.asker, "nudge", request_id)
            assert "已变" in answer["text"]
            assert "备 300 盒" not in (await owner.get("/desk/requests")).text
            assert firm.other.staff_id not in {
                row["to_id"] for row in await at.sql.fetch("SELECT to_id FROM notice")
            }

    run(story())


def test_a_department_without_people_is_answered_for_by_the_owner(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            firm, owner = await opened(at), await at.desk(Role.OWNER)
            firm.warehouse = await department(at.sql, "采购", kind="purchasing")
            await firm.ask(what="买 20 公斤黄油")
            assert any("采购" in one for one in await told(at.sql, owner.staff_id))
            assert await told(at.sql, firm.worker.staff_id) == []

    run(story())


def test_what_was_broken_says_what_became_of_it(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at)
            first, second = await firm.ask(), await firm.ask(what="补寄 6 单")
            at.later(hours=24)
            await at.turn()
            await firm.does(firm.worker, "keep", first)
            await again(at, firm.asker)
            page = (await firm.asker.get("/desk/requests")).text
            assert page.count("迟了，已办好") == 1
            assert page.count("还没办好") == 1
            await firm.does(firm.worker, "promise", second, done_by="2026-11-13T12:00")
            await again(at, firm.asker)
            assert "重新承诺了" in (await firm.asker.get("/desk/requests")).text

    run(story())


def test_found_and_on_the_owners_screen(database: str) -> None:

    async def story() -> None:
        async with house(database) as at:
            firm = await opened(at)
            request_id = await firm.ask()
            owner = await at.desk(Role.OWNER)
            at.later(hours=24)
            await at.turn()
            await again(at, owner, Role.OWNER)
            board = await owner.get("/desk/board/place", place=20)
            assert board.status_code == 200, board.text
            assert "备 300 盒" in board.text
            assert request_id in board.text
            async with at.opened.database.transaction(SHOP) as transaction:
                assert len(await views.found(transaction, "300")) == 1
            at.clock[0] += timedelta(days=3)
            await again(at, owner, Role.OWNER)
            assert "备 300 盒" not in (await owner.get("/desk/board/place", place=20)).text

    run(story())
