"""What the engine and the application need to know of searches."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.search import messages, rows
from frontline.shop.search.book import SearchBook, SynonymBook
from frontline.shop.search.pages import PAGES
from frontline.shop.search.rules import decide, decide_synonyms, gather, gather_synonyms
from frontline.shop.search.tiles import TILES

COUNTING: CommandSet[messages.RecordSearches, SearchBook] = CommandSet(
    name="search",
    commands=(messages.RecordSearches,),
    outcome=messages.Recorded,
    gather=gather,
    decide=decide,
)
SYNONYMS: CommandSet[messages.Request, SynonymBook] = CommandSet(
    name="synonym",
    commands=(messages.PutSynonym, messages.DropSynonym),
    outcome=messages.Outcome,
    gather=gather_synonyms,
    decide=decide_synonyms,
)
FEATURE = Feature(
    name="search",
    texts=messages.TEXTS,
    shelves=(rows.SHELF, rows.SYNONYMS),
    command_sets=(COUNTING, SYNONYMS),
    pages=PAGES,
    tiles=TILES,
)
