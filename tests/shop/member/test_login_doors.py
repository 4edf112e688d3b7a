"""Logging in and out through the doors, on PostgreSQL."""

from __future__ import annotations

import asyncio

import pytest
from shopping import SHOP, House, house, run

from frontline.kernel.words import ShopId
from frontline.shop.member.codes import CodeNotSent, CodeSender
from frontline.wechat.miniprogram import CodeRefusal, CodeRefused, MiniProgram
from frontline.wechat.provider import OutcomeUnknown

PHONE = "13800138000"


def test_wechat_login_makes_a_member_once(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            first = (await at.post("/api/login/wechat", code="ann")).json()
            again = (await at.post("/api/login/wechat", code="ann")).json()
            other = (await at.post("/api/login/wechat", code="bob")).json()
            assert (first["joined"], again["joined"], other["joined"]) == (True, False, True)
            assert first["member_id"] == again["member_id"] != other["member_id"]
            me = (await at.get("/api/me", again["token"])).json()
            assert me["id"] == first["member_id"]
            assert me["nickname"] == "会员" + first["member_id"][-4:].upper()
            assert me["locale"] == "zh"

    run(story())


def test_simultaneous_first_logins_of_two_processes_make_one_member(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            answers = await asyncio.gather(
                *(
                    at.post("/api/login/wechat", code=f"guest {number % 5}")
                    for number in range(40)
                    for at in (one, two)
                )
            )
            assert {answer.status_code for answer in answers} == {200}
            assert len({answer.json()["member_id"] for answer in answers}) == 5
            assert sum(answer.json()["joined"] for answer in answers) == 5
            assert await one.sql.fetchval("SELECT count(*) FROM member") == 5
            assert one.halvings() == two.halvings() == 0

    run(story())


class _Refusing:
    def __init__(self, answer: CodeRefused | Exception) -> None:
        self.answer = answer

    async def code2session(self, code: str) -> CodeRefused:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "status", "refusal"),
    [
        (CodeRefused(CodeRefusal.INVALID), 400, "wechat_code_invalid"),
        (CodeRefused(CodeRefusal.RISKY_USER), 403, "wechat_blocked"),
        (OutcomeUnknown("no answer"), 503, "wechat_away"),
    ],
)
def test_what_wechat_refuses(
    database: str, answer: CodeRefused | Exception, status: int, refusal: str
) -> None:
    async def story() -> None:
        async with house(database, services={MiniProgram: _Refusing(answer)}) as at:
            said = await at.post("/api/login/wechat", code="ann")
            assert (said.status_code, said.json()["refusal"]) == (status, refusal)
            assert await at.sql.fetchval("SELECT count(*) FROM session") == 0

    run(story())


async def _ask(at: House, phone: str = PHONE) -> str:
    answer = await at.post("/api/login/phone/ask", phone=phone)
    assert answer.status_code == 200, answer.text
    return at.codes.sent[-1][1]


