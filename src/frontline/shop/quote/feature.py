"""What the engine and the application need to know of quotes."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.order.sale import Till
from frontline.shop.quote import http, messages, rows
from frontline.shop.quote.rules import decide, gather

QUOTING: CommandSet[messages.QuoteOrder, Till] = CommandSet(
    name="quote",
    commands=(messages.QuoteOrder,),
    outcome=messages.QuoteOutcome,
    gather=gather,
    decide=decide,
    recall=rows.recall,
    lanes=2,
)
FEATURE = Feature(
    name="quote",
    shelves=(rows.CLAIMS, rows.TAKEN, rows.STOCK),
    command_sets=(QUOTING,),
    doors=http.DOORS,
)
