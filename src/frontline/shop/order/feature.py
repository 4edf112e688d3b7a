"""What the engine and the application need to know of orders."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.order import messages, reactions, rows
from frontline.shop.order.http import DOORS
from frontline.shop.order.pages import PAGES, find
from frontline.shop.order.rules import (
    Desk,
    decide,
    decide_places,
    gather,
    gather_places,
)
from frontline.shop.order.sale import Till
from frontline.shop.order.tiles import TILES

PLACING: CommandSet[messages.PlaceOrder, Till] = CommandSet(
    name="place",
    commands=(messages.PlaceOrder,),
    outcome=messages.PlaceOutcome,
    gather=gather_places,
    decide=decide_places,
    recall=rows.recall,
    lanes=2,
)
MOVING: CommandSet[messages.Request, Desk] = CommandSet(
    name="order",
    commands=(
        messages.CancelOrder,
        messages.RemindOrder,
        messages.ExpireOrder,
        messages.ReleaseOrders,
        messages.ShipOrder,
        messages.CorrectParcel,
        messages.RemarkOrder,
        messages.ReceiveOrder,
        messages.CompleteOrder,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="order",
    texts=messages.TEXTS,
    shelves=(rows.ORIGINS, rows.SHELF),
    command_sets=(PLACING, MOVING),
    reactions={messages.PaymentDue: reactions.remind},
    doors=DOORS,
    pages=PAGES,
    find=find,
    tiles=TILES,
)
