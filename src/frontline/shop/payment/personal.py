"""What this feature holds about members."""

from frontline.store.personal import BOOKS, Holding, of_order

PERSONAL = (
    Holding(
        table="payment",
        zh="付款记录",
        en="Your payments",
        columns=("payer",),
        whose=of_order(),
        erased="payer = NULL",
        kept=BOOKS,
    ),
    Holding(
        table="refund",
        zh="退款记录",
        en="Your refunds",
        columns=(),
        whose=of_order(),
        kept=BOOKS,
    ),
)
