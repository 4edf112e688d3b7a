"""What the engine and the application need to know of plans."""

from frontline.company.plan import messages, reactions, rows
from frontline.company.plan.pages import PAGES
from frontline.company.plan.rules import Desk, decide, gather
from frontline.engine.feature import CommandSet, Feature

PLANS: CommandSet[messages.Request, Desk] = CommandSet(
    name="plan",
    commands=(
        messages.PutPlan,
        messages.GivePlan,
        messages.ReviewPlan,
        messages.WithdrawPlan,
        messages.EndPlan,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="plan",
    texts=messages.TEXTS,
    shelves=(rows.ACHIEVED, rows.SHELF),
    command_sets=(PLANS,),
    reactions={
        messages.PlanPutForward: reactions.put_forward,
        messages.PlanEnded: reactions.ended,
    },
    pages=PAGES,
)
