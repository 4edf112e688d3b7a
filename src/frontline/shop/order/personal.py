"""What this feature holds about members."""

from frontline.store.personal import BOOKS, Holding, of_order

PERSONAL = (
    Holding(
        table="shop_order",
        zh="订单",
        en="Your orders",
        columns=("member_id", "ship_to", "note"),
        withheld=("wish",),
        erased="ship_to = NULL, note = ''",
        kept=BOOKS,
    ),
    Holding(
        table="order_line",
        zh="订单商品",
        en="What you have ordered",
        columns=(),
        whose=of_order(),
        kept=BOOKS,
    ),
    Holding(
        table="order_step",
        zh="订单进度",
        en="What became of your orders",
        columns=("actor_id",),
        whose=of_order(),
        kept=f"{BOOKS} It is only ever added to.",
    ),
    Holding(
        table="order_parcel",
        zh="包裹",
        en="Parcels sent to you",
        columns=("tracking",),
        whose=of_order(),
        erased="tracking = ''",
        kept=BOOKS,
    ),
    Holding(
        table="order_remark",
        zh="店员对订单的备注",
        en="What staff noted about your orders",
        columns=("said",),
        withheld=("staff_id",),
        whose=of_order(),
        erased="said = ''",
        kept=BOOKS,
    ),
    Holding(
        table="order_taken",
        zh="限购商品的已购数量",
        en="How much you have bought of what is limited",
        columns=("member_id",),
        kept="Counts that the books are checked against; it names nobody.",
    ),
    Holding(
        table="order_first",
        zh="首单时间",
        en="When you first placed an order that you paid",
        columns=("member_id",),
        kept="A date that new customers are counted by; it names nobody.",
    ),
)
