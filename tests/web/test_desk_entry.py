"""Signing in at the desk: password, second proof, sessions, and who may hire."""

from __future__ import annotations

import re
from base64 import b32decode
from typing import Any
from uuid import UUID

import httpx
from shopping import SHOP, AtDesk, House, house, run

from frontline.desk.asked import SESSION
from frontline.shop.staff.cli import make_staff
from frontline.shop.staff.second import PAPER_CODES, code_at
from frontline.web.session import REMEMBERED_FOR, Role

PASSWORD = "correct horse 配电池"
ORIGIN = {"origin": "http://shop.test"}


async def staff(at: House, name: str = "林", role: Role = Role.STAFF) -> UUID:
    return await make_staff(at.opened.database, SHOP, name, PASSWORD, role)


async def sign_in(
    at: House, name: str = "林", password: str = PASSWORD, **more: str
) -> httpx.Response:
    fields = {"name": name, "password": password} | more
    return await at.http.post("/desk/login", data=fields, headers=ORIGIN)


def token_of(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(SESSION)]
    for said in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert said in cookie
    return re.match(rf"{SESSION}=([^;]+)", cookie)[1]


async def signed_in(at: House, name: str = "林", **more: str) -> AtDesk:
    return AtDesk(
        at.http,
        token_of(await sign_in(at, name, **more)),
        await at.sql.fetchval("SELECT id FROM staff WHERE name = $1", name),
    )


