"""What the engine and the application need to know of pictures."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.picture import http, messages, rows
from frontline.shop.picture.book import PictureBook
from frontline.shop.picture.pages import PAGES
from frontline.shop.picture.rules import decide, gather
from frontline.shop.picture.serving import ROUTES

KEEPING: CommandSet[messages.Request, PictureBook] = CommandSet(
    name="picture",
    commands=(messages.KeepPicture,),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="picture",
    texts=messages.TEXTS,
    shelves=(rows.UPLOADS, rows.SHELF),
    command_sets=(KEEPING,),
    doors=http.DOORS,
    pages=PAGES,
    routes=ROUTES,
)
