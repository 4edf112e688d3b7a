"""What the engine and the application need to know of recommendations."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.order.messages import OrderRefunded
from frontline.shop.payment.messages import OrderPaid
from frontline.shop.recommend import messages, reactions, rows
from frontline.shop.recommend.http import DOORS
from frontline.shop.recommend.rules import Desk, decide, gather

COUNTING: CommandSet[messages.Request, Desk] = CommandSet(
    name="recommend",
    commands=(messages.CountOrder,),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="recommend",
    shelves=(rows.PURCHASES, rows.SHELF),
    command_sets=(COUNTING,),
    reactions={OrderPaid: reactions.paid, OrderRefunded: reactions.refunded},
    doors=DOORS,
)
