"""What the engine and the application need to know of reviews."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.review import http, messages, rows
from frontline.shop.review.pages import PAGES
from frontline.shop.review.rules import Desk, decide, gather
from frontline.shop.review.tiles import TILES

REVIEWING: CommandSet[messages.Request, Desk] = CommandSet(
    name="review",
    commands=(
        messages.WriteReview,
        messages.AddToReview,
        messages.ReplyToReview,
        messages.HideReview,
        messages.ShowReview,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="review",
    texts=messages.TEXTS,
    shelves=(rows.ORIGINS, rows.PURCHASES, rows.SHELF),
    command_sets=(REVIEWING,),
    doors=http.DOORS,
    pages=PAGES,
    tiles=TILES,
)
