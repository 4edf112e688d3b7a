"""What the engine and the application need to know of coupons."""

from frontline.engine.feature import Feature
from frontline.shop.coupon.rows import SHELF

FEATURE = Feature(name="coupon", shelves=(SHELF,))
