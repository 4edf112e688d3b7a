"""What this feature holds about members."""

from frontline.store.personal import DELETE, Holding

PERSONAL = (
    Holding(
        table="cart_line",
        zh="购物车商品",
        en="What is in your cart",
        columns=("member_id",),
        erased=DELETE,
    ),
    Holding(
        table="cart",
        zh="购物车",
        en="Your cart",
        columns=("member_id",),
        erased=DELETE,
    ),
)