def test_the_right_password_opens_and_leads_back(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            asked = await at.http.get("/desk/me?a=1")
            assert asked.headers["location"] == "/desk/login?next=%2Fdesk%2Fme%3Fa%3D1"
            answer = await sign_in(at, next="/desk/me?a=1")
            assert answer.headers["location"] == "/desk/me?a=1"
            page = await AtDesk(at.http, token_of(answer), UUID(int=0)).get("/desk/me")
            assert page.status_code == 200
            for elsewhere in (
                "https://evil.test",
                "//evil.test",
                "/desk\\evil",
                "/desk/login",
                "/m/",
                "/desk/\n",
            ):
                assert (await sign_in(at, next=elsewhere)).headers["location"] == "/desk", elsewhere

    run(go())


def test_a_wrong_one_does_not_and_five_are_too_many(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            for name in ("林", "nobody"):
                for _ in range(5):
                    answer = await sign_in(at, name, "wrong")
                    assert answer.status_code == 403
                    assert "用户名或密码不正确" in answer.text
                    assert SESSION not in answer.headers.get("set-cookie", "")
                assert (await sign_in(at, name)).status_code == 429
            at.later(minutes=16)
            token_of(await sign_in(at))

    run(go())


def test_another_site_signs_nobody_in(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            fields = {"name": "林", "password": PASSWORD}
            for headers in ({}, {"origin": "https://evil.test"}, {"sec-fetch-site": "cross-site"}):
                answer = await at.http.post("/desk/login", data=fields, headers=headers)
                assert answer.status_code == 403
                assert "set-cookie" not in answer.headers

    run(go())


def test_signing_out_ends_the_session(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            desk = await signed_in(at)
            out = await at.http.post("/desk/logout", headers=desk._headers() | ORIGIN)
            assert out.headers["location"] == "/desk/login"
            assert "Max-Age=0" in out.headers["set-cookie"]
            assert (await desk.get("/desk/me")).status_code == 303
            assert await at.sql.fetchval("SELECT count(*) FROM session") == 0

    run(go())


# -- The second proof -----------------------------------------------------------------------


async def set_up(at: House, desk: AtDesk) -> tuple[bytes, list[str]]:
    """Secret and paper codes of who sits there now."""
    page = await desk.get("/desk/me/second")
    assert "<svg" in page.text
    typed = re.search(r"<code data-secret>([A-Z2-7 ]+)</code>", page.text)[1]
    secret = b32decode(typed.replace(" ", ""))
    paper = await desk.post("/desk/me/second/on", code=code_at(secret, at.clock[0]), by="page")
    assert paper.status_code == 200, paper.text
    codes = re.findall(r"<code>([A-Z2-7-]{19})</code>", paper.text)
    assert len(codes) == PAPER_CODES
    return secret, codes


def test_once_set_up_a_code_is_asked_for_and_good_once(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            secret, _ = await set_up(at, await signed_in(at))
            answer = await sign_in(at)
            assert (answer.status_code, "动态验证码" in answer.text) == (403, True)
            used = code_at(secret, at.clock[0])
            assert (await sign_in(at, code=used)).status_code == 403
            at.later(seconds=30)
            fresh = code_at(secret, at.clock[0])
            token_of(await sign_in(at, code=fresh))
            assert (await sign_in(at, code=fresh)).status_code == 403
            at.later(minutes=20)
            late = code_at(secret, at.clock[0])
            at.later(seconds=75)
            assert (await sign_in(at, code=late)).status_code == 403
            token_of(await sign_in(at, code=code_at(secret, at.clock[0])))

    run(go())


def test_the_door_of_programs_asks_for_the_code_as_well(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            secret, _ = await set_up(at, await signed_in(at))
            at.later(seconds=30)
            wish = {"name": "林", "password": PASSWORD}
            answer = await at.post("/api/staff/login", **wish)
            assert answer.json()["refusal"] == "second_code_needed"
            answer = await at.post("/api/staff/login", **wish, code="000000")
            assert answer.json()["refusal"] == "second_code_wrong"
            answer = await at.post("/api/staff/login", **wish, code=code_at(secret, at.clock[0]))
            assert answer.status_code == 200, answer.text

    run(go())


def test_codes_are_guessed_five_times_and_no_more(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            secret, _ = await set_up(at, await signed_in(at))
            at.later(minutes=20)
            for _ in range(5):
                assert (await sign_in(at, code="123456")).status_code == 403
            assert (await sign_in(at, code=code_at(secret, at.clock[0]))).status_code == 429

    run(go())


def test_a_paper_code_is_good_once_and_only_its_digest_is_kept(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            _, codes = await set_up(at, await signed_in(at))
            token_of(await sign_in(at, code=codes[0].lower().replace("-", " ")))
            assert (await sign_in(at, code=codes[0])).status_code == 403
            kept = await at.sql.fetch("SELECT code_digest FROM staff_recovery")
            assert len(kept) == PAPER_CODES - 1
            plain = {code.replace("-", "").encode() for code in codes}
            assert not plain & {bytes(row["code_digest"]) for row in kept}

    run(go())


def test_it_is_turned_off_with_password_and_code(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            desk = await signed_in(at)
            secret, codes = await set_up(at, desk)
            wrong = await desk.post("/desk/me/second/off", old_password="wrong", code=codes[0])
            assert wrong.json()["errors"].keys() == {"old_password"}
            wrong = await desk.post("/desk/me/second/off", old_password=PASSWORD, code="000000")
            assert wrong.json()["refusal"] == "second_code_wrong"
            done = await desk.post("/desk/me/second/off", old_password=PASSWORD, code=codes[0])
            assert done.status_code == 200
            token_of(await sign_in(at))
            assert await at.sql.fetchval("SELECT count(*) FROM staff_recovery") == 0

    run(go())


def test_a_secret_is_shown_until_it_is_set_up_and_never_again(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            desk = await signed_in(at)
            first, again = await desk.get("/desk/me/second"), await desk.get("/desk/me/second")
            find = re.compile(r"<code data-secret>([A-Z2-7 ]+)</code>")
            assert find.search(first.text)[1] == find.search(again.text)[1]
            assert (await desk.post("/desk/me/second/on", code="000000")).status_code == 422
            token_of(await sign_in(at))  # Not asked for yet.
            await set_up(at, desk)
            assert (await desk.get("/desk/me/second")).headers["location"] == "/desk/me"

    run(go())


# -- Sessions and passwords ------------------------------------------------------------------


def test_a_new_password_ends_the_other_sessions(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            desk, other = await signed_in(at), await signed_in(at)
            new = "another long one 九"
            wish = {"old_password": PASSWORD, "new_password": new, "new_password_again": new}
            wrong = await desk.post("/desk/me/password", **wish | {"old_password": "wrong"})
            assert wrong.json()["errors"].keys() == {"old_password"}
            weak = await desk.post(
                "/desk/me/password",
                **wish | {"new_password": "aaaaaaaaaaaa", "new_password_again": "aaaaaaaaaaaa"},
            )
            assert weak.json()["errors"].keys() == {"new_password"}
            differ = await desk.post("/desk/me/password", **wish | {"new_password_again": "x"})
            assert differ.json()["errors"].keys() == {"new_password_again"}
            assert (await desk.post("/desk/me/password", **wish)).status_code == 200
            assert (await desk.get("/desk/me")).status_code == 200
            assert (await other.get("/desk/me")).status_code == 303
            assert (await sign_in(at)).status_code == 403
            token_of(await sign_in(at, password=new))

    run(go())


def test_sessions_are_listed_and_ended_one_by_one(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await staff(at)
            await staff(at, "陈")
            desk, phone, stranger = (
                await signed_in(at),
                await signed_in(at),
                await signed_in(at, "陈"),
            )
            page = (await desk.get("/desk/me")).text
            (session,) = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
            theirs = re.findall(
                r'name="session" value="([0-9a-f]{64})"', (await phone.get("/desk/me")).text
            )
            await stranger.post("/desk/me/end", session=session)
            assert (await phone.get("/desk/me")).status_code == 200
            await desk.post("/desk/me/end", session=session)
            assert (await phone.get("/desk/me")).status_code == 303
            assert (await desk.get("/desk/me")).status_code == 200
            third = await signed_in(at)
            await third.post("/desk/me/end")
            assert (await desk.get("/desk/me")).status_code == 303
            assert (await third.get("/desk/me")).status_code == 200
            assert (await stranger.get("/desk/me")).status_code == 200
            assert theirs

    run(go())


# -- Owners -----------------------------------------------------------------------------------


def test_an_owner_hires_lets_in_and_dismisses(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            wish: dict[str, Any] = {
                "name": "小陈",
                "password": PASSWORD,
                "role": "staff",
                "act": ["order"],
                "see": ["stock", "nonsense"],
            }
            assert (await boss.post("/desk/staff/hire", **wish)).status_code == 200
            again = await boss.post("/desk/staff/hire", **wish)
            assert again.json()["errors"].keys() == {"name"}
            row = await at.sql.fetchrow("SELECT id, areas FROM staff WHERE name = '小陈'")
            assert row["areas"] == ["order", "stock.see"]
            chen = await signed_in(at, "小陈")
            assert (await chen.get("/desk/orders")).status_code == 200
            assert (await chen.get("/desk/stock")).status_code == 200
            assert (await chen.get("/desk/coupons")).status_code == 403
            assert "/desk/coupons" not in (await chen.get("/desk/me")).text
            await boss.post("/desk/staff/areas", staff_id=row["id"], act=["coupon"])
            assert (await chen.get("/desk/coupons")).status_code == 200
            assert (await chen.get("/desk/orders")).status_code == 403
            await boss.post("/desk/staff/areas", staff_id=row["id"], everything="on")
            assert (await chen.get("/desk/orders")).status_code == 200
            assert (await boss.post("/desk/staff/dismiss", staff_id=row["id"])).status_code == 200
            assert (await chen.get("/desk/me")).status_code == 303
            assert (await sign_in(at, "小陈")).status_code == 403
            await boss.post("/desk/staff/back", staff_id=row["id"])
            token_of(await sign_in(at, "小陈"))

    run(go())


def test_what_an_owner_does_is_done_once(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            wish = {"id": UUID(int=7), "name": "小陈", "password": PASSWORD, "role": "staff"}
            for _ in range(2):
                assert (await boss.post("/desk/staff/hire", **wish)).status_code == 200
            assert await at.sql.fetchval("SELECT count(*) FROM staff WHERE name = '小陈'") == 1

    run(go())


def test_the_last_owner_stays_and_staff_hire_nobody(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            boss, clerk = await at.desk(Role.OWNER), await at.desk(Role.STAFF)
            answer = await boss.post("/desk/staff/dismiss", staff_id=boss.staff_id)
            assert answer.status_code == 422
            wish = {"name": "x", "password": PASSWORD, "role": "owner"}
            assert (await clerk.post("/desk/staff/hire", **wish)).status_code == 403
            assert (
                await clerk.post("/desk/staff/areas", staff_id=clerk.staff_id, everything="on")
            ).status_code == 403
            other = await at.desk(Role.OWNER)
            assert (
                await boss.post("/desk/staff/dismiss", staff_id=other.staff_id)
            ).status_code == 200
            assert (await other.get("/desk")).status_code == 303

    run(go())


def test_an_owner_helps_who_has_lost_everything(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            boss = await at.desk(Role.OWNER)
            id_ = await staff(at)
            desk = await signed_in(at)
            await set_up(at, desk)
            await boss.post("/desk/staff/second/off", staff_id=id_)
            assert (await desk.get("/desk/me")).status_code == 303
            new = "a fresh password 八"
            await boss.post("/desk/staff/password", staff_id=id_, password=new)
            assert (await sign_in(at)).status_code == 403
            token_of(await sign_in(at, password=new))

    run(go())


def test_owners_are_urged_to_set_up_the_second_proof(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            boss, clerk = await at.desk(Role.OWNER), await at.desk(Role.STAFF)
            assert "/desk/me/second" in (await boss.get("/desk")).text
            assert "/desk/me/second" not in (await boss.get("/desk/orders")).text
            assert "/desk/me/second" not in (await clerk.get("/desk")).text
            await set_up(at, boss)
            at.later(seconds=61)
            assert "/desk/me/second" not in (await boss.get("/desk")).text

    run(go())


def test_another_process_hears_of_it_soon(database: str) -> None:
    async def go() -> None:
        async with house(database) as at, house(database) as elsewhere:
            desk = await at.desk(Role.STAFF)
            there = AtDesk(elsewhere.http, desk.token, desk.staff_id)
            assert (await there.get("/desk/me")).status_code == 200
            await desk.post("/desk/me/end")
            async with at.opened.database.transaction(SHOP) as transaction:
                await at.opened.sessions.end(transaction, desk.staff_id)
            elsewhere.clock[0] += REMEMBERED_FOR
            assert (await there.get("/desk/me")).status_code == 303

    run(go())
