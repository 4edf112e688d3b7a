"""What the engine and the application need to know of personal data."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.privacy import messages, rows
from frontline.shop.privacy.http import DOORS
from frontline.shop.privacy.pages import PAGES
from frontline.shop.privacy.rules import Desk, decide, gather

ERASING: CommandSet[messages.Request, Desk] = CommandSet(
    name="privacy",
    commands=(messages.EraseMember,),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="privacy",
    texts=messages.TEXTS,
    shelves=(rows.AFFAIRS, rows.SHELF),
    command_sets=(ERASING,),
    doors=DOORS,
    pages=PAGES,
)
