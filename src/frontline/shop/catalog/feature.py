"""What the engine and the application need to know of the catalogue."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.catalog import messages, rows
from frontline.shop.catalog.http import DOORS
from frontline.shop.catalog.pages import PAGES, find
from frontline.shop.catalog.rules import Desk, decide, gather
from frontline.shop.catalog.shopify import csv_rows

STAFFING: CommandSet[messages.Request, Desk] = CommandSet(
    name="catalog",
    commands=(
        messages.PutProducts,
        messages.SwitchSale,
        messages.AddCategory,
        messages.ChangeCategory,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="catalog",
    texts={**messages.TEXTS, **csv_rows.TEXTS},
    shelves=(rows.SHELF, rows.PRODUCTS, rows.CATEGORIES),
    command_sets=(STAFFING,),
    doors=DOORS,
    pages=PAGES,
    find=find,
)
