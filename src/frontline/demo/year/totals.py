"""Rows that sum up others: kept while the days go by, written when the year is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

from frontline.demo.year.sheets import Sums, aware, stamp
from frontline.demo.year.trade import Game, Trade, given, new_id
from frontline.demo.year.writing import Rows
from frontline.games.groupbuy.messages import CampaignId, EndCampaign
from frontline.kernel.ids import following

_LEVELS = "SELECT sku_id, on_hand FROM stock WHERE shop_id = $1"
_EARLY_S = 5 * 3_600


@dataclass(slots=True)
class Totals:
    trade: Trade
    random: Random
    levels: list[int]  # On hand, by the place of the SKU, after the last day.
    begun_with: list[int]
    sold: Counter[int] = field(default_factory=Counter)
    reserved: Counter[int] = field(default_factory=Counter)
    accounts: Counter[tuple[str, str]] = field(default_factory=Counter)
    issued: Counter[int] = field(default_factory=Counter)
    taken: Counter[tuple[int, str]] = field(default_factory=Counter)
    items: Counter[tuple[int, int]] = field(default_factory=Counter)
    players: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    stars: Counter[tuple[str, int]] = field(default_factory=Counter)
    bought: Counter[tuple[str, str]] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    funnel: dict[date, Counter[str]] = field(default_factory=dict)
    coming: defaultdict[int, list[tuple[int, int, int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """What comes back to the shelf, by the day on which it does."""

    @classmethod
    async def begun(cls, connection: asyncpg.Connection, trade: Trade) -> Totals:
        found = {
            row["sku_id"].hex: row["on_hand"]
            for row in await connection.fetch(_LEVELS, trade.shop_id)
        }
        levels = [found[one.id] for one in trade.goods]
        random = Random(f"{trade.seed} stock")  # noqa: S311 - made-up people
        return cls(trade, random, levels, list(levels))

    # -- Stock, day by day ------------------------------------------------------------------

    def stocked(self, place: int, sums: Sums) -> Rows:
        """What came to the shelf on a day: in the morning from the bakery, then from customers.

        Restocked before it would run out: `sums` is what will be sold on that day.
        """
        midnight_s = self.trade.span.midnight_s(place)
        lines = []
        at = stamp(midnight_s + _EARLY_S)
        for sku, units in enumerate(self.levels):
            wanted = sums.sold[sku] + sums.reserved[sku]
            if units < wanted + wanted // 2:
                more = -(-(wanted * self.random.randrange(4, 11) + 20) // 10) * 10
                self.levels[sku] += more
                cause = f"{new_id(midnight_s, self.random.getrandbits(84)):032x}"
                lines.append(
                    f"{self.trade.goods[sku].id}\t{at}\tadjustment\t{more}\t{cause}\t烘焙入库\t"
                    f"{self.trade.staff[0]}"
                )
        for _, sku, units, line in sorted(self.coming.pop(place, ())):
            self.levels[sku] += units
            lines.append(line)
        return self._movements(lines)

    def rest(self) -> Rows:
        """What came back after the last day that was told: on that day itself."""
        lines = []
        for place in sorted(self.coming):
            for _, sku, units, line in sorted(self.coming[place]):
                self.levels[sku] += units
                lines.append(line)
        self.coming.clear()
        return self._movements(lines)

    def _movements(self, lines: list[str]) -> Rows:
        if not lines:
            return {}
        shop = self.trade.shop_id
        encoded = "".join(f"{shop}\t{line}\n" for line in lines).encode()
        return {"stock_movement": (len(lines), encoded)}

    def add(self, place: int, sums: Sums) -> None:
        first_s = self.trade.span.midnight_s(0)
        for sku, units in sums.sold.items():
            self.levels[sku] -= units
        for one in sums.restocked:
            self.sold[one[1]] -= one[2]
            self.coming[max(place + 1, (one[0] - first_s) // 86_400)].append(one)
        pairs: tuple[tuple[Counter[Any], Counter[Any]], ...] = (
            (self.sold, sums.sold),
            (self.reserved, sums.reserved),
            (self.accounts, sums.accounts),
            (self.issued, sums.issued),
            (self.taken, sums.taken),
            (self.items, sums.items),
            (self.stars, sums.stars),
            (self.bought, sums.bought),
            (self.pairs, sums.pairs),
        )
        for own, more in pairs:
            own.update(more)
        for key, (units, led, joined, team) in sums.players.items():
            player = self.players.setdefault(key, [0, 0, 0, 0])
            player[:] = player[0] + units, player[1] + led, player[2] + joined, team or player[3]
        self.funnel[self.trade.span.day(place)] = sums.steps

    # -- At the end -------------------------------------------------------------------------

    async def write(self, first: asyncpg.Connection, second: asyncpg.Connection) -> None:
        """Each on the connection that wrote what is summed up."""
        await self._stock(second)
        await self._accounts(second)
        await self._coupons(first)
        await self._first_orders(first)
        await self._games(first)
        await self._reviews(first)
        await self._recommend(second)
        await self._funnel(first)

    async def _many(
        self, connection: asyncpg.Connection, sql: str, rows: list[tuple[Any, ...]]
    ) -> None:
        """One statement over columns: `$1` is the shop, the others are arrays."""
        if rows:
            await connection.execute(sql, self.trade.shop_id, *map(list, zip(*rows, strict=True)))

    async def _stock(self, connection: asyncpg.Connection) -> None:
        assert all(self.levels[sku] >= units for sku, units in self.reserved.items())
        await self._many(
            connection,
            """
            UPDATE stock AS s
            SET on_hand = s.on_hand + n.more, reserved = s.reserved + n.reserved,
                sold = s.sold + n.sold
            FROM unnest($2::uuid[], $3::int[], $4::int[], $5::int[])
                 AS n (id, more, reserved, sold)
            WHERE s.shop_id = $1 AND s.sku_id = n.id
            """,
            [
                (
                    one.id,
                    self.levels[sku] - self.begun_with[sku],
                    self.reserved[sku],
                    self.sold[sku],
                )
                for sku, one in enumerate(self.trade.goods)
            ],
        )

    async def _accounts(self, connection: asyncpg.Connection) -> None:
        names = sorted({account for account, _ in self.accounts})
        await self._many(
            connection,
            """
            INSERT INTO ledger_account AS a (shop_id, account, debited, credited)
            SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[])
            ON CONFLICT (shop_id, account) DO UPDATE
            SET debited = a.debited + excluded.debited, credited = a.credited + excluded.credited
            """,
            [
                (name, self.accounts[name, "debited"], self.accounts[name, "credited"])
                for name in names
            ],
        )

    async def _coupons(self, connection: asyncpg.Connection) -> None:
        vouchers = self.trade.vouchers
        await self._many(
            connection,
            """
            UPDATE coupon AS c SET issued = n.issued
            FROM unnest($2::uuid[], $3::int[]) AS n (id, issued)
            WHERE c.shop_id = $1 AND c.id = n.id
            """,
            [(vouchers[place].id, issued) for place, issued in self.issued.items()],
        )
        # Those beyond what a member may claim were granted.
        await self._many(
            connection,
            "INSERT INTO coupon_taken SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::int[])",
            [
                (vouchers[place].id, member, min(count, vouchers[place].per_member_max))
                for (place, member), count in self.taken.items()
            ],
        )

    async def _first_orders(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            """
            INSERT INTO order_first AS f (shop_id, member_id, placed_at)
            SELECT shop_id, member_id, min(placed_at) FROM shop_order
            WHERE shop_id = $1 AND state NOT IN ('created', 'paying', 'cancelled')
            GROUP BY shop_id, member_id
            ON CONFLICT (shop_id, member_id) DO UPDATE
            SET placed_at = least(f.placed_at, excluded.placed_at)
            """,
            self.trade.shop_id,
        )

    async def _games(self, connection: asyncpg.Connection) -> None:
        for number, game in enumerate(self.trade.games):
            await self._game(connection, number, game)
        games = self.trade.games
        await self._many(
            connection,
            """
            INSERT INTO groupbuy_player (shop_id, campaign_id, member_id, units, led, joined,
                                         team_id)
            SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::int[],
                                     $7::uuid[])
            """,
            [
                (games[number].id, member, units, led, joined, UUID(int=team) if team else None)
                for (number, member), (units, led, joined, team) in self.players.items()
            ],
        )

    async def _game(self, connection: asyncpg.Connection, number: int, game: Game) -> None:
        trade = self.trade
        live = game.until_s > trade.span.now_s
        quotas = [-(-(self.items[number, sku] * 5 // 4 + 50) // 50) * 50 for sku in game.goods]
        worst_case = sum(
            quota * (trade.goods[sku].price - price)
            for quota, sku, price in zip(quotas, game.goods, game.prices, strict=True)
        )
        end = "到期未满也按团价发货" if game.ships else "到期未满自动原路退款"
        await connection.execute(
            """
            INSERT INTO groupbuy_campaign (shop_id, id, state, name, cover, rule_text,
                share_title, starts_at, ends_at, preview_hours, audience, size, life_hours,
                pay_minutes, order_min, order_max, coupons, on_expiry, budget_cap, worst_case,
                approved_by)
            VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, 0, 'all', $9, $10, 15, 1, 2, false, $11,
                    $12, $13, $14)
            """,
            trade.shop_id,
            game.id,
            "live" if live else "ended",
            game.name,
            f"{game.size} 人成团，开团后 {game.life_h} 小时内有效，{end}。每单限购 2 件。",
            f"{game.name}，就差你了",
            aware(game.from_s),
            aware(game.until_s),
            game.size,
            game.life_h,
            "ship" if game.ships else "refund",
            worst_case * 6 // 5,
            worst_case,
            trade.staff[0],
        )
        await self._many(
            connection,
            """
            INSERT INTO groupbuy_item (shop_id, campaign_id, sku_id, position, price, quota,
                                       taken, offered)
            SELECT $1, *, true FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::bigint[],
                                           $6::int[], $7::int[])
            """,
            [
                (game.id, trade.goods[sku].id, place, price, quota, self.items[number, sku])
                for place, (sku, price, quota) in enumerate(
                    zip(game.goods, game.prices, quotas, strict=True)
                )
            ],
        )
        if live:
            id_ = UUID(game.id)
            wish = EndCampaign(id=following(id_, "end"), campaign_id=CampaignId(id_))
            await connection.execute(
                "INSERT INTO timer (shop_id, id, due_at, commands) VALUES ($1, $2, $3, $4)",
                trade.shop_id,
                following(wish.id, "timer"),
                aware(game.until_s),
                given(wish),
            )

    async def _reviews(self, connection: asyncpg.Connection) -> None:
        products = sorted({product for product, _ in self.stars})
        await self._many(
            connection,
            """
            INSERT INTO review_summary AS s (shop_id, product_id, stars_1, stars_2, stars_3,
                                             stars_4, stars_5, with_pictures)
            SELECT $1, *, 0 FROM unnest($2::uuid[], $3::int[], $4::int[], $5::int[], $6::int[],
                                        $7::int[])
            ON CONFLICT (shop_id, product_id) DO UPDATE
            SET stars_1 = s.stars_1 + excluded.stars_1, stars_2 = s.stars_2 + excluded.stars_2,
                stars_3 = s.stars_3 + excluded.stars_3, stars_4 = s.stars_4 + excluded.stars_4,
                stars_5 = s.stars_5 + excluded.stars_5
            """,
            [
                (product, *(self.stars[product, rating] for rating in range(1, 6)))
                for product in products
            ],
        )

    async def _recommend(self, connection: asyncpg.Connection) -> None:
        units: Counter[str] = Counter()
        for (_, product), count in self.bought.items():
            units[product] += count
        await self._many(
            connection,
            """
            INSERT INTO recommend_sold AS s (shop_id, product_id, units)
            SELECT $1, * FROM unnest($2::uuid[], $3::bigint[])
            ON CONFLICT (shop_id, product_id) DO UPDATE SET units = s.units + excluded.units
            """,
            list(units.items()),
        )
        await self._many(
            connection,
            """
            INSERT INTO recommend_day AS s (shop_id, day, product_id, units)
            SELECT $1, * FROM unnest($2::date[], $3::uuid[], $4::bigint[])
            ON CONFLICT (shop_id, day, product_id) DO UPDATE SET units = s.units + excluded.units
            """,
            [
                (date.fromisoformat(day), product, count)
                for (day, product), count in self.bought.items()
            ],
        )
        await self._many(
            connection,
            """
            INSERT INTO recommend_pair AS s (shop_id, product_id, other_id, orders)
            SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::int[])
            ON CONFLICT (shop_id, product_id, other_id) DO UPDATE
            SET orders = s.orders + excluded.orders
            """,
            [(one, other, count) for (one, other), count in self.pairs.items()],
        )

    async def _funnel(self, connection: asyncpg.Connection) -> None:
        rows: list[tuple[Any, ...]] = []
        for day, steps in self.funnel.items():
            placed, paid = steps["placed"], steps["paid"]
            for step, visitors in (
                ("open", placed * 14),
                ("product", placed * 9),
                ("checkout", placed * 13 // 10),
                ("placed", placed),
                ("paid", paid),
            ):
                rows.append((day, step, UUID(int=0), visitors, visitors * 18 // 100))
        await self._many(
            connection,
            """
            INSERT INTO funnel_day AS f (shop_id, day, step, product_id, visitors, shared)
            SELECT $1, * FROM unnest($2::date[], $3::text[], $4::uuid[], $5::int[], $6::int[])
            ON CONFLICT (shop_id, product_id, day, step) DO UPDATE
            SET visitors = f.visitors + excluded.visitors, shared = f.shared + excluded.shared
            """,
            rows,
        )
