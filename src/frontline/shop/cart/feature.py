"""What the engine and the application need to know of carts."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.cart import messages, rows
from frontline.shop.cart.http import DOORS
from frontline.shop.cart.reactions import take_lines
from frontline.shop.cart.rules import Desk, decide, gather
from frontline.shop.order.messages import CartOrdered

CART: CommandSet[messages.Request, Desk] = CommandSet(
    name="cart",
    commands=(messages.SetCartLine, messages.TakeCartLines),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="cart",
    texts=messages.TEXTS,
    shelves=(rows.SHELF,),
    command_sets=(CART,),
    reactions={CartOrdered: take_lines},
    doors=DOORS,
)
