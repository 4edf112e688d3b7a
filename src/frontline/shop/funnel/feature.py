"""What the engine and the application need to know of the funnel."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.funnel import messages, reactions, rows
from frontline.shop.funnel.http import DOORS
from frontline.shop.funnel.pages import PAGES
from frontline.shop.funnel.rules import (
    Desk,
    OrderDesk,
    decide,
    decide_orders,
    gather,
    gather_orders,
)
from frontline.shop.order.messages import OrderPlaced
from frontline.shop.payment.messages import OrderPaid
from frontline.shop.share.messages import VisitorKnown

FUNNEL: CommandSet[messages.Request, Desk] = CommandSet(
    name="funnel",
    commands=(messages.RecordStep, messages.NameVisitor),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
    recall=rows.recall,
)
ORDERS: CommandSet[messages.RecordOrders, OrderDesk] = CommandSet(
    name="funnel orders",
    commands=(messages.RecordOrders,),
    outcome=messages.Outcome,
    gather=gather_orders,
    decide=decide_orders,
)
FEATURE = Feature(
    name="funnel",
    texts=messages.TEXTS,
    shelves=(rows.ORDERS, rows.VISITORS, rows.SHELF),
    command_sets=(FUNNEL, ORDERS),
    reactions={VisitorKnown: reactions.named},
    gathered={OrderPlaced: reactions.placed, OrderPaid: reactions.paid},
    doors=DOORS,
    pages=PAGES,
)
