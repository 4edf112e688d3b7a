"""How notices leave the desk, against a mail server and an HTTP server of our own on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from shopping import NINE, House, house, run

from frontline.company.notice import settings
from frontline.company.notice.carriers import (
    GroupNotifier,
    Letter,
    MailNotifier,
    MailServer,
    Notifiers,
    Security,
    Template,
    Undeliverable,
    WeChatNotifier,
)
from frontline.company.notice.notifier import Message, tell
from frontline.kernel.text import Words
from frontline.kernel.words import ShopId, StaffId
from frontline.wechat.miniprogram import MiniProgram
from frontline.wechat.provider import OutcomeUnknown, Throttled
from frontline.wechat.wire import client

SHOP = ShopId(1)
LETTER = Letter(
    id=UUID(int=7), name="李娜", mail="li@example.com", openid="o-li", title="仓储的承诺已过期，请尽快处理一下这件事",
    text="备 300 盒", url="https://shop.test/desk/requests", at=datetime(2026, 11, 11, 9, 30, tzinfo=UTC),
)  # fmt: skip


# -- Servers ------------------------------------------------------------------------------------


class Sink:
    """A mail server that keeps what it is given; `answers` may refuse a step."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.to: list[str] = []
        self.answers: dict[str, bytes] = {}
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper().decode()
            if word == "DATA" and word not in self.answers:
                writer.write(b"354 go on\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(message_from_bytes(content[:-3], policy=policy.default))
            if word == "RCPT":
                self.to.append(line.decode().strip())
            writer.write(
                self.answers.get(word, b"221 bye" if word == "QUIT" else b"250 ok") + b"\r\n"
            )
            await writer.drain()
            if word == "QUIT":
                break
        writer.close()

    def notifier(self, **more: Any) -> MailNotifier:
        told = {"sender": "小店 <desk@example.com>", "security": Security.NONE} | more
        return MailNotifier(MailServer(host="127.0.0.1", port=self.port, **told))


@asynccontextmanager
async def sink() -> AsyncIterator[Sink]:
    one = Sink()
    server = await asyncio.start_server(one.talk, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    async with server:
        yield one


class Fake:
    """An HTTP server that keeps what it is asked and answers what it was told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.answers: list[Any] = []
        self.url = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )  # fmt: skip
        path = head.split()[1]
        self.asked.append((path, json.loads(await reader.readexactly(length))))
        if "stable_token" in path:
            answer: Any = {"access_token": "t0ken", "expires_in": 7200}
        else:
            answer = self.answers.pop(0) if self.answers else {"errcode": 0, "errmsg": "ok"}
        status = b"200 OK" if isinstance(answer, dict) else b"503 Busy"
        body = json.dumps(answer).encode()
        writer.write(
            b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
            b"Connection: close\r\n\r\n%s" % (status, len(body), body)
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def fake() -> AsyncIterator[Fake]:
    one = Fake()
    server = await asyncio.start_server(one.talk, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield one


# -- Mail ---------------------------------------------------------------------------------------


def test_a_mail_arrives_whole() -> None:
    async def story() -> None:
        async with sink() as at:
            await at.notifier().send(LETTER)
            (mail,) = at.mails
            assert mail["Subject"] == LETTER.title
            assert (mail["To"], mail["Message-ID"]) == (
                LETTER.mail,
                f"<{LETTER.id.hex}@example.com>",
            )
            assert mail["From"].addresses[0].display_name == "小店"
            plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
            assert plain.split() == ["备", "300", "盒", LETTER.url]
            assert f"<h2>{LETTER.title}</h2>" in html
            assert "<p>备 300 盒</p>" in html
            assert f'<a href="{LETTER.url}">' in html
            assert "li@example.com" in at.to[0]

    run(story())


@pytest.mark.parametrize(
    ("step", "answer", "for_ever"),
    [
        ("RCPT", b"550 nobody", True),
        ("RCPT", b"451 later", False),
        ("DATA", b"554 no", True),
        ("MAIL", b"421 busy", False),
    ],
)
def test_what_a_mail_server_refuses(step: str, answer: bytes, *, for_ever: bool) -> None:
    async def story() -> None:
        async with sink() as at:
            at.answers[step] = answer
            with pytest.raises(Exception) as told:  # noqa: PT011
                await at.notifier().send(LETTER)
            assert isinstance(told.value, Undeliverable) == for_ever

    run(story())


def test_a_heading_cannot_be_smuggled_in() -> None:
    async def story() -> None:
        async with sink() as at:
            with pytest.raises(ValueError, match="linefeed"):
                await at.notifier().send(Letter(**{**_fields(LETTER), "title": "a\nBcc: x@y.z"}))
            assert at.mails == []

    run(story())


def _fields(letter: Letter) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in Letter.__struct_fields__}


# -- The group, and WeChat ------------------------------------------------------------------------


def test_a_group_reads_it_and_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with fake() as at:
            caplog.set_level(logging.DEBUG, "httpx")
            await GroupNotifier(client(at.url), "/cgi-bin/webhook/send", "s3cret").send(LETTER)
            ((path, body),) = at.asked
            assert path == "/cgi-bin/webhook/send?key=s3cret"
            assert body["msgtype"] == "text"
            assert body["text"]["content"].splitlines() == [
                f"[李娜] {LETTER.title}", "备 300 盒", LETTER.url,
            ]  # fmt: skip

    run(story())
    told = [record.getMessage() for record in caplog.records if record.name == "httpx"]
    assert told
    assert not any("s3cret" in one for one in told)


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ({"errcode": 45009}, Throttled),
        ({"errcode": -1}, OutcomeUnknown),
        ({"errcode": 93000}, Undeliverable),
        ("busy", OutcomeUnknown),
    ],
)
def test_what_a_group_refuses(answer: Any, raised: type[Exception]) -> None:
    async def story() -> None:
        async with fake() as at:
            at.answers = [answer]
            with pytest.raises(raised):
                await GroupNotifier(client(at.url), "/send", "k").send(LETTER)

    run(story())


def test_a_long_text_is_cut_between_characters() -> None:
    async def story() -> None:
        async with fake() as at:
            long = Letter(**{**_fields(LETTER), "text": "长" * 1_000})
            await GroupNotifier(client(at.url), "/send", "k").send(long)
            content = at.asked[0][1]["text"]["content"]
            assert 2_046 <= len(content.encode()) <= 2_048

    run(story())


def test_no_client_speaks_to_another_host() -> None:
    async def story() -> None:
        async with fake() as at, fake() as elsewhere:
            with pytest.raises(AssertionError, match="elsewhere"):
                await client(at.url).post(f"{elsewhere.url}/x", json={})
            assert elsewhere.asked == []

    run(story())


def test_a_subscribed_message() -> None:
    async def story() -> None:
        async with fake() as at:
            template = Template(id="T1", title="thing1", text="thing2", time="time3")
            program = MiniProgram(client(at.url), "wx1", "s3cret")
            notifier = WeChatNotifier(program, template)
            await notifier.send(LETTER)
            path, body = at.asked[-1]
            assert path == "/cgi-bin/message/subscribe/send?access_token=t0ken"
            assert body == {
                "touser": "o-li",
                "template_id": "T1",
                "data": {
                    "thing1": {"value": LETTER.title[:20]},
                    "thing2": {"value": "备 300 盒"},
                    "time3": {"value": "2026-11-11 09:30"},
                },
            }
            at.answers = [{"errcode": 43101, "errmsg": "user refuse to accept the msg"}]
            with pytest.raises(Undeliverable, match="43101"):
                await notifier.send(LETTER)

    run(story())


# -- Through the shop -----------------------------------------------------------------------------


async def told(at: House, *, urgent: bool, **reach: str) -> None:
    """Somebody who is reached so is told something."""
    desk = await at.desk()
    form = {"wants": "urgent", "language": "en", "mail": "li@example.com"} | reach
    await desk.post("/desk/notices/reach/set", **form)
    message = Message(id=uuid4(), title=Words("到期", "Due"), url="/desk/requests", urgent=urgent)
    await tell(at.engine, SHOP, StaffId(desk.staff_id), message)
    await at.turn()


def test_it_leaves_the_desk_by_all_ways_that_were_set_up(database: str) -> None:
    async def story() -> None:
        async with sink() as mails, fake() as group:
            notifiers = Notifiers(
                "https://shop.test",
                mails.notifier(),
                GroupNotifier(client(group.url), "/send", "k"),
            )
            async with house(database, services={Notifiers: notifiers}) as at:
                await told(at, urgent=False)
                assert (mails.mails, group.asked) == ([], [])
                await told(at, urgent=True)
                (mail,) = mails.mails
                assert mail["Subject"] == "Due"
                assert "https://shop.test/desk/requests" in mail.get_body(("plain",)).get_content()
                assert len(group.asked) == 1
                await told(at, urgent=True, wants="nothing")
                assert (len(mails.mails), len(group.asked)) == (1, 2)
                await told(at, urgent=False, wants="all")
                assert (len(mails.mails), len(group.asked)) == (2, 2)

    run(story())


def test_what_fails_is_tried_again_alone_and_not_for_ever(database: str) -> None:
    """The group answers again after a while; the mail, which arrived, is not sent twice."""

    async def story() -> None:
        async with sink() as mails, fake() as group:
            notifiers = Notifiers(
                "", mails.notifier(), GroupNotifier(client(group.url), "/send", "k")
            )
            group.answers = ["busy", {"errcode": 45009}]
            async with house(database, services={Notifiers: notifiers}) as at:
                await told(at, urgent=True)
                assert (len(mails.mails), len(group.asked)) == (1, 1)
                for _ in range(3):
                    at.later(minutes=10)
                    await at.turn()
                assert (len(mails.mails), len(group.asked)) == (1, 3)
                mails.answers["MAIL"] = b"421 busy"
                await told(at, urgent=True)
                at.later(hours=7)
                mails.answers.clear()
                await at.turn()
                assert len(mails.mails) == 1

    run(story())


def test_what_was_read_at_the_desk_goes_nowhere(database: str) -> None:
    async def story() -> None:
        async with sink() as mails:
            mails.answers["MAIL"] = b"421 busy"
            async with house(database, services={Notifiers: Notifiers("", mails.notifier())}) as at:
                await told(at, urgent=True)
                await at.sql.execute("UPDATE notice SET read_at = $1", NINE)
                mails.answers.clear()
                at.later(minutes=10)
                await at.turn()
                assert mails.mails == []

    run(story())


# -- Settings -------------------------------------------------------------------------------------


def _load(folder: Path, told: Any) -> Notifiers:
    (folder / "notice.json").write_text(json.dumps(told))
    (folder / "secret.txt").write_text("s3cret\n")
    program = MiniProgram(httpx.AsyncClient(), "wx1", "s3cret")
    return settings.load(folder / "notice.json", "https://shop.test", program)


def test_settings(tmp_path: Path) -> None:
    mail = {
        "host": "smtp.x.cn",
        "port": 465,
        "sender": "a@x.cn",
        "username": "a",
        "password_path": "secret.txt",
    }
    whole = _load(
        tmp_path,
        {"mail": mail, "group": {"key_path": "secret.txt"}, "wechat": {"template_id": "T"}},
    )
    assert isinstance(whole.mail, MailNotifier)
    assert isinstance(whole.group, GroupNotifier)
    assert isinstance(whole.wechat, WeChatNotifier)
    assert "s3cret" not in repr(whole.mail._server)
    nothing = _load(tmp_path, {})
    assert (nothing.mail, nothing.group, nothing.wechat) == (None, None, None)


@pytest.mark.parametrize(
    "told",
    [
        {"mails": {}},
        {"mail": {"host": "x"}},
        {"group": {"key_path": "missing.txt"}},
        {"mail": {"host": "x", "port": 25, "sender": "a@b.c", "security": "none", "password_path": "secret.txt"}},
    ],
)  # fmt: skip
def test_settings_that_are_wrong_are_told_without_secrets(tmp_path: Path, told: Any) -> None:
    with pytest.raises(settings.NoticeSettingsInvalid) as error:
        _load(tmp_path, told)
    assert "s3cret" not in str(error.value)