def test_phone_login(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            code = await _ask(at, "+8613800138000")
            assert at.codes.sent == [(PHONE, code)]
            stored = await at.sql.fetchrow("SELECT * FROM phone_code")
            assert code not in repr(stored)
            first = await at.post("/api/login/phone", phone=PHONE, code=code)
            assert first.json()["joined"]
            spent = await at.post("/api/login/phone", phone=PHONE, code=code)
            assert (spent.status_code, spent.json()["refusal"]) == (400, "code_void")
            at.later(minutes=1)
            again = await at.post("/api/login/phone", phone=PHONE, code=await _ask(at))
            assert not again.json()["joined"]
            assert again.json()["member_id"] == first.json()["member_id"]
            me = (await at.get("/api/me", again.json()["token"])).json()
            assert me["phone"] == PHONE

    run(story())


def test_a_code_is_good_for_five_tries_also_at_the_same_moment(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            code = await _ask(one)
            wrong = f"{(int(code) + 1) % 1_000_000:06d}"
            answers = await asyncio.gather(
                *(
                    at.post("/api/login/phone", phone=PHONE, code=wrong)
                    for _ in range(10)
                    for at in (one, two)
                )
            )
            refusals = [answer.json()["refusal"] for answer in answers]
            assert refusals.count("code_wrong") == 5
            assert refusals.count("code_void") == 15
            left = {answer.json().get("tries_left") for answer in answers}
            assert left == {4, 3, 2, 1, 0, None}
            right = await one.post("/api/login/phone", phone=PHONE, code=code)
            assert right.json()["refusal"] == "code_void"

    run(story())


def test_a_code_lets_in_once_also_at_the_same_moment(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            code = await _ask(one)
            answers = await asyncio.gather(
                *(
                    at.post("/api/login/phone", phone=PHONE, code=code)
                    for _ in range(10)
                    for at in (one, two)
                )
            )
            assert sorted(answer.status_code for answer in answers) == [200, *[400] * 19]

    run(story())


def test_a_code_is_good_for_five_minutes(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            code = await _ask(at)
            at.later(minutes=5)
            late = await at.post("/api/login/phone", phone=PHONE, code=code)
            assert late.json()["refusal"] == "code_void"

    run(story())


def test_codes_are_sent_one_a_minute_and_ten_a_day(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            for number in range(10):
                await _ask(at)
                soon = await at.post("/api/login/phone/ask", phone=PHONE)
                assert (soon.status_code, soon.json()["refusal"]) == (429, "code_too_soon")
                assert soon.json()["wait_s"] == 60
                at.later(minutes=1)
            often = await at.post("/api/login/phone/ask", phone=PHONE)
            assert (often.status_code, often.json()["refusal"]) == (429, "code_too_often")
            assert often.json()["wait_s"] == 24 * 3600 - 600
            await _ask(at, "13900139000")
            at.later(hours=24)
            await _ask(at)
            assert len(at.codes.sent) == 12

    run(story())


def test_two_processes_send_one_code(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            await asyncio.gather(
                *(
                    at.post("/api/login/phone/ask", phone=PHONE)
                    for _ in range(10)
                    for at in (one, two)
                )
            )
            assert len(one.codes.sent) + len(two.codes.sent) == 1

    run(story())


class _NoCarrier:
    async def send(self, shop_id: ShopId, phone: str, code: str, language: str) -> None:
        raise CodeNotSent


def test_a_code_that_is_not_sent_is_said(database: str) -> None:
    async def story() -> None:
        async with house(database, services={CodeSender: _NoCarrier()}) as at:
            answer = await at.post("/api/login/phone/ask", phone=PHONE)
            assert (answer.status_code, answer.json()["refusal"]) == (503, "code_not_sent")

    run(story())


@pytest.mark.parametrize(
    "phone",
    ["", "1380013800", "138001380000", "12800138000", "+0123456789", "+12345", "１3800138000"],
)
def test_what_is_not_a_phone(database: str, phone: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            answer = await at.post("/api/login/phone/ask", phone=phone)
            assert answer.json()["refusal"] == "malformed"

    run(story())


def test_logging_out(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = (await at.post("/api/login/wechat", code="ann")).json()["token"]
            kept = (await at.post("/api/login/wechat", code="ann")).json()["token"]
            assert (await at.post("/api/logout", token)).status_code == 200
            assert (await at.get("/api/me", token)).status_code == 401
            assert (await at.get("/api/me", kept)).status_code == 200

    run(story())


def test_a_member_of_one_shop_is_a_stranger_in_another(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            await at.sql.execute(
                "INSERT INTO shop VALUES (2, 'two', 'Two', 'CNY', 'zh', 'Asia/Shanghai', now())"
            )
            here = (await at.post("/api/login/wechat", code="ann")).json()
            answer = await at.http.post(
                "/api/login/wechat", json={"code": "ann"}, headers={"frontline-shop": "2"}
            )
            assert answer.json()["joined"]
            assert answer.json()["member_id"] != here["member_id"]
            assert answer.json()["token"].startswith("2.")
            assert here["token"].startswith(f"{SHOP}.")

    run(story())
