"""Group-buys in stories: teams opened, joined, filled, left and expired; campaigns made."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from scenery import (
    ADDRESSES,
    BY_PHONE,
    GOODS,
    LIMITED,
    MEMBERS,
    PIECE,
    PLAIN,
    STAFF,
    UNKNOWN,
    lay,
    some,
    uid,
)
from sqlalchemy import text

from frontline.games.groupbuy.book import (
    KIND,
    Campaign,
    Former,
    FormerBook,
    FormerKeys,
    GroupbuyBook,
    GroupbuyKeys,
    Item,
    Newcomer,
    Player,
    Seat,
    SeenGroupbuyBook,
    SeenGroupbuyKeys,
    Team,
    as_newcomer,
)
from frontline.games.groupbuy.feature import CAMPAIGNS, EXPIRING, QUOTING, SEATING
from frontline.games.groupbuy.messages import (
    ApproveCampaign,
    CampaignId,
    ChangeCampaign,
    CheckCampaign,
    CloseCampaign,
    CreateCampaign,
    EndCampaign,
    ExpireTeam,
    JoinTeam,
    OpenTeam,
    PauseCampaign,
    PublishCampaign,
    QuoteSeat,
    ResumeCampaign,
    StartCampaign,
    TeamId,
)
from frontline.games.groupbuy.book import campaign_of
from frontline.games.groupbuy.seen import campaign_facts
from frontline.games.groupbuy.states import (
    COUNTED,
    FILLED,
    STANDING,
    CampaignState,
    SeatState,
    TeamState,
)
from frontline.games.groupbuy.terms import Audience, ItemTerms, OnExpiry, Terms
from frontline.kernel.book import Page
from frontline.kernel.seen import seen_of
from frontline.kernel.words import Command, Fen, MemberId, OrderId, ShopId, SkuId, StaffId
from frontline.shop.checkout.messages import Language
from frontline.shop.coupon.book import ClaimState, CouponKeys
from frontline.shop.order.book import OrderKeys
from frontline.shop.order.states import CancelReason, State
from frontline.shop.payment.book import PaymentKeys
from frontline.shop.payment.book import State as PaymentState
from frontline.shop.stock.book import StockKeys
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import BEGIN, Part

DAY = timedelta(days=1)


def terms(**changed: Any) -> Terms:
    usual: dict[str, Any] = {
        "name": "周末拼团",
        "rule_text": "两人成团，一小时内未满员全额退款。",
        "share_title": "差你一个",
        "starts_at": BEGIN - DAY,
        "ends_at": BEGIN + 2 * DAY,
        "size": 2,
        "life_hours": 1,
        "pay_minutes": 5,
        "order_max": 2,
        "member_max": 4,
        "coupons": True,
    }
    return Terms(**{**usual, **changed})


def campaign(number: int, state: CampaignState, **changed: Any) -> Campaign:
    return Campaign(id=CampaignId(uid(60, number)), state=state, terms=terms(**changed))


CAMPAIGN_LIST = [
    campaign(0, CampaignState.LIVE, leads_max=2, joins_max=2),
    campaign(1, CampaignState.LIVE, audience=Audience.NEW, size=3, life_hours=30, member_max=None),
    campaign(2, CampaignState.LIVE, on_expiry=OnExpiry.SHIP, size=3, order_min=2, coupons=False),
    campaign(3, CampaignState.PREVIEW, starts_at=BEGIN + timedelta(minutes=20), preview_hours=1),
    campaign(4, CampaignState.PAUSED),
    campaign(5, CampaignState.DRAFT),
    campaign(6, CampaignState.LIVE, starts_at=BEGIN - DAY, ends_at=BEGIN + timedelta(minutes=5)),
]
# Approved when it was to cost next to nothing; by now prices have risen.
GROWN = [
    msgspec.structs.replace(campaign(number, state), worst_case=Fen(100))
    for number, state in ((7, CampaignState.APPROVED), (8, CampaignState.LIVE))
]


def _item(position: int, price: int, quota: int, leader_price: int | None = None) -> Item:
    leader = None if leader_price is None else Fen(leader_price)
    return Item(position=position, price=Fen(price), leader_price=leader, quota=quota)


ITEMS = {
    PLAIN: _item(0, 800, 9, 700),
    LIMITED: _item(1, 600, 4),
    PIECE: _item(2, 250, 30),
}


def _lay(_: Random) -> World:
    campaigns = {one.id: one for one in CAMPAIGN_LIST}
    items = {(one, sku_id): item for one in campaigns for sku_id, item in ITEMS.items()}
    campaigns |= {one.id: one for one in GROWN}
    items |= {(one.id, PLAIN): _item(0, 500, 5) for one in GROWN}
    book = GroupbuyBook(Page(campaigns), Page(items), Page({}), Page({}), Page({}), Page({}))
    return World({GroupbuyKeys: book})


def _formers(world: World) -> FormerBook:
    """No story is told of two members with one WeChat, so whose order it was says enough."""
    orders = world.book(OrderKeys).orders.rows()
    paid = {
        orders[payment.order_id].member_id
        for payment in world.book(PaymentKeys).payments.rows().values()
        if payment.state is PaymentState.PAID and payment.refunded < payment.asked
    }
    return FormerBook(Page({who: Former(who != BY_PHONE, who in paid) for who in MEMBERS}))


def _seen(world: World) -> SeenGroupbuyBook:
    book = world.book(GroupbuyKeys)
    pages = (book.campaigns, book.items, book.teams, book.seats, book.players, book.newcomers)
    return SeenGroupbuyBook(*(Page(page.rows()) for page in pages))


def held_back(world: World) -> set[OrderId]:
    """Paid orders that are not to be sent yet."""
    book = world.book(GroupbuyKeys)
    return {
        seat.order_id
        for team_id, seats in book.seats.rows().items()
        for seat in seats
        if book.teams[team_id].state is TeamState.OPEN
    }


# -- Wishes -------------------------------------------------------------------------------


def take_seat(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    book = world.book(GroupbuyKeys)
    open_teams = [
        team
        for team in book.teams.rows().values()
        if team.state is TeamState.OPEN and not team.over(now)
    ]
    if open_teams and chance.random() < 0.8 or chance.random() < 0.02:
        chosen = chance.choice(open_teams) if open_teams and chance.random() < 0.95 else None
        others = [*book.teams.rows(), TeamId(UNKNOWN)]
        team_id = chosen.id if chosen is not None else chance.choice(others)
        known = book.teams.get(team_id)
        wish = _wish(chance, world, None if known is None else known.campaign_id)
        return JoinTeam(id=id_, team_id=team_id, **wish)
    live = [i for i, one in book.campaigns.rows().items() if one.state_at(now) == "live"]
    campaign_id = some(chance, live, [*book.campaigns.rows(), CampaignId(UNKNOWN)])
    return OpenTeam(id=id_, campaign_id=campaign_id, **_wish(chance, world, campaign_id))


def quote(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    """Of a seat that somebody might want to take just now."""
    wish: Any = take_seat(chance, world, now, id_)
    return QuoteSeat(
        id=id_,
        member_id=wish.member_id,
        team_id=getattr(wish, "team_id", None),
        campaign_id=getattr(wish, "campaign_id", None) if chance.random() < 0.95 else None,
        sku_id=wish.sku_id,
        quantity=wish.quantity,
        address_id=wish.address_id if chance.random() < 0.5 else None,
        claim_id=wish.claim_id if chance.random() < 0.5 else None,
        no_coupon=chance.random() < 0.2,
        language=chance.choice([*Language]),
    )


def _wish(chance: Random, world: World, campaign_id: CampaignId | None) -> dict[str, Any]:
    """Mostly by somebody who may, of something that is there."""
    book, stock = world.book(GroupbuyKeys), world.book(StockKeys)
    campaign = None if campaign_id is None else book.campaigns.get(campaign_id)
    idle = [who for who in MEMBERS if (campaign_id, who) not in book.players.rows()]
    idle += [
        who
        for (where, who), one in book.players.rows().items()
        if where == campaign_id and one.team_id is None
    ]
    member_id = some(chance, idle, MEMBERS)
    there = [sku_id for sku_id in ITEMS if stock.free(sku_id) > 1]
    claims = world.book(CouponKeys).claims.rows().values()
    held = [one.id for one in claims if (one.member_id, one.state) == (member_id, ClaimState.HELD)]
    home = [one.id for one in ADDRESSES.values() if one.member_id == member_id][:1]
    least = 1 if campaign is None else campaign.terms.order_min
    use_coupon = chance.random() < 0.3 and campaign is not None and campaign.terms.coupons
    return {
        "member_id": member_id,
        "sku_id": some(chance, there, [*GOODS, SkuId(UNKNOWN)]),
        "quantity": some(chance, [least], [1, 2, 3]),
        "address_id": some(chance, home, [None, UNKNOWN, *ADDRESSES]),
        "claim_id": some(chance, held, [UNKNOWN]) if use_coupon else some(chance, [None], held),
        "expected_total": Fen(1) if chance.random() < 0.03 else None,
    }


def expire(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    teams = world.book(GroupbuyKeys).teams.rows()
    due = [one.id for one in teams.values() if one.state is TeamState.OPEN and one.over(now)]
    if not due and chance.random() < 0.8:
        return None
    return ExpireTeam(id=id_, team_id=some(chance, due, [*teams, TeamId(UNKNOWN)]))


_MOVES = {
    CampaignState.DRAFT: CheckCampaign,
    CampaignState.CHECKED: ApproveCampaign,
    CampaignState.APPROVED: PublishCampaign,
    CampaignState.LIVE: PauseCampaign,
    CampaignState.PAUSED: ResumeCampaign,
    CampaignState.ENDED: CloseCampaign,
}


def manage(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    book, staff_id = world.book(GroupbuyKeys), StaffId(STAFF)
    deed = chance.choice(("create", "change", "clock", "move", "move", "move", "move", "any"))
    if deed == "create":
        return CreateCampaign(
            id=id_, terms=_terms(chance, now), items=_items(chance), staff_id=staff_id
        )
    campaign_id = some(chance, [*book.campaigns.rows()], [CampaignId(UNKNOWN)])
    if deed == "change":
        known = book.campaigns.get(campaign_id)
        new = _terms(chance, now) if known is None or chance.random() < 0.4 else known.terms
        items = _items(chance)
        if known is not None and chance.random() < 0.7:
            items = tuple(
                ItemTerms(
                    sku_id=sku_id,
                    price=item.price,
                    leader_price=item.leader_price,
                    quota=max(1, item.quota + chance.choice((-2, 0, 1))),
                )
                for sku_id, item in book.items_of(campaign_id).items()
                if item.offered
            )
        longer = {"ends_at": new.ends_at + chance.choice((0, 1)) * timedelta(hours=1)}
        new = Terms(**{**_fields(new), **longer})
        there = [it for it in book.items_of(campaign_id).items() if it[1].offered]
        seen = seen_of({} if known is None else campaign_facts(known.terms, there))
        return ChangeCampaign(
            id=id_,
            campaign_id=campaign_id,
            terms=new,
            items=items,
            staff_id=staff_id,
            seen=chance.choice(("", "", "", seen, seen, seen_of({"name": "once"}))),
        )
    if deed == "clock":
        return chance.choice((StartCampaign, EndCampaign))(id=id_, campaign_id=campaign_id)
    known = book.campaigns.get(campaign_id)
    kind: Any = _MOVES.get(known.state_at(now)) if known is not None else None
    if kind is None or deed == "any":
        kind = chance.choice([*_MOVES.values()])
    return kind(id=id_, campaign_id=campaign_id, staff_id=staff_id)


def _fields(one: Terms) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Terms.__struct_fields__}


def _terms(chance: Random, now: datetime) -> Terms:
    return terms(
        starts_at=now + some(chance, [timedelta(0), timedelta(minutes=3)], [3 * DAY]),
        ends_at=now + some(chance, [DAY], [timedelta(minutes=2)]),
        order_max=some(chance, [2], [5]),
        budget_cap=some(chance, [None, Fen(10**6)], [Fen(10)]),
    )


def _items(chance: Random) -> tuple[ItemTerms, ...]:
    chosen = chance.sample([*GOODS], chance.choice((1, 1, 2)))
    if chance.random() < 0.1:
        chosen = [SkuId(UNKNOWN)]
    return tuple(
        ItemTerms(
            sku_id=sku_id,
            price=Fen(some(chance, [200], [900])),
            leader_price=some(chance, [None], [Fen(150), Fen(950)]),
            quota=some(chance, [2], [10**6]),
        )
        for sku_id in (*chosen, *chosen[:1] * (chance.random() < 0.05))
    ) * (chance.random() < 0.97)


# -- Laws ---------------------------------------------------------------------------------

_BESIDE = {
    SeatState.HELD: {State.CREATED, State.PAYING},
    SeatState.LOST: {State.PAYING, State.CREATED},
    SeatState.LAPSED: {State.CANCELLED},
    SeatState.REFUNDED: {State.REFUNDING, State.REFUNDED},
    SeatState.RETURNED: {State.REFUNDING, State.REFUNDED},
    SeatState.PAID: {
        State.PAID,
        State.TO_SHIP,
        State.PART_SHIPPED,
        State.SHIPPED,
        State.RECEIVED,
        State.DONE,
    },
}


def conserved(_: Content, after: Content) -> None:
    """Seats are in step with orders and money, teams with seats, counters with both."""
    orders = after["OrderBook.orders"]
    teams, seats = after["GroupbuyBook.teams"], after["GroupbuyBook.seats"]
    standing = {seat.order_id: team_id for team_id, all_ in seats.items() for seat in all_}
    ours = {
        order.id: order.because.id
        for order in orders.values()
        if order.because is not None and order.because.kind == KIND
    }
    assert ours == standing
    for team_id, all_ in seats.items():
        _of_team(teams[team_id], all_, orders, after["PaymentBook.payments"])
    _counters(after)


def _of_team(team: Team, seats: tuple[Seat, ...], orders: Any, payments: Any) -> None:
    now = Counter(seat.state for seat in seats)
    filled = [seat for seat in seats if seat.state in FILLED]
    numbers = [seat.number for seat in seats if seat.state in STANDING]
    assert len(numbers) == len(set(numbers)) == team.taken <= team.size
    assert all(1 <= number <= team.size for number in numbers)
    for seat in seats:
        order, payment = orders[seat.order_id], payments.get(seat.order_id)
        assert order.state in _BESIDE[seat.state], (seat, order)
        if seat.state is SeatState.REFUNDED and order.total:
            assert (payment.refunds, payment.refunded) == (1, payment.asked)  # Once, and in full.
        if order.reason is CancelReason.LATE_PAY:
            assert (payment.refunds, payment.refunded) == (1, payment.asked)
        if seat.state is SeatState.PAID and team.state is TeamState.OPEN:
            assert order.state is State.PAID  # Nothing is sent.
    match team.state:
        case TeamState.PENDING:
            assert now[SeatState.HELD] == len(numbers) == 1
        case TeamState.OPEN:
            assert len(filled) < team.size
        case TeamState.COMPLETE:
            assert len(filled) == team.size
        case TeamState.SHORT:
            assert 0 < len(filled) == len(numbers) < team.size
        case TeamState.EXPIRED | TeamState.LAPSED:
            assert not numbers


def _counters(after: Content) -> None:
    campaigns, teams = after["GroupbuyBook.campaigns"], after["GroupbuyBook.teams"]
    taken: Counter[Any] = Counter()
    units: Counter[Any] = Counter()
    led: Counter[Any] = Counter()
    joined: Counter[Any] = Counter()
    unfinished: dict[Any, TeamId] = {}
    newcomers: dict[MemberId, OrderId] = {}
    for team_id, seats in after["GroupbuyBook.seats"].items():
        team = teams[team_id]
        for seat in seats:
            playing = team.campaign_id, seat.member_id
            if seat.state in STANDING and as_newcomer(campaigns[team.campaign_id], seat):
                assert seat.member_id not in newcomers, "new twice"
                newcomers[seat.member_id] = seat.order_id
            if seat.state not in COUNTED:
                continue
            taken[team.campaign_id, seat.sku_id] += seat.quantity
            units[playing] += seat.quantity
            led[playing] += seat.leads
            joined[playing] += not seat.leads
            if team.state in {TeamState.PENDING, TeamState.OPEN}:
                assert playing not in unfinished, "two unfinished teams"
                unfinished[playing] = team_id
    for key, item in after["GroupbuyBook.items"].items():
        assert item.taken == taken[key] <= item.quota
    for key, player in after["GroupbuyBook.players"].items():
        assert player == Player(units[key], led[key], joined[key], unfinished.get(key))
        limits = campaigns[key[0]].terms
        assert limits.member_max is None or player.units <= limits.member_max
        assert limits.leads_max is None or player.led <= limits.leads_max
        assert limits.joins_max is None or player.joined <= limits.joins_max
    assert units.keys() <= after["GroupbuyBook.players"].keys()
    claimed = after["GroupbuyBook.newcomers"]
    assert newcomers == {who: one.order_id for who, one in claimed.items() if one.order_id}


# -- Rows ---------------------------------------------------------------------------------


async def _fill(sql: Any, shop_id: ShopId, rows: Content) -> None:
    campaigns = rows["GroupbuyBook.campaigns"].values()
    names = Terms.__struct_fields__
    await lay(
        sql, "groupbuy_campaign", f"shop_id, id, state, worst_case, {', '.join(names)}",
        [
            (shop_id, one.id, one.state, one.worst_case, *(getattr(one.terms, name) for name in names))
            for one in campaigns
        ],
    )  # fmt: skip
    names = Item.__struct_fields__
    await lay(
        sql, "groupbuy_item", f"shop_id, campaign_id, sku_id, {', '.join(names)}",
        [
            (shop_id, *key, *(getattr(item, name) for name in names))
            for key, item in rows["GroupbuyBook.items"].items()
        ],
    )  # fmt: skip


_TABLES = {
    name: text(f"SELECT * FROM groupbuy_{name} WHERE shop_id = :shop_id ORDER BY {order}")
    for name, order in (
        ("campaign", "id"),
        ("item", "campaign_id, sku_id"),
        ("team", "id"),
        ("seat", "order_id"),
        ("player", "campaign_id, member_id"),
        ("newcomer", "member_id"),
    )
}


async def read(transaction: Transaction) -> Content:
    """Final seats too, which no load looks at again."""
    found = {name: await transaction.read(one) for name, one in _TABLES.items()}

    def made(kind: Any, row: Any, **changed: Any) -> Any:
        values = {name: getattr(row, name) for name in kind.__struct_fields__}
        return kind(**{**values, **changed})

    seats: dict[TeamId, tuple[Seat, ...]] = {}
    for row in found["seat"]:
        seat = made(Seat, row, state=SeatState(row.state))
        seats[row.team_id] = (*seats.get(row.team_id, ()), seat)
    return {
        "GroupbuyBook.campaigns": {row.id: campaign_of(row) for row in found["campaign"]},
        "GroupbuyBook.items": {(r.campaign_id, r.sku_id): made(Item, r) for r in found["item"]},
        "GroupbuyBook.teams": {
            row.id: made(Team, row, state=TeamState(row.state)) for row in found["team"]
        },
        "GroupbuyBook.seats": seats,
        "GroupbuyBook.players": {
            (row.campaign_id, row.member_id): made(Player, row) for row in found["player"]
        },
        "GroupbuyBook.newcomers": {r.member_id: Newcomer(r.order_id) for r in found["newcomer"]},
    }


PART = Part(
    name="groupbuy",
    lay=_lay,
    derived={FormerKeys: _formers, SeenGroupbuyKeys: _seen},
    wishes=((SEATING, take_seat), (QUOTING, quote), (EXPIRING, expire), (CAMPAIGNS, manage)),
    weight=4,
    conserved=conserved,
    fill=_fill,
    read=read,
    breaks={
        "group-buy seats": "UPDATE groupbuy_seat SET state = 'lapsed'",
        "group-buy refunds": "UPDATE payment SET refunds = refunds + 1",
        "group-buy teams": "UPDATE groupbuy_team SET taken = taken + 1",
        "group-buys in time": "UPDATE groupbuy_team SET state = 'open', expires_at = '2000-01-01'",
        "group-buy quotas": "UPDATE groupbuy_item SET taken = taken + 1",
        "group-buy limits": "UPDATE groupbuy_player SET units = units + 1",
    },
)
