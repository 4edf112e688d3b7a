"""What the engine and the application need to know of contacts."""

from frontline.company.contact import messages, rows
from frontline.company.contact.book import ContactBook
from frontline.company.contact.pages import PAGES, TILES
from frontline.company.contact.rules import decide, gather
from frontline.engine.feature import CommandSet, Feature

CONTACTS: CommandSet[messages.Request, ContactBook] = CommandSet(
    name="contact",
    commands=(messages.LogContact,),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="contact",
    texts=messages.TEXTS,
    shelves=(rows.SHELF,),
    command_sets=(CONTACTS,),
    pages=PAGES,
    tiles=TILES,
)
