"""What the engine and the application need to know of staff."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.staff import messages, rows
from frontline.shop.staff.book import TriesBook
from frontline.shop.staff.http import DOORS
from frontline.shop.staff.rules import decide, gather

LOGIN: CommandSet[messages.Request, TriesBook] = CommandSet(
    name="staff login",
    commands=(messages.CountTry, messages.ForgetTries),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="staff",
    texts=messages.TEXTS,
    shelves=(rows.SHELF,),
    command_sets=(LOGIN,),
    doors=DOORS,
)
