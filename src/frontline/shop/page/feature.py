"""What the engine and the application need to know of the shop's own words."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.page import messages, rows
from frontline.shop.page.book import WordsBook
from frontline.shop.page.http import DOORS
from frontline.shop.page.pages import PAGES
from frontline.shop.page.rules import decide, gather

WRITING: CommandSet[messages.Request, WordsBook] = CommandSet(
    name="page",
    commands=(
        messages.PutBanner,
        messages.RemoveBanner,
        messages.MoveBanner,
        messages.PutPage,
        messages.PutShop,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="page",
    texts=messages.TEXTS,
    shelves=(rows.SHELF,),
    command_sets=(WRITING,),
    doors=DOORS,
    pages=PAGES,
)
