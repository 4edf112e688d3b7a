"""What the engine and the application need to know of windows."""

from frontline.company.window import messages, reactions, rows
from frontline.company.window.pages import PAGES, find
from frontline.company.window.rules import Desk, decide, gather
from frontline.engine.feature import CommandSet, Feature

WINDOWS: CommandSet[messages.Request, Desk] = CommandSet(
    name="window",
    commands=(
        messages.PutWindow,
        messages.ImportWindows,
        messages.SignUp,
        messages.SkipWindow,
        messages.ReopenWindow,
        messages.MissWindow,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="window",
    texts=messages.TEXTS,
    shelves=(rows.SHELF,),
    command_sets=(WINDOWS,),
    reactions={
        messages.WindowSignedUp: reactions.signed_up,
        messages.WindowMissed: reactions.missed,
    },
    pages=PAGES,
    find=find,
)
