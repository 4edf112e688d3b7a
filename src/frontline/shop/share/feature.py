"""What the engine and the application need to know of sharing."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.share import messages, rows
from frontline.shop.share.http import DOORS
from frontline.shop.share.pages import PAGES
from frontline.shop.share.pictures import ROUTES
from frontline.shop.share.rules import Desk, decide, gather

SHARE: CommandSet[messages.Request, Desk] = CommandSet(
    name="share",
    commands=(messages.MakeCode, messages.OpenCode, messages.BindVisitor, messages.RotateKey),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="share",
    texts=messages.TEXTS,
    shelves=(rows.WORTH, rows.BUYERS, rows.SHELF),
    command_sets=(SHARE,),
    doors=DOORS,
    pages=PAGES,
    routes=ROUTES,
)
