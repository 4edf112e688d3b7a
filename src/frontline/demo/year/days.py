"""One day of the shop, told by itself: whoever came, what they bought, and what became of it."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from uuid import UUID

from frontline.demo.year.lives import Teller
from frontline.demo.year.orders import Line, Order, Seat
from frontline.demo.year.people import Person, person
from frontline.demo.year.sheets import NULL, Sheets, Sums, stamp
from frontline.demo.year.trade import Game, Plan, Trade, Visit, Voucher, dashed, new_id, often
from frontline.games.groupbuy.messages import ExpireTeam, TeamId
from frontline.kernel.ids import following
from frontline.kernel.money import share
from frontline.kernel.words import Fen

TOGETHER = 0.05
"""Part of the orders that begin a team."""
_LINES = (1,) * 58 + (2,) * 28 + (3,) * 10 + (4,) * 4
_QUANTITIES = (1,) * 76 + (2,) * 17 + (3,) * 5 + (6,) * 2
_NOTES = ("请尽快发货，谢谢", "放门口就好", "不要打电话", "送人的，请附贺卡", "工作日送")
_HOUR_S = 3_600

Told = tuple[dict[str, tuple[int, bytes]], Sums]


def tell(trade: Trade, plan: Plan) -> Told:
    """Rows by table, and what they add up to. The same for the same seed."""
    return _Day(trade, plan).tell()


class _Day:
    def __init__(self, trade: Trade, plan: Plan) -> None:
        self.trade = trade
        self.plan = plan
        self.random = Random(f"{trade.seed} {plan.place}")  # noqa: S311 - made-up people
        self.sheets = Sheets()
        self.sums = Sums()
        self.teller = Teller(trade, self.random, self.sheets, self.sums)
        day = trade.span.midnight_s(plan.place)
        self.games = [n for n, it in enumerate(trade.games) if it.from_s <= day < it.until_s]
        self.vouchers = [n for n, it in enumerate(trade.vouchers) if it.from_s <= day < it.until_s]

    def tell(self) -> Told:
        visits, sums = self.plan.visits, self.sums
        place = 0
        while place < len(visits):
            if often(self.random, TOGETHER) and (seats := self._team(place)):
                place += seats
                continue
            self._alone(visits[place])
            place += 1
        for number, second in self.plan.guests:
            self._join(person(self.trade.seed, number, second), second)
        self._shares()
        sums.steps["placed"] = len({visit.buyer for visit in visits})
        sums.steps["paid"] = len(self.sheets.ledger_transfer) and int(0.93 * sums.steps["placed"])
        return self.sheets.encoded(self.trade.shop_id), sums

    # -- Orders ---------------------------------------------------------------------------

    def _alone(self, visit: Visit) -> None:
        random, goods = self.random, self.trade.goods
        count = _LINES[random.randrange(100)]
        chosen = random.choices(range(len(goods)), cum_weights=self.trade.cum_weights, k=count)
        lines = [
            Line(number, place, quantity, price := goods[place].price, price * quantity)
            for number, place in enumerate(dict.fromkeys(chosen), 1)
            for quantity in (_QUANTITIES[random.randrange(100)],)
        ]
        order = self._order(visit, lines)
        voucher = self._voucher(order) if self.vouchers and often(random, 0.13) else None
        order.total = sum(line.paid for line in lines) + order.freight
        self.teller.tell(order)
        if voucher is not None:
            self._claimed(order, *voucher)

    def _order(self, visit: Visit, lines: list[Line]) -> Order:
        random = self.random
        buyer = person(self.trade.seed, visit.buyer, visit.joined_s)
        if visit.first:
            self._join(buyer, visit.joined_s, address=True)
        note = _NOTES[random.randrange(len(_NOTES))] if often(random, 0.06) else ""
        return Order(
            id=new_id(visit.placed_s, random.getrandbits(84)),
            person=buyer,
            placed_s=visit.placed_s,
            lines=lines,
            freight=self._freight(lines, buyer),
            total=0,
            note=note,
            unpaid=visit.unpaid,
        )

    def _freight(self, lines: list[Line], buyer: Person) -> int:
        """Each template once, as a sale does it."""
        fee = 0
        weights: dict[object, tuple[int, int]] = {}
        for line in lines:
            one = self.trade.goods[line.goods]
            if one.freight_id is not None:
                weight, worth = weights.get(one.freight_id, (0, 0))
                weights[one.freight_id] = (
                    weight + one.weight_g * line.quantity,
                    worth + line.price * line.quantity,
                )
        for template_id, (weight, worth) in weights.items():
            rate = self.trade.templates[template_id].rate_to(buyer.place.code)  # type: ignore[index]
            fee += 0 if rate is None else rate.fee(weight, Fen(worth))
        return fee

    # -- Coupons --------------------------------------------------------------------------

    def _voucher(self, order: Order) -> tuple[int, str, int, int] | None:
        """Use one: its place, the claim's id, when it was claimed, and what it takes off."""
        place = self.vouchers[self.random.randrange(len(self.vouchers))]
        voucher: Voucher = self.trade.vouchers[place]
        worth = [line.price * line.quantity for line in order.lines]
        if sum(worth) < voucher.threshold:
            return None
        for line, off in zip(order.lines, share(Fen(voucher.value), worth), strict=True):
            line.paid -= off
        claimed_s = order.placed_s - self.random.randrange(30, 600)
        order.claim_id = f"{new_id(claimed_s, self.random.getrandbits(84)):032x}"
        return place, order.claim_id, claimed_s, voucher.value

    def _claimed(self, order: Order, place: int, id_: str, claimed_s: int, off: int) -> None:
        used = order.state != "cancelled"
        coupon_id = self.trade.vouchers[place].id
        self.sheets.coupon_claim.append(
            f"{id_}\t{coupon_id}\t{order.buyer}\t{'used' if used else 'held'}\t"
            f"{order.hex if used else NULL}\t{stamp(claimed_s)}\t{off if used else 0}"
        )
        self._issue(place, order.buyer)
        if often(self.random, 0.7):  # Another, kept for later.
            other = f"{new_id(claimed_s, self.random.getrandbits(84)):032x}"
            self.sheets.coupon_claim.append(
                f"{other}\t{coupon_id}\t{order.buyer}\theld\t{NULL}\t{stamp(claimed_s)}\t0"
            )
            self._issue(place, order.buyer)

    def _issue(self, place: int, buyer: str) -> None:
        self.sums.issued[place] += 1
        self.sums.taken[place, buyer] += 1

    # -- Teams ----------------------------------------------------------------------------

    def _team(self, place: int) -> int:
        """A team of those who come one after the other; how many seats it has, or none."""
        if not self.games:
            return 0
        random, now_s = self.random, self.trade.span.now_s
        number = self.games[random.randrange(len(self.games))]
        game = self.trade.games[number]
        lapsed = often(random, 0.03)
        fails = not lapsed and often(random, 0.17)
        wanted = 1 if lapsed else random.randrange(1, game.size) if fails else game.size
        visits = self.plan.visits[place : place + wanted]
        members = {visit.buyer for visit in visits}
        if len(visits) < wanted or len(members) < wanted or any(one.unpaid for one in visits):
            return 0
        paid_s = [visit.placed_s + random.randrange(20, 600) for visit in visits]
        if max(paid_s) > now_s - _HOUR_S:
            return 0
        # Whoever came first pays first, and so opens the team.
        paid_s.sort()
        first_s, last_s = paid_s[0], paid_s[-1]
        team_id = new_id(visits[0].placed_s, random.getrandbits(84))
        expires_s = first_s + game.life_h * _HOUR_S
        over = expires_s <= now_s
        if lapsed:
            state = "lapsed"
        elif not fails:
            state = "complete"
        else:
            state = "open" if not over else "short" if game.ships else "expired"
        seats = [
            Seat(f"{team_id:032x}", None, None, "", None)
            if lapsed
            else Seat(
                f"{team_id:032x}",
                second,
                last_s if not fails else expires_s if state == "short" else None,
                "money" if not fails and second == last_s else "groupbuy",
                expires_s if state == "expired" else None,
            )
            for second in paid_s
        ]
        self._seated(number, game, team_id, state, list(zip(visits, seats, strict=True)))
        self._opened(game, team_id, state, visits[0], expires_s, lapsed=lapsed)
        return wanted

    def _opened(  # noqa: PLR0913 - a team has this many sides
        self, game: Game, team_id: int, state: str, leader: Visit, expires_s: int, *, lapsed: bool
    ) -> None:
        expires = NULL if lapsed else stamp(expires_s)
        self.sheets.groupbuy_team.append(
            f"{team_id:032x}\t{game.id}\t{state}\t{game.size}\t{self.standing}\t"
            f"{stamp(leader.placed_s)}\t{expires}"
        )
        if state == "open":
            id_ = UUID(int=team_id)
            wish = ExpireTeam(id=following(id_, "expire team"), team_id=TeamId(id_))
            self.teller.wake(expires_s, wish)

    standing = 0
    """Of the team that was told last: seats that have a number."""

    def _seated(
        self,
        number: int,
        game: Game,
        team_id: int,
        team_state: str,
        seats: list[tuple[Visit, Seat]],
    ) -> None:
        self.standing = 0
        choice = self.random.randrange(len(game.goods))
        goods, price = game.goods[choice], game.prices[choice]
        for place, (visit, seat) in enumerate(seats, 1):
            quantity = 2 if often(self.random, 0.1) else 1
            order = self._order(visit, [Line(1, goods, quantity, price, price * quantity)])
            if place == 1:
                order.id = team_id  # The team takes the id of the command that opens it.
            order.total = price * quantity + order.freight
            order.seat = seat
            self.teller.tell(order)
            state = self._seat_state(order, team_state)
            self.standing += state in {"paid", "returned"}
            if state == "paid":
                self.sums.items[number, goods] += quantity
            player = self.sums.players.setdefault((number, order.buyer), [0, 0, 0, 0])
            if state == "paid":
                player[0] += quantity
                player[1 if place == 1 else 2] += 1
                if team_state == "open":
                    player[3] = team_id
            paid = NULL if seat.paid_s is None else stamp(seat.paid_s)
            self.sheets.groupbuy_seat.append(
                f"{order.hex}\t{team_id:032x}\t{order.buyer}\t{self.trade.goods[goods].id}\t"
                f"{quantity}\t{'t' if place == 1 else 'f'}\t{place}\t{state}\t"
                f"{stamp(visit.placed_s + 900)}\t{paid}"
            )

    @staticmethod
    def _seat_state(order: Order, team_state: str) -> str:
        if team_state == "lapsed":
            return "lapsed"
        if team_state == "expired":
            return "refunded"
        return "returned" if order.state in {"refunding", "refunded"} else "paid"

    # -- Members --------------------------------------------------------------------------

    def _join(self, one: Person, second: int, *, address: bool = False) -> None:
        hex_ = f"{one.id:032x}"
        self.sheets.member.append(
            f"{hex_}\t{one.openid}\t{one.phone or NULL}\t{one.nickname}\tzh\t{stamp(second)}"
        )
        if address:
            self.sheets.address.append(
                f"{one.address_id:032x}\t{hex_}\t{one.name}\t{one.parcel_phone}\t"
                f"{one.place.code}\t{one.place.text}\t{one.detail}"
            )

    def _shares(self) -> None:
        """Some who came first today were brought by somebody who came again."""
        visits, random = self.plan.visits, self.random
        for before, visit in pairwise(visits):
            older = before.joined_s < visit.joined_s
            if not (visit.first and older and often(random, 0.15)):
                continue
            sharer = f"{person(self.trade.seed, before.buyer, before.joined_s).id:032x}"
            brought = f"{person(self.trade.seed, visit.buyer, visit.joined_s).id:032x}"
            code = f"{random.getrandbits(48):012x}"
            target = self.trade.goods[random.randrange(len(self.trade.goods))].product_id
            channel = ("friend", "group", "timeline", "poster")[random.randrange(4)]
            mine, theirs = (f"{random.getrandbits(128):032x}" for _ in range(2))
            made, came = stamp(before.joined_s + 1), stamp(visit.joined_s)
            self.sheets.share_code.append(
                f"{code}\t{mine}\t{sharer}\tproduct\t{dashed(target)}\t{channel}\t{made}"
            )
            self.sheets.share_touch.append(f"{theirs}\t{code}\t{brought}\t{came}\t{came}")
            self.sheets.share_bind.append(
                f"{brought}\t{theirs}\t{came}\t{sharer}\t{code}\t{came}\t{stamp(before.joined_s)}"
            )
