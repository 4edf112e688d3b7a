r"""The states of campaigns, teams and seats, as data.

A campaign (活动); preview, live and ended follow from the clock:

    draft -> checked -> approved -> preview -> live <-> paused
      ^         |           |          |         |        |
      +---------+-----------+          |         +--------+--> ended
    (every change)                     |                        |
    any of them ----------------------------------------------> closed

A team (团):

    pending -> open -> complete        every seat is paid for
       |         +---> short           not full in time; the shop sends at the group price
       v         +---> expired         not full in time; everybody is refunded
    lapsed

A seat (席位), in step with its order:

    held -> paid -> returned           refunded after the team was complete
     | \      ^ \-> refunded           refunded with the team, or before it was complete
     |  v     |
     |  lost -+
     v   v
    lapsed
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from frontline.kernel.states import move, proved


class CampaignState(StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    PREVIEW = "preview"  # Published; nobody may buy yet.
    LIVE = "live"
    PAUSED = "paused"  # No new teams and seats; whoever has a seat may pay.
    ENDED = "ended"  # No new teams; those that are open still fill.
    CLOSED = "closed"  # For ever: no new teams and seats.


CAMPAIGN_TRANSITIONS = proved(
    {
        CampaignState.DRAFT: frozenset({CampaignState.CHECKED, CampaignState.CLOSED}),
        CampaignState.CHECKED: frozenset(
            {CampaignState.DRAFT, CampaignState.APPROVED, CampaignState.CLOSED}
        ),
        CampaignState.APPROVED: frozenset(
            {CampaignState.DRAFT, CampaignState.PREVIEW, CampaignState.CLOSED}
        ),
        CampaignState.PREVIEW: frozenset({CampaignState.LIVE, CampaignState.CLOSED}),
        CampaignState.LIVE: frozenset(
            {CampaignState.PAUSED, CampaignState.ENDED, CampaignState.CLOSED}
        ),
        CampaignState.PAUSED: frozenset(
            {CampaignState.LIVE, CampaignState.ENDED, CampaignState.CLOSED}
        ),
        CampaignState.ENDED: frozenset({CampaignState.CLOSED}),
        CampaignState.CLOSED: frozenset(),
    },
    start=CampaignState.DRAFT,
)

UNPUBLISHED = frozenset({CampaignState.DRAFT, CampaignState.CHECKED, CampaignState.APPROVED})
RUNNING = frozenset({CampaignState.PREVIEW, CampaignState.LIVE, CampaignState.PAUSED})


def by_clock(
    state: CampaignState, starts_at: datetime, ends_at: datetime, now: datetime
) -> CampaignState:
    """What the state is by now, whether or not a timer has written it down yet."""
    if state is CampaignState.PREVIEW and now >= starts_at:
        state = move(CAMPAIGN_TRANSITIONS, state, CampaignState.LIVE)
    if state in {CampaignState.LIVE, CampaignState.PAUSED} and now >= ends_at:
        state = move(CAMPAIGN_TRANSITIONS, state, CampaignState.ENDED)
    return state


class TeamState(StrEnum):
    PENDING = "pending"  # Its leader has not paid yet.
    OPEN = "open"
    COMPLETE = "complete"  # Final.
    SHORT = "short"  # Final: not full in time; the shop sends at the group price all the same.
    EXPIRED = "expired"  # Final: not full in time; all money goes back.
    LAPSED = "lapsed"  # Final: its leader never paid.


TEAM_TRANSITIONS = proved(
    {
        TeamState.PENDING: frozenset({TeamState.OPEN, TeamState.LAPSED}),
        TeamState.OPEN: frozenset({TeamState.COMPLETE, TeamState.SHORT, TeamState.EXPIRED}),
        TeamState.COMPLETE: frozenset(),
        TeamState.SHORT: frozenset(),
        TeamState.EXPIRED: frozenset(),
        TeamState.LAPSED: frozenset(),
    },
    start=TeamState.PENDING,
)


class SeatState(StrEnum):
    HELD = "held"
    PAID = "paid"
    LOST = "lost"  # Not its own any more, yet money may still come for it.
    LAPSED = "lapsed"  # Final: its order was closed.
    REFUNDED = "refunded"  # Final: all of it went back before the team was complete, or with it.
    RETURNED = "returned"  # Final: all of it went back afterwards; the seat counts as filled.


SEAT_TRANSITIONS = proved(
    {
        SeatState.HELD: frozenset({SeatState.PAID, SeatState.LOST, SeatState.LAPSED}),
        SeatState.PAID: frozenset({SeatState.REFUNDED, SeatState.RETURNED}),
        SeatState.LOST: frozenset({SeatState.PAID, SeatState.LAPSED}),
        SeatState.LAPSED: frozenset(),
        SeatState.REFUNDED: frozenset(),
        SeatState.RETURNED: frozenset(),
    },
    start=SeatState.HELD,
)

STANDING = frozenset({SeatState.HELD, SeatState.PAID, SeatState.RETURNED})
"""Have a number in the team."""
COUNTED = frozenset({SeatState.HELD, SeatState.PAID})
"""Count towards quotas and what a customer may have."""
FILLED = frozenset({SeatState.PAID, SeatState.RETURNED})
