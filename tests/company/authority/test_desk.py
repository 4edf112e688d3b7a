"""Authority at the desk: the matrix, people, absences, who can say yes, findings, history."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from shopping import AtDesk, House, house, run

from frontline.web.session import Role

PAGES = ("", "/people", "/absences", "/policies", "/who", "/findings", "/history", "/mine")


async def _position(at: House, boss: AtDesk, name: str = "仓管", department: str = "仓库") -> UUID:
    known = "SELECT id FROM authority_department WHERE name = $1"
    if await at.sql.fetchval(known, department) is None:
        await boss.post("/desk/authority/departments/put", name=department, kind="warehouse")
    department_id = await at.sql.fetchval(known, department)
    await boss.post("/desk/authority/positions/put", name=name, department_id=department_id)
    return await at.sql.fetchval("SELECT id FROM authority_position WHERE name = $1", name)


async def _limit(boss: AtDesk, position_id: UUID, action: str, **typed: Any) -> Any:
    return await boss.post(
        "/desk/authority/limits/set", position_id=position_id, action=action, **typed
    )


async def _place(boss: AtDesk, who: UUID, position_id: UUID | None) -> None:
    await boss.post("/desk/authority/people/put", person_id=who, position_id=position_id)


def test_every_page_is_shown_in_both_languages(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            position_id = await _position(at, boss)
            await _limit(boss, position_id, "stock_claim", count_once=500, count_day=800)
            for language, role in (("zh", Role.OWNER), ("en", Role.OWNER), ("zh", Role.STAFF)):
                desk = await at.desk(role, language=language)
                for path in PAGES:
                    answer = await desk.get(f"/desk/authority{path}")
                    assert answer.status_code == 200, (path, answer.text)
            told = (await boss.get("/desk/authority")).text
            assert "500 件" in told
            assert "800 件" in told
            assert "改" in told
            staff = await at.desk(Role.STAFF)
            assert "limits/edit" not in (await staff.get("/desk/authority")).text

    run(story())


def test_a_limit_is_edited_where_it_stands(database: str) -> None:
    """As people type it; what will not do is said, and nothing is changed."""

    async def story() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            position_id = await _position(at, boss)
            cell = {"position_id": position_id, "action": "refund"}
            form = (await boss.get("/desk/authority/limits/edit", **cell)).text
            assert "money_once" in form
            answer = await _limit(
                boss, position_id, "refund", money_once="200.50", money_day="1,000"
            )
            assert "200.50" in answer.json()["html"]
            row = await at.sql.fetchrow("SELECT alone_max, day_max, month_max FROM authority_limit")
            assert tuple(row) == (20_050, 100_000, None)
            await _limit(boss, position_id, "price_change", rate_once="12.5")
            kept = "SELECT alone_max FROM authority_limit WHERE action = 'price_change'"
            assert await at.sql.fetchval(kept) == 1_250
            wrong = await _limit(boss, position_id, "refund", money_once="200", money_day="100")
            assert wrong.json()["refusal"] == "limits_unordered"
            assert await at.sql.fetchval("SELECT count(*) FROM authority_change") == 4
            staff = await at.desk(Role.STAFF)
            refused = await _limit(staff, position_id, "refund", money_once="9999")
            assert refused.status_code == 403
            assert await at.sql.fetchval("SELECT max(alone_max) FROM authority_limit") == 20_050

    run(story())


def test_the_history_tells_who_what_and_from_what_to_what(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            position_id = await _position(at, boss)
            await _limit(boss, position_id, "refund", money_once="100")
            await _limit(boss, position_id, "refund", money_once="300", money_day="900")
            told = (await boss.get("/desk/authority/history")).text
            name = await at.sql.fetchval("SELECT name FROM staff WHERE id = $1", boss.staff_id)
            for words in (name, "仓管 · 退款额度", "单次 100 元", "单次 300 元，每日 900 元"):
                assert words in told, words
            newest = await at.sql.fetchrow(
                "SELECT staff_id, kind, before, after FROM authority_change ORDER BY id DESC LIMIT 1"
            )
            assert (newest["staff_id"], newest["kind"]) == (boss.staff_id, "SetLimit")
            assert '"alone_max":10000' in newest["before"]
            assert '"alone_max":30000' in newest["after"]

    run(story())


def test_gaps_and_overlaps_are_found(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            keeper, other = await at.hire(Role.STAFF), await at.hire(Role.STAFF)
            one, two = await _position(at, boss), await _position(at, boss, "副仓管")
            token = await at.token(Role.STAFF, keeper)

            async def found() -> dict[str, list[str]]:
                told = (await at.get("/api/staff/authority/findings", token)).json()
                return {
                    kind: [each["words"][0] for each in told[kind]] for kind in ("gaps", "overlaps")
                }

            gaps = (await found())["gaps"]
            assert "占用库存：除店主外无人可批准" in gaps
            assert "岗位空缺：仓库·仓管 还没有人" in gaps
            await _limit(boss, one, "stock_claim", count_once=500)
            await _place(boss, keeper, one)
            gaps = (await found())["gaps"]
            assert "占用库存：店主以下无人可批准 500 件以上" in gaps
            assert "岗位空缺：仓库·仓管 还没有人" not in gaps
            assert (await found())["overlaps"] == []
            await _limit(boss, two, "stock_claim", count_once=500)
            await _place(boss, other, two)
            assert (await found())["overlaps"] == [
                "占用库存 500 件以内：仓库·仓管、仓库·副仓管 都可以单独决定"
            ]

            names = dict(await at.sql.fetch("SELECT id, name FROM staff"))
            period = {"starts_at": "2026-11-01T00:00", "ends_at": "2026-12-01T00:00"}
            path = "/desk/authority/absences/put"
            await boss.post(path, person_id=keeper, substitute_id=other, **period)
            assert not [one for one in (await found())["gaps"] if "不在" in one]
            await boss.post(path, person_id=other, substitute_id=keeper, **period)
            gaps = (await found())["gaps"]
            assert any("互为代理，两人都不在" in one for one in gaps)
            assert "占用库存：有额度的人现在都不在或额度已用完，只能找店主" in gaps
            assert any(names[keeper] in one for one in gaps)

            await boss.post("/desk/authority/reviewers/set", kind="stock", position_id=one)
            await boss.post(
                "/desk/authority/policies/set", action="stock_claim", reviews=["stock"],
                decider_id=one, delegated="on", reserve_hours=4, answer_hours=48,
                on_deadline="lapse",
            )  # fmt: skip
            ends = "UPDATE authority_absence SET ends_at = starts_at"
            await at.sql.execute(ends)
            assert f"占用库存：{names[keeper]} 既做库存审核又做决定" in (await found())["overlaps"]

    run(story())


def test_who_can_say_yes_now(database: str) -> None:
    """Whoever may just about, with what is left; a substitute; else the owner."""

    async def story() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            keeper, stand_in = await at.hire(Role.STAFF), await at.hire(Role.STAFF)
            position_id = await _position(at, boss)
            await _limit(boss, position_id, "refund", money_once="100", money_day="150")
            await _place(boss, keeper, position_id)
            token = await at.token(Role.STAFF, keeper)

            async def who(amount: int | None) -> list[tuple[str, str, int | None]]:
                query = {} if amount is None else {"amount": amount}
                answer = await at.get("/api/staff/authority/who", token, action="refund", **query)
                return [
                    (one["staff_id"], one["through"], one["day_left"])
                    for one in answer.json()["deciders"]
                ]

            owner = (str(boss.staff_id), "owner", None)
            assert await who(10_000) == [(str(keeper), "limit", 15_000), owner]
            assert await who(10_001) == [owner]
            assert await who(None) == [owner]
            await at.sql.execute(
                "INSERT INTO authority_allowance VALUES (1, $1, 'refund', '2026-11-11', 9000, 9000)",
                keeper,
            )
            assert await who(6_000) == [(str(keeper), "limit", 6_000), owner]
            assert await who(6_001) == [owner]
            mine = (await at.get("/api/staff/authority/mine", token)).json()["limits"]
            assert [(one["action"], one["day_left"]) for one in mine] == [("refund", 6_000)]

            period = {"starts_at": "2026-11-11T00:00", "ends_at": "2026-12-01T00:00"}
            path = "/desk/authority/absences/put"
            await boss.post(path, person_id=keeper, substitute_id=stand_in, **period)
            assert await who(6_000) == [(str(stand_in), "substitute", 6_000), owner]
            page = (await boss.get("/desk/authority/who", action="refund", money="60")).text
            assert "代理" in page
            absence_id = await at.sql.fetchval("SELECT id FROM authority_absence")
            await boss.post("/desk/authority/absences/end", absence_id=absence_id)
            assert await who(6_000) == [(str(keeper), "limit", 6_000), owner]
            at.later(days=1)
            token = await at.token(Role.STAFF, keeper)
            assert await who(10_000) == [(str(keeper), "limit", 15_000), owner]

    run(story())


def test_only_owners_edit_whatever_the_session_says(database: str) -> None:
    """Somebody who was an owner when they signed in."""

    async def story() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            await at.sql.execute("UPDATE staff SET role = 'staff' WHERE id = $1", boss.staff_id)
            answer = await boss.post(
                "/desk/authority/departments/put", name="仓库", kind="warehouse"
            )
            assert answer.json()["refusal"] == "owners_only"
            assert await at.sql.fetchval("SELECT count(*) FROM authority_department") == 0
            wrong = {"id": str(uuid4()), "name": "甲", "kind": "warehouse"}
            token = await at.token(Role.STAFF)
            door = await at.post("/api/staff/authority/departments/put", token, **wrong)
            assert door.status_code == 403

    run(story())
