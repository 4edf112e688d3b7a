"""Logging in: codes are spent once, the token has one holder, secrets stay secret."""

from __future__ import annotations

import asyncio
import io
import logging

import httpx
import pytest
from PIL import Image

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


@pytest.mark.parametrize("call", ["code2session", "stable_token", "phone_number", "page_code"])
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
        "page_code": lambda: world.miniprogram.code_picture("x", "pages/a"),
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


# -- Codes that open a page -----------------------------------------------------------------

PAGE = "pages/share/land"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$&'()*+,/:;=?@-._~"
"""As WeChat's manual lists them."""
BAD_SCENES = [
    "",
    "a" * 33,
    "a b",
    "a%20b",
    "小满",
    "a\nb",
    'a"b',
    "a\\b",
    "a\n",
    "<a>",
    "^",
    "|",
    "[",
    "`",
]


async def ask_for_code(world, scene: str, page: str = PAGE) -> dict | bytes:
    """Past our client, as anybody may ask WeChat."""
    token = (await world.miniprogram.token()).value
    answer = await world.phone.post(
        "/wxa/getwxacodeunlimit",
        params={"access_token": token},
        json={"scene": scene, "page": page},
    )
    assert answer.status_code == 200
    return answer.content if answer.headers["content-type"] == "image/png" else answer.json()


async def test_a_code_of_a_page_is_a_picture(world):
    pictures = [await world.miniprogram.code_picture(scene, PAGE) for scene in ("a", "a", "b")]
    assert pictures[0] == pictures[1] != pictures[2]
    with Image.open(io.BytesIO(pictures[0])) as drawn:
        assert drawn.format == "PNG"
        assert min(drawn.size) >= 280


@pytest.mark.parametrize("scene", [*LETTERS, LETTERS[:32], LETTERS[32:64], LETTERS[-32:]])
async def test_every_letter_that_wechat_takes_is_taken_on_both_sides(world, scene):
    assert (await world.miniprogram.code_picture(scene, PAGE)).startswith(b"\x89PNG")
    assert (await ask_for_code(world, scene)).startswith(b"\x89PNG")


@pytest.mark.parametrize("scene", BAD_SCENES)
async def test_no_other_scene_is_taken_on_either_side(world, scene):
    with pytest.raises(ValueError, match="no code can say"):
        await world.miniprogram.code_picture(scene, PAGE)
    assert (await ask_for_code(world, scene))["errcode"] == 40129


@pytest.mark.parametrize("page", ["", "/pages/a", "pages/a?b=1"])
async def test_a_page_has_no_slash_before_it_and_no_query(world, page):
    with pytest.raises(ValueError, match="no code can say"):
        await world.miniprogram.code_picture("a", page)
    assert (await ask_for_code(world, "a", page))["errcode"] == 41030


async def test_a_void_token_is_replaced_for_codes_too(world):
    before = await world.miniprogram.token()
    forced = {
        "grant_type": "client_credential",
        "appid": world.settings.merchant.appid,
        "secret": world.settings.app_secret,
        "force_refresh": True,
    }
    await world.phone.post("/cgi-bin/stable_token", json=forced)
    assert (await world.miniprogram.code_picture("a", PAGE)).startswith(b"\x89PNG")
    assert await world.miniprogram.token() != before


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b'{"errcode":41030,"errmsg":"invalid page"}', ProviderRefused, "41030"),
        (b'{"errcode":45009,"errmsg":"limit"}', Throttled, "45009"),
        (b'{"errcode":-1,"errmsg":"busy"}', OutcomeUnknown, "-1"),
        (b'{"errcode":0}', OutcomeUnknown, "UNREADABLE_ANSWER"),
        (b"GIF89a", OutcomeUnknown, "UNREADABLE_ANSWER"),
    ],
)
async def test_what_is_no_picture_is_never_taken_for_one(content, kind, code):
    def answer(request: httpx.Request) -> httpx.Response:
        token = b'{"access_token":"t","expires_in":7200}'
        return httpx.Response(200, content=token if "token" in request.url.path else content)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://x")
    with pytest.raises(kind) as raised:
        await MiniProgram(http, "a", "s").code_picture("a", PAGE)
    assert raised.value.code == code


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
