"""Making shares, opening them, and who brought whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, MemberId, Moment, Notes, OrderId, ProductId
from frontline.shop.member.book import AcquaintanceBook, AcquaintanceKeys, Member
from frontline.shop.share import codes
from frontline.shop.share.book import (
    Bind,
    BuyerBook,
    BuyerKeys,
    Key,
    Share,
    ShareBook,
    ShareKeys,
    Touch,
    WorthSharingBook,
    WorthSharingKeys,
)
from frontline.shop.share.messages import (
    BindVisitor,
    Bound,
    BoundBefore,
    CodeId,
    CodeKnown,
    CodeMade,
    CodeOpened,
    KeyRotated,
    Kind,
    MakeCode,
    OpenCode,
    Outcome,
    OwnCodeOpened,
    Refusal,
    Refused,
    Request,
    RotateKey,
    VisitorKnown,
)

NEW_FOR = timedelta(hours=24)
"""So long after joining the first bind may still find who brought the member."""
TOUCH_GOOD_FOR = timedelta(days=7)
"""So long before joining a touch counts."""


@dataclass(frozen=True, slots=True)
class Desk:
    worth: WorthSharingBook
    share: ShareBook
    members: AcquaintanceBook
    buyers: BuyerBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    made = [one for one in batch if isinstance(one, MakeCode)]
    opened = [(one, _named(one.code)) for one in batch if isinstance(one, OpenCode)]
    binding = {(one.visitor, one.member_id) for one in batch if isinstance(one, BindVisitor)}
    worth = await load(
        WorthSharingKeys(
            {ProductId(id_) for one in made if (id_ := _target_id(one, Kind.PRODUCT))},
            {OrderId(id_) for one in made if (id_ := _target_id(one, Kind.ORDER))},
        )
    )
    share = await load(
        ShareKeys(
            {_id_of(one) for one in made} | {id_ for _, id_ in opened if id_ is not None},
            {(one.visitor, id_) for one, id_ in opened if id_ is not None},
            binding,
        )
    )
    newcomers = {member_id for _, member_id in binding}
    members = await load(AcquaintanceKeys(newcomers | _sharers(share) if binding else ()))
    buyers = await load(BuyerKeys(newcomers))
    return Desk(worth, share, members, buyers)


def _sharers(share: ShareBook) -> set[MemberId]:
    """Whoever may turn out to have brought somebody in this batch."""
    named = {one.member_id for one in share.shares.rows().values()}
    return {*share.owners.rows().values(), *(id_ for id_ in named if id_ is not None)}


def _named(code: str) -> CodeId | None:
    told = codes.parts(code)
    return None if told is None else told.code_id


def _id_of(command: MakeCode) -> CodeId:
    sharer = command.visitor if command.member_id is None else command.member_id
    return codes.id_of(sharer, command.kind, command.target, command.channel)


def _target_id(command: MakeCode, kind: Kind) -> UUID | None:
    """What is shared, if it is of this kind and named as ours are."""
    if command.kind is not kind:
        return None
    try:
        target_id = UUID(command.target)
    except ValueError:
        return None
    return target_id if str(target_id) == command.target else None


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_answer(desk, one, moment, notes) for one in batch), notes)


def _answer(desk: Desk, command: Request, moment: Moment, notes: Notes) -> Outcome:
    match command:
        case MakeCode():
            return _make(desk, command, moment)
        case OpenCode():
            return _open(desk.share, command, moment.now)
        case BindVisitor():
            return _bind(desk, command, moment.now, notes)
        case RotateKey():
            return _rotate(desk.share, command, moment)


# -- Sharing ------------------------------------------------------------------------------


def _make(desk: Desk, command: MakeCode, moment: Moment) -> CodeMade | CodeKnown | Refused:
    if not _is_there(desk.worth, command):
        return Refused(Refusal.SHARE_TARGET_UNKNOWN)
    book, code_id = desk.share, _id_of(command)
    key = book.signing()
    if key is not None and book.shares.get(code_id) is not None:
        return CodeKnown(_signed(key, code_id))
    if key is None:
        key = _add_key(book, command.id, moment)
    if book.shares.get(code_id) is None:
        book.make(
            Share(
                code_id,
                command.visitor,
                command.member_id,
                command.kind,
                command.target,
                command.channel,
                moment.now,
            )
        )
    return CodeMade(_signed(key, code_id))


def _signed(key: Key, code_id: CodeId) -> str:
    return codes.code(key.secret, key.id, code_id)


def _is_there(worth: WorthSharingBook, command: MakeCode) -> bool:
    """Teams belong to games, which nothing is known of here: only their ids are looked at."""
    target_id = _target_id(command, command.kind)
    match command.kind:
        case Kind.PRODUCT:
            return target_id is not None and worth.products.get(ProductId(target_id)) is not None
        case Kind.ORDER:
            owner = None if target_id is None else worth.orders.get(OrderId(target_id))
            return owner is not None and owner == command.member_id
        case Kind.TEAM:
            return target_id is not None
        case Kind.PAGE:
            return True


def _open(
    book: ShareBook, command: OpenCode, now: datetime
) -> CodeOpened | OwnCodeOpened | Refused:
    code_id = codes.proved(command.code, book.proving())
    share = None if code_id is None else book.shares.get(code_id)
    if share is None:
        return Refused(Refusal.SHARE_CODE_INVALID)
    sharer_id = book.sharer(share)
    if share.visitor == command.visitor or (
        sharer_id is not None and sharer_id == command.member_id
    ):
        return OwnCodeOpened(share.kind, share.target, sharer_id)
    before = book.touch(command.visitor, share.id, command.member_id, now)
    return CodeOpened(share.kind, share.target, sharer_id, before)


def _rotate(book: ShareBook, command: RotateKey, moment: Moment) -> KeyRotated | Refused:
    if len(book.keys.rows()) >= codes.KEYS_MAX:
        return Refused(Refusal.SHARE_KEYS_USED_UP)
    if command.withdraw:
        book.withdraw()
    return KeyRotated(_add_key(book, command.id, moment).id)


def _add_key(book: ShareBook, id_: UUID, moment: Moment) -> Key:
    last = book.signing()
    number, before = (0, b"") if last is None else (last.id + 1, last.secret)
    key = Key(number, codes.new_key(moment.seed, id_, before), moment.now)
    book.add_key(key)
    return key


# -- Who brought whom ---------------------------------------------------------------------


def _bind(
    desk: Desk, command: BindVisitor, now: datetime, notes: Notes
) -> Bound | BoundBefore | Refused:
    """The rule of attribution; the README says it in words."""
    book = desk.share
    member = desk.members.members.get(command.member_id)
    if member is None:
        return Refused(Refusal.MEMBER_UNKNOWN)
    if (bound := book.binds.get(member.id)) is not None:
        return BoundBefore(bound.sharer_id)
    found = _brought_by(desk, command, member, now)
    if found is None:
        bind = Bind(member.id, command.visitor, now, None, None, None, None)
    else:
        touch, sharer = found
        bind = Bind(
            member.id,
            command.visitor,
            now,
            sharer.id,
            touch.code_id,
            member.joined_at,
            sharer.joined_at,
        )
    book.bind(bind)
    notes.announce(VisitorKnown(visitor=command.visitor, member_id=member.id))
    return Bound(bind.sharer_id)


def _brought_by(
    desk: Desk, command: BindVisitor, member: Member, now: datetime
) -> tuple[Touch, Member] | None:
    """The last touch of a share of somebody else's who was a member before."""
    if now >= member.joined_at + NEW_FOR or desk.buyers.buyers.get(member.id) is not None:
        return None
    for touch in desk.share.touches_of(command.visitor):
        if touch.last_at < member.joined_at - TOUCH_GOOD_FOR:
            return None
        sharer = _sharer(desk, touch.code_id, command)
        if sharer is not None and sharer.joined_at < member.joined_at:
            return touch, sharer
    return None


def _sharer(desk: Desk, code_id: CodeId, command: BindVisitor) -> Member | None:
    """Whose share it is: not one's own, not of this device, not nobody's."""
    share = desk.share.shares[code_id]
    sharer_id: MemberId | None = desk.share.sharer(share)
    own_device = share.visitor == command.visitor or (
        sharer_id is not None and sharer_id == desk.share.owners.get(command.visitor)
    )
    if sharer_id is None or sharer_id == command.member_id or own_device:
        return None
    return desk.members.members.get(sharer_id)
