"""Campaigns, teams and their seats."""

from frontline.games.groupbuy.book.teams import (
    KIND,
    GroupbuyBook,
    GroupbuyKeys,
    SeenGroupbuyBook,
    SeenGroupbuyKeys,
)
from frontline.games.groupbuy.book.things import (
    Campaign,
    Former,
    FormerBook,
    FormerKeys,
    Item,
    Newcomer,
    Offered,
    Player,
    Playing,
    Seat,
    Seats,
    Team,
    as_newcomer,
    campaign_of,
)

__all__ = [
    "KIND",
    "Campaign",
    "Former",
    "FormerBook",
    "FormerKeys",
    "GroupbuyBook",
    "GroupbuyKeys",
    "Item",
    "Newcomer",
    "Offered",
    "Player",
    "Playing",
    "Seat",
    "Seats",
    "SeenGroupbuyBook",
    "SeenGroupbuyKeys",
    "Team",
    "as_newcomer",
    "campaign_of",
]
