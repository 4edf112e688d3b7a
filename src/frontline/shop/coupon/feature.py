"""What the engine and the application need to know of coupons."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.coupon import messages, rows
from frontline.shop.coupon.http import DOORS
from frontline.shop.coupon.pages import PAGES
from frontline.shop.coupon.rules import Desk, decide, gather

CLAIMING: CommandSet[messages.Request, Desk] = CommandSet(
    name="coupon claims",
    commands=(messages.ClaimCoupon,),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
STAFFING: CommandSet[messages.Request, Desk] = CommandSet(
    name="coupons",
    commands=(messages.CreateCoupon, messages.StopCoupon, messages.GrantCoupon),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="coupon",
    texts=messages.TEXTS,
    shelves=(rows.SHELF,),
    command_sets=(CLAIMING, STAFFING),
    doors=DOORS,
    pages=PAGES,
)
