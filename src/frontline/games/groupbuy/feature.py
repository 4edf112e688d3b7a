"""What the engine and the application need to know of group-buys."""

from frontline.engine.feature import CommandSet, Feature
from frontline.games.groupbuy import messages, reactions, rows
from frontline.games.groupbuy.book import KIND, GroupbuyKeys
from frontline.games.groupbuy.http import DOORS
from frontline.games.groupbuy.messages import TeamId
from frontline.games.groupbuy.pages import PAGES, find
from frontline.games.groupbuy.rules import campaigns, expiry, quotes, seats
from frontline.games.groupbuy.tiles import TILES

SEATING: CommandSet[messages.SeatRequest, seats.Desk] = CommandSet(
    name="groupbuy",
    commands=(messages.OpenTeam, messages.JoinTeam),
    outcome=messages.SeatOutcome,
    gather=seats.gather,
    decide=seats.decide,
)
QUOTING: CommandSet[messages.QuoteSeat, quotes.Desk] = CommandSet(
    name="groupbuy quote",
    commands=(messages.QuoteSeat,),
    outcome=messages.QuoteOutcome,
    gather=quotes.gather,
    decide=quotes.decide,
    recall=rows.recall,
    lanes=2,
)
EXPIRING: CommandSet[messages.ExpireTeam, expiry.Desk] = CommandSet(
    name="groupbuy expiry",
    commands=(messages.ExpireTeam,),
    outcome=messages.ExpiryOutcome,
    gather=expiry.gather,
    decide=expiry.decide,
)
CAMPAIGNS: CommandSet[messages.CampaignRequest, campaigns.Desk] = CommandSet(
    name="groupbuy campaigns",
    commands=(
        messages.CreateCampaign,
        messages.ChangeCampaign,
        messages.CheckCampaign,
        messages.ApproveCampaign,
        messages.PublishCampaign,
        messages.PauseCampaign,
        messages.ResumeCampaign,
        messages.CloseCampaign,
        messages.StartCampaign,
        messages.EndCampaign,
    ),
    outcome=messages.CampaignOutcome,
    gather=campaigns.gather,
    decide=campaigns.decide,
)
FEATURE = Feature(
    name="groupbuy",
    texts=messages.TEXTS,
    shelves=(rows.FORMERS, rows.SEEN, rows.SHELF),
    command_sets=(SEATING, QUOTING, EXPIRING, CAMPAIGNS),
    grounds={KIND: lambda team_ids: GroupbuyKeys({TeamId(id_) for id_ in team_ids})},
    reactions={messages.TeamCompleted: reactions.release},
    doors=DOORS,
    pages=PAGES,
    find=find,
    tiles=TILES,
)
