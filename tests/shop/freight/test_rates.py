"""What carriage costs."""

from __future__ import annotations

from uuid import uuid4

import pytest

from frontline.kernel.words import Fen
from frontline.shop.freight.book import Template
from frontline.shop.freight.messages import Measure, Rate

BY_WEIGHT = Rate(1000, Fen(1200), 500, Fen(333))


@pytest.mark.parametrize(
    ("grams", "fee"),
    [(1, 1200), (1000, 1200), (1001, 1533), (1500, 1533), (1501, 1866), (2100, 2199)],
)
def test_begun_units_cost_as_full_ones(grams: int, fee: int) -> None:
    """The last is the example of the README."""
    assert BY_WEIGHT.fee(grams, Fen(0)) == fee


def test_goods_worth_enough_go_free() -> None:
    rate = Rate(1, Fen(500), 1, Fen(150), free_from=Fen(9900))
    assert (rate.fee(3, Fen(9899)), rate.fee(3, Fen(9900))) == (800, 0)


def test_the_nearest_region_wins() -> None:
    near, city, province = (Rate(1, Fen(fee), 1, Fen(0)) for fee in (1, 2, 3))
    template = Template(
        uuid4(), Measure.PIECE, None, {"44": province, "4403": city, "440305": near, "4401": None}
    )
    assert template.rate_to("440305") == near
    assert template.rate_to("440306") == city
    assert template.rate_to("440103") is None
    assert template.rate_to("440500") == province
    assert template.rate_to("110101") is None
    assert template.rate_to("") is None
