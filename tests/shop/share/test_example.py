"""The worked example of the README, through the doors."""

from __future__ import annotations

from typing import Any

import pytest
from shop.share.friends import Friend, money_back, product_of
from shopping import House, add_sku, house, run

from frontline.web.session import Role


async def _told(at: House, path: str, **query: Any) -> dict[str, Any]:
    answer = await at.get(path, await at.token(Role.STAFF), **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("refunded", [False, True])
def test_ann_brings_bob_who_brings_cat(database: str, refunded: bool) -> None:
    async def go() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            cookie = await product_of(at, sku_id)
            ann, bob, cat, dan = (Friend(at, name) for name in ("ann", "bob", "cat", "dan"))
            await ann.joins()
            await ann.buys(sku_id)
            at.later(days=1)
            to_friends = await ann.shares(cookie)
            assert await ann.shares(cookie) == to_friends
            on_poster = await ann.shares(cookie, channel="poster")
            for friend, code in ((bob, to_friends), (cat, to_friends), (dan, on_poster)):
                landed = await friend.opens(code)
                assert (landed["kind"], landed["target"]) == ("product", str(cookie))
                assert landed["sharer"]["nickname"].startswith("会员")
                assert not landed["opened_before"]
            at.later(days=6)
            await bob.joins()  # Six days after the touch.
            await bob.buys(sku_id)
            from_bob = await bob.shares(cookie, channel="group")
            await cat.opens(from_bob)
            at.later(hours=5)
            await cat.joins()  # The last touch was Bob's.
            order_id = await cat.buys(sku_id)
            at.later(days=2)
            await dan.joins()  # Eight days after the touch: too late.
            await dan.buys(sku_id)
            if refunded:
                await money_back(at, order_id)

            tree = await _told(at, "/api/staff/share/tree", member_id=ann.id)
            below = [(it["member_id"], it["brought_by"], it["depth"]) for it in tree["below"]]
            assert below == [(str(bob.id), str(ann.id), 1), (str(cat.id), str(bob.id), 2)]
            assert [it["paid"] for it in tree["below"]] == [True, not refunded]
            seen_from_cat = await _told(at, "/api/staff/share/tree", member_id=cat.id)
            assert [it["member_id"] for it in seen_from_cat["above"]] == [str(bob.id), str(ann.id)]

            report = await _told(at, "/api/staff/share/report")
            paying = 1 if refunded else 2
            assert report["total"] == _counts(4, 3, 2, paying)
            assert report["by_channel"]["friend"] == _counts(2, 2, 1, 1)
            assert report["by_channel"]["group"] == _counts(1, 1, 1, paying - 1)
            assert report["by_channel"]["poster"] == _counts(1, 1, 0, 0)
            assert report["by_kind"]["product"] == report["total"]
            assert report["by_kind"]["page"] == _counts(0, 0, 0, 0)
            told = report["customers"], report["brought_by_them"], report["k_bp"]
            assert told == ((3, 1, 3_333) if refunded else (4, 2, 5_000))

            mine = await bob.mine()
            assert (mine["brought"], mine["paid_orders"]) == (1, paying - 1)
            (friend,) = mine["items"]
            assert (friend["nickname"], friend["paid"]) == ("会**", not refunded)

    run(go())


def _counts(touches: int, visitors: int, binds: int, paying: int) -> dict[str, int]:
    return {"touches": touches, "visitors": visitors, "binds": binds, "paying": paying}
