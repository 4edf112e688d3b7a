"""What the engine and the application need to know of stock."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.stock import messages
from frontline.shop.stock.http import DOORS
from frontline.shop.stock.pages import PAGES
from frontline.shop.stock.rows import SHELF
from frontline.shop.stock.rules import Desk, decide, gather

ADJUSTING: CommandSet[messages.AdjustStock, Desk] = CommandSet(
    name="stock",
    commands=(messages.AdjustStock,),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="stock",
    texts=messages.TEXTS,
    shelves=(SHELF,),
    command_sets=(ADJUSTING,),
    doors=DOORS,
    pages=PAGES,
)
