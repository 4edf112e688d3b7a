"""What the engine and the application need to know of the digest."""

from frontline.company.digest import messages, reactions, rows
from frontline.company.digest.book import DigestBook
from frontline.company.digest.pages import PAGES
from frontline.company.digest.rules import decide, gather
from frontline.engine.feature import CommandSet, Feature

DIGESTS: CommandSet[messages.Request, DigestBook] = CommandSet(
    name="digest",
    commands=(messages.SetDigest, messages.SendDigest),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="digest",
    shelves=(rows.SHELF,),
    command_sets=(DIGESTS,),
    reactions={messages.DigestDue: reactions.send},
    pages=PAGES,
)
