"""Several processes at one team, one quota, one newcomer: exactly as many as there are seats.

And the tests of the tests: with a guard taken out, the same crowd must be able to tell.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from operator import or_
from random import Random
from threading import get_ident
from typing import Any

import msgspec
from databases import connect, new_database, owner
from games.groupbuy.playing import CAST
from games.groupbuy.story import CAMPAIGN_LIST
from races.crowds import broken_claims, race, told, troubles, value
from races.crowds import crowd as crowd_at
from races.process import SHOP, Heard, unlocked
from scenery import PLAIN, uid
from stories import lay

from frontline.engine.engine import Engine
from frontline.games.groupbuy.book import GroupbuyKeys
from frontline.games.groupbuy.messages import CampaignId, ExpireTeam, JoinTeam, OpenTeam, TeamId
from frontline.games.groupbuy.states import SeatState, TeamState
from frontline.games.groupbuy.terms import Audience
from frontline.house import assembled
from frontline.kernel.words import Command, Fen, MemberId, NoEffect, OrderId
from frontline.shop.order.messages import ExpireOrder
from frontline.shop.payment.book import out_trade_no
from frontline.shop.payment.messages import Settle, StartPayment
from frontline.shop.stock.book import Level, StockKeys
from frontline.store.database import Database, Transaction
from frontline.testing.laws import read
from frontline.testing.memory import World
from frontline.testing.story import BEGIN
from frontline.wechat.provider import Channel

PLENTY = 10_000
ORDINARY, NEWCOMERS = (one.id for one in CAMPAIGN_LIST[:2])
LEADER_PRICE, PRICE = Fen(700), Fen(800)
NO_LOCKS = (
    unlocked("games.groupbuy.rows.loading:_LOCK_TEAMS", "ORDER BY id FOR NO KEY UPDATE"),
    unlocked(
        "games.groupbuy.rows.loading:_LOCK_ITEMS",
        "ORDER BY i.campaign_id, i.sku_id FOR NO KEY UPDATE OF i",
    ),
)
NO_NUMBERS = "DROP INDEX groupbuy_seat_once"
NO_SIZE = "ALTER TABLE groupbuy_team DROP CONSTRAINT groupbuy_team_within_size"
NO_QUOTA = "ALTER TABLE groupbuy_item DROP CONSTRAINT groupbuy_item_within_quota"
NO_NEWCOMERS = "ALTER TABLE groupbuy_newcomer DROP CONSTRAINT groupbuy_newcomer_pkey"


def member(number: int) -> MemberId:
    return MemberId(uid(70, number))


def lay_world(*, quota: int = PLENTY, **terms: Any) -> World:
    world = reduce(or_, (part.lay(Random(0)) for part in CAST.parts), World({}))
    book = world.book(GroupbuyKeys)
    for campaign_id in (ORDINARY, NEWCOMERS):
        known = book.campaigns[campaign_id]
        kept = {"audience": known.terms.audience, "size": 2, "leads_max": None, "joins_max": None}
        changed = msgspec.structs.replace(known.terms, **{**kept, **terms})
        book.campaigns[campaign_id] = msgspec.structs.replace(known, terms=changed)
        item = book.items[campaign_id, PLAIN]
        book.items[campaign_id, PLAIN] = msgspec.structs.replace(item, quota=quota)
    world.book(StockKeys).levels[PLAIN] = Level(PLENTY, 0, 0)
    return world


def crowd(url: str, waves: Sequence[Sequence[Command[Any]]], minutes: int = 0) -> list[str]:
    """By one process: what it was told."""
    heard = crowd_at(url, waves, BEGIN + timedelta(minutes=minutes))
    assert troubles([heard]) == 0
    return [type(outcome).__name__ for outcome in heard.outcomes]


def run(url: str, *commands: Command[Any], minutes: int = 0) -> list[str]:
    """One after another."""
    return crowd(url, [[command] for command in commands], minutes)


def shop(server_url: str, world: World, *broken: str) -> str:
    async def go() -> str:
        url = await new_database(server_url, *broken)
        await lay(url, SHOP, world)
        return url

    return asyncio.run(go())


def rows_of(url: str) -> Any:
    async def go() -> Any:
        database = Database(url, connections_max=1)
        try:
            async with database.transaction(SHOP) as transaction:
                return await read(CAST, transaction)
        finally:
            await database.close()

    return asyncio.run(go())


def conserved(url: str) -> Any:
    """The rows, once what every part says of them is seen to be true."""
    rows = rows_of(url)
    for part in CAST.parts:
        if part.name in {"groupbuy", "payment"}:
            assert part.conserved is not None
            part.conserved(rows, rows)
    assert broken_claims(url).keys() <= {"stock moved"}  # It was laid without a movement.
    return rows


def opening(
    number: int, who: MemberId, campaign_id: CampaignId = ORDINARY, kind: int = 80
) -> OpenTeam:
    return OpenTeam(id=uid(kind, number), campaign_id=campaign_id, member_id=who, sku_id=PLAIN)


def begun(order_id: Any, who: MemberId) -> StartPayment:
    return StartPayment(
        id=uid(81, order_id.int & (1 << 64) - 1 | order_id.int >> 64 << 32),
        order_id=OrderId(order_id),
        member_id=who,
        channel=Channel.H5,
        currency="CNY",
    )


def notice(order_id: Any, amount: Fen, kind: int = 82) -> Settle:
    return Settle(
        id=uid(kind, order_id.int & (1 << 64) - 1 | order_id.int >> 64 << 32),
        out_trade_no=out_trade_no(order_id),
        transaction_id=f"t-{order_id}",
        amount=amount,
        currency="CNY",
        payer=None,
        paid_at=BEGIN,
    )


def led(url: str, number: int, who: MemberId, campaign_id: CampaignId = ORDINARY) -> TeamId:
    """A team whose leader has paid."""
    team = opening(number, who, campaign_id)
    steps = (team, begun(team.id, who), notice(team.id, LEADER_PRICE))
    assert run(url, *steps) == ["Seated", "PaymentStarted", "Settled"]
    return TeamId(team.id)


# -- One team -----------------------------------------------------------------------------

SIZE, WISHES = 7, 10


def fill(
    server_url: str, *broken: str, removed: tuple[Any, ...] = ()
) -> tuple[list[Heard], str, TeamId]:
    url = shop(server_url, lay_world(size=SIZE), *broken)
    team_id = led(url, 0, member(0))
    joins = [
        [
            [
                JoinTeam(
                    id=uid(90 + process, number),
                    team_id=team_id,
                    member_id=member(100 * process + number),
                    sku_id=PLAIN,
                )
            ]
            for number in range(WISHES)
        ]
        for process in range(1, 4)
    ]
    return race(url, joins, *removed), url, team_id


def test_one_team_is_filled_by_exactly_its_seats(server_url: str) -> None:
    heard, url, team_id = fill(server_url)
    assert told(heard) == {"Seated": SIZE - 1, "team_full": 3 * WISHES - (SIZE - 1)}
    assert troubles(heard) == 0
    held = rows_of(url)["GroupbuyBook.seats"][team_id]
    assert sorted(seat.number for seat in held) == [*range(1, SIZE + 1)]

    others = [seat for seat in held if seat.state is SeatState.HELD]
    run(url, *(begun(seat.order_id, seat.member_id) for seat in others))
    notices = [
        [[notice(seat.order_id, PRICE, kind=110 + process)] for seat in others]
        for process in range(3)
    ]
    heard = race(url, notices)  # Every notice comes three times, by other processes.
    assert told(heard) == {"Settled": SIZE - 1, "AlreadySettled": 2 * (SIZE - 1)}
    assert troubles(heard) == 0
    rows = conserved(url)
    assert rows["GroupbuyBook.teams"][team_id].state is TeamState.COMPLETE
    assert rows["StockBook.levels"][PLAIN].sold == SIZE
    completed = "SELECT count(*) FROM outbox WHERE events LIKE '%TeamCompleted%'"
    assert value(url, completed) == 1


def test_without_the_lock_the_size_keeps_the_truth_and_batches_break(server_url: str) -> None:
    heard, url, _ = fill(server_url, NO_NUMBERS, removed=NO_LOCKS)
    assert troubles(heard) > 0
    assert told(heard)["Seated"] <= SIZE - 1


TEAMS = 12


def last_seats(
    server_url: str, *broken: str, removed: tuple[Any, ...] = ()
) -> tuple[list[Heard], str]:
    """Three processes want the last seat of each of twelve teams."""
    url = shop(server_url, lay_world(size=2), *broken)
    team_ids = [opening(n, member(n)).id for n in range(TEAMS)]
    crowd(
        url,
        [
            [opening(n, member(n)) for n in range(TEAMS)],
            [begun(one, member(n)) for n, one in enumerate(team_ids)],
            [notice(one, LEADER_PRICE) for one in team_ids],
        ],
    )
    crowds = [
        [
            [JoinTeam(id=uid(90 + process, n), team_id=TeamId(one), member_id=who, sku_id=PLAIN)]
            for n, one in enumerate(team_ids)
            for who in [member(100 * process + n)]
        ]
        for process in range(1, 4)
    ]
    return race(url, crowds, *removed), url


def test_every_last_seat_is_taken_once(server_url: str) -> None:
    heard, _ = last_seats(server_url)
    assert told(heard) == {"Seated": TEAMS, "team_full": 2 * TEAMS}
    assert troubles(heard) == 0


def test_without_lock_and_size_too_many_sit(server_url: str) -> None:
    heard, _ = last_seats(
        server_url,
        NO_NUMBERS,
        NO_SIZE,
        removed=NO_LOCKS,
    )
    assert told(heard)["Seated"] > TEAMS


def test_the_last_seat_has_one_payer(server_url: str) -> None:
    """Three hold it one after another, and all of them pay at the same moment."""
    url = shop(server_url, lay_world(size=2))
    team_id = led(url, 0, member(0))
    wishes = [
        JoinTeam(id=uid(90, n), team_id=team_id, member_id=member(n), sku_id=PLAIN)
        for n in range(1, 4)
    ]
    for number, wish in enumerate(wishes):
        said = run(url, wish, begun(wish.id, wish.member_id), minutes=6 * number)
        assert said == ["Seated", "PaymentStarted"]
    expiries = [ExpireOrder(id=uid(91, n), order_id=OrderId(w.id)) for n, w in enumerate(wishes)]
    crowds = [
        [[notice(wish.id, PRICE, kind=110 + process) for wish in wishes], [expiries[process]]]
        for process in range(3)
    ]
    heard = race(url, crowds, now=BEGIN + timedelta(minutes=13))
    outcomes = told(heard)
    assert (outcomes["Settled"], outcomes["SentBack"], outcomes["AlreadySettled"]) == (1, 2, 6)
    assert troubles(heard) == 0
    rows = conserved(url)
    assert rows["GroupbuyBook.teams"][team_id].state is TeamState.COMPLETE
    payments = rows["PaymentBook.payments"].values()
    assert sum(payment.kept for payment in payments) == LEADER_PRICE + PRICE
    assert sum(payment.refunded for payment in payments) == 2 * PRICE


def test_a_team_expires_once_however_many_say_so(server_url: str) -> None:
    url = shop(server_url, lay_world(size=3))
    team_ids = [led(url, n, member(n)) for n in range(4)]
    joins = [
        JoinTeam(id=uid(90, n), team_id=team_id, member_id=member(10 + n), sku_id=PLAIN)
        for n, team_id in enumerate(team_ids)
    ]
    for wish in joins:
        run(url, wish, begun(wish.id, wish.member_id), notice(wish.id, PRICE))
    crowds = [
        [[ExpireTeam(id=uid(95 + process, n), team_id=one)] for n, one in enumerate(team_ids)]
        for process in range(3)
    ]
    heard = race(url, crowds, now=BEGIN + timedelta(minutes=60))
    assert told(heard) == {"TeamEnded": 4, "TeamStays": 8}
    assert troubles(heard) == 0
    rows = conserved(url)
    payments = rows["PaymentBook.payments"].values()
    assert [(one.refunds, one.kept) for one in payments] == [(1, 0)] * 8
    assert len(rows["PaymentBook.refunds"]) == 8
    assert rows["StockBook.levels"][PLAIN] == Level(PLENTY, 0, 0)


# -- One quota, one customer, one newcomer ------------------------------------------------

QUOTA = 50


def open_many(
    server_url: str, *broken: str, removed: tuple[Any, ...] = ()
) -> tuple[list[Heard], str]:
    url = shop(server_url, lay_world(quota=QUOTA), *broken)
    crowds = [
        [
            [opening(100 * wave + n, member(1000 * process + 100 * wave + n), kind=120 + process)
             for n in range(10)]
            for wave in range(4)
        ]
        for process in range(3)
    ]  # fmt: skip
    return race(url, crowds, *removed), url


def test_a_quota_is_taken_to_the_last_unit_and_no_further(server_url: str) -> None:
    heard, url = open_many(server_url)
    assert told(heard) == {"Seated": QUOTA, "quota_gone": 120 - QUOTA}
    assert troubles(heard) == 0
    assert conserved(url)["GroupbuyBook.items"][ORDINARY, PLAIN].taken == QUOTA


def test_without_the_lock_batches_break_on_the_quota(server_url: str) -> None:
    heard, _ = open_many(server_url, removed=NO_LOCKS)
    assert troubles(heard) > 0
    assert told(heard)["Seated"] <= QUOTA


def test_without_lock_and_quota_too_much_is_promised(server_url: str) -> None:
    heard, _ = open_many(
        server_url,
        NO_QUOTA,
        removed=NO_LOCKS,
    )
    assert told(heard)["Seated"] > QUOTA


def open_twice(server_url: str, *broken: str) -> Counter[str]:
    """Each of twenty customers opens a team in three processes at once."""
    url = shop(server_url, lay_world(), *broken)
    crowds = [
        [[opening(n, member(n), kind=120 + process)] for n in range(20)] for process in range(3)
    ]
    heard = race(url, crowds)
    assert troubles(heard) == 0
    return told(heard)


def test_a_customer_has_one_unfinished_team(server_url: str) -> None:
    assert open_twice(server_url) == {"Seated": 20, "already_in_team": 40}


def join_two(server_url: str, *broken: str, removed: tuple[Any, ...] = ()) -> list[Heard]:
    """Each of twelve newcomers joins two teams, of two campaigns, in two processes at once."""
    world = lay_world(size=20, audience=Audience.NEW)
    url = shop(server_url, world, *broken)
    people = [member(50 + n) for n in range(12)]
    asyncio.run(_introduce(url, people))
    teams = [led(url, 0, member(0), ORDINARY), led(url, 1, member(1), NEWCOMERS)]
    crowds = [
        [
            [JoinTeam(id=uid(120 + n, place), team_id=team_id, member_id=who, sku_id=PLAIN)]
            for place, who in enumerate(people)
        ]
        for n, team_id in enumerate(teams)
    ]
    return race(url, crowds, *removed)


async def _introduce(url: str, people: Sequence[MemberId]) -> None:
    sql = await connect(owner(url))
    await sql.execute("SET app.shop_id = '1'")
    await sql.executemany(
        "INSERT INTO member (shop_id, id, openid, nickname, locale, joined_at)"
        " VALUES (1, $1, $2, '', 'zh', now())",
        [(who, f"openid-{who}") for who in people],
    )
    await sql.close()


def test_nobody_is_new_twice(server_url: str) -> None:
    heard = join_two(server_url)
    assert told(heard) == {"Seated": 12, "newcomer_elsewhere": 12}
    assert troubles(heard) == 0


def test_without_the_key_somebody_is(server_url: str) -> None:
    heard = join_two(server_url, NO_NEWCOMERS, removed=NO_LOCKS)
    assert told(heard)["Seated"] > 12


# -- Statements ---------------------------------------------------------------------------

MANY = 64


def test_statements_do_not_grow_with_the_batch(server_url: str, monkeypatch: Any) -> None:
    """Sixty-four teams opened, filled by half and expired take as many statements as one."""
    seen: list[Any] = []
    say = Transaction._said
    here = get_ident()  # A town of other tests may live in another thread.

    def said(self: Transaction, statement: Any, values: dict[str, Any]) -> Any:
        if get_ident() == here:
            seen.append(statement)
        return say(self, statement, values)

    monkeypatch.setattr(Transaction, "_said", said)
    one, many = (asyncio.run(_lives(server_url, size, seen)) for size in (1, MANY))
    assert one == many
    assert min(one.values()) > 0


async def _lives(server_url: str, size: int, seen: list[Any]) -> dict[str, int]:
    """How many statements each step takes."""
    url = await new_database(server_url)
    await lay(url, SHOP, lay_world(size=3))
    clock = [BEGIN]
    database = Database(url, connections_max=1)
    house = assembled()
    engine = Engine(database, house.library, house.command_sets, now=lambda: clock[0])
    opens = [opening(n, member(n)) for n in range(size)]
    joins = [
        JoinTeam(id=uid(90, n), team_id=TeamId(one.id), member_id=member(100 + n), sku_id=PLAIN)
        for n, one in enumerate(opens)
    ]
    expiries = [ExpireTeam(id=uid(95, n), team_id=TeamId(one.id)) for n, one in enumerate(opens)]
    counted: dict[str, int] = {}
    for kind, batch in {
        "open": opens,
        "begin": [begun(one.id, one.member_id) for one in opens],
        "lead": [notice(one.id, LEADER_PRICE) for one in opens],
        "join": joins,
        "begin too": [begun(one.id, one.member_id) for one in joins],
        "follow": [notice(one.id, PRICE) for one in joins],
        "expire": expiries,
    }.items():
        clock[0] += timedelta(hours=2 if kind == "expire" else 0)
        seen.clear()
        handler = engine.handler(SHOP, engine._sets[type(batch[0])])
        outcomes = await handler(batch)
        assert not any(isinstance(outcome, NoEffect) for outcome in outcomes), (kind, outcomes[0])
        counted[kind] = len(seen)
    await database.close()
    return counted
