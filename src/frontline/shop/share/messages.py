"""Sharing: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, MemberId, NoEffect, StaffId
from frontline.shop.funnel.messages import PERIOD_INVALID
from frontline.shop.member.messages import MEMBER_UNKNOWN

# -- Words ------------------------------------------------------------------------------

CodeId = NewType("CodeId", str)
"""Names a share within its shop: 12 letters of the alphabet of `codes.py`."""
Visitor = NewType("Visitor", UUID)
"""A storefront on a device, before and after somebody signs in there. It says so itself."""


class Kind(StrEnum):
    PRODUCT = "product"
    TEAM = "team"  # Of a game.
    PAGE = "page"  # Named; nothing of it is checked.
    ORDER = "order"  # One's own: what was bought, not the order itself.


class Channel(StrEnum):
    FRIEND = "friend"
    TIMELINE = "timeline"
    POSTER = "poster"
    LINK = "link"
    GROUP = "group"


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    SHARE_TARGET_UNKNOWN = "share_target_unknown"
    SHARE_CODE_INVALID = "share_code_invalid"
    SHARE_PICTURE_AWAY = "share_picture_away"
    SHARE_KEYS_USED_UP = "share_keys_used_up"
    PERIOD_INVALID = "period_invalid"
    MEMBER_UNKNOWN = "member_unknown"


TEXTS: Texts = {
    Refusal.SHARE_TARGET_UNKNOWN: Text(
        "要分享的内容不存在或已删除，请刷新后再试",
        "What you want to share is not there; reload and try again",
        404,
    ),
    Refusal.SHARE_CODE_INVALID: Text(
        "分享链接无效或不完整，请让好友重新分享，或直接进店逛逛",
        "This share is not valid; ask for it again, or just look around the shop",
        404,
    ),
    Refusal.SHARE_PICTURE_AWAY: Text(
        "微信暂时没能生成小程序码，请稍后再试，或改用链接分享",
        "WeChat did not draw the code; try again in a moment, or share the link",
        503,
    ),
    Refusal.SHARE_KEYS_USED_UP: Text(
        "分享密钥更换次数已达上限，现有分享不受影响",
        "No more keys can be made; shares go on working",
    ),
    Refusal.PERIOD_INVALID: PERIOD_INVALID,
    Refusal.MEMBER_UNKNOWN: MEMBER_UNKNOWN,
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class CodeMade(msgspec.Struct, frozen=True, tag=True):
    code: str


class CodeKnown(NoEffect, frozen=True, tag=True):
    """The same wish has the same code."""

    code: str


class CodeOpened(msgspec.Struct, frozen=True, tag=True):
    """The touch is recorded."""

    kind: Kind
    target: str
    sharer_id: MemberId | None  # None: whoever shared it never became a member.
    opened_before: bool


class OwnCodeOpened(NoEffect, frozen=True, tag=True):
    """By whoever shared it, which is no touch."""

    kind: Kind
    target: str
    sharer_id: MemberId | None


class Bound(msgspec.Struct, frozen=True, tag=True):
    """Decided now, and for ever."""

    sharer_id: MemberId | None  # None: came by themselves.


class BoundBefore(NoEffect, frozen=True, tag=True):
    sharer_id: MemberId | None


class KeyRotated(msgspec.Struct, frozen=True, tag=True):
    key_id: int


Outcome = (
    CodeMade | CodeKnown | CodeOpened | OwnCodeOpened | Bound | BoundBefore | KeyRotated | Refused
)

# -- Asked ----------------------------------------------------------------------------


class MakeCode(Command[CodeMade | CodeKnown | Refused], frozen=True, tag=True):
    """By a member, or by somebody who is not signed in."""

    visitor: Visitor
    member_id: MemberId | None
    kind: Kind
    target: str
    channel: Channel


class OpenCode(Command[CodeOpened | OwnCodeOpened | Refused], frozen=True, tag=True):
    visitor: Visitor
    member_id: MemberId | None
    code: str


class BindVisitor(Command[Bound | BoundBefore | Refused], frozen=True, tag=True):
    """Somebody has just signed in on this storefront."""

    visitor: Visitor
    member_id: MemberId


class RotateKey(Command[KeyRotated | Refused], frozen=True, tag=True):
    """Sign with a new key from now on. Withdrawing the old ones ends every share made so far."""

    staff_id: StaffId
    withdraw: bool


Request = MakeCode | OpenCode | BindVisitor | RotateKey

# -- Announced ------------------------------------------------------------------------


class VisitorKnown(Event, frozen=True, tag=True):
    """Who signed in first on this storefront, as far as this member is concerned."""

    visitor: Visitor
    member_id: MemberId
