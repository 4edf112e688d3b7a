"""Logging in: codes are spent once, the token has one holder, secrets stay secret."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest

from frontline.wechat.miniprogram import CodeRefusal, CodeRefused, MiniProgram, Session
from frontline.wechat.provider import OutcomeUnknown, ProviderRefused, Throttled
from frontline.wechat.wire import client

pytestmark = pytest.mark.anyio


async def login(world, **how) -> dict:
    return (await world.phone.post("/simulator/login", json=how)).json()


async def phone_code(world, **how) -> str:
    return (await world.phone.post("/simulator/phone", json=how)).json()["code"]


async def test_a_code_becomes_a_session_once(world):
    minted = await login(world, nickname="小红")
    session = await world.miniprogram.code2session(minted["code"])
    assert isinstance(session, Session)
    assert (session.openid, session.unionid) == (minted["openid"], None)
    assert session.session_key not in repr(session)
    again = await world.miniprogram.code2session(minted["code"])
    assert again == CodeRefused(CodeRefusal.INVALID)


async def test_a_nickname_is_a_person(world):
    people = [(await login(world, nickname=name))["openid"] for name in ("a", "b", "a")]
    assert people[0] == people[2] != people[1]
    assert len(people[0]) == 28
    assert (await login(world))["openid"] != (await login(world))["openid"]
    assert (await login(world, openid="oMe"))["openid"] == "oMe"


async def test_code_refusals(world):
    ask = world.miniprogram.code2session
    assert await ask("made-up") == CodeRefused(CodeRefusal.INVALID)
    risky = await login(world, risky=True)
    assert await ask(risky["code"]) == CodeRefused(CodeRefusal.RISKY_USER)
    old = await login(world)
    world.clock.forward(minutes=5)
    assert await ask(old["code"]) == CodeRefused(CodeRefusal.INVALID)


async def test_phone_number(world):
    number = await world.miniprogram.phone_number(await phone_code(world))
    assert (number.country_code, number.number) == ("86", "13800138000")
    assert number.number not in repr(number)


async def test_phone_codes_are_spent_once_and_are_not_login_codes(world):
    code = await phone_code(world)
    await world.miniprogram.phone_number(code)
    assert await world.miniprogram.phone_number(code) == CodeRefused(CodeRefusal.INVALID)
    minted = await login(world)
    refused = await world.miniprogram.phone_number(minted["code"])
    assert refused == CodeRefused(CodeRefusal.INVALID)


async def test_a_number_given_to_another_app_is_not_ours(world):
    code = await phone_code(world, appid="wxother")
    assert await world.miniprogram.phone_number(code) == CodeRefused(CodeRefusal.OTHER_APP)


async def test_one_token_for_everybody_until_it_is_about_to_end(world):
    tokens = await asyncio.gather(*(world.miniprogram.token() for _ in range(10)))
    other = world.settings.miniprogram(http=world.phone, clock=world.clock)
    tokens.append(await other.token())
    assert len({token.value for token in tokens}) == 1
    world.clock.forward(minutes=114)
    assert await world.miniprogram.token() == tokens[0]
    world.clock.forward(minutes=2)  # Less than five minutes are left.
    renewed = await world.miniprogram.token()
    assert renewed.value != tokens[0].value
    assert renewed.value not in repr(renewed)


async def test_a_token_that_was_made_void_is_replaced_and_the_code_not_lost(world):
    before = await world.miniprogram.token()
    secret = world.settings.app_secret
    forced = {
        "grant_type": "client_credential",
        "appid": world.settings.merchant.appid,
        "secret": secret,
        "force_refresh": True,
    }
    await world.phone.post("/cgi-bin/stable_token", json=forced)
    number = await world.miniprogram.phone_number(await phone_code(world))
    assert number.number == "13800138000"
    assert await world.miniprogram.token() != before


@pytest.mark.parametrize("call", ["code2session", "stable_token", "phone_number"])
@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("drop", OutcomeUnknown, "NO_ANSWER"),
        ("lose_answer", OutcomeUnknown, "NO_ANSWER"),
        ("500", OutcomeUnknown, "-1"),
        ("500_but_done", OutcomeUnknown, "-1"),
        ("429", Throttled, "45011"),
    ],
)
async def test_faults(world, call, fault, kind, code):
    asking = {
        "code2session": lambda: world.miniprogram.code2session("x"),
        "stable_token": world.miniprogram.token,
        "phone_number": lambda: world.miniprogram.phone_number("x"),
    }[call]
    await world.arms(fault, call)
    with pytest.raises(kind) as raised:
        await asking()
    assert raised.value.code == code


async def test_a_wrong_secret_or_app(world):
    for appid, secret, code in (
        (world.settings.merchant.appid, "wrong", "40125"),
        ("wxother", world.settings.app_secret, "40013"),
    ):
        stranger = MiniProgram(world.phone, appid, secret, clock=world.clock)
        for asking in (stranger.token(), stranger.code2session("x")):
            with pytest.raises(ProviderRefused) as refused:
                await asking
            assert refused.value.code == code


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errcode":"0"}', b"{}"])
async def test_unreadable_answers(body):
    answering = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    program = MiniProgram(httpx.AsyncClient(transport=answering, base_url="http://x"), "a", "s")
    for asking in (program.token(), program.code2session("x")):
        with pytest.raises(OutcomeUnknown, match="UNREADABLE_ANSWER"):
            await asking


async def test_no_secret_reaches_the_log(world, caplog):
    caplog.set_level(logging.DEBUG)
    http = client("http://wechat.test", world.simulator.transport())
    program = world.settings.miniprogram(http=http, clock=world.clock)
    minted = await login(world)
    await program.code2session(minted["code"])
    await program.phone_number(await phone_code(world))
    token = (await program.token()).value
    assert "jscode2session" in caplog.text
    for secret in (world.settings.app_secret, minted["code"], token):
        assert secret not in caplog.text
