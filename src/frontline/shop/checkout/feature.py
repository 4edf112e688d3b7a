"""What the engine and the application need to know of checkouts."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.checkout import http, messages, rows
from frontline.shop.checkout.rules import Counter, decide, gather

CHECKING_OUT: CommandSet[messages.CheckOut, Counter] = CommandSet(
    name="checkout",
    commands=(messages.CheckOut,),
    outcome=messages.Checkout,
    gather=gather,
    decide=decide,
    recall=rows.recall,
    lanes=2,
)
FEATURE = Feature(
    name="checkout",
    shelves=(rows.PURSES, rows.FACES),
    command_sets=(CHECKING_OUT,),
    doors=http.DOORS,
)
