"""What the replay will do, and what it must come to: two ways to the same figures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.replay.figures import Figures, expected
from frontline.replay.file import FileUnreadable, Line, lines
from frontline.replay.plan import Plan, planned

EXCERPT = Path(__file__).with_name("excerpt.csv")


def figures_of(plan: Plan) -> Figures:
    back = [
        (deed.sale.wares[number - 1][0], units)
        for deed in plan.cancellations
        for number, units in deed.units.items()
    ]
    return Figures(
        orders=len(plan.sales),
        lines=sum(len(sale.wares) for sale in plan.sales),
        units_sold=sum(units for sale in plan.sales for _, units in sale.wares),
        units_returned=sum(units for _, units in back),
        money_in=sum(sale.total for sale in plan.sales),
        refunded=sum(pence * units for (_, pence), units in back),
    )


def test_the_excerpt_line_by_line() -> None:
    plan = planned(lines(EXCERPT))
    assert {sale.invoice: sale.total for sale in plan.sales} == {
        "900001": 6 * 255 + 6 * 339 + 2 * 255,
        "900002": 295 + 32 * 185,
        "900003": 3 * 421,
        "900006": 4 * 255,
        "900016": 74215 * 104,
    }
    done = [(one.invoice, one.sale.invoice, one.units) for one in plan.cancellations]
    assert done == [
        # The latest line first: two of line 3, then five of line 1.
        ("C900005", "900001", {3: 2, 1: 5}),
        # Four of the new invoice, and the one that is left of the old.
        ("C900007", "900006", {1: 4}),
        ("C900007", "900001", {1: 1}),
        ("C900009", "900002", {2: 32, 1: 1}),
        ("C900017", "900016", {1: 74215}),
    ]
    assert plan.skipped == {
        "non_product_code": 2,
        "gift_voucher": 1,
        "cancelled_by_nobody_known": 1,
        "cancelled_more_than_was_bought": 1,
        "cancelled_without_a_sale": 1,
        "zero_price": 2,
        "quantity_of_the_wrong_sign": 1,
        "correction_invoice": 1,
        "part_of_a_penny": 1,
        "unreadable": 1,
    }


def test_the_excerpt_both_ways() -> None:
    must_be = expected(lines(EXCERPT))
    assert figures_of(planned(lines(EXCERPT))) == must_be
    assert must_be.kept == must_be.money_in - must_be.refunded == 6 * 339 + 3 * 421


def test_every_line_is_done_or_counted() -> None:
    read = list(lines(EXCERPT))
    plan = planned(read)
    cancelled = sum(
        1
        for line in read
        if isinstance(line, Line) and line.invoice in {"C900005", "C900007", "C900009", "C900017"}
    )
    part = plan.skipped["cancelled_more_than_was_bought"]  # Done in part, and counted as well.
    sold = sum(len(sale.wares) for sale in plan.sales)
    assert sold + cancelled + sum(plan.skipped.values()) - part == len(read)


LINES = st.lists(
    st.builds(
        Line,
        row=st.just(2),
        invoice=st.sampled_from(["1", "2", "3", "C4", "C5", "A6"]),
        code=st.sampled_from(["10001", "10002", "10002a", "POST"]),
        description=st.just(""),
        quantity=st.integers(-9, 9),
        price=st.sampled_from([Decimal("1.25"), Decimal("2"), Decimal(0), Decimal("0.001")]),
        customer=st.sampled_from(["", "a", "b"]),
        country=st.just("France"),
    ),
    max_size=40,
)


@given(LINES)
def test_any_file_both_ways(read: list[Line]) -> None:
    # In the real file an invoice has one customer; then buyer and customer are the same.
    by_invoice = {line.invoice: line.customer for line in read}
    read = [
        Line(
            **{
                **{f: getattr(line, f) for f in line.__struct_fields__},
                "customer": by_invoice[line.invoice],
            }
        )
        for line in read
    ]
    plan = planned(read)
    assert figures_of(plan) == expected(read)
    for sale in plan.sales:
        assert all(
            0 <= left <= units for left, (_, units) in zip(sale.left, sale.wares, strict=True)
        )


def test_another_file_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    with pytest.raises(FileUnreadable, match="columns are missing: InvoiceNo"):
        list(lines(wrong))
    wrong.write_bytes(b"\x1f\x8bnot gzip at all")
    with pytest.raises(FileUnreadable):
        list(lines(wrong))
    wrong.write_bytes("InvoiceNo,\xa3".encode("latin-1"))
    with pytest.raises(FileUnreadable):
        list(lines(wrong))


def test_limit_counts_invoices() -> None:
    assert {line.invoice for line in lines(EXCERPT, 2) if isinstance(line, Line)} == {
        "900001",
        "900002",
    }
