"""What this feature holds about members."""

from frontline.store.personal import Holding

_COUNTED = "How many coupons are out must stay countable; it names nobody."

PERSONAL = (
    Holding(
        table="coupon_claim",
        zh="领取的优惠券",
        en="Coupons you have claimed",
        columns=("member_id",),
        kept=_COUNTED,
    ),
    Holding(
        table="coupon_taken",
        zh="领券次数",
        en="How many coupons you have claimed",
        columns=("member_id",),
        kept=_COUNTED,
    ),
)
