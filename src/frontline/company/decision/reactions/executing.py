"""Somebody who may has said yes: the command is handed in again, under the warrant's id."""

from __future__ import annotations

import msgspec

from frontline.company.authority.book import executing
from frontline.company.decision.messages import ProposalApproved, RecordExecution
from frontline.company.decision.views.one import command_of
from frontline.engine.feature import Outside
from frontline.kernel.authority import Held
from frontline.kernel.ids import following
from frontline.kernel.words import ShopId


async def execute(outside: Outside, shop_id: ShopId, event: ProposalApproved) -> None:
    """Done again, the command has the same answer, for it has the same id."""
    async with outside.database.transaction(shop_id) as t:
        held = await command_of(t, event.proposal_id)
    name, raw = msgspec.json.decode(held, type=tuple[str, msgspec.Raw])
    command = executing(outside.engine.command(name, raw), event.proposal_id)
    outcome = await outside.engine.submit(shop_id, command)
    refusal = getattr(outcome, "refusal", "")
    if isinstance(outcome, Held):  # Between the yes and now: the applicant has left, say.
        refusal = "held"
    wish = RecordExecution(
        id=following(event.proposal_id, "record"),
        proposal_id=event.proposal_id,
        done=not refusal,
        refusal=str(refusal),
    )
    await outside.engine.submit(shop_id, wish)
