"""A year of deciding: what was asked for beyond limits, who answered when, and what came of it.

What people do is made up; what follows is the rules': they are run in memory, command by command
(`stage`), and the books they leave are stored as the shop would store them, the chain of
decisions with its hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from frontline.company.authority.book import (
    AuthorityBook,
    SeenAuthorityBook,
    SeenAuthorityKeys,
    WarrantKeys,
)
from frontline.company.authority.messages import DepartmentId
from frontline.company.authority.rows import gate, matrix
from frontline.company.decision.book import (
    CommitmentBook,
    CommitmentKeys,
    DecisionBook,
    DecisionKeys,
)
from frontline.company.decision.rows import commitments, loading, storing
from frontline.company.request import rows as request_rows
from frontline.company.request.book import Post, PostBook, PostKeys, RequestBook, RequestKeys
from frontline.company.window import rows as window_rows
from frontline.company.window.book import WindowBook, WindowKeys
from frontline.demo.year.acting import Acting, Deeds
from frontline.demo.year.stage import Stage
from frontline.demo.year.trade import Trade, given
from frontline.house import assembled
from frontline.kernel.authority import AuthorityKeys
from frontline.kernel.book import Page
from frontline.kernel.ids import following
from frontline.kernel.words import ShopId
from frontline.shop.coupon import rows as coupon_rows
from frontline.shop.coupon.book import CouponBook, CouponKeys
from frontline.shop.member.book import AcquaintanceBook, AcquaintanceKeys
from frontline.store.database import Transaction

DECIDED_MAX, OPEN_MAX = 5_000, 200
_NOBODY = UUID(int=0)
_TIMERS = "INSERT INTO timer (shop_id, id, due_at, commands) VALUES ($1, $2, $3, $4)"


@dataclass(slots=True)
class Books:
    seen: SeenAuthorityBook
    authority: AuthorityBook
    first: DecisionBook  # Its head is that of all the others.
    decisions: dict[UUID, DecisionBook]
    commitments: CommitmentBook
    windows: WindowBook
    posts: PostBook
    requests: RequestBook
    coupons: CouponBook

    def decision(self, keys: DecisionKeys) -> DecisionBook:
        """A small one for each proposal: rules look through all that a book holds."""
        (proposal_id,) = keys.proposal_ids
        if proposal_id not in self.decisions:
            self.decisions[proposal_id] = DecisionBook(
                Page({}), Page({}), Page({}), Page({}), self.first.head, self.first.steps
            )
        return self.decisions[proposal_id]


async def decided(connection: asyncpg.Connection, trade: Trade, orders: int, now: datetime) -> int:
    """Fill the year with proposals, windows and requests; how many proposals that were.

    None where nobody but the owner works. The connection has the transaction open.
    """
    t = Transaction(connection, ShopId(trade.shop_id))
    books = await _opened(t)
    clerks = books.seen.clerks.rows()
    staff = [who for who, clerk in clerks.items() if not clerk.owner and clerk.position_id]
    owners = [who for who, clerk in clerks.items() if clerk.owner]
    if not staff or not owners:
        return 0
    wanted = min(DECIDED_MAX, max(60, orders // 200))
    deeds = Deeds(wanted, min(OPEN_MAX, max(8, wanted // 25)), now)
    random = Random(f"{trade.seed} company")  # noqa: S311 - made-up people
    acting = Acting(random, books.seen, owners[0], sorted(staff), deeds)
    stage = Stage(assembled().command_sets, _lent(books), acting.hear, now)
    acting.stage = stage
    acting.begin()
    await stage.run()
    await _stored(t, books)
    await connection.executemany(
        _TIMERS,
        [
            (trade.shop_id, following(command.id, "timer"), due_at, given(command))
            for due_at, command in stage.later
        ],
    )
    return len(books.decisions)


async def _opened(t: Transaction) -> Books:
    seen = await matrix.seen(t, SeenAuthorityKeys())
    authority = await gate.load_deciding(t, WarrantKeys(list(seen.clerks.rows())))
    # What they have used since is not to stand in the way of what they did then.
    authority.allowances = seen.allowances = Page({})
    posts = {
        who: Post(_department(seen, clerk.position_id), clerk.owner)
        for who, clerk in seen.clerks.rows().items()
    }
    departments = {DepartmentId(id_): one.name for id_, one in seen.departments.rows().items()}
    return Books(
        seen=seen,
        authority=authority,
        first=await loading.load(t, DecisionKeys([_NOBODY])),  # type: ignore[list-item]
        decisions={},
        commitments=CommitmentBook(Page({})),
        windows=WindowBook(Page({})),
        posts=PostBook(Page(posts), Page(departments)),  # type: ignore[arg-type]
        requests=RequestBook(Page({})),
        coupons=CouponBook(Page({}), Page({}), Page({})),
    )


def _department(seen: SeenAuthorityBook, position_id: Any) -> Any:
    position = seen.positions.get(position_id) if position_id is not None else None
    return None if position is None else position.department_id


def _lent(books: Books) -> dict[Any, Any]:
    nobody = AcquaintanceBook(Page({}))
    return {
        SeenAuthorityKeys: lambda _: books.seen,
        WarrantKeys: lambda _: books.authority,
        AuthorityKeys: lambda _: books.authority,
        DecisionKeys: books.decision,
        CommitmentKeys: lambda _: books.commitments,
        WindowKeys: lambda _: books.windows,
        PostKeys: lambda _: books.posts,
        RequestKeys: lambda _: books.requests,
        CouponKeys: lambda _: books.coupons,
        AcquaintanceKeys: lambda _: nobody,
    }


async def _stored(t: Transaction, books: Books) -> None:
    whole = books.first
    for book in books.decisions.values():
        for mine, its in (
            (whole.proposals, book.proposals),
            (whole.reviews, book.reviews),
            (whole.questions, book.questions),
            (whole.waits, book.waits),
        ):
            _take(mine, its)
    whole.check()
    await storing.store(t, whole)
    await commitments.store(t, books.commitments)
    await coupon_rows.store(t, books.coupons)
    await t.flush()
    await window_rows.store(t, books.windows)
    await request_rows.store(t, books.requests)
    await _store_authority(t, books.authority)
    await t.flush()


def _take(mine: Page[Any, Any], its: Page[Any, Any]) -> None:
    for key, row in its.rows().items():
        mine[key] = row


async def _store_authority(t: Transaction, book: AuthorityBook) -> None:
    """Warrants are written unused, then used up: as it was, in two batches."""
    warrants = book.warrants.added()
    new = {
        id_: msgspec.structs.replace(one, used_by=None, used_at=None)
        for id_, one in warrants.items()
    }
    written: Page[UUID, Any] = Page({})
    for id_, one in new.items():
        written[id_] = one
    there = await gate.load_deciding(t, WarrantKeys(list(book.clerks.rows())))
    kept: Page[Any, Any] = Page({})
    for key, used in book.allowances.added().items():
        if there.allowances.get(key) is None:  # Else of a later month, which this is no part of.
            kept[key] = used
    await gate.store(t, AuthorityBook(Page({}), Page({}), Page({}), kept, written, uses=book.uses))
    await t.flush()
    used_up: Page[UUID, Any] = Page(new)
    for id_, one in warrants.items():
        used_up[id_] = one
    await gate.store(t, AuthorityBook(Page({}), Page({}), Page({}), Page({}), used_up, uses=[]))
