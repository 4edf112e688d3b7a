"""Doors: making a share, opening one, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId
from frontline.shop.share import messages, views
from frontline.shop.share.messages import (
    BindVisitor,
    Channel,
    Kind,
    MakeCode,
    OpenCode,
    OwnCodeOpened,
    Refusal,
    Refused,
    RotateKey,
    Visitor,
)
from frontline.web.cursor import Cursor
from frontline.web.door import Door, Visit, Who, command_door, get, post
from frontline.web.session import Caller, Role
from frontline.wechat.miniprogram import SCENE_PATTERN

LIST_MAX = 50
LANDING = "pages/share/land"
"""Where a share arrives in the mini program."""

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_/.-]{0,63}$"

Target = Annotated[str, msgspec.Meta(pattern=_NAME, max_length=64)]
Code = Annotated[str, msgspec.Meta(pattern=SCENE_PATTERN, max_length=32)]


def _member(visit: Visit) -> MemberId | None:
    """Who this is, if it is a member."""
    caller = visit.caller
    return caller.member_id if caller is not None and caller.role is Role.MEMBER else None


# -- Sharing ------------------------------------------------------------------------------


class MakeShareForm(msgspec.Struct, frozen=True):
    visitor: UUID
    kind: Kind
    target: Target  # The id of a product, team or order; the name of a page.
    channel: Channel


class Shared(msgspec.Struct, frozen=True):
    code: str  # At most 32 letters that WeChat takes as a `scene`.
    path: str  # In the mini program, for `onShareAppMessage`.
    url: str  # On the web, from the root of this site.


async def _make(visit: Visit, form: MakeShareForm) -> Shared | Refused:
    """A code to share something by. The same wish has the same code."""
    wish = MakeCode(
        id=new_id(),
        visitor=Visitor(form.visitor),
        member_id=_member(visit),
        kind=form.kind,
        target=form.target,
        channel=form.channel,
    )
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    if isinstance(outcome, Refused):
        return outcome
    return Shared(outcome.code, f"{LANDING}?scene={outcome.code}", link(outcome.code))


def link(code: str) -> str:
    """Where a share arrives on the web, from the root of the site."""
    return f"/m/s/{code}"


# -- Opening ------------------------------------------------------------------------------


class OpenShareForm(msgspec.Struct, frozen=True):
    visitor: UUID
    code: Code


class Landed(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    target: str
    sharer: views.Sharer | None  # None: not a member.
    opened_before: bool
    product_id: UUID | None  # The product shared, or the first of the order shared.
    title: str | None  # Of that product.


async def _open(visit: Visit, form: OpenShareForm) -> Landed | Refused:
    """Open a share: what it shows, and who shared it. To be called before `bind`."""
    wish = OpenCode(
        id=new_id(), visitor=Visitor(form.visitor), member_id=_member(visit), code=form.code
    )
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    if isinstance(outcome, Refused):
        return outcome
    shown = await views.shown(
        visit.opened.database, visit.shop_id, outcome.sharer_id, outcome.kind, outcome.target
    )
    return Landed(
        kind=outcome.kind,
        target=outcome.target,
        sharer=shown.sharer,
        opened_before=isinstance(outcome, OwnCodeOpened) or outcome.opened_before,
        product_id=shown.product_id,
        title=shown.title,
    )


class BindForm(msgspec.Struct, frozen=True):
    visitor: UUID


class Tied(msgspec.Struct, frozen=True):
    brought: bool  # Somebody has brought me here.


async def _bind(visit: Visit, form: BindForm) -> Tied | Refused:
    """Say who I am on this device, after signing in. The first time decides who brought me."""
    wish = BindVisitor(id=new_id(), visitor=Visitor(form.visitor), member_id=visit.known.member_id)
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    return outcome if isinstance(outcome, Refused) else Tied(outcome.sharer_id is not None)


class BroughtForm(msgspec.Struct, frozen=True):
    after: Cursor | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=LIST_MAX)] = 20


async def _mine(visit: Visit, form: BroughtForm) -> views.Brought:
    """Whom I have brought."""
    return await views.mine(
        visit.opened.database, visit.shop_id, visit.known.member_id, form.after, form.limit
    )


# -- Staff --------------------------------------------------------------------------------


class ShareReportForm(msgspec.Struct, frozen=True):
    begin: date | None = msgspec.field(name="from", default=None)  # None: 30 days before `to`.
    end: date | None = msgspec.field(name="to", default=None)  # Included. None: today.


class ShareTreeForm(msgspec.Struct, frozen=True):
    member_id: UUID


class RotateKeyForm(msgspec.Struct, frozen=True):
    id: UUID
    withdraw: bool = False  # End all shares made so far; else they stay good.


async def _report(visit: Visit, form: ShareReportForm) -> views.ShareReport | Refused:
    """What sharing brought in: the last thirty days, unless said. `from` and `to` are days."""
    opened = visit.opened
    shop = (await opened.shops.all())[visit.shop_id]
    days = shop.period(form.begin, form.end, opened.now())
    if days is None:
        return Refused(Refusal.PERIOD_INVALID)
    first, last = days
    return await views.report(
        opened.database, visit.shop_id, shop.begins(first), shop.begins(last + timedelta(days=1))
    )


async def _tree(visit: Visit, form: ShareTreeForm) -> views.ShareTree | Refused:
    """Who brought this member, and whom it brought: twelve generations, five hundred members."""
    member_id = MemberId(form.member_id)
    found = await views.tree(visit.opened.database, visit.shop_id, member_id)
    return Refused(Refusal.MEMBER_UNKNOWN) if found is None else found


def _rotate(caller: Caller, form: RotateKeyForm) -> RotateKey:
    """Sign shares with a new key; `withdraw` ends those that were made before."""
    return RotateKey(
        id=form.id,
        staff_id=caller.staff_id,
        withdraw=form.withdraw,
    )


DOORS: tuple[Door, ...] = (
    post("/api/share/make", MakeShareForm, _make, Shared, who=Who.ANYONE),
    post("/api/share/open", OpenShareForm, _open, Landed, who=Who.ANYONE),
    post("/api/share/bind", BindForm, _bind, Tied, who=Who.MEMBER),
    get("/api/share/mine", BroughtForm, _mine, views.Brought, who=Who.MEMBER),
    get("/api/staff/share/report", ShareReportForm, _report, views.ShareReport, who=Who.STAFF),
    get("/api/staff/share/tree", ShareTreeForm, _tree, views.ShareTree, who=Who.STAFF),
    command_door(
        "/api/staff/share/rotate", RotateKeyForm, _rotate, messages.KeyRotated, who=Who.OWNER
    ),
)
