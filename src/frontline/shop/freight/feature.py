"""What the engine and the application need to know of freight."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.freight import messages, rows
from frontline.shop.freight.book import TemplateBook
from frontline.shop.freight.http import DOORS
from frontline.shop.freight.pages import PAGES
from frontline.shop.freight.rules import decide, gather

STAFFING: CommandSet[messages.Request, TemplateBook] = CommandSet(
    name="freight",
    commands=(messages.PutFreight, messages.RemoveFreight, messages.AttachFreight),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="freight",
    texts=messages.TEXTS,
    shelves=(rows.SHELF, rows.TEMPLATES),
    command_sets=(STAFFING,),
    doors=DOORS,
    pages=PAGES,
)
