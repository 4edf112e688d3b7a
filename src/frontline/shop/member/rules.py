"""Becoming a member, proving a phone, keeping an address book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, MemberId, Moment, Notes
from frontline.shop.member.book import (
    ADDRESSES_MAX,
    CODE_TRIES_MAX,
    CODES_A_DAY_MAX,
    Address,
    CodeBook,
    CodeKeys,
    Member,
    MemberBook,
    MemberKeys,
    PhoneCode,
)
from frontline.shop.member.messages import (
    AddressPreferred,
    AddressPut,
    AddressRemoved,
    AskCode,
    ChangeProfile,
    CodeMissed,
    CodeReady,
    Joined,
    LogIn,
    LogInByPhone,
    LoginOutcome,
    LoginRequest,
    Outcome,
    PhoneProved,
    PreferAddress,
    ProfileChanged,
    PutAddress,
    Recognised,
    Refusal,
    Refused,
    RemoveAddress,
    Request,
    WaitForCode,
)
from frontline.shop.region.book import text_of

CODE_GOOD_FOR = timedelta(minutes=5)
CODE_PAUSE = timedelta(minutes=1)
DAY = timedelta(days=1)

# -- Logging in -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hall:
    code: CodeBook
    member: MemberBook


async def gather_logins(batch: Sequence[LoginRequest], load: Load) -> Hall:
    asked = {one.phone for one in batch if isinstance(one, AskCode)}
    entering = {one.phone for one in batch if isinstance(one, LogInByPhone)}
    code = await load(CodeKeys(asked | entering))
    openids = {one.openid for one in batch if isinstance(one, LogIn)}
    member = await load(MemberKeys(openids=openids, phones=entering))
    return Hall(code, member)


def decide_logins(
    hall: Hall, batch: Sequence[LoginRequest], moment: Moment
) -> Decision[LoginOutcome]:
    return Decision(tuple(_log_in(hall, one, moment.now) for one in batch), Notes())


def _log_in(hall: Hall, command: LoginRequest, now: datetime) -> LoginOutcome:
    match command:
        case LogIn():
            known = hall.member.by_openid(command.openid)
            if known is not None:
                return Recognised(known.id)
            return _join(hall, command, now, openid=command.openid)
        case AskCode():
            return _ask_code(hall, command, now)
        case LogInByPhone():
            return _by_phone(hall, command, now)


def _join(
    hall: Hall,
    command: LogIn | LogInByPhone,
    now: datetime,
    *,
    openid: str | None = None,
    phone: str | None = None,
) -> Joined:
    member_id = MemberId(command.id)
    nickname = f"会员{command.id.hex[-4:].upper()}"
    hall.member.join(Member(member_id, openid, phone, nickname, command.locale, now))
    return Joined(member_id)


def _ask_code(hall: Hall, command: AskCode, now: datetime) -> CodeReady | WaitForCode:
    last = hall.code.codes.get(command.phone)
    day_from, day_count = now, 0
    if last is not None:
        if now < last.asked_at + CODE_PAUSE:
            return _wait(Refusal.CODE_TOO_SOON, last.asked_at + CODE_PAUSE - now)
        if now < last.day_from + DAY:
            day_from, day_count = last.day_from, last.day_count
        if day_count >= CODES_A_DAY_MAX:
            return _wait(Refusal.CODE_TOO_OFTEN, day_from + DAY - now)
    hall.code.send(
        PhoneCode(command.phone, command.id, command.digest, now, 0, day_from, day_count + 1)
    )
    return CodeReady(now + CODE_GOOD_FOR)


def _wait(refusal: Refusal, wait: timedelta) -> WaitForCode:
    return WaitForCode(refusal, ceil(wait.total_seconds()))


def _by_phone(
    hall: Hall, command: LogInByPhone, now: datetime
) -> Joined | PhoneProved | CodeMissed | Refused:
    code = hall.code.codes.get(command.phone)
    if (
        code is None
        or code.digest is None
        or code.tries >= CODE_TRIES_MAX
        or now >= code.asked_at + CODE_GOOD_FOR
    ):
        return Refused(Refusal.CODE_VOID)
    if code.digest != command.digest:
        return CodeMissed(hall.code.miss(command.phone))
    hall.code.use_up(command.phone)
    known = hall.member.by_phone(command.phone)
    if known is not None:
        return PhoneProved(known.id)
    return _join(hall, command, now, phone=command.phone)


# -- Profile and address book -------------------------------------------------------------


async def gather(batch: Sequence[Request], load: Load) -> MemberBook:
    return await load(MemberKeys(with_addresses={command.member_id for command in batch}))


def decide(book: MemberBook, batch: Sequence[Request], _moment: Moment) -> Decision[Outcome]:
    return Decision(tuple(_answer(book, command) for command in batch), Notes())


def _answer(book: MemberBook, command: Request) -> Outcome:
    if book.members.get(command.member_id) is None:
        return Refused(Refusal.MEMBER_UNKNOWN)
    match command:
        case ChangeProfile():
            member = book.change(command.member_id, command.nickname, command.locale)
            return ProfileChanged(member.nickname, member.locale, member.id)
        case PutAddress():
            return _put(book, command)
        case RemoveAddress() | PreferAddress():
            return _settle(book, command)


def _settle(
    book: MemberBook, command: RemoveAddress | PreferAddress
) -> AddressRemoved | AddressPreferred | Refused:
    if book.address(command.member_id, command.address_id) is None:
        return Refused(Refusal.ADDRESS_UNKNOWN)
    if isinstance(command, RemoveAddress):
        book.remove(command.member_id, command.address_id)
        return AddressRemoved(command.address_id)
    book.prefer(command.member_id, command.address_id)
    return AddressPreferred(command.address_id)


def _put(book: MemberBook, command: PutAddress) -> AddressPut | Refused:
    own = book.addresses_of(command.member_id)
    if command.address_id is None:
        if len(own) >= ADDRESSES_MAX:
            return Refused(Refusal.ADDRESSES_FULL)
    elif book.address(command.member_id, command.address_id) is None:
        return Refused(Refusal.ADDRESS_UNKNOWN)
    region = text_of(command.region_code) if command.region_code else command.region
    if region is None:
        return Refused(Refusal.REGION_UNKNOWN)
    if not region:
        return Refused(Refusal.REGION_NEEDED)
    address = Address(
        command.id if command.address_id is None else command.address_id,
        command.member_id,
        command.name,
        command.phone,
        command.region_code,
        region,
        command.detail,
    )
    book.put(address)
    if command.preferred or not own:  # The only one is the one to offer.
        book.prefer(command.member_id, address.id)
    return AddressPut(address.id, region)
