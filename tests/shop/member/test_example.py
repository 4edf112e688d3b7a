"""The worked example of the README, by the rules in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from frontline.kernel.book import Page
from frontline.kernel.words import Moment
from frontline.shop.member.book import CodeBook, MemberBook
from frontline.shop.member.codes import digest_of
from frontline.shop.member.messages import (
    AskCode,
    CodeMissed,
    CodeReady,
    Joined,
    LogInByPhone,
    LoginRequest,
    Refusal,
    Refused,
    WaitForCode,
)
from frontline.shop.member.rules import Hall, decide_logins

NINE = datetime(2026, 11, 11, 1, 0, tzinfo=UTC)
PHONE = "13800138000"


def test_a_code_by_the_clock() -> None:
    hall = Hall(CodeBook(Page({})), MemberBook(Page({}), Page({})))

    def at(command: LoginRequest, **after: float) -> object:
        return decide_logins(hall, [command], Moment(NINE + timedelta(**after), 0)).outcomes[0]

    def ask(code_id: UUID, code: str) -> AskCode:
        return AskCode(id=code_id, phone=PHONE, digest=digest_of(code, code_id))

    def enter(code_id: UUID, code: str) -> LogInByPhone:
        return LogInByPhone(id=uuid4(), phone=PHONE, digest=digest_of(code, code_id), locale="zh")

    first, second = uuid4(), uuid4()
    assert at(ask(first, "123456")) == CodeReady(NINE + timedelta(minutes=5))
    assert at(ask(second, "654321"), seconds=30) == WaitForCode(Refusal.CODE_TOO_SOON, 30)
    for left in (4, 3, 2, 1):
        assert at(enter(first, "000000"), seconds=40) == CodeMissed(left)
    assert isinstance(at(enter(first, "123456"), seconds=50), Joined)
    assert isinstance(at(ask(second, "654321"), minutes=1), CodeReady)
    assert at(enter(second, "654321"), minutes=6) == Refused(Refusal.CODE_VOID)


def test_the_same_code_has_another_digest_each_time() -> None:
    assert digest_of("123456", uuid4()) != digest_of("123456", uuid4())
